import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openStore } from "../../storage/store.ts";
import { accountOf, outcomeOf, startedAt } from "../../testing/history-sample.ts";
import { smallConfig } from "../../testing/small-config.ts";
import { typed } from "../../testing/terminal.ts";
import { type Instant, instant, later } from "../../trading/instant.ts";
import { money } from "../../trading/money.ts";
import { windowOf } from "../../trading/order.ts";

const account = "DU1234567";
let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "trader-risk-"));
  mkdirSync(join(folder, "data"));
  configure(true);
});
afterEach(() => rmSync(folder, { recursive: true }));

function configure(trustHostClock: boolean): void {
  const changes = {
    'folder = "."': 'folder = "data"',
    "port = 4002": "port = 1",
    "trust_host_clock = false": `trust_host_clock = ${trustHostClock}`,
  };
  writeFileSync(join(folder, "trader.toml"), smallConfig(changes));
}

const trader = (...args: string[]) => typed(folder, args);

const snapshots = () => join(folder, "data", "snapshots");

/** A run that saw the account; one with a jump found it ten seconds after it began. */
async function seen({ jumpedAt = undefined as Instant | undefined } = {}): Promise<void> {
  const store = openStore({ folder: snapshots(), version: "1.2.3" });
  const begunAt = jumpedAt ?? startedAt;
  const run = await store.begin({ startedAt: begunAt, window: windowOf(begunAt), account });
  const jump = {
    kind: "net-liquidation",
    expected: money("1000", "USD"),
    told: money("2000", "USD"),
  } as const;
  if (jumpedAt) await store.keepBreaks(run, [jump], later(jumpedAt, 10_000));
  await store.finish(outcomeOf(run, { account: accountOf() }));
  store.close();
}

async function onRecord() {
  const store = openStore({ folder: snapshots(), version: "1.2.3" });
  try {
    return await store.riskRecord(account, undefined);
  } finally {
    store.close();
  }
}

describe("trader flow", () => {
  it("puts deposits and withdrawals on record, in the account's currency, and lists them", async () => {
    await seen();
    expect((await trader("flow")).out).toBe("No deposit or withdrawal has been declared.\n");
    const given = await trader("flow", "-1500.50", "--at", "2022-03-14T11:00", "--note", "tax");
    expect(given).toMatchObject({ code: 0, err: "" });
    expect(given.out).toMatch(/^Declared: withdrawal of 1,500\.50 USD, booked 2022-03-14 11:00 EDT: tax\.\n/);
    expect((await trader("flow", "25000", "--at", "2022-03-11T16:00:00Z")).code).toBe(0);
    expect((await onRecord()).flows).toEqual([
      { at: instant("2022-03-11T16:00:00Z"), amount: money("25000", "USD"), note: "" },
      { at: instant("2022-03-14T15:00:00Z"), amount: money("-1500.50", "USD"), note: "tax" },
    ]);
    expect((await trader("flow")).out).toBe(
      "deposit of 25,000.00 USD, booked 2022-03-11 11:00 EST\nwithdrawal of 1,500.50 USD, booked 2022-03-14 11:00 EDT: tax\n",
    );
  });

  it("takes an open jump of net liquidation for what it explains", async () => {
    await seen();
    await seen({ jumpedAt: instant("2022-03-14T15:35:00Z") });
    const given = await trader("flow", "1000");
    expect(given.out).toContain("(when the jump of net liquidation was found)");
    expect((await onRecord()).flows).toMatchObject([{ at: instant("2022-03-14T15:35:10Z") }]);
  });

  it.each([
    ["what is no amount", ["flow", "1,500"], /expected an amount of USD .*not "1,500"/],
    ["nothing", ["flow", "0"], /expected an amount/],
    ["a time that is none", ["flow", "5", "--at", "yesterday"], /--at: expected a time/],
    ["the future", ["flow", "5", "--at", "2h"], /--at lies in the future/],
  ])("refuses %s, and records nothing", async (_, args, why) => {
    await seen();
    const refused = await trader(...args);
    expect(refused.code).toBe(2);
    expect(refused.err).toMatch(why);
    expect((await onRecord()).flows).toEqual([]);
  });

  it("has nothing to declare before the first run, and no time of its own where the gateway has another", async () => {
    expect(await trader("flow", "5")).toMatchObject({
      code: 2,
      err: expect.stringContaining("no run has seen"),
    });
    await seen();
    configure(false);
    expect(await trader("flow", "5")).toMatchObject({ code: 2, err: expect.stringContaining("say --at") });
    expect((await trader("flow", "5", "--at", "2022-03-14T11:00")).code).toBe(0);
  });
});

describe("trader override", () => {
  it("takes a check on for a time, with who and why; status shows it; it can be withdrawn", async () => {
    expect((await trader("override")).out).toBe("No override is in force.\n");
    const given = await trader("override", "weight", "AAPL", "--until", "2h", "--why", "merger");
    expect(given).toMatchObject({ code: 0, err: "" });
    expect(given.out).toMatch(
      /^Overridden: weight AAPL until \d{4}-\d\d-\d\d \d\d:\d\d E[DS]T, by \S+: merger\./,
    );
    const [override] = (await onRecord()).overrides;
    expect(override).toMatchObject({ name: "weight", subject: "AAPL", why: "merger" });
    expect((override?.untilAt ?? 0) - (override?.givenAt ?? 0)).toBe(7_200_000);
    expect((await trader("override")).out).toMatch(/^weight AAPL until /);
    expect((await trader("status")).out).toContain("Override in force: weight AAPL until ");

    expect((await trader("override", "weight", "--withdraw")).out).toBe("There is no override of weight.\n");
    expect((await trader("override", "weight", "AAPL", "--withdraw")).out).toMatch(/^Withdrawn: weight AAPL/);
    expect((await trader("override")).out).toBe("No override is in force.\n");
    expect((await trader("status")).out).not.toContain("Override");
  });

  it.each([
    [
      "an unknown check",
      ["heat", "--until", "2h", "--why", "x"],
      /no check "heat"; these can be overridden: gross-/,
    ],
    ["what is never overridden", ["cushion", "--until", "2h", "--why", "x"], /cushion .*is never overridden/],
    ["no end", ["weight", "--why", "x"], /say --until/],
    ["an end that is no time", ["weight", "--until", "soon", "--why", "x"], /--until: expected .*not "soon"/],
    ["an end in the past", ["weight", "--until", "2022-03-14T16:00", "--why", "x"], /lies in the past/],
    ["an end too far away", ["weight", "--until", "8d", "--why", "x"], /more than 7 days/],
    ["no reason", ["weight", "--until", "2h"], /say --why/],
    [
      "a symbol in small letters",
      ["weight", "aapl", "--until", "2h", "--why", "x"],
      /capital letters.*"aapl"/,
    ],
    [
      "a group that is none",
      ["group-weight", "AAPL", "--until", "2h", "--why", "x"],
      /no group .*there are: none/,
    ],
    [
      "a strategy that is none",
      ["strategy-weight", "value", "--until", "2h", "--why", "x"],
      /there are: momentum/,
    ],
    ["a symbol of the whole account", ["daily-loss", "KO", "--until", "2h", "--why", "x"], /leave "KO" out/],
    ["an empty reason", ["weight", "--until", "2h", "--why", " "], /say --why/],
  ])("refuses %s", async (_, args, why) => {
    const refused = await trader("override", ...args);
    expect(refused.code).toBe(2);
    expect(refused.err).toMatch(why);
    expect((await onRecord()).overrides).toEqual([]);
  });

  it("wants a date where the gateway lives at another time", async () => {
    configure(false);
    const why = ["--why", "x"];
    expect((await trader("override", "weight", "--until", "2h", ...why)).err).toContain("say a date");
    expect((await trader("override", "weight", "--until", "2022-03-14T16:00", ...why)).code).toBe(0);
    expect((await onRecord()).overrides).toMatchObject([{ untilAt: instant("2022-03-14T20:00:00Z") }]);
  });
});

it("trader check-risk tells what it can when the broker is not there", async () => {
  const { code, err } = await trader("check-risk");
  expect(code).toBe(4);
  expect(err).toMatch(/^\nRisk of what a run would do now: no plan was made/);
});
