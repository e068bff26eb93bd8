import type { Store } from "../ports.ts";
import { rebalance } from "../rebalance.ts";
import { historyFolder } from "../testing/history-folder.ts";
import { jobOf } from "../testing/job-of.ts";
import { anExecution } from "../testing/outcome-builder.ts";
import { stock } from "../testing/scenario.ts";
import { scriptedWorld } from "../testing/scripted-world.ts";
import { forecastOf, type Script } from "../testing/world-script.ts";
import type { Account } from "../trading/account.ts";
import { instant } from "../trading/instant.ts";
import { money } from "../trading/money.ts";
import { ok } from "../trading/result.ts";

const account = "DU1234567";
const history = historyFolder();

/** One run over the real history; the hour of the day tells runs apart. */
async function run(hour: number, changes: Partial<Script> = {}) {
  const now = instant(`2022-03-14T${hour}:30:00Z`);
  const scripted = scriptedWorld({
    now,
    handled: ["2022-03-14 open", "2022-03-14 middle"],
    forecasts: ok([forecastOf({ AAA: 0.3, BBB: 0.2 })]),
    lastRunAt: now,
    ...changes,
  });
  const store: Store = { ...history.store, history: () => scripted.world.store.history() };
  const outcome = await rebalance(jobOf({ trustHostClock: false }), { ...scripted.world, store });
  const placed = scripted.acts.filter((act) => act.startsWith("place"));
  return { outcome, placed, notices: scripted.notices };
}

const onTarget = { AAA: 6_000, BBB: 2_000 };
const kinds = (outcome: { findings: readonly { kind: string }[] }) =>
  outcome.findings.map(({ kind }) => kind);

it("expects what it first found and what it has traded since, and trades on", async () => {
  expect((await run(14, { holdings: { AAA: 40 } })).placed).toEqual([
    "place buy AAA 5960",
    "place buy BBB 2000",
  ]);
  const { outcome } = await run(15, { holdings: onTarget });
  expect(outcome.verdict).toBe("done");
  expect(outcome.findings).toEqual([]);
});

it("freezes what moved without an execution, trades the rest, and mails it once (A06, D10)", async () => {
  await run(14, { holdings: onTarget });
  const second = await run(15, { holdings: { AAA: 3_000, BBB: 1_000 } });
  expect(second.placed).toEqual([]);
  expect(second.outcome).toMatchObject({
    verdict: "attention",
    findings: [
      {
        kind: "position-unexplained",
        symbol: "AAA",
        expectedShares: 6_000,
        toldShares: 3_000,
        looksLike: "split",
        isNew: true,
      },
      { kind: "position-unexplained", symbol: "BBB", expectedShares: 2_000, toldShares: 1_000, isNew: true },
    ],
  });
  expect(second.outcome.plan?.untouched.map(({ symbol, reason }) => [symbol, reason.kind])).toEqual([
    ["AAA", "frozen"],
    ["BBB", "frozen"],
  ]);
  expect(second.notices).toMatchObject([{ kind: "alert" }]);

  const third = await run(16, { holdings: { AAA: 3_000, BBB: 2_000 } });
  expect(third.outcome.findings).toMatchObject([{ symbol: "AAA", isNew: false }]);
  expect(third.outcome.verdict).toBe("attention");
  expect(third.notices).toEqual([]);

  const isMeant = (open: { kind: string }) => open.kind === "position";
  history.store.accept(account, { isMeant, at: instant("2022-03-14T16:40:00Z"), note: "" });
  const fourth = await run(17, { holdings: { AAA: 3_000, BBB: 2_000 } });
  expect(fourth.placed).toEqual(["place buy AAA 3000"]);
  expect(fourth.outcome.verdict).toBe("done");
});

it("freezes a holding that our books have never had, and asks for no contract of it (D17)", async () => {
  await run(14, { holdings: onTarget });
  const { outcome, placed } = await run(15, { holdings: { ...onTarget, ZZZ: 5 } });
  expect(outcome.findings).toMatchObject([
    { symbol: "ZZZ", looksLike: "new-holding", expectedShares: 0, toldShares: 5 },
  ]);
  expect(placed).toEqual([]);
});

it("takes no fill between two questions for a break: its execution is asked for (S05)", async () => {
  await run(14, { holdings: onTarget });
  const { conId } = stock("AAA");
  const byHand = anExecution({
    execId: "9.01",
    account,
    conId,
    symbol: "AAA",
    side: "sell",
    shares: 1_000,
    orderRef: "",
  });
  const answers = [ok([]), ok([byHand])];
  const { outcome, placed } = await run(15, {
    holdings: { ...onTarget, AAA: 5_000 },
    broker: { executions: async () => answers.shift() ?? ok([byHand]) },
  });
  expect(kinds(outcome)).toEqual([]);
  expect(outcome.executions.map(({ execId }) => execId)).toContain("9.01");
  expect(placed).toEqual(["place buy AAA 1000"]);
});

describe("the account as a whole", () => {
  /** The scripted account with other sums. */
  const told = (changes: Partial<Account>): Partial<Script> => {
    const healthy = scriptedWorld({ holdings: onTarget });
    return {
      holdings: onTarget,
      broker: {
        account: async () => {
          const connected = await healthy.world.brokerage.connect(jobOf().connection);
          const answered = connected.ok ? await connected.value.account() : connected;
          return answered.ok ? ok({ ...answered.value, ...changes }) : answered;
        },
      },
    };
  };

  it("holds the run when net liquidation jumped, until it is accepted or comes back (A08)", async () => {
    await run(14, { holdings: onTarget });
    const jumped = told({ netLiquidation: money("700000", "USD") });
    const held = await run(15, jumped);
    expect(held.outcome).toMatchObject({
      verdict: "held",
      findings: [{ kind: "net-liquidation-jumped", limit: 0.2, isNew: true }],
    });
    expect(held.notices).toMatchObject([{ kind: "alert" }]);
    // What is held is compared with the last figure that was right, not with the jump's.
    const still = await run(16, jumped);
    expect(still.outcome).toMatchObject({ verdict: "held", findings: [{ isNew: false }] });
    expect(still.notices).toEqual([]);
    expect((await run(17, { holdings: onTarget })).outcome.verdict).toBe("done");

    await run(18, jumped);
    history.store.accept(account, {
      isMeant: () => true,
      at: instant("2022-03-14T18:40:00Z"),
      note: "withdrawal",
    });
    expect((await run(19, jumped)).outcome.verdict).toBe("done");
  });

  it("holds the run in a margin deficit (A11)", async () => {
    const { outcome, placed } = await run(14, told({ excessLiquidity: money("-0.01", "USD") }));
    expect(outcome).toMatchObject({ verdict: "held", findings: [{ kind: "margin-deficit" }] });
    expect(placed).toEqual([]);
  });
});
