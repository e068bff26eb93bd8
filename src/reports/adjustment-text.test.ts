import { anUntouched, aSale, aTrade } from "../testing/outcome-builder.ts";
import { money } from "../trading/money.ts";
import type { Adjustment, CutBy, UntouchedReason } from "../trading/planner/plan.ts";
import type { InstrumentMode } from "../trading/planner/plan-policy.ts";
import { adjustmentText, modeText } from "./adjustment-text.ts";
import { reasonText, untouchedTitle } from "./reason-text.ts";

const cut = (by: CutBy): Adjustment => ({ kind: "cut", fromShares: -1500, toShares: -200, by });

it.each<[Adjustment, string]>([
  [
    { kind: "scaled", cap: "net", wanted: 0.7204, max: 0.6, factor: 0.8329 },
    "all targets times 0.83: net 72.04 % wanted, at most 60.0 %",
  ],
  [{ kind: "mode", mode: "reduce-only" }, 'mode = "reduce-only": no further from zero and not through it'],
  [
    { kind: "leverage-cut", strategy: "trend", written: 2.25, used: 1.5 },
    "leverage 1.5 instead of the 2.25 that trend asks for",
  ],
  [
    {
      kind: "strategy-stopped",
      strategies: [
        { strategy: "trend", by: "strategy-loss", value: 0.1502, limit: 0.15 },
        { strategy: "value", by: "strategy-profit", value: 0.264, limit: 0.25 },
      ],
    },
    "without trend: stopped by its stop loss, 15.02 % down, at most 15.0 %; without value: stopped by its take profit, 26.4 % up, at most 25.0 %",
  ],
  [{ kind: "trade-to", band: 0.005, tradeTo: 0 }, "only to the edge of the no-trade band, 0.5 %"],
  [
    { kind: "trade-to", band: 0.005, tradeTo: 0.4 },
    "only 40.0 % of the way from the edge of the no-trade band, 0.5 %",
  ],
  [{ kind: "rest-waits", shares: -1200 }, "first to zero; to sell another 1,200 waits until that is done"],
  [{ kind: "rest-waits", shares: 30 }, "first to zero; to buy another 30 waits until that is done"],
  [
    cut({ kind: "order-value", max: money("20000", "USD") }),
    "cut from 1,500 to 200 shares: at most 20,000.00 USD an order",
  ],
  [
    cut({ kind: "volume", averageDailyVolume: 77_000, maxVolumeShare: 0.01 }),
    "cut from 1,500 to 200 shares: at most 1.0 % of the 77,000 shares of an average day",
  ],
  [cut({ kind: "board-lot", boardLot: 100 }), "cut from 1,500 to 200 shares: lots of 100"],
  [
    cut({ kind: "turnover", per: "day", left: money("9000", "USD") }),
    "cut from 1,500 to 200 shares: 9,000.00 USD of the turnover of a day left",
  ],
  [
    cut({ kind: "cash", left: money("9000", "USD") }),
    "cut from 1,500 to 200 shares: 9,000.00 USD of cash at hand, borrowing off",
  ],
  [
    cut({ kind: "margin", left: money("9000", "USD") }),
    "cut from 1,500 to 200 shares: 9,000.00 USD of margin at hand",
  ],
])("what the plan changed is told: %j", (adjustment, text) => {
  expect(adjustmentText(adjustment)).toBe(text);
});

it("stands behind the reason, in the order in which it was done", () => {
  const adjustments: readonly Adjustment[] = [
    { kind: "rest-waits", shares: -300 },
    cut({ kind: "board-lot", boardLot: 100 }),
  ];
  expect(reasonText({ ...aSale(), reason: "reverse", adjustments })).toBe(
    "reverse: 500 held, 13.66 %, target 8.2 %; first to zero; to sell another 300 waits until that is done; cut from 1,500 to 200 shares: lots of 100",
  );
});

it.each<[UntouchedReason, string]>([
  [{ kind: "left-to-owner" }, 'not in any forecast; its owner\'s business (unlisted = "leave")'],
  [
    { kind: "below-minimum-shares", shares: 12, minimum: 25 },
    "fewer shares than the minimum of an order: 12 to trade, at least 25",
  ],
  [
    { kind: "cooling-down", sessions: 1, cooldownSessions: 3 },
    "rests since its last trade: 1 of 3 sessions are over",
  ],
  [
    { kind: "trade-saved", leftOut: 0.0123, max: 0.02 },
    "left out to save trades: 1.23 % left out in all, at most 2.0 %",
  ],
  [
    { kind: "no-room", wantedShares: -1500, by: { kind: "cash", left: money("9", "USD") } },
    "no room for an order: 1,500 shares wanted, 9.00 USD of cash at hand, borrowing off",
  ],
  [{ kind: "mode", mode: "buy-only" }, 'mode = "buy-only": not sold'],
  [
    { kind: "side-is-full", side: "sell", atWork: 21, max: 20 },
    "the broker takes no further order for it: 21 orders to sell of others work on it, at most 20",
  ],
])("an instrument that is left alone says why: %j", (reason, text) => {
  expect(reasonText(anUntouched({ reason }))).toBe(text);
});

it("every mode has its words, and what its mode forbids a title", () => {
  const modes: readonly InstrumentMode[] = ["trade", "sell-only", "do-not-trade", "close"];
  expect(modes.map(modeText)).toEqual([
    "traded",
    'mode = "sell-only": not bought',
    'mode = "do-not-trade": left as it is',
    'mode = "close": nothing shall be held',
  ]);
  expect(untouchedTitle("mode")).toBe("its mode does not allow it");
});

it("a close by mode, and a target of unknown weight, are told as that", () => {
  expect(reasonText({ ...aSale(), reason: "close-by-mode" })).toBe('close: 500 held, 13.66 %, mode "close"');
  expect(reasonText(aTrade({ targetWeight: undefined }))).toBe(
    "open: target of unknown weight, nothing held",
  );
});
