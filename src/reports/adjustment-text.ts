import type { StoppedStrategy } from "../trading/forecast.ts";
import { unreachable } from "../trading/invariant.ts";
import type { Adjustment, CutBy } from "../trading/planner/plan.ts";
import type { InstrumentMode } from "../trading/planner/plan-policy.ts";
import { factorText, moneyText, percentPair, percentText, sharesText } from "./numbers.ts";

/** What the plan changed on the way from the target to a line: "cut from 500 to 200 shares: at most 20,000.00 USD an order". */
export function adjustmentText(adjustment: Adjustment): string {
  switch (adjustment.kind) {
    case "scaled": {
      const [wanted, max] = percentPair(adjustment.wanted, adjustment.max);
      return `all targets times ${factorText(adjustment.factor)}: ${adjustment.cap} ${wanted} wanted, at most ${max}`;
    }
    case "mode":
      return modeText(adjustment.mode);
    case "leverage-cut": {
      const [written, used] = [adjustment.written, adjustment.used].map(factorText);
      return `leverage ${used} instead of the ${written} that ${adjustment.strategy} asks for`;
    }
    case "strategy-stopped":
      return adjustment.strategies.map(stoppedText).join("; ");
    case "trade-to":
      return adjustment.tradeTo === 0
        ? `only to the edge of the no-trade band, ${percentText(adjustment.band)}`
        : `only ${percentText(adjustment.tradeTo)} of the way from the edge of the no-trade band, ${percentText(adjustment.band)}`;
    case "rest-waits": {
      const side = adjustment.shares < 0 ? "sell" : "buy";
      return `first to zero; to ${side} another ${sharesText(Math.abs(adjustment.shares))} waits until that is done`;
    }
    case "cut": {
      const [from, to] = [adjustment.fromShares, adjustment.toShares].map((shares) =>
        sharesText(Math.abs(shares)),
      );
      return `cut from ${from} to ${to} shares: ${cutText(adjustment.by)}`;
    }
    default:
      return unreachable(adjustment);
  }
}

/** "without trend: stopped by its stop loss, 20.0 % down, at most 15.0 %". */
function stoppedText({ strategy, by, value, limit }: StoppedStrategy): string {
  const [moved, most] = percentPair(value, limit);
  const [stop, way] = by === "strategy-loss" ? ["stop loss", "down"] : ["take profit", "up"];
  return `without ${strategy}: stopped by its ${stop}, ${moved} ${way}, at most ${most}`;
}

/** What a cut is because of. */
export function cutText(by: CutBy): string {
  switch (by.kind) {
    case "order-value":
      return `at most ${moneyText(by.max)} an order`;
    case "volume":
      return `at most ${percentText(by.maxVolumeShare)} of the ${sharesText(by.averageDailyVolume)} shares of an average day`;
    case "board-lot":
      return `lots of ${sharesText(by.boardLot)}`;
    case "turnover":
      return `${moneyText(by.left)} of the turnover of a ${by.per} left`;
    case "cash":
      return `${moneyText(by.left)} of cash at hand, borrowing off`;
    case "available-funds":
      return `${moneyText(by.left)} made available by the broker, which holds back what has not settled`;
    case "margin":
      return `${moneyText(by.left)} of margin at hand`;
    case "excess-liquidity": {
      const left = by.left.e6 > 0n ? moneyText(by.left) : "nothing";
      return `${left} of the excess liquidity to take, ${moneyText(by.least)} must stay`;
    }
    default:
      return unreachable(by);
  }
}

/** A mode as the owner set it, and what it means. */
export function modeText(mode: InstrumentMode): string {
  switch (mode) {
    case "trade":
      return "traded";
    case "buy-only":
      return 'mode = "buy-only": not sold';
    case "sell-only":
      return 'mode = "sell-only": not bought';
    case "reduce-only":
      return 'mode = "reduce-only": no further from zero and not through it';
    case "do-not-trade":
      return 'mode = "do-not-trade": left as it is';
    case "close":
      return 'mode = "close": nothing shall be held';
    default:
      return unreachable(mode);
  }
}
