import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";
import { Database } from "../storage/sqlite/sqlite.ts";
import { type CronDesk, cronDesk, type Ended } from "../testing/cron-desk.ts";
import { instant } from "../trading/instant.ts";

/**
 * The built program in a world whose files are not as they should be: it says in words what is wrong and where, sends
 * nothing, overwrites nothing, and ends with the code that says so.
 */
jest.setTimeout(120_000);

const weights = { AAPL: 0.2, XOM: 0.15 };

async function deskWithForecast(): Promise<CronDesk> {
  const desk = await cronDesk();
  desk.writeForecast(weights);
  return desk;
}

/** What a person reads, on one line: reports are broken at the terminal's width. */
const saidBy = ({ stderr }: Ended) => stderr.replace(/\s+/g, " ").replaceAll("The history", "the history");
const refOf = (row: Record<string, unknown>) => String(row["order_ref"]);
const noTrace = (ended: Ended) => expect(ended.stderr + ended.stdout).not.toMatch(/^\s+at .*:\d+:\d+/m);

describe("files that others could have written", () => {
  it.each([
    ["the forecast", "forecasts/momentum.csv", 3, "could be written by others"],
    ["the forecast's folder", "forecasts", 3, "could be written by others"],
    ["the configuration", "trader.toml", 2, "others could change it"],
    ["the data folder", ".", 2, "others could change it"],
  ])("%s: exit, path and command, and no order", async (_, name, code, words) => {
    await using desk = await deskWithForecast();
    chmodSync(desk.file(name), statSync(desk.file(name)).mode | 0o020);
    const ended = await desk.run();
    expect([ended.code, saidBy(ended)]).toEqual([code, expect.stringContaining(words)]);
    expect(saidBy(ended)).toContain(`chmod go-w ${desk.file(name)}`);
    noTrace(ended);
    expect(desk.gateway.venue.executions()).toEqual([]);
  });
});

describe("a history that cannot be relied on", () => {
  const spoil: Readonly<Record<string, (file: string) => void>> = {
    "is damaged": (file) => writeFileSync(file, readFileSync(file).fill("x", 0, 200)),
    "was cut off": (file) => truncateSync(file, statSync(file).size - 20_000),
    "is empty": (file) => truncateSync(file, 0),
    "was written by a newer version": (file) => pragma(file, "user_version = 99"),
    "is not this program's": (file) => pragma(file, "application_id = 7"),
    "has lost what is newest": (file) => rmSync(file),
  };

  function pragma(file: string, text: string): void {
    const db = new Database(file);
    db.pragma(text);
    db.close();
  }

  it("holds the run, mails an alert, and is left as it is", async () => {
    await using desk = await deskWithForecast();
    expect(await desk.run()).toMatchObject({ code: 0, stderr: "" });
    const [file, backup] = [desk.file("snapshots/history.db"), desk.file("good.db")];
    writeFileSync(backup, readFileSync(file));
    const executions = desk.gateway.venue.executions().length;
    expect(executions).toBeGreaterThan(0);
    await desk.nextHour();
    desk.writeForecast({ AAPL: 0.1, XOM: 0.3 });

    for (const [words, act] of Object.entries(spoil)) {
      writeFileSync(file, readFileSync(backup));
      rmSync(desk.file("mail"), { recursive: true });
      act(file);
      const before = existsSync(file) && readFileSync(file);
      const ended = await desk.run();
      const title = words === "was cut off" ? "is damaged" : words;
      expect([words, ended.code]).toEqual([words, 3]);
      expect(saidBy(ended)).toContain(`the history ${title}: ${file}`);
      noTrace(ended);
      const mails = await desk.mails();
      expect(mails.map(({ subject }) => subject)).toEqual([
        expect.stringContaining(`HELD: the history ${title}`),
      ]);
      expect(existsSync(file) && readFileSync(file)).toEqual(before);
      expect(desk.gateway.venue.executions()).toHaveLength(executions);
    }
    writeFileSync(file, readFileSync(backup));
    expect(await desk.run()).toMatchObject({ code: 0, stderr: "" });
    expect(desk.gateway.venue.executions().length).toBeGreaterThan(executions);
  });

  it("is what the other commands say too, and they leave it as it is", async () => {
    await using desk = await deskWithForecast();
    mkdirSync(desk.file("snapshots"));
    writeFileSync(
      desk.file("snapshots/history.db"),
      "not a database, but longer than its header: ".repeat(40),
    );
    for (const command of ["dry-run", "status", "accept"]) {
      const ended = await desk.run({ args: [command] });
      expect([command, ended.code, saidBy(ended)]).toEqual([
        command,
        3,
        expect.stringContaining("the history is damaged"),
      ]);
      noTrace(ended);
    }
    expect(readdirSync(desk.folder).toSorted()).toEqual(["forecasts", "snapshots", "trader.toml"]);
    expect(readdirSync(desk.file("snapshots"))).toEqual(["history.db"]);
  });

  it("comes back from a backup as docs/restore.md says", async () => {
    await using desk = await deskWithForecast();
    const today = () => desk.gateway.venue.executions().map(({ execId }) => execId);
    await desk.run();
    const firstDay = today();
    await desk.gateway.advanceTo(instant("2022-03-14T16:35:00-04:00"));
    expect(saidBy(await desk.run())).toContain("5 hourly runs did not happen");
    const [file, backup] = [
      desk.file("snapshots/history.db"),
      desk.file("snapshots/backup/history-2022-03-14.db"),
    ];
    const [runs, trades] = [
      desk.rows("SELECT run_id FROM runs"),
      readFileSync(desk.file("snapshots/trades.csv")),
    ];
    const restore = () => {
      for (const end of ["", "-wal", "-shm"]) rmSync(`${file}${end}`, { force: true });
      copyFileSync(backup, file);
    };
    restore();
    expect(await desk.run()).toMatchObject({ code: 0, stderr: "" });
    expect(desk.rows("SELECT run_id FROM runs")).toEqual(expect.arrayContaining(runs));
    expect(readFileSync(desk.file("snapshots/trades.csv"))).toEqual(trades);

    await desk.gateway.advanceTo(instant("2022-03-15T09:35:00-04:00"));
    desk.writeForecast({ AAPL: 0.1, XOM: 0.3 });
    expect(await desk.run()).toMatchObject({ code: 0, stderr: "" });
    const newer = desk.rows(
      "SELECT order_file FROM run_record WHERE order_file IS NOT NULL ORDER BY run_id DESC LIMIT 1",
    );
    const orderFile = String(newer[0]?.["order_file"]);
    const traded = today();
    restore();
    const held = await desk.run();
    expect([held.code, saidBy(held)]).toEqual([
      3,
      expect.stringContaining("the history has lost what is newest"),
    ]);
    expect(saidBy(held)).toContain(orderFile);

    mkdirSync(desk.file("orders/before-restore"));
    renameSync(orderFile, desk.file("orders/before-restore/one.csv"));
    expect(await desk.run()).toMatchObject({ code: 0 });
    expect(today()).toEqual(traded);
    // The venue knows today's executions, the backup those of the day before.
    const booked = desk.rows("SELECT exec_id FROM executions").map((row) => row["exec_id"]);
    expect(booked).toEqual(expect.arrayContaining(today()));
    expect(booked).toHaveLength(today().length + firstDay.length);
  });
});

/** As root, rights mean nothing: then the program runs as another user, whose folder this is. */
describe("rights that are missing", () => {
  it.each([
    ["orders", /file \w+\.csv could not be written/],
    ["snapshots", /the history cannot be used/],
    ["state", /run\.lock could not be written/],
    ["logs", /\.jsonl could not be written/],
  ])("%s/ that may not be written holds the run", async (name, words) => {
    await using desk = await deskWithForecast();
    mkdirSync(desk.file(name));
    chmodSync(desk.file(name), 0o500);
    const ended = await desk.run({ asOrdinaryUser: true });
    expect([name, ended.code, saidBy(ended)]).toEqual([name, 3, expect.stringMatching(words)]);
    expect(saidBy(ended)).toMatch(/\((EACCES|SQLITE_CANTOPEN)\)/);
    noTrace(ended);
    expect(desk.gateway.venue.executions()).toEqual([]);
    expect((await desk.mails()).map(({ subject }) => subject)).toContainEqual(
      expect.stringContaining("HELD"),
    );
  });

  it("mail/ that may not be written is told on stderr, and the run trades", async () => {
    await using desk = await deskWithForecast();
    mkdirSync(desk.file("mail"));
    chmodSync(desk.file("mail"), 0o500);
    const ended = await desk.run({ asOrdinaryUser: true });
    expect([ended.code, saidBy(ended)]).toEqual([0, expect.stringContaining("mail trouble")]);
    expect(desk.gateway.venue.executions()).not.toEqual([]);
  });

  it("a configuration or a forecast that may not be read", async () => {
    await using desk = await deskWithForecast();
    chmodSync(desk.file("forecasts/momentum.csv"), 0o200);
    const held = await desk.run({ asOrdinaryUser: true });
    expect([held.code, saidBy(held)]).toEqual([3, expect.stringContaining("permission denied (EACCES)")]);
    chmodSync(desk.file("trader.toml"), 0o200);
    const refused = await desk.run({ asOrdinaryUser: true });
    expect(refused).toMatchObject({
      code: 2,
      stderr: `${desk.file("trader.toml")}: permission denied (EACCES)\n`,
    });
    expect(desk.gateway.venue.executions()).toEqual([]);
  });
});

describe("something else in a file's place", () => {
  it.each<[string, number, RegExp]>([
    ["state/contracts.json", 3, /contracts\.json could not be read: .* \(EISDIR\)/],
    ["orders/latest.csv", 3, /latest\.csv could not be written: .* \((EISDIR|EEXIST|ENOTEMPTY)\)/],
    ["snapshots/history.db", 3, /the history cannot be used: .* it is not a file/],
    ["state/run.lock", 3, /run\.lock could not be written/],
    ["state/halt.json", 3, /halt\.json could not be read: .* \(EISDIR\)/],
    ["forecasts/momentum.csv", 3, /momentum\.csv cannot be read: .* it is not a file/],
    ["trader.toml", 2, /trader\.toml: it is not a file/],
  ])("a folder for %s: exit %d", async (name, code, words) => {
    await using desk = await deskWithForecast();
    rmSync(desk.file(name), { force: true });
    mkdirSync(desk.file(name), { recursive: true });
    const ended = await desk.run();
    expect([ended.code, saidBy(ended)]).toEqual([code, expect.stringMatching(words)]);
    noTrace(ended);
    expect(desk.gateway.venue.executions()).toEqual([]);
  });

  it.each<[string, number, RegExp]>([
    ["orders", 3, /could not be written/],
    ["snapshots", 3, /the history cannot be used/],
    ["state", 3, /run\.lock could not be written/],
    ["logs", 3, /could not be written/],
    ["snapshots/history.db", 3, /the history cannot be used/],
    ["forecasts/momentum.csv", 3, /there is no such file/],
    ["trader.toml", 2, /there is no file/],
  ])("a link that leads nowhere for %s: exit %d", async (name, code, words) => {
    await using desk = await deskWithForecast();
    rmSync(desk.file(name), { force: true });
    mkdirSync(dirname(desk.file(name)), { recursive: true });
    symlinkSync(desk.file("nowhere"), desk.file(name));
    const ended = await desk.run();
    expect([ended.code, saidBy(ended)]).toEqual([code, expect.stringMatching(words)]);
    noTrace(ended);
    expect(desk.gateway.venue.executions()).toEqual([]);
    expect(existsSync(desk.file("nowhere"))).toBe(false);
  });
});

/**
 * A limit on the size of each file stands for a disk that fills up: it needs no rights, and it bites at another place for
 * each size. The log goes first, then the making of the history, its lock, the intents, the fills.
 */
describe("a disk that takes no more", () => {
  it.each<[string, boolean, number, RegExp]>([
    ["in its log and mail", false, 0.5, /HELD: nothing was sent/],
    ["in the making of its history", false, 48, /HELD: nothing was sent/],
    ["before its first look", true, 2, /HELD: nothing was sent/],
    ["soon after it began to send", true, 33, /ATTENTION: .* orders of this run may have left/],
    ["later, among its orders", true, 80, /ATTENTION: .* orders of this run may have left/],
  ])("stops a run %s; the next one puts the books right", async (_, hasHistory, kilobytes, words) => {
    await using desk = await deskWithForecast();
    if (hasHistory) await desk.run();
    await desk.nextHour();
    const before = desk.gateway.venue.executions().length;
    desk.writeForecast({ AAPL: 0.1, XOM: 0.25, KO: 0.05, PFE: 0.05 });
    const ended = await desk.run({ shell: `ulimit -f ${kilobytes * 2}; exec "$@"` });
    expect([ended.code, saidBy(ended)]).toEqual([3, expect.stringMatching(words)]);
    expect(saidBy(ended)).toMatch(/\((EFBIG|SQLITE_FULL|SQLITE_IOERR_\w+)\)/);
    noTrace(ended);
    const sent = desk.gateway.venue.executions().length - before;
    expect(sent > 0).toBe(words.source.includes("ATTENTION"));

    expect(saidBy(await desk.run())).not.toMatch(/HELD|CRASHED/);
    // What an order does that still works is the next run's.
    const working = new Set(desk.rows("SELECT order_ref FROM orders WHERE life = 'working'").map(refOf));
    const told = desk.gateway.venue.executions().filter(({ orderRef }) => !working.has(orderRef));
    const booked = desk
      .rows("SELECT exec_id, order_ref FROM executions")
      .filter((row) => !working.has(refOf(row)));
    expect(booked.map((row) => String(row["exec_id"])).toSorted()).toEqual(
      told.map(({ execId }) => execId).toSorted(),
    );
    const inHistory = desk
      .rows("SELECT exec_id FROM executions ORDER BY exec_id")
      .map((row) => row["exec_id"]);
    const inFile = readFileSync(desk.file("snapshots/trades.csv"), "utf8").trim().split("\n").slice(1);
    expect(inFile.map((line) => line.split(",")[0] ?? "").toSorted()).toEqual(inHistory);
  });
});

describe("eight runs that are started in the same instant", () => {
  it("one of them trades, seven say busy, and the books agree (S01, S09)", async () => {
    await using desk = await cronDesk();
    // More than RRC's market takes at once: the run that trades waits for the rest until the others have come and gone.
    desk.writeForecast({ AAPL: 0.1, RRC: 0.6 });
    const litter = [
      "orders/latest.csv.12-1.tmp",
      "snapshots/history.db.12-0.tmp-wal",
      "mail/waiting/a.eml.12-3.tmp",
    ];
    for (const name of litter) {
      mkdirSync(dirname(desk.file(name)), { recursive: true });
      writeFileSync(desk.file(name), "left by a run that was killed");
    }
    const all = await Promise.all(Array.from({ length: 8 }, () => desk.run()));
    expect(litter.filter((name) => existsSync(desk.file(name)))).toEqual([]);
    expect(
      all
        .map(({ code }) => String(code))
        .toSorted()
        .join(""),
    ).toBe("05555555");
    for (const ended of all)
      expect(saidBy(ended)).toMatch(
        ended.code === 0 ? /^$/ : /Another run is in progress: .* process \d+ on/,
      );

    const told = desk.gateway.venue.executions();
    const booked = desk.rows("SELECT exec_id FROM executions").map((row) => String(row["exec_id"]));
    expect(booked.toSorted()).toEqual(told.map(({ execId }) => execId).toSorted());
    for (const order of desk.rows("SELECT order_ref, filled_shares FROM orders")) {
      const own = told.filter(({ orderRef }) => orderRef === order["order_ref"]);
      expect(order["filled_shares"]).toBe(own.reduce((sum, { shares }) => sum + shares, 0));
    }
    expect(desk.rows("SELECT symbol FROM orders ORDER BY symbol")).toEqual([
      { symbol: "AAPL" },
      { symbol: "RRC" },
    ]);
    expect(desk.rows("SELECT verdict FROM runs")).toEqual([{ verdict: "done" }]);
    expect(await desk.mails()).toHaveLength(1);
  });
});
