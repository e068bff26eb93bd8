import {
  aHeldOutcome,
  anAccount,
  anExecution,
  anOutcome,
  anUntouched,
  aPlan,
  aReport,
  aSale,
  aTrade,
  newYork,
} from "../testing/outcome-builder.ts";
import type { Finding } from "../trading/finding.ts";
import { instant } from "../trading/instant.ts";
import { money } from "../trading/money.ts";
import type { Outcome } from "../trading/outcome.ts";
import { outcomeText } from "./outcome-text.ts";

/** The summary with runs of blanks as one, so that a sentence is found wherever it was wrapped. */
function said(outcome: Outcome): string {
  return outcomeText(outcome, { zone: newYork }).replace(/\s+/g, " ");
}

it.each([
  ["closed", "nothing was planned: the market is closed"],
  [
    "repeated",
    "nothing was planned: an earlier run has sent this hour's orders (--again trades it once more)",
  ],
] as const)("a run that only looked on says why, where its verdict does not: %s", (lookedOn, why) => {
  const idle = { plan: undefined, orders: [], executions: [], lookedOn };
  for (const verdict of ["attention", "held"] as const)
    expect(said(anOutcome({ ...idle, verdict }))).toContain(`EDT, session of 2022-03-14 ${why} `);
  expect(said(anOutcome({ ...idle, verdict: lookedOn }))).not.toContain("nothing was planned");
  expect(said(anOutcome({ verdict: "attention" }))).not.toContain("nothing was planned");
});

it("tells what was traded and why, what was not and why, and how the account stands", () => {
  const text = said(anOutcome());
  expect(text).toMatch(
    /^Done, 2 orders filled run 20220314T143500Z of account DU1234567, ended 2022-03-14 10:36 EDT/,
  );
  expect(text).toContain("MSFT Sell 200 276.41 filled at 276.69 reduce: 500 held, 13.66 %, target 8.2 %");
  expect(text).toContain("AAPL Buy 120 151.18 filled at 151.03 open: target 1.8 %, nothing held");
  expect(text).toContain("KO within the no-trade band: 0.3 % off target, band 0.5 %");
  expect(text).toContain("Net liquidation 1,012,345.67 USD");
  expect(text).toContain("Cash -123,456.78 USD of it in EUR 1,000.10 EUR");
  expect(text).toContain("Leverage used, gross 1.17");
  expect(text).toContain("Initial margin 295,446.16 USD Maintenance margin 268,587.42 USD");
  expect(text).toContain("Excess liquidity 743,758.25 USD (73.47 % cushion)");
  expect(text).toContain("Next session 2022-03-15 09:30 to 16:00 EDT");
  expect(text).toContain("Order file orders/20220314T143500Z.csv");
});

it("fits its width on every line", () => {
  const lines = outcomeText(anOutcome({ findings: findings(3) }), { zone: newYork, width: 80 }).split("\n");
  expect(lines.filter((line) => line.length > 80)).toEqual([]);
});

it("a run in waves tells what each of them wanted and why the next one came, and the wave of each order", () => {
  const { trades, ...plan } = aPlan();
  const [sale, buy] = trades;
  if (!sale || !buy) throw new Error("the sample has a sale and a purchase");
  const earlierWaves = [{ plan: { ...plan, trades: [sale] }, nextBecause: "money-came" as const }];
  const text = said(anOutcome({ earlierWaves, plan: { ...plan, trades: [buy] } }));
  expect(text).toMatch(/^Done, 2 orders filled in 2 waves run/);
  expect(text).toMatch(
    /Waves 1: 1 order \(1 sell, [\d,.]+ USD\); then fills have brought money that orders were cut for want of 2: 1 order \(1 buy, [\d,.]+ USD\)/,
  );
  expect(text).toContain("1 MSFT Sell 200 276.41 filled at 276.69 reduce: 500 held");
  expect(text).toContain("2 AAPL Buy 120 151.18 filled at 151.03 open: target 1.8 %");
  expect(said(anOutcome())).not.toContain("Wave");
});

it("a later wave that was not sent is told as such, with what it wanted, and counts as no wave", () => {
  const { trades, ...plan } = aPlan();
  const [sale, buy] = trades;
  if (!sale || !buy) throw new Error("the sample has a sale and a purchase");
  const earlierWaves = [{ plan: { ...plan, trades: [sale] }, nextBecause: "money-came" as const }];
  const held = anOutcome({
    verdict: "attention",
    findings: findings(1),
    earlierWaves,
    plan: { ...plan, trades: [buy] },
    orders: [aReport(sale)],
  });
  const text = said(held);
  expect(text).toMatch(/^ATTENTION: something needs a look, 1 order filled, 1 problem run/);
  expect(text).toMatch(/2: 1 order \(1 buy, [\d,.]+ USD\), not sent Orders/);
  expect(text).toMatch(/Planned, and not among these orders .* AAPL Buy 120 151.18 open: target 1.8 %/);
  const broken = said({ ...held, earlierWaves: [], plan: { ...plan, trades } });
  expect(broken).toMatch(/Planned, and not among these orders .* AAPL Buy 120 151.18/);
  const partly = said({ ...held, plan: { ...plan, trades: [buy, sale] } });
  expect(partly).toMatch(/2: 2 orders \([^)]*\), 1 of them not sent Orders/);
  expect(said(anOutcome())).not.toContain("Planned");
});

it("a held run says so first, that nothing was sent, why, and what to do", () => {
  const text = said(aHeldOutcome());
  expect(text).toMatch(/^HELD: nothing was sent, 1 problem/);
  expect(text).toContain(
    "1. Forecast momentum.csv is truncated: forecasts/momentum.csv:3 declares 20 rows, 17 were found What to do: Have the",
  );
  expect(text).not.toContain("Orders");
});

it("a run held at the gate shows what it would have sent, and does not call it traded", () => {
  const text = said(aHeldOutcome({ plan: aPlan() }));
  expect(text).toContain("Planned, not sent Instrument");
  expect(text).toContain("MSFT Sell 200 276.41 reduce");
  expect(text).not.toContain("filled");
});

it("counts what did not fill, and shows how far each order came", () => {
  const sale = aReport(aSale(), {
    state: { life: "working", status: "submitted" },
    filledShares: 60,
    averageFillPrice: 276.51333333,
  });
  const lost = aReport(aTrade(), {
    state: { life: "unknown" },
    filledShares: 0,
    averageFillPrice: undefined,
  });
  const text = said(anOutcome({ verdict: "attention", orders: [sale, lost] }));
  expect(text).toMatch(/^ATTENTION: .*, 2 orders, 1 working, 1 UNKNOWN/);
  expect(text).toContain("working, 60 of 200 filled at 276.5133");
  expect(text).toContain("UNKNOWN: not acknowledged");
});

it("O38: a commission that was not told yet is not called zero", () => {
  const sold = anExecution({ side: "sell", shares: 200, price: 276.5, commission: undefined });
  expect(said(anOutcome({ executions: [anExecution(), sold] }))).toContain(
    "2 executions bought 10,574.90 USD, sold 55,300.00 USD, commission 0.61 USD (1 not told yet)",
  );
  expect(said(anOutcome({ executions: [sold] }))).toContain("commission not told yet");
});

it("gathers many that were left alone by their reason, and many findings of a kind", () => {
  const untouched = [
    ...Array.from({ length: 30 }, (_, at) => anUntouched({ symbol: `BAND${at}` })),
    anUntouched({ symbol: "OLD", reason: { kind: "not-in-any-forecast" } }),
  ];
  const text = said(anOutcome({ plan: aPlan({ untouched }), findings: findings(500) }));
  expect(text).toContain("within the no-trade band: 30 instruments (BAND0, BAND1");
  expect(text).toContain("BAND9 and 20 more)");
  expect(text).toContain('left alone (unlisted = "report"): 1 instrument (OLD)');
  expect(text).toContain("495 more like these, among them: no quote for S5");
  expect(text.length).toBeLessThan(6_000);
});

it("an account that the broker did not tell is not an empty account (A07)", () => {
  const text = said(aHeldOutcome({ account: undefined }));
  expect(text).toContain("Account DU1234567 not known: the broker did not tell");
  expect(text).not.toContain("Net liquidation");
});

it("says what broke, and what a run did that did nothing", () => {
  const nothing = { plan: undefined, orders: [], executions: [], account: undefined, orderFile: undefined };
  const crashed = said(anOutcome({ ...nothing, verdict: "crashed", crash: "Error: boom\n    at work.ts:7" }));
  expect(crashed).toContain("What broke Error: boom at work.ts:7");
  expect(said(anOutcome({ ...nothing, verdict: "idle" }))).toContain("did not connect");
  expect(said(anOutcome({ ...nothing, verdict: "closed" }))).toMatch(/^The market is closed: no orders run/);
  expect(said(anOutcome({ ...nothing, verdict: "attention" }))).toMatch(
    /^ATTENTION: something needs a look, no orders/,
  );
});

it("shows an account without net liquidation without dividing by it", () => {
  expect(said(anOutcome({ account: anAccount({ netLiquidation: money("0", "USD") }) }))).toContain(
    "Leverage used, gross - ",
  );
});

it("during the session names this one too, after it only the next", () => {
  const during = anOutcome();
  expect(said(during)).toContain(
    "This session 2022-03-14 09:30 to 16:00 EDT, still open Next session 2022-03-15",
  );
  const after = anOutcome({ endedAt: instant("2022-03-14T20:35:00Z") });
  expect(said(after)).not.toContain("This session");
});

it("a run that is not on record shows no name to look it up by", () => {
  const run = { ...anOutcome().run, id: "2022031414-not-recorded" };
  const text = said(anOutcome({ run }));
  expect(text).toContain(
    "account DU1234567, ended 2022-03-14 10:36 EDT, session of 2022-03-14, not on record",
  );
  expect(text).not.toContain("2022031414");
});

function findings(count: number): Finding[] {
  return Array.from({ length: count }, (_, at) => ({
    kind: "quote-unanswered",
    symbol: `S${at}`,
    deadlineSeconds: 15,
  }));
}
