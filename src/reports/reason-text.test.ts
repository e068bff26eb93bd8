import { anUntouched, aSale, aTrade } from "../testing/outcome-builder.ts";
import { money } from "../trading/money.ts";
import type { UntouchedReason } from "../trading/planner/plan.ts";
import { reasonText } from "./reason-text.ts";

it("says why an instrument is traded, with what is held and wanted", () => {
  expect(reasonText(aTrade({ targetWeight: 0.12 }))).toBe("open: target 12.0 %, nothing held");
  expect(reasonText(aSale())).toBe("reduce: 500 held, 13.66 %, target 8.2 %");
  expect(reasonText({ ...aSale(), reason: "increase" })).toBe("increase: 500 held, 13.66 %, target 8.2 %");
  expect(reasonText({ ...aSale(), reason: "close" })).toBe("close: 500 held, 13.66 %, target 0 %");
  expect(reasonText({ ...aSale(), reason: "close-unlisted" })).toBe(
    'close: 500 held, 13.66 %, not in any forecast (unlisted = "close")',
  );
  const short = { currentShares: -30, currentWeight: -0.0227, targetWeight: 0.01 };
  expect(reasonText({ ...aSale(), ...short, reason: "reverse" })).toBe(
    "reverse: -30 held, -2.27 %, target 1.0 %",
  );
});

it("says of a working order what it was before, because its quantity counts what was filled", () => {
  const changes = { orderedShares: 1_000, filledShares: 40, limitPrice: 49.91 };
  expect(reasonText(aTrade({ targetWeight: 0.12, changes }))).toBe(
    "open: target 12.0 %, nothing held; new terms for the order of 1,000 at 49.91 that works, 40 of it filled",
  );
});

it("says why an instrument is left alone, with the numbers that decided it", () => {
  const reasons: readonly (readonly [UntouchedReason, string])[] = [
    [
      { kind: "within-band", drift: -0.003, band: 0.005 },
      "within the no-trade band: 0.3 % off target, band 0.5 %",
    ],
    [{ kind: "on-target" }, "on target: 0.5 %"],
    [{ kind: "less-than-one-share" }, "less than one share off target: 0.2 %, target 0.5 %"],
    [
      { kind: "below-minimum-value", value: money("180.5", "USD"), minimum: money("250", "USD") },
      "below the minimum order value: 180.50 USD to trade, at least 250.00 USD",
    ],
    [{ kind: "not-in-any-forecast" }, 'not in any forecast; left alone (unlisted = "report")'],
    [{ kind: "market-closed" }, "its market is closed now"],
    [{ kind: "not-tradable", securityType: "OPT" }, "not a kind of instrument that this program trades: OPT"],
    [
      { kind: "order-at-work", wantedShares: 1_200, isUncertain: false, orderRefs: [] },
      "an order works on it already: 1,200 shares are wanted",
    ],
    [
      { kind: "order-at-work", wantedShares: 1_200, isUncertain: true, orderRefs: [] },
      "an order works on it already: what it will still do is not known, nothing is sent beside it",
    ],
    [
      { kind: "spread-too-wide", spreadBps: 40.004, limitBps: 40 },
      "its spread is too wide now: 40.004 bps, at most 40.000 bps",
    ],
    [
      { kind: "near-session-edge", edge: "open", minutes: 4.9, limitMinutes: 5 },
      "too near to the open or the close: 4 min after the open, at least 5 min",
    ],
    [
      { kind: "near-session-edge", edge: "close", minutes: 7, limitMinutes: 10 },
      "too near to the open or the close: 7 min before the close, at least 10 min",
    ],
  ];
  for (const [reason, text] of reasons) expect(reasonText(anUntouched({ reason }))).toBe(text);
  expect(reasonText(anUntouched({ reason: { kind: "on-target" }, currentShares: 0 }))).toBe(
    "on target: nothing held, nothing wanted",
  );
});
