import type { Store } from "../ports.ts";
import { rebalance } from "../rebalance.ts";
import { historyFolder } from "../testing/history-folder.ts";
import { jobOf } from "../testing/job-of.ts";
import { scriptedWorld } from "../testing/scripted-world.ts";
import { forecastOf, type Script } from "../testing/world-script.ts";
import { type Account } from "../trading/account.ts";
import { type Instant, instant } from "../trading/instant.ts";
import { money } from "../trading/money.ts";
import type { QuoteReading } from "../trading/quote.ts";
import { ok } from "../trading/result.ts";
import type { Limits } from "../trading/risk/limits.ts";

const account = "DU1234567";
const history = historyFolder();
const at = (hour: number, minute = 30): Instant =>
  instant(`2022-03-14T${hour}:${String(minute).padStart(2, "0")}:00Z`);

interface Changes extends Partial<Script> {
  readonly limits?: Partial<Limits>;
  /** What the broker says the account is worth. */
  readonly worth?: string;
  readonly readings?: Partial<QuoteReading>;
}

/** One run over the real history; the hour of the day tells runs apart. */
async function run(hour: number, { limits = {}, worth, readings, ...changes }: Changes = {}) {
  const script: Partial<Script> = {
    now: at(hour),
    handled: ["2022-03-14 open", "2022-03-14 middle"],
    forecasts: ok([forecastOf({ AAA: 0.3, BBB: 0.2 })]),
    lastRunAt: at(hour),
    ...changes,
  };
  const healthy = scriptedWorld(script);
  const connected = await healthy.world.brokerage.connect(jobOf().connection);
  if (!connected.ok) throw new Error("the scripted broker did not connect");
  const broker = connected.value;
  const told = (answer: Account) => (worth ? { ...answer, netLiquidation: money(worth, "USD") } : answer);
  const scripted = scriptedWorld({
    ...script,
    broker: {
      account: async () => {
        const answer = await broker.account();
        return answer.ok ? ok(told(answer.value)) : answer;
      },
      quotes: async (asked) => {
        const answer = await broker.quotes(asked);
        return answer.ok && readings
          ? ok(answer.value.map((each) => (each.symbol === "AAA" ? { ...each, ...readings } : each)))
          : answer;
      },
    },
  });
  const store: Store = { ...history.store, history: () => scripted.world.store.history() };
  const job = jobOf({ trustHostClock: false });
  const outcome = await rebalance(
    { ...job, limits: { ...job.limits, ...limits } },
    { ...scripted.world, store },
  );
  return {
    outcome,
    crash: outcome.crash,
    placed: scripted.acts.filter((act) => act.startsWith("place")),
    notices: scripted.notices.map(({ kind }) => kind),
    leftAlone: outcome.plan?.untouched.map(({ symbol, reason }) =>
      reason.kind === "check-failed" ? `${symbol} ${reason.check}` : `${symbol} ${reason.kind}`,
    ),
    failed: outcome.review?.checks
      .filter(({ verdict }) => verdict === "fail")
      .map(({ name, subject }) => `${name} ${subject}`.trim()),
  };
}

/** The first run finds 1,000,000 and these shares, and leaves them as they are. */
const begunWith = (holdings: Readonly<Record<string, number>>) =>
  run(14, { worth: "1000000", holdings, forecasts: ok([forecastOf({})]) });

const drawdown = { warnAt: 0.05, deRiskAt: 0.1, deRiskFactor: 0.5, haltAt: 0.18 };

describe("drawdown", () => {
  it("beyond the de-risk level halves the targets and sends reductions alone, told once", async () => {
    await begunWith({ AAA: 6_000 });
    const second = await run(15, { worth: "880000", holdings: { AAA: 6_000 }, limits: { drawdown } });
    expect(second.crash).toBeUndefined();
    expect(second.failed).toEqual(["drawdown-de-risk"]);
    // Half of 30 % of 880,000 at 50: 2,640 shares; BBB would be bought.
    expect(second.placed).toEqual(["place sell AAA 3360"]);
    expect(second.leftAlone).toEqual(["BBB drawdown-de-risk"]);
    expect(second.outcome.verdict).toBe("attention");
    expect(second.notices).toEqual(["alert"]);

    const third = await run(16, { worth: "880000", holdings: { AAA: 2_640 }, limits: { drawdown } });
    expect(third.placed).toEqual([]);
    expect(third.outcome.findings).toMatchObject([{ kind: "check-failed", isNew: false }]);
    expect(third.notices).toEqual([]);

    const recovered = await run(17, { worth: "950000", holdings: { AAA: 2_640 }, limits: { drawdown } });
    expect(recovered.placed).toEqual(["place buy BBB 1900", "place buy AAA 3060"]);
  });

  it("beyond the halt level sends nothing until a person gives an override, which is mailed", async () => {
    await begunWith({ AAA: 6_000 });
    const second = await run(15, { worth: "810000", holdings: { AAA: 6_000 }, limits: { drawdown } });
    expect(second.failed).toEqual(["drawdown-de-risk", "drawdown-halt"]);
    expect(second.placed).toEqual([]);
    expect(second.outcome.verdict).toBe("held");

    for (const name of ["drawdown-halt", "drawdown-de-risk"] as const)
      history.store.giveOverride(account, {
        name,
        subject: "",
        givenAt: at(15, 40),
        untilAt: at(16, 45),
        why: "seen",
        by: "owner",
      });
    const third = await run(16, { worth: "810000", holdings: { AAA: 6_000 }, limits: { drawdown } });
    expect(third.failed).toEqual([]);
    expect(third.placed).toEqual(["place sell AAA 1140", "place buy BBB 1620"]);
    expect(third.notices).toEqual(["override", "override"]);
    expect(third.outcome.review?.checks.filter(({ override }) => override)).toMatchObject([
      { name: "drawdown-de-risk", verdict: "warn", override: { why: "seen" } },
      { name: "drawdown-halt", verdict: "warn" },
    ]);
    const later = await run(17, {
      worth: "810000",
      holdings: { AAA: 4_860, BBB: 1_620 },
      limits: { drawdown },
    });
    expect(later.failed).toEqual(["drawdown-de-risk", "drawdown-halt"]);
    expect(later.outcome.verdict).toBe("held");
  });

  it("is none where the money was taken out", async () => {
    await begunWith({ AAA: 6_000 });
    const flow = { amount: money("-190000", "USD"), note: "", declaredAt: at(15), by: "owner" };
    history.store.declareFlow(account, { ...flow, at: at(15, 0) });
    const second = await run(15, { worth: "810000", holdings: { AAA: 6_000 }, limits: { drawdown } });
    expect(second.failed).toEqual([]);
    expect(second.outcome.findings).toEqual([]);
  });
});

it("what one run found bearable is judged anew by the next, at what the account is worth then (S24)", async () => {
  await begunWith({ AAA: 6_000 });
  const override = { name: "drawdown-de-risk", subject: "", why: "seen", by: "owner" } as const;
  history.store.giveOverride(account, { ...override, givenAt: at(14, 40), untilAt: at(16, 15) });
  const runAt = (hour: number, worth: string) =>
    run(hour, { worth, holdings: { AAA: 6_000 }, limits: { drawdown } });
  expect((await runAt(15, "870000")).failed).toEqual([]);
  // The override has ended between two runs, and the loss of this hour stands on no record yet.
  const next = await runAt(16, "819000");
  expect(next.failed).toEqual(["drawdown-de-risk", "drawdown-halt"]);
  expect(next.placed).toEqual([]);
  expect(next.outcome.verdict).toBe("held");
});

it("a declared withdrawal settles the jump that it was taken for (A08)", async () => {
  await begunWith({ AAA: 6_000, BBB: 2_000 });
  const jumped = await run(15, { worth: "600000", holdings: { AAA: 6_000, BBB: 2_000 } });
  expect(jumped.outcome.verdict).toBe("held");
  expect(jumped.failed).toEqual(["nav-jump"]);
  const flow = { amount: money("-400000", "USD"), note: "", declaredAt: at(15, 50), by: "owner" };
  history.store.declareFlow(account, { ...flow, at: at(15, 0) });
  const settled = await run(16, {
    worth: "600000",
    holdings: { AAA: 6_000, BBB: 2_000 },
    limits: { drawdown },
  });
  expect(settled.outcome.verdict).toBe("done");
  expect(settled.failed).toEqual([]);
});

it("a loss of the day stops what takes risk on, not what takes it off", async () => {
  await begunWith({ AAA: 7_000 });
  const second = await run(15, { worth: "880000", holdings: { AAA: 7_000 }, limits: { dailyLossMax: 0.1 } });
  expect(second.placed).toEqual(["place sell AAA 1720"]);
  expect(second.leftAlone).toEqual(["BBB daily-loss"]);
});

describe("one instrument's market", () => {
  it("that is halted is left alone, whatever its prices are, and nobody is called", async () => {
    const { outcome, placed, leftAlone, notices } = await run(14, {
      readings: { isHalted: true, bid: -1, ask: -1 },
    });
    expect(placed).toEqual(["place buy BBB 2000"]);
    expect(leftAlone).toEqual(["AAA trading-halt"]);
    expect(outcome.verdict).toBe("done");
    expect(notices).toEqual([]);
  });

  it("that jumped against the last close is left alone, and a person is called", async () => {
    const { outcome, placed, leftAlone } = await run(14, {
      readings: { close: 75.1 },
      limits: { priceJumpMax: 0.3 },
    });
    expect(placed).toEqual(["place buy BBB 2000"]);
    expect(leftAlone).toEqual(["AAA price-jump"]);
    expect(outcome.findings).toMatchObject([
      { kind: "check-failed", check: { name: "price-jump", subject: "AAA", limit: 0.3 } },
    ]);
  });

  it("that is wide is left alone, and nobody is called", async () => {
    const { outcome, leftAlone } = await run(14, { limits: { spreadBpsMax: 19 } });
    expect(leftAlone).toEqual(["AAA spread", "BBB spread"]);
    expect(outcome.verdict).toBe("done");
  });
});

it("a held run runs its checks as far as it knows their numbers, and keeps them", async () => {
  await begunWith({ AAA: 6_000, BBB: 2_000 });
  const { outcome } = await run(15, {
    worth: "700000",
    holdings: { AAA: 6_000, BBB: 2_000 },
    limits: { drawdown },
    forecasts: {
      ok: false,
      findings: [{ kind: "forecast-stale", file: "t.csv", line: 1, ageMinutes: 95, limitMinutes: 90 }],
    },
  });
  expect(outcome.verdict).toBe("held");
  expect(
    outcome.findings.map((finding) => (finding.kind === "check-failed" ? finding.check.name : finding.kind)),
  ).toEqual(["forecast-stale", "net-liquidation-jumped", "drawdown-de-risk", "drawdown-halt"]);
  const kept = history.query<{ name: string; verdict: string }>(
    `SELECT name, verdict FROM checks WHERE run_id = '${outcome.run.id}'`,
  );
  expect(kept).toContainEqual({ name: "forecast-age", verdict: "fail" });
  expect(kept).toContainEqual({ name: "spread", verdict: "unknown" });
  expect(kept).toContainEqual({ name: "gross-leverage", verdict: "pass" });
});
