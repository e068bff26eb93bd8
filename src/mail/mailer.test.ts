import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import PostalMime from "postal-mime";
import type { Clock, Delivery } from "../ports.ts";
import { type Answer, mailFixture, startMailServer, startSilentServer } from "../testing/mail-server.ts";
import { aHeldOutcome, anAlert, anOutcome, anUpdate, newYork } from "../testing/outcome-builder.ts";
import { instant, later } from "../trading/instant.ts";
import { type MailerOptions, openMailer } from "./mailer.ts";
import { mailTimeouts, type SmtpServer } from "./smtp.ts";

const login = { user: "desk", password: "correct horse battery" };
const noLogin = { user: undefined, password: undefined };
const startAt = instant("2022-03-14T14:36:05Z");

let folder: string;
let minutes: number;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "mailer-"));
  minutes = 0;
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe("without SMTP", () => {
  it("leaves mails as files that a mail program opens, named by time and key", async () => {
    const [delivery] = await mailer().deliver([anUpdate()]);
    const [file] = await readdir(join(folder, "outbox"));

    expect(file).toBe("20220314T143605Z-2022-03-14_middle.eml");
    expect(delivery).toMatchObject({
      sent: true,
      key: "2022-03-14 middle",
      where: join(folder, "outbox", file ?? ""),
    });
    const mail = await PostalMime.parse(await readFile(join(folder, "outbox", file ?? "")));
    expect(mail).toMatchObject({
      from: { name: "The desk", address: "desk@example.com" },
      to: [{ address: "owner@example.com" }, { address: "second@example.com" }],
      subject:
        "[trader DU1234567] middle update 2022-03-14: 1,012,345.67 USD, +0.42 % since open, 2 orders filled",
      date: "2022-03-14T14:36:05.000Z",
    });
    expect(mail.text).toContain("reduce: 500 held");
    expect(mail.html).toContain("reduce: 500 held");
    expect(await mailer().waiting()).toBe(0);
  });

  it("sends a key once, whoever asks again: another process too", async () => {
    await mailer().deliver([anUpdate()]);
    expect([...(await mailer().handled())]).toEqual(["2022-03-14 middle"]);
    expect(await mailer().deliver([anUpdate()])).toEqual([]);
    expect(await readdir(join(folder, "outbox"))).toHaveLength(1);
  });

  it("gives a key the same Message-ID for ever, and another key or account another one", async () => {
    const first = await idOf({});
    expect(first).toMatch(/^<[0-9a-f]{32}@example\.com>$/);
    minutes = 60;
    expect(await idOf({ outcome: aHeldOutcome() })).toBe(first);
    expect(await idOf({ slot: "close" })).not.toBe(first);
    const { run } = anOutcome();
    expect(await idOf({ outcome: anOutcome({ run: { ...run, account: "U7654321" } }) })).not.toBe(first);
  });

  it("passes over a line that a power loss tore, and goes on in a new one", async () => {
    await mailer().deliver([anUpdate({ slot: "open" })]);
    await appendFile(join(folder, "sent.jsonl"), '{"key":"2022-03-14 mid');
    await mailer().deliver([anUpdate({ slot: "close" })]);
    expect([...(await mailer().handled())]).toEqual(["2022-03-14 open", "2022-03-14 close"]);
    for (const line of (await readFile(join(folder, "sent.jsonl"), "utf8")).split("\n").slice(-3, -1))
      expect(() => JSON.parse(line) as unknown).not.toThrow();
  });

  it("finds a mail whose mark was lost by the key that it carries", async () => {
    await mailer({ smtp: nobody() }).deliver([anUpdate()]);
    await writeFile(join(folder, "sent.jsonl"), "");
    expect([...(await mailer().handled())]).toEqual(["2022-03-14 middle"]);
    expect(await mailer().deliver([anUpdate()])).toMatchObject([{ sent: true, key: "2022-03-14 middle" }]);
    expect(await readdir(join(folder, "outbox"))).toHaveLength(1);
  });

  it("says so when the disk takes nothing, and does not throw", async () => {
    await fillDisk();
    const [delivery] = await mailer().deliver([anAlert()]);
    expect(delivery).toMatchObject({ sent: false, reason: "the disk did not take it" });
  });
});

describe("by SMTP", () => {
  it.each(["tls", "starttls"] as const)(
    "signs in and sends over %s, both parts and to every receiver",
    async (security) => {
      await using server = await startMailServer({ security, login });
      const outcome = anOutcome({ run: { ...anOutcome().run, account: "DU1<script>" } });
      const sent = await mailer({ smtp: smtpOf(server, { security }) }).deliver([
        anAlert(outcome),
        anUpdate(),
      ]);

      expect(sent).toMatchObject([{ sent: true, where: "127.0.0.1" }, { sent: true }]);
      expect(server.connections()).toBe(1);
      expect(server.accepted.map(({ to }) => to)).toEqual([
        ["owner@example.com", "second@example.com"],
        ["owner@example.com", "second@example.com"],
      ]);
      const mail = await PostalMime.parse(server.accepted[0]?.message ?? "");
      expect(mail.subject).toContain("[trader DU1<script>]");
      expect(mail.html).toContain("DU1&lt;script&gt;");
      expect(mail.html).not.toContain("<script");
      expect(await readdir(join(folder, "waiting"))).toEqual([]);
      expect(await mailer().deliver([anUpdate()])).toEqual([]);
    },
  );

  it("refuses a certificate that nobody vouches for, and one of another host, and gives no password away", async () => {
    await using server = await startMailServer({ security: "tls", login });
    const [unknown] = await mailer({ smtp: { ...smtpOf(server), authorities: undefined } }).deliver([
      anUpdate(),
    ]);
    expect(reasonOf(unknown)).toContain("the mail server's certificate is not trusted");

    await using other = await startMailServer({ security: "starttls", login, certificate: "other-name.pem" });
    const [elsewhere] = await mailer({ smtp: smtpOf(other, { security: "starttls" }) }).deliver([]);
    expect(reasonOf(elsewhere)).toContain("the mail server's certificate is not trusted");
    expect([...server.arrived, ...other.arrived]).toEqual([]);
    expect(await mailer().waiting()).toBe(1);
  });

  it("refuses to go on in the open when STARTTLS is not offered", async () => {
    await using server = await startMailServer({ security: "none" });
    const [delivery] = await mailer({
      smtp: smtpOf(server, { security: "starttls", ...noLogin }),
    }).deliver([anUpdate()]);
    expect(reasonOf(delivery)).toContain("could not be secured");
    expect(server.arrived).toEqual([]);
  });

  it("sends unencrypted to this machine only", async () => {
    await using server = await startMailServer({ security: "none" });
    const smtp = smtpOf(server, { security: "none", ...noLogin });
    expect(await mailer({ smtp }).deliver([anUpdate()])).toMatchObject([{ sent: true }]);
    expect(() => mailer({ smtp: { ...smtp, host: "mail.example.com" } })).toThrow("would not be encrypted");
    expect(() => mailer({ smtp: { ...smtp, user: "desk" } })).toThrow("needs a user and a password");
  });

  it("S13: names a refused sign-in without the password, whatever the server echoes", async () => {
    await using server = await startMailServer({ security: "tls", login });
    const password = "hunter2-hunter2";
    const smtp = smtpOf(server, { password });
    const [delivery] = await mailer({ smtp }).deliver([anUpdate()]);
    expect(reasonOf(delivery)).toMatch(/refused the sign-in: .*535.*\(secret\)/);
    const written = reasonOf(delivery) + (await readFile(join(folder, "sent.jsonl"), "utf8"));
    expect(written).not.toContain(password);
    expect(written).not.toContain(Buffer.from(password).toString("base64").slice(0, 12));
  });

  it("keeps a mail that is refused for now, asks no second time, and the next run sends it (S15)", async () => {
    let said: Answer = { code: 451, text: "4.3.0 later, please" };
    await using server = await startMailServer({ security: "tls", login, onMessage: () => said });
    const [kept] = await mailer({ smtp: smtpOf(server) }).deliver([anUpdate()]);
    expect(reasonOf(kept)).toMatch(/451.*the next run tries again\)$/);
    expect(server.arrived).toHaveLength(1);
    expect(await mailer().waiting()).toBe(1);
    expect([...(await mailer().handled())]).toEqual(["2022-03-14 middle"]);

    said = "yes";
    const next = await mailer({ smtp: smtpOf(server) }).deliver([anAlert()]);
    expect(next.map(({ key, sent }) => [key, sent])).toEqual([
      ["2022-03-14 middle", true],
      ["20220314T143500Z alert", true],
    ]);
    expect(server.accepted).toHaveLength(2);
    expect(server.arrived[1]).toEqual(server.arrived[0]);
  });

  it("goes on with the next mail on the same connection after one was refused", async () => {
    await using server = await startMailServer({
      security: "tls",
      login,
      onMessage: (message) =>
        /HELD/.test(String(message)) ? { code: 554, text: "5.6.0 not this one" } : "yes",
    });
    const sent = await mailer({ smtp: smtpOf(server) }).deliver([anAlert(), anUpdate()]);
    expect(sent.map(({ sent: isSent }) => isSent)).toEqual([false, true]);
    expect(server.connections()).toBe(1);
  });

  it("gives up after 48 refusals for good, puts the mail aside and never makes it anew", async () => {
    await using server = await startMailServer({
      security: "none",
      onReceiver: () => ({ code: 550, text: "5.1.1 no such mailbox" }),
    });
    const smtp = smtpOf(server, { security: "none", ...noLogin });
    const [first] = await mailer({ smtp }).deliver([anUpdate()]);
    expect(reasonOf(first)).toMatch(/550 5\.1\.1 .*refused for good 1 of 48 times/);
    const record = join(folder, "sent.jsonl");
    const mark = JSON.parse((await readFile(record, "utf8")).trim().split("\n").at(-1) ?? "") as object;
    await appendFile(record, `${JSON.stringify({ ...mark, refusals: 46 })}\n`);

    const [almost] = await mailer({ smtp }).deliver([]);
    expect(reasonOf(almost)).toContain("refused for good 47 of 48 times");
    const [last] = await mailer({ smtp }).deliver([]);
    expect(reasonOf(last)).toContain("given up after 48 refusals");
    expect(await readdir(join(folder, "failed"))).toHaveLength(1);
    expect(await mailer({ smtp }).deliver([anUpdate()])).toEqual([]);
    expect(server.arrived).toEqual([]);
  });

  it("tells which receiver was refused when another one was not", async () => {
    await using server = await startMailServer({
      security: "tls",
      login,
      onReceiver: (address) => (address.startsWith("second") ? { code: 550, text: "gone" } : "yes"),
    });
    const [delivery] = await mailer({ smtp: smtpOf(server) }).deliver([anUpdate()]);
    expect(delivery).toMatchObject({ sent: true });
    expect(delivery?.sent === true && delivery.where).toMatch(/not for second@example\.com .*550 gone/);
  });

  it("waits no longer than it may for a server that hangs before its greeting", async () => {
    await using server = await startSilentServer();
    const startedMs = performance.now();
    const smtp = { ...smtpOf(server), security: "none", ...noLogin } as const;
    const deliveries = await mailer({ smtp }, { greetingMs: 150 }).deliver([anAlert(), anUpdate()]);
    expect(deliveries.map(reasonOf)).toEqual([
      expect.stringContaining("did not answer in time"),
      expect.stringContaining("did not answer in time"),
    ]);
    expect(performance.now() - startedMs).toBeLessThan(2_000);
    expect(await mailer().waiting()).toBe(2);
  });

  it("bounds the whole delivery, however long each step may take", async () => {
    await using server = await startMailServer({ security: "tls", login, onReceiver: () => "hang" });
    const startedMs = performance.now();
    const deliveries = await mailer({ smtp: smtpOf(server) }, { totalMs: 300 }).deliver([
      anAlert(),
      anUpdate(),
    ]);
    expect(performance.now() - startedMs).toBeLessThan(2_500);
    expect(deliveries.map(reasonOf)).toEqual([
      expect.stringContaining("the time for sending mails is over"),
      expect.stringContaining("lost before its turn came"),
    ]);
    expect(await mailer().waiting()).toBe(2);
  });

  it("does not repeat a mail that was handed over and not answered, and names it in the next one", async () => {
    await using server = await startMailServer({ security: "tls", login, onMessage: () => "hang" });
    const [first] = await mailer({ smtp: smtpOf(server) }, { silenceMs: 200 }).deliver([anUpdate()]);
    expect(reasonOf(first)).toMatch(/^perhaps delivered, perhaps not; it is not sent again: .*in time/);
    expect(server.arrived).toHaveLength(1);
    expect(await readdir(join(folder, "uncertain"))).toHaveLength(1);
    expect([...(await mailer().handled())]).toEqual(["2022-03-14 middle"]);

    await using healed = await startMailServer({ security: "tls", login });
    minutes = 60;
    expect(await mailer({ smtp: smtpOf(healed) }).deliver([anUpdate()])).toEqual([]);
    await mailer({ smtp: smtpOf(healed) }).deliver([anUpdate({ slot: "close" })]);
    await mailer({ smtp: smtpOf(healed) }).deliver([anAlert()]);
    const [close, alert] = await Promise.all(healed.accepted.map(({ message }) => PostalMime.parse(message)));
    expect(healed.accepted).toHaveLength(2);
    expect(close?.text).toMatch(/perhaps arrived, perhaps not\s+"\[trader DU1234567\] middle update/);
    expect(alert?.text).not.toContain("perhaps arrived");
  });

  it("takes a mail as uncertain when the process that handed it over died", async () => {
    await using server = await startMailServer({ security: "tls", login, onMessage: () => "hang" });
    const dying = mailer({ smtp: smtpOf(server) }, { totalMs: 600 }).deliver([anUpdate()]);
    while (server.arrived.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));

    await using healed = await startMailServer({ security: "tls", login });
    const deliveries = await mailer({ smtp: smtpOf(healed) }).deliver([anUpdate(), anAlert()]);
    expect(deliveries.map(({ key, sent }) => [key, sent])).toEqual([
      ["2022-03-14 middle", false],
      ["20220314T143500Z alert", true],
    ]);
    expect(reasonOf(deliveries[0])).toContain("an earlier run ended while it was being handed over");
    expect(healed.arrived).toHaveLength(1);
    await dying;
  });

  it("sends a mail again when the process died before the server asked for it", async () => {
    await using server = await startMailServer({ security: "tls", login, onReceiver: () => "hang" });
    const dying = mailer({ smtp: smtpOf(server) }, { totalMs: 400 }).deliver([anUpdate()]);
    while (server.connections() === 0) await new Promise((resolve) => setTimeout(resolve, 10));

    await using healed = await startMailServer({ security: "tls", login });
    expect(await mailer({ smtp: smtpOf(healed) }).deliver([])).toMatchObject([
      { sent: true, key: "2022-03-14 middle" },
    ]);
    await dying;
  });

  it("sends the alert even when the disk takes nothing", async () => {
    await using server = await startMailServer({ security: "tls", login });
    await fillDisk();
    expect(await mailer({ smtp: smtpOf(server) }).deliver([anAlert()])).toMatchObject([{ sent: true }]);
    expect(server.accepted).toHaveLength(1);
  });

  it.each(["sent.jsonl", "waiting"])(
    "sends the alert, and no update, when %s is not what it should be",
    async (name) => {
      await using server = await startMailServer({ security: "tls", login });
      if (name === "waiting") await writeFile(join(folder, name), "");
      else await mkdir(join(folder, name), { recursive: true });
      const [alert, update] = await mailer({ smtp: smtpOf(server) }).deliver([anAlert(), anUpdate()]);
      expect([alert, update]).toMatchObject([{ sent: true }, { sent: false }]);
      expect(reasonOf(update)).toMatch(/mail folder .* cannot be used: .* \((EISDIR|ENOTDIR)\)/);
      expect(server.accepted).toHaveLength(1);
    },
  );
});

/** The Message-ID that a mail gets in an empty folder. */
async function idOf(notice: Parameters<typeof anUpdate>[0]): Promise<string | undefined> {
  await mailer().deliver([anUpdate(notice)]);
  const [file = ""] = await readdir(join(folder, "outbox"));
  const { messageId } = await PostalMime.parse(await readFile(join(folder, "outbox", file)));
  await rm(folder, { recursive: true });
  return messageId;
}

function mailer(differs: Partial<MailerOptions> = {}, timeouts: Partial<typeof mailTimeouts> = {}) {
  return openMailer({
    folder,
    from: "The desk <desk@example.com>",
    to: ["owner@example.com", "second@example.com"],
    clock: clock(),
    zone: newYork,
    timeouts: { ...mailTimeouts, ...timeouts },
    ...differs,
  });
}

function smtpOf({ port }: { readonly port: number }, differs: Partial<SmtpServer> = {}): SmtpServer {
  return {
    host: "127.0.0.1",
    port,
    security: "tls",
    ...login,
    authorities: mailFixture("authority.pem"),
    ...differs,
  };
}

/** Not full, but it refuses the alert's file all the same: a folder has its name. */
async function fillDisk(): Promise<void> {
  const file = "20220314T143605Z-20220314T143500Z_alert.eml";
  await mkdir(join(folder, "waiting", file), { recursive: true });
}

/** Nobody listens there: mails are kept. */
function nobody(): SmtpServer {
  return smtpOf({ port: 1 }, { security: "none", ...noLogin });
}

function clock(): Clock {
  return {
    now: () => later(startAt, minutes * 60_000),
    monotonicMs: () => performance.now(),
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  };
}

function reasonOf(delivery: Delivery | undefined): string {
  return delivery && !delivery.sent ? delivery.reason : `sent: ${JSON.stringify(delivery)}`;
}
