import type { Instant } from "./instant.ts";
import { unreachable } from "./invariant.ts";
import { timeWithZone } from "./session.ts";

export type AdaptivePriority = "Urgent" | "Normal" | "Patient";

/**
 * How an order works in the market. Every style but the last one keeps the order's limit price:
 *
 * - `adaptive`: IB's algorithm, which seeks the spread inside the limit.
 * - `limit`: rests at its limit price, or trades at once with what is better.
 * - `marketable-limit`: the same order, priced from the other side of the market, so that it trades at once.
 * - `midprice`: trades at the middle of bid and ask or better, never beyond the limit.
 * - `vwap`, `twap`: slices until `endAt`, with the market's volume or evenly; what is left then is cancelled.
 * - `market-on-close`: takes the closing auction's price, whatever it is.
 *
 * Protective orders have styles of their own, which no rebalancing order takes: they wait until the market reaches their stop.
 *
 * - `stop`: then takes any price.
 * - `stop-limit`: then the order's limit price or better.
 * - `trailing-stop`: the stop follows the market in the position's favour, at the broker; then any price.
 */
export type ExecutionStyle =
  | { readonly kind: "adaptive"; readonly priority: AdaptivePriority }
  | { readonly kind: "limit" }
  | { readonly kind: "marketable-limit" }
  | { readonly kind: "midprice" }
  /** `volumePartMax`: at most this part of what others trade; 0.1 is a tenth. */
  | { readonly kind: "vwap"; readonly endAt: Instant; readonly volumePartMax: number }
  | { readonly kind: "twap"; readonly endAt: Instant }
  | { readonly kind: "market-on-close" }
  | ProtectiveStyle;

export type ProtectiveStyle =
  | { readonly kind: "stop"; readonly stopPrice: number }
  | { readonly kind: "stop-limit"; readonly stopPrice: number }
  /** `stopPrice`: where it stands before the market has moved it. */
  | { readonly kind: "trailing-stop"; readonly stopPrice: number; readonly trailBps: number };

/** What an owner can choose for rebalancing. */
export type StyleKind = Exclude<ExecutionStyle["kind"], ProtectiveStyle["kind"]>;

/** What the broker calls it. The words are IB's (order types and algorithms, IBKR Campus "IB Algo"). */
export interface BrokerTerms {
  readonly orderType: "LMT" | "MIDPRICE" | "MOC" | "STP" | "STP LMT" | "TRAIL";
  /** Empty when no algorithm works the order. */
  readonly algoStrategy: "" | "Adaptive" | "Vwap" | "Twap";
  readonly algoParams: readonly { readonly tag: string; readonly value: string }[];
  /** What STP and STP LMT wait for. */
  readonly stopPrice?: number;
  /** TRAIL: where its stop begins, and how far behind the market it follows, in per cent. */
  readonly trailStopPrice?: number;
  readonly trailPercent?: number;
}

/** The broker's words for a style: the only place that knows them. `zone` is the exchange's, in which times are told. */
export function brokerTermsOf(style: ExecutionStyle, zone: string): BrokerTerms {
  switch (style.kind) {
    case "adaptive":
      return algo("Adaptive", { adaptivePriority: style.priority });
    case "limit":
    case "marketable-limit":
      return { orderType: "LMT", algoStrategy: "", algoParams: [] };
    case "midprice":
      return { orderType: "MIDPRICE", algoStrategy: "", algoParams: [] };
    case "vwap":
      return algo("Vwap", {
        maxPctVol: String(style.volumePartMax),
        endTime: timeWithZone(style.endAt, zone),
        allowPastEndTime: "0",
        noTakeLiq: "0",
      });
    case "twap":
      return algo("Twap", {
        strategyType: "Marketable",
        endTime: timeWithZone(style.endAt, zone),
        allowPastEndTime: "0",
      });
    case "market-on-close":
      return { orderType: "MOC", algoStrategy: "", algoParams: [] };
    case "stop":
      return { orderType: "STP", algoStrategy: "", algoParams: [], stopPrice: style.stopPrice };
    case "stop-limit":
      return { orderType: "STP LMT", algoStrategy: "", algoParams: [], stopPrice: style.stopPrice };
    case "trailing-stop":
      return {
        orderType: "TRAIL",
        algoStrategy: "",
        algoParams: [],
        trailStopPrice: style.stopPrice,
        trailPercent: style.trailBps / 100,
      };
    default:
      return unreachable(style);
  }
}

/** The stop that an order waits for; undefined of one that does not wait. */
export function stopPriceOf(style: ExecutionStyle): number | undefined {
  return "stopPrice" in style ? style.stopPrice : undefined;
}

/** Is the order's limit price sent with it? Else it is only what the desk reckons with. */
export function keepsLimit({ kind }: ExecutionStyle): boolean {
  return kind !== "market-on-close" && kind !== "stop" && kind !== "trailing-stop";
}

function algo(
  algoStrategy: "Adaptive" | "Vwap" | "Twap",
  params: Readonly<Record<string, string>>,
): BrokerTerms {
  const algoParams = Object.entries(params).map(([tag, value]) => ({ tag, value }));
  return { orderType: "LMT", algoStrategy, algoParams };
}

/** How far a trailing stop follows, as the broker tells it: 7.5 % are 750 bps. */
export function trailBpsOf(trailPercent: number): number {
  return Math.round(trailPercent * 1e8) / 1e6;
}
