import { createHash } from "node:crypto";
import { createTransport } from "nodemailer";
import { type Instant, isoSecondsOf } from "../trading/instant.ts";

export interface MailContent {
  /** Names the mail for ever: the same key is the same mail. */
  readonly key: string;
  readonly account: string;
  readonly from: string;
  readonly to: readonly string[];
  readonly at: Instant;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

const keyHeader = "X-Trader-Key";

/** The message as bytes (RFC 5322, CRLF), with a text and an HTML part. The same key gives the same Message-ID. */
export async function composeMail(content: MailContent): Promise<Buffer> {
  const { key, from, to, at, subject, text, html } = content;
  const transport = createTransport({ streamTransport: true, buffer: true, newline: "windows" });
  const { message } = await transport.sendMail({
    from,
    to: [...to],
    date: new Date(at),
    messageId: messageIdOf(content),
    subject,
    text,
    html,
    headers: { [keyHeader]: encodeURIComponent(key), "Auto-Submitted": "auto-generated" },
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  if (!Buffer.isBuffer(message)) throw new TypeError("a composed mail is not bytes");
  return message;
}

/** The key that a composed message carries, or undefined when it is not one of ours. */
export function keyOf(message: Buffer): string | undefined {
  const header = message.toString("latin1").split("\r\n\r\n", 1)[0] ?? "";
  const found = new RegExp(`^${keyHeader}: (\\S+)\\r?$`, "m").exec(header);
  return found?.[1] === undefined ? undefined : decodeURIComponent(found[1]);
}

/** "20220314T143500Z-2022-03-14_middle.eml": sorts by time, and names the mail. */
export function mailFileName(key: string, at: Instant): string {
  const time = isoSecondsOf(at).replace(/[-:]/g, "");
  const plain = key.replace(/ /g, "_").replace(/[^A-Za-z0-9._-]/g, "-");
  const isExact = /^[A-Za-z0-9 .-]*$/.test(key) && key.length <= 100;
  return isExact ? `${time}-${plain}.eml` : `${time}-${plain.slice(0, 100)}-${digest(key).slice(0, 8)}.eml`;
}

/** Derived from account and key, so that a receiver who gets a mail twice can tell. */
function messageIdOf({ account, key, from }: MailContent): string {
  const domain = /@([A-Za-z0-9.-]+)>?\s*$/.exec(from)?.[1] ?? "trader.invalid";
  return `<${digest(`${account}\n${key}`).slice(0, 32)}@${domain}>`;
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
