import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { makeFolder } from "../files/make-folder.ts";
import { systemErrorCode, systemErrorText } from "../files/system-error.ts";
import { moveDurably, writeDurably } from "../files/write-durably.ts";
import type { Clock, Delivery, Mailer } from "../ports.ts";
import { noticeMail, type UncertainMail } from "../reports/notice-mail.ts";
import { instant, isoOf } from "../trading/instant.ts";
import type { Notice } from "../trading/notice.ts";
import { composeMail, keyOf, mailFileName } from "./compose.ts";
import { latestMarks, type MailMark, MailRecord, type MailState } from "./mail-record.ts";
import { connectSmtp, type MailTimeouts, type Refusal, type SmtpLink, type SmtpServer } from "./smtp.ts";

export interface MailerOptions {
  /** Holds `waiting/`, `outbox/`, `uncertain/`, `failed/` and the record `sent.jsonl`. */
  readonly folder: string;
  readonly from: string;
  readonly to: readonly string[];
  /** Without one, mails are left as `.eml` files in `outbox/`. */
  readonly smtp?: SmtpServer | undefined;
  readonly clock: Clock;
  /** IANA zone in which the mails tell times. */
  readonly zone: string;
  readonly timeouts: MailTimeouts;
}

/** So often a server may refuse a mail for good (two days of hourly runs) before it is put aside in `failed/`. */
const refusalsMax = 48;

/**
 * Sends mails so that none is lost and none is sent twice in silence. SMTP cannot promise both: when the connection or
 * this process dies between the message's last byte and the server's answer, nobody knows. We choose "perhaps once" over
 * "perhaps twice" and say so. A mail is written to `waiting/` first; when the server has asked for the message, and
 * before its first byte leaves, the record says `handing-over`; the answer makes it `sent`. A mail that is found
 * `handing-over` is put into `uncertain/`, never sent again, and named in the next mail. Whatever goes wrong before that
 * mark is certain not to have been delivered: the mail waits for the next run.
 *
 * Throws RangeError when mails would leave this machine unencrypted, or the sign-in is half given.
 */
export function openMailer(options: MailerOptions): Mailer {
  const { smtp } = options;
  if (smtp?.security === "none" && !["localhost", "127.0.0.1", "::1"].includes(smtp.host))
    throw new RangeError(
      `mail to ${smtp.host} would not be encrypted: security "none" is for this machine only`,
    );
  if ((smtp?.user === undefined) !== (smtp?.password === undefined))
    throw new RangeError("a sign-in at the mail server needs a user and a password");
  return new FolderMailer(options);
}

/** A composed message on its way. */
interface Mail {
  readonly key: string;
  readonly subject: string;
  readonly bytes: Buffer;
  /** Its name in `waiting/`; undefined when the disk did not take it. */
  readonly file: string | undefined;
  readonly refusals: number;
  readonly state: MailState;
}

class FolderMailer implements Mailer {
  readonly #options: MailerOptions;
  readonly #record: MailRecord;

  constructor(options: MailerOptions) {
    this.#options = options;
    this.#record = new MailRecord(join(options.folder, "sent.jsonl"));
  }

  async handled(): Promise<ReadonlySet<string>> {
    const marks = await this.#record.read();
    const waiting = await this.#waitingMails(marks);
    return new Set([...marks, ...waiting].map(({ key }) => key));
  }

  async waiting(): Promise<number> {
    return (await this.#waitingMails(await this.#record.read())).filter(isUnsent).length;
  }

  async deliver(notices: readonly Notice[]): Promise<readonly Delivery[]> {
    try {
      return await this.#deliverAll(notices);
    } catch (error) {
      if (systemErrorCode(error) === undefined) throw error;
      return await this.#deliverUnkept(notices, systemErrorText(error));
    }
  }

  /** Of a folder that cannot be read nobody knows what was sent: updates stay due, an alert is better sent twice. */
  async #deliverUnkept(notices: readonly Notice[], trouble: string): Promise<readonly Delivery[]> {
    const { smtp } = this.#options;
    const mails = await inTurn(notices, (notice) => this.#compose(notice, []));
    const reason = `the mail folder ${this.#options.folder} cannot be used: ${trouble}`;
    const unkept = mails.map((mail, index) => ({ ...mail, file: undefined, kind: notices[index]?.kind }));
    const [alerts, updates] = [unkept.filter(isAlert), unkept.filter((mail) => !isAlert(mail))];
    const sent =
      smtp && alerts.length > 0 ? await this.#send(alerts, smtp) : alerts.map((mail) => kept(mail, reason));
    return [...sent, ...updates.map((mail) => kept(mail, reason))];
  }

  async #deliverAll(notices: readonly Notice[]): Promise<readonly Delivery[]> {
    const left = await this.#putAside();
    const unkept = await this.#keep(notices);
    const waiting = (await this.#waitingMails(await this.#record.read())).filter(isUnsent);
    const mails = [...waiting, ...unkept.filter(({ key }) => waiting.every((mail) => mail.key !== key))];
    if (mails.length === 0) return left;
    const { smtp } = this.#options;
    return [...left, ...(smtp ? await this.#send(mails, smtp) : await this.#leaveInOutbox(mails))];
  }

  /** Files that an earlier process had no time to put away. What was being handed over is uncertain now. */
  async #putAside(): Promise<Delivery[]> {
    const deliveries: Delivery[] = [];
    for (const mail of await this.#waitingMails(await this.#record.read())) {
      if (mail.state === "sent") await this.#remove(mail);
      if (mail.state === "failed" || mail.state === "uncertain") await this.#move(mail, mail.state);
      if (mail.state === "handing-over")
        deliveries.push(await this.#uncertain(mail, "an earlier run ended while it was being handed over"));
    }
    return deliveries;
  }

  /** Composes what is new and writes it to `waiting/`. Answers with those that the disk did not take. */
  async #keep(notices: readonly Notice[]): Promise<Mail[]> {
    const marks = await this.#record.read();
    const handled = await this.handled();
    const told = new Set(marks.flatMap(({ tellsOf = [] }) => tellsOf));
    let untold = [...latestMarks(marks).values()].filter(
      ({ key, state }) => state === "uncertain" && !told.has(key),
    );
    const unkept: Mail[] = [];
    for (const notice of notices) {
      if (handled.has(notice.key)) continue;
      const uncertain = untold.map(({ subject, at }) => ({ subject, at: instant(at) }));
      const mail = await this.#compose(notice, uncertain);
      try {
        await this.#write(mail, { tellsOf: untold.map(({ key }) => key) });
      } catch (error) {
        if (systemErrorCode(error) === undefined) throw error;
        unkept.push({ ...mail, file: undefined });
      }
      untold = [];
    }
    return unkept;
  }

  async #compose(notice: Notice, uncertain: readonly UncertainMail[]): Promise<Mail & { file: string }> {
    const { from, to, clock, zone } = this.#options;
    const { key, outcome } = notice;
    const at = clock.now();
    const mail = noticeMail(notice, { zone, uncertain });
    const bytes = await composeMail({ key, account: outcome.run.account, from, to, at, ...mail });
    return { key, subject: mail.subject, bytes, file: mailFileName(key, at), refusals: 0, state: "kept" };
  }

  async #write(mail: Mail & { file: string }, more: Partial<MailMark>): Promise<void> {
    await writeDurably(join(this.#folder("waiting"), mail.file), mail.bytes, 0o600);
    await this.#mark(mail, "kept", more);
  }

  /** One conversation for all; when the connection is lost, the rest wait for the next run. */
  async #send(mails: readonly Mail[], server: SmtpServer): Promise<Delivery[]> {
    const { timeouts } = this.#options;
    const deadline = new AbortController();
    const timer = setTimeout(() => deadline.abort(), timeouts.totalMs);
    try {
      const link = await connectSmtp(server, timeouts, deadline.signal);
      if ("kind" in link) return await inTurn(mails, (mail) => this.#refused(mail, link));
      try {
        return await inTurn(mails, (mail) => this.#sendOne(mail, link, server));
      } finally {
        await link.close();
      }
    } finally {
      clearTimeout(timer);
    }
  }

  async #sendOne(mail: Mail, link: SmtpLink, { host }: SmtpServer): Promise<Delivery> {
    if (!link.isUsable())
      return kept(mail, "the connection to the mail server was lost before its turn came");
    const { from, to } = this.#options;
    const envelope = { from: addressOf(from), to: to.map(addressOf) };
    const outcome = await link.send(mail.bytes, envelope, () => this.#mark(mail, "handing-over"));
    if (outcome.kind === "refused") return await this.#refused(mail, outcome);
    if (outcome.kind === "uncertain") return await this.#uncertain(mail, outcome.reason);
    const where = outcome.remark === "" ? host : `${host}, ${outcome.remark}`;
    return await recorded({ sent: true, key: mail.key, subject: mail.subject, where }, async () => {
      await this.#mark(mail, "sent");
      await this.#remove(mail);
    });
  }

  /** Kept for the next run, unless it was refused for good too often. */
  async #refused(mail: Mail, { lasting, hadLeft, reason }: Refusal): Promise<Delivery> {
    const refusals = mail.refusals + (lasting ? 1 : 0);
    if (refusals >= refusalsMax)
      return await recorded(
        kept(mail, `given up after ${refusals} refusals and put into failed/: ${reason}`),
        async () => {
          await this.#mark({ ...mail, refusals }, "failed", { reason });
          await this.#move(mail, "failed");
        },
      );
    return await recorded(
      kept(mail, `${reason} (the next run tries again${triesLeft(refusals)})`),
      async () => {
        // A server that is down for a week should not fill the record: only what changes is put down.
        if (lasting || hadLeft) await this.#mark({ ...mail, refusals }, "kept", { reason });
      },
    );
  }

  async #uncertain(mail: Mail, reason: string): Promise<Delivery> {
    return await recorded(
      kept(mail, `perhaps delivered, perhaps not; it is not sent again: ${reason}`),
      async () => {
        await this.#mark(mail, "uncertain", { reason });
        await this.#move(mail, "uncertain");
      },
    );
  }

  async #leaveInOutbox(mails: readonly Mail[]): Promise<Delivery[]> {
    return await inTurn(mails, async (mail) => {
      const { key, subject, file } = mail;
      if (file === undefined) return kept(mail, "the disk did not take it");
      const where = join(this.#folder("outbox"), file);
      try {
        await this.#move(mail, "outbox");
      } catch (error) {
        const code = systemErrorCode(error);
        if (code === undefined) throw error;
        return kept(mail, `the outbox could not be written (${code}); the next run tries again`);
      }
      return await recorded({ sent: true, key, subject, where }, () => this.#mark(mail, "sent"));
    });
  }

  /** A mail that the disk did not take is not on record either; it is sent all the same, since it may say just that. */
  async #mark(mail: Mail, state: MailState, more: Partial<MailMark> = {}): Promise<void> {
    const { key, subject, file, refusals } = mail;
    if (file === undefined) return;
    const at = isoOf(this.#options.clock.now());
    await this.#record.append({ key, state, at, subject, file, refusals, ...more });
  }

  async #move({ file }: Mail, to: "outbox" | "uncertain" | "failed"): Promise<void> {
    if (file === undefined) return;
    makeFolder(this.#folder(to));
    await moveDurably(join(this.#folder("waiting"), file), join(this.#folder(to), file));
  }

  async #remove({ file }: Mail): Promise<void> {
    if (file !== undefined) await rm(join(this.#folder("waiting"), file));
  }

  /** What lies in `waiting/`, in the order in which it came. A file whose mark was lost is known by the key it carries. */
  async #waitingMails(marks: readonly MailMark[]): Promise<Mail[]> {
    const latest = latestMarks(marks);
    const mails: Mail[] = [];
    for (const file of await this.#waitingFiles()) {
      const bytes = await readFile(join(this.#folder("waiting"), file));
      const key = keyOf(bytes);
      if (key === undefined) continue; // not a mail of ours
      const { subject = key, refusals = 0, state = "kept" } = latest.get(key) ?? {};
      mails.push({ key, subject, bytes, file, refusals, state });
    }
    const places = [...latest.keys()];
    return mails.toSorted((a, b) => places.indexOf(a.key) - places.indexOf(b.key));
  }

  async #waitingFiles(): Promise<string[]> {
    try {
      const entries = await readdir(this.#folder("waiting"), { withFileTypes: true });
      const files = entries.filter((entry) => entry.isFile() && entry.name.endsWith(".eml"));
      return files.map(({ name }) => name).toSorted();
    } catch (error) {
      if (systemErrorCode(error) === "ENOENT") return [];
      throw error;
    }
  }

  #folder(name: "waiting" | "outbox" | "uncertain" | "failed"): string {
    return join(this.#options.folder, name);
  }
}

function kept({ key, subject }: Mail, reason: string): Delivery {
  return { sent: false, key, subject, reason };
}

function isAlert({ kind }: { readonly kind: Notice["kind"] | undefined }): boolean {
  return kind === "alert";
}

function isUnsent({ state }: Mail): boolean {
  return state === "kept";
}

/** What became of a mail, put on record. A disk that fails does not change what became of it. */
async function recorded(delivery: Delivery, record: () => Promise<void>): Promise<Delivery> {
  try {
    await record();
    return delivery;
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === undefined) throw error;
    const note = `; the mail folder could not be written (${code})`;
    return delivery.sent
      ? { ...delivery, where: delivery.where + note }
      : { ...delivery, reason: delivery.reason + note };
  }
}

async function inTurn<T, U>(items: readonly T[], act: (item: T) => Promise<U>): Promise<U[]> {
  const results: U[] = [];
  for (const item of items) results.push(await act(item));
  return results;
}

function triesLeft(refusals: number): string {
  return refusals === 0 ? "" : `; refused for good ${refusals} of ${refusalsMax} times`;
}

/** "desk@example.com" of "The desk <desk@example.com>". */
function addressOf(mailbox: string): string {
  return /<([^<>]+)>\s*$/.exec(mailbox)?.[1] ?? mailbox.trim();
}
