import { rebalance } from "../rebalance.ts";
import { jobOf } from "../testing/job-of.ts";
import { aPreview } from "../testing/scenario.ts";
import { scriptedWorld } from "../testing/scripted-world.ts";
import { forecastOf, type Script } from "../testing/world-script.ts";
import type { Finding } from "../trading/finding.ts";
import { unreachable } from "../trading/invariant.ts";
import type { PlannedOrder } from "../trading/order.ts";
import type { Outcome } from "../trading/outcome.ts";
import { held, ok } from "../trading/result.ts";
import type { Job, WhatIf } from "./job.ts";

/** 6,000 AAA at 50, 2,000 BBB at 100 and 1,000 CCC at 25 are wanted; 700 OUT at 10 are held and sold. */
const quotes: Script["quotes"] = {
  AAA: [49.95, 50.05],
  BBB: [99.9, 100.1],
  CCC: [24.98, 25.02],
  OUT: [9.99, 10.01],
};
const forecasts = ok([forecastOf({ AAA: 0.3, BBB: 0.2, CCC: 0.025, OUT: 0 })]);
const handled = ["2022-03-14 open"];

function jobWith(whatIf: Partial<WhatIf>, plan: Partial<Job["plan"]> = {}): Job {
  const usual = jobOf();
  return {
    ...usual,
    plan: { ...usual.plan, initialMarginRate: 0.5, excessLiquidityMin: 900_000, cushionMin: 0.05, ...plan },
    whatIf: { purpose: "fit", max: 2, onSilence: "leave", ...whatIf },
  };
}

async function ran(
  job: Job,
  preview: Script["preview"],
): Promise<{ outcome: Outcome; acts: readonly string[] }> {
  const { world, acts } = scriptedWorld({ quotes, forecasts, handled, holdings: { OUT: 700 }, preview });
  return { outcome: await rebalance(job, world), acts };
}

type Trouble = "preview-refused" | "preview-unanswered" | "connection-lost" | "preview-taken-for-order";

/** A preview that takes a tenth of the order's value; but for the symbols that are named. */
function saying(troubles: Readonly<Record<string, Trouble>>): Script["preview"] {
  return (order) => {
    const trouble = troubles[order.instrument.symbol];
    if (trouble) return held(findingOf(trouble, order));
    return ok(aPreview(((order.shares * order.decisionPrice) / 10).toFixed(2)));
  };
}

function findingOf(kind: Trouble, { instrument: { symbol }, side, shares, orderRef }: PlannedOrder): Finding {
  switch (kind) {
    case "preview-refused":
      return { kind, symbol, side, shares, code: 201, text: "not enough" };
    case "preview-unanswered":
      return { kind, symbol, side, shares, why: "silence", deadlineSeconds: 15 };
    case "connection-lost":
      return { kind, during: "what-if", detail: "closed" };
    case "preview-taken-for-order":
      return { kind, symbol, orderRef, orderId: 9, detail: "" };
    default:
      return unreachable(kind);
  }
}

const planned = ({ plan }: Outcome) => plan?.trades.map(({ symbol, order }) => `${symbol} ${order.shares}`);
const leftAlone = ({ plan }: Outcome) =>
  plan?.untouched.map(({ symbol, reason }) => `${symbol} ${reason.kind}`);
const previewsIn = (acts: readonly string[]) => acts.filter((act) => act.startsWith("preview"));

it("the largest increases are asked about, uncut, before the order file; the plan is made again with the answers", async () => {
  const { outcome, acts } = await ran(jobWith({}), saying({}));
  // AAA takes 30,000 and 300 beyond its mid, BBB 20,000 and 200, by the broker; CCC 12,500 and 20 by our estimate.
  expect(acts.filter((act) => /preview|order file|place/.test(act))).toEqual([
    "preview buy AAA 6000",
    "preview buy BBB 2000",
    "order file",
    "place sell OUT 700",
    "place buy AAA 6000",
    "place buy BBB 2000",
    "place buy CCC 1000",
  ]);
  expect(outcome.verdict).toBe("done");
  expect(
    outcome.plan?.trades.map(({ symbol, marginUse }) => [symbol, marginUse?.source, marginUse?.amount.e6]),
  ).toEqual([
    ["OUT", undefined, undefined],
    ["AAA", "broker", 30_300_000_000n],
    ["BBB", "broker", 20_200_000_000n],
    ["CCC", "estimate", 12_520_000_000n],
  ]);
});

it("what the account needs decides how much: all get the same part of it, the sale none of it", async () => {
  const job = jobWith({}, { excessLiquidityMin: undefined, cushionMin: 1 - 0.031515 });
  const { outcome, acts } = await ran(job, saying({}));
  expect(previewsIn(acts)).toEqual(["preview buy AAA 6000", "preview buy BBB 2000"]);
  expect(planned(outcome)?.slice(0, 2)).toEqual(["OUT 700", "AAA 3000"]);
  expect(outcome.review?.checks).toContainEqual(
    expect.objectContaining({
      name: "excess-liquidity",
      present: 1_000_000,
      value: expect.closeTo(968_500, -2),
    }),
  );
});

describe.each<[string, Partial<WhatIf>]>([
  ["none are wanted", { purpose: "none" }],
  ["at most none", { max: 0 }],
])("%s: our own estimate cuts the plan", (_, whatIf) => {
  it("and the broker is asked nothing", async () => {
    const { outcome, acts } = await ran(jobWith(whatIf), saying({}));
    expect(previewsIn(acts)).toEqual([]);
    // 150,300, 100,200 and 12,520 are wanted of 100,000.
    expect(planned(outcome)).toEqual(["OUT 700", "AAA 2281", "BBB 760", "CCC 380"]);
  });
});

it.each<[Trouble, WhatIf["onSilence"], readonly string[], readonly string[]]>([
  ["preview-unanswered", "leave", ["OUT 700", "AAA 6000", "CCC 1000"], ["BBB preview-unanswered"]],
  ["connection-lost", "leave", ["OUT 700", "AAA 6000", "CCC 1000"], ["BBB preview-unanswered"]],
  // 30,300 by the broker, 100,200 and 12,520 by our estimate are wanted of 100,000.
  ["preview-unanswered", "estimate", ["OUT 700", "AAA 4195", "BBB 1398", "CCC 699"], []],
  ["preview-refused", "leave", ["OUT 700", "AAA 6000", "CCC 1000"], ["BBB preview-refused"]],
  ["preview-refused", "estimate", ["OUT 700", "AAA 6000", "CCC 1000"], ["BBB preview-refused"]],
])("%s, %s: told, and the order is no guess", async (kind, onSilence, trades, untouched) => {
  const { outcome } = await ran(jobWith({ onSilence }), saying({ BBB: kind }));
  expect(planned(outcome)).toEqual(trades);
  expect(leftAlone(outcome)).toEqual(untouched);
  expect(outcome.findings.map((finding) => finding.kind)).toEqual([kind]);
  expect(outcome.verdict).toBe("attention");
});

it("a what-if that became an order holds the run: nothing more is sent", async () => {
  const { outcome, acts } = await ran(jobWith({}), saying({ BBB: "preview-taken-for-order" }));
  expect(outcome.verdict).toBe("held");
  expect(outcome.findings.map(({ kind }) => kind)).toEqual(["preview-taken-for-order"]);
  expect(acts.filter((act) => /order file|intents|place/.test(act))).toEqual([]);
});

it("previews that are only to be seen change nothing of the plan", async () => {
  const free = { excessLiquidityMin: undefined, cushionMin: undefined };
  const { outcome: without } = await ran(jobWith({ purpose: "none" }, free), saying({}));
  const { outcome } = await ran(jobWith({ purpose: "show" }, free), saying({ BBB: "preview-refused" }));
  expect(planned(outcome)).toEqual(planned(without));
  expect(outcome.plan?.trades.map(({ previewed }) => previewed?.shares)).toEqual([
    undefined,
    6000,
    undefined,
    undefined,
  ]);
  expect(outcome.plan?.trades[1]?.marginUse).toEqual(without.plan?.trades[1]?.marginUse);
  expect(outcome.findings.map(({ kind }) => kind)).toEqual(["preview-refused"]);
});

it("what a check forbids is not asked about, and sales alone ask nothing", async () => {
  const job = jobWith({}, { excessLiquidityMin: 0, cushionMin: 0 });
  const limits = { ...job.limits, excessLiquidityMin: 2_000_000 };
  const { acts } = await ran({ ...job, limits }, saying({}));
  expect(previewsIn(acts)).toEqual([]);
  expect(acts).toContain("place sell OUT 700");
});

it("the order that follows is the one that was asked about, by its own name", async () => {
  const asked: PlannedOrder[] = [];
  const { outcome } = await ran(jobWith({ max: 3 }), (order) => {
    asked.push(order);
    return ok(aPreview("1"));
  });
  const sent = outcome.plan?.trades.slice(1).map(({ order }) => order.orderRef);
  expect(asked.map(({ orderRef }) => orderRef)).toEqual(sent);
});
