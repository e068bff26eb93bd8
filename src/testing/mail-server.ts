import { once } from "node:events";
import { readFileSync } from "node:fs";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { SMTPServer } from "smtp-server";

const fixtures = join(import.meta.dirname, "..", "mail", "fixtures");

/** A certificate, key or authority of the mail tests, as PEM. */
export function mailFixture(name: string): string {
  return readFileSync(join(fixtures, name), "utf8");
}

/** What a server says to a command: nothing but yes, a refusal, or nothing ever. */
export type Answer = "yes" | "hang" | { readonly code: number; readonly text: string };

export interface MailServerOptions {
  readonly security: "tls" | "starttls" | "none";
  readonly certificate?: string;
  readonly login?: { readonly user: string; readonly password: string };
  /** Asked for each receiver and each message; may change its mind. */
  readonly onReceiver?: (address: string) => Answer;
  readonly onMessage?: (message: Buffer) => Answer;
}

export interface MailServer extends AsyncDisposable {
  readonly port: number;
  /** Whole messages that arrived and were accepted, and to whom. */
  readonly accepted: readonly { readonly message: Buffer; readonly to: readonly string[] }[];
  /** All whole messages that arrived, whatever was answered. */
  readonly arrived: readonly Buffer[];
  readonly connections: () => number;
}

/** A real SMTP server on loopback, in this process. */
export async function startMailServer(options: MailServerOptions): Promise<MailServer> {
  const { security, certificate = "server.pem", login, onReceiver, onMessage } = options;
  const accepted: { message: Buffer; to: readonly string[] }[] = [];
  const arrived: Buffer[] = [];
  let connections = 0;
  const server = new SMTPServer({
    secure: security === "tls",
    disabledCommands: security === "starttls" ? [] : ["STARTTLS"],
    cert: mailFixture(certificate),
    key: mailFixture("server-key.pem"),
    authOptional: login === undefined,
    allowInsecureAuth: security === "none",
    logger: false,
    closeTimeout: 50,
    onConnect(_session, done) {
      connections += 1;
      done();
    },
    onAuth({ username, password }, _session, done) {
      if (login && username === login.user && password === login.password) done(null, { user: username });
      else done(replied({ code: 535, text: `5.7.8 no such user or password: ${password}` }));
    },
    onRcptTo({ address }, _session, done) {
      answer(onReceiver?.(address) ?? "yes", done);
    },
    onData(stream, { envelope }, done) {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        const message = Buffer.concat(chunks);
        arrived.push(message);
        const said = onMessage?.(message) ?? "yes";
        if (said === "yes") accepted.push({ message, to: envelope.rcptTo.map(({ address }) => address) });
        answer(said, done);
      });
    },
  });
  server.on("error", () => {}); // a client that breaks off is what these tests are about
  const listening = server.listen(0, "127.0.0.1");
  await once(listening, "listening");
  return {
    port: (listening.address() as AddressInfo).port,
    accepted,
    arrived,
    connections: () => connections,
    [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** A server that takes connections and never says a word. */
export async function startSilentServer(): Promise<AsyncDisposable & { readonly port: number }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

function answer(said: Answer, done: (error?: Error | null) => void): void {
  if (said === "hang") return;
  if (said === "yes") done();
  else done(replied(said));
}

function replied({ code, text }: { readonly code: number; readonly text: string }): Error {
  return Object.assign(new Error(text), { responseCode: code });
}
