import { Readable } from "node:stream";
import { rootCertificates } from "node:tls";
import SMTPConnection from "nodemailer/lib/smtp-connection";
import { plainText } from "../reports/plain-text.ts";
import { redacted } from "./redacted.ts";

export interface SmtpServer {
  readonly host: string;
  readonly port: number;
  /** `none` is for a mail server on this machine only: the program refuses it for any other host. */
  readonly security: "tls" | "starttls" | "none";
  /** Both or neither; a server that wants no sign-in gets none. */
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  /** Certificates (PEM) to trust besides the system's, for a server with an authority of its own. */
  readonly authorities?: string | undefined;
}

/** Real milliseconds: a server that hangs is not waited for longer than this. */
export interface MailTimeouts {
  readonly connectMs: number;
  readonly greetingMs: number;
  /** Silence within a conversation. */
  readonly silenceMs: number;
  /** All mails of one run together. */
  readonly totalMs: number;
}

export const mailTimeouts: MailTimeouts = {
  connectMs: 15_000,
  greetingMs: 15_000,
  silenceMs: 30_000,
  totalMs: 60_000,
};

export interface Refusal {
  readonly kind: "refused";
  /** It would be refused again as it is: the address, the password, the certificate (5xx). Others pass by themselves. */
  readonly lasting: boolean;
  /** The message had left before the server refused it. */
  readonly hadLeft: boolean;
  readonly reason: string;
}

type HandOver =
  /** The server took it; `remark` names receivers that it did not take it for. */
  | { readonly kind: "taken"; readonly remark: string }
  | Refusal
  /** The message had left and no answer came: perhaps delivered. */
  | { readonly kind: "uncertain"; readonly reason: string };

interface Envelope {
  readonly from: string;
  readonly to: readonly string[];
}

/** One signed-in conversation with a mail server. */
export interface SmtpLink {
  /** Can another message be sent over it? */
  isUsable(): boolean;
  /** `beforeFirstByte` is waited for when the server has asked for the message; if it fails, nothing leaves. */
  send(message: Buffer, envelope: Envelope, beforeFirstByte: () => Promise<void>): Promise<HandOver>;
  close(): Promise<void>;
}

/** How long a goodbye may take. */
const quitMs = 1_000;

/**
 * Connects, secures the connection and signs in. Certificates are always verified. Never throws for what a server or the
 * network does; when `deadline` fires, the socket is destroyed at once.
 */
export async function connectSmtp(
  server: SmtpServer,
  timeouts: MailTimeouts,
  deadline: AbortSignal,
): Promise<SmtpLink | Refusal> {
  const connection = new SMTPConnection({
    host: server.host,
    port: server.port,
    secure: server.security === "tls",
    requireTLS: server.security === "starttls",
    ignoreTLS: server.security === "none",
    tls: {
      rejectUnauthorized: true,
      minVersion: "TLSv1.2",
      ...(server.authorities === undefined ? {} : { ca: [...rootCertificates, server.authorities] }),
    },
    connectionTimeout: timeouts.connectMs,
    dnsTimeout: timeouts.connectMs,
    greetingTimeout: timeouts.greetingMs,
    socketTimeout: timeouts.silenceMs,
    socketCloseTimeout: 0,
  });
  // The connection tells its own end by an event, whatever was asked of it; the deadline ends it too.
  let ended: SmtpError | undefined;
  const end = new Promise<SmtpError>((resolve) => {
    const finish = (error: SmtpError) => {
      ended ??= error;
      resolve(ended);
    };
    connection.on("error", finish);
    connection.on("end", () => finish(new Error("the connection was closed")));
    const expire = () => {
      finish(Object.assign(new Error("the time for sending mails is over"), { code: "ETIMEDOUT" }));
      connection.close();
    };
    if (deadline.aborted) expire();
    else deadline.addEventListener("abort", expire, { once: true });
  });
  const asked = <T>(ask: (done: (error?: SmtpError | null, value?: T) => void) => void): Promise<Answer<T>> =>
    Promise.race([
      new Promise<Answer<T>>((resolve) => ask((error, value) => resolve(error ? { error } : { value }))),
      end.then((error): Answer<T> => ({ error })),
    ]);
  const { user, password } = server;
  const secrets = password === undefined ? [] : [password];
  const refusal = (error: SmtpError, hadLeft: boolean): Refusal => ({
    kind: "refused",
    lasting: isLasting(error),
    hadLeft,
    reason: redacted(reasonOf(error), secrets),
  });

  const connected = ended ? { error: ended } : await asked((done) => connection.connect(done));
  if (connected.error) {
    connection.close();
    return refusal(connected.error, false);
  }
  if (user !== undefined && password !== undefined) {
    const signedIn = await asked((done) => connection.login({ user, pass: password }, done));
    if (signedIn.error) {
      connection.close();
      return refusal(signedIn.error, false);
    }
  }

  return {
    isUsable: () => ended === undefined,

    async send(message, { from, to }, beforeFirstByte) {
      let hasLeft = false;
      const body = Readable.from(
        (async function* () {
          await beforeFirstByte();
          hasLeft = true;
          yield message;
        })(),
        { objectMode: false },
      );
      const envelope = { from, to: [...to], size: message.length };
      const { error, value } = await asked<{ rejectedErrors?: readonly SmtpError[] | undefined }>((done) =>
        connection.send(envelope, body, done),
      );
      if (!error)
        return { kind: "taken", remark: redacted(refusedReceivers(value?.rejectedErrors), secrets) };
      if (error.responseCode === undefined) connection.close();
      else if (!ended) await asked((done) => connection.reset(done));
      if (!hasLeft || error.responseCode !== undefined) return refusal(error, hasLeft);
      return { kind: "uncertain", reason: redacted(reasonOf(error), secrets) };
    },

    async close() {
      if (!ended) {
        connection.quit();
        const patience = setTimeout(() => connection.close(), quitMs);
        await end;
        clearTimeout(patience);
      }
      connection.close();
    },
  };
}

interface Answer<T> {
  readonly error?: SmtpError;
  readonly value?: T | undefined;
}

/** What nodemailer adds to its errors. */
interface SmtpError extends Error {
  readonly code?: string | undefined;
  readonly originalCode?: string | undefined;
  readonly responseCode?: number | undefined;
  readonly recipient?: string | undefined;
}

function isCertificateError({ code, originalCode }: SmtpError): boolean {
  return /CERT|SIGNATURE|SELF_SIGNED|ERR_TLS|ERR_SSL/.test(`${code} ${originalCode}`);
}

/** By the server's own code where there is one: 5xx lasts, 4xx passes (also for a sign-in, 454). */
function isLasting(error: SmtpError): boolean {
  if (error.responseCode !== undefined) return error.responseCode >= 500;
  return error.code === "EAUTH" || error.code === "ETLS" || isCertificateError(error);
}

/** What nodemailer's codes mean, in words that come before what the server or the system said. */
const leads: Readonly<Record<string, string>> = {
  EAUTH: "the mail server refused the sign-in",
  ETLS: "the connection to the mail server could not be secured",
  ETIMEDOUT: "the mail server did not answer in time",
  EDNS: "the mail server's name is not known",
  ESOCKET: "no connection to the mail server",
  ECONNECTION: "no connection to the mail server",
};

function reasonOf(error: SmtpError): string {
  const lead = isCertificateError(error)
    ? "the mail server's certificate is not trusted"
    : leads[error.code ?? ""];
  const said = plainText(error.message);
  return lead === undefined ? said : `${lead}: ${said}`;
}

function refusedReceivers(errors: readonly SmtpError[] = []): string {
  if (errors.length === 0) return "";
  return `not for ${errors.map((error) => `${error.recipient ?? "a receiver"} (${plainText(error.message)})`).join(", ")}`;
}
