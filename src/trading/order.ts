import type { BrokerMessage } from "./broker-message.ts";
import type { TimeInForce } from "./execution-policy.ts";
import { type ExecutionStyle, keepsLimit } from "./execution-style.ts";
import type { Instant } from "./instant.ts";
import type { Instrument } from "./instrument.ts";
import { invariant } from "./invariant.ts";
import type { ProtectionTerms } from "./protection/protection-policy.ts";
import type { Side } from "./side.ts";

/** What an order is for. Only *rebalance* orders are cancelled and replaced by the hourly run. */
export type OrderRole = "rebalance" | "protect";

/** A decided order: everything the wire needs, and nothing that is left to a default. */
export interface PlannedOrder {
  readonly orderRef: string;
  readonly role: OrderRole;
  readonly account: string;
  readonly instrument: Instrument;
  readonly side: Side;
  readonly shares: number;
  /** The worst price we accept, on a tick. A market-on-close order is reckoned with it and sent without it. */
  readonly limitPrice: number;
  /** Better limits that are tried before it, the best first; none when not said. */
  readonly approach?: readonly number[];
  /** Mid when the plan was made: what slippage is measured against. */
  readonly decisionPrice: number;
  readonly style: ExecutionStyle;
  /** Only protective orders outlive their day. */
  readonly timeInForce: TimeInForce | "GTC";
  /** May it trade on after the close? Only limit orders and stops can. */
  readonly outsideRegularHours: boolean;
  /** Of a protective order: the owner's setting that it carries out. */
  readonly protection?: ProtectionTerms;
}

/** An order as our own record has it. The contract is known by whoever asks. */
export type RecordedIntent = Omit<PlannedOrder, "instrument" | "approach"> & {
  /** The last new terms that were sent for it, whatever became of them. */
  readonly lastChange?: { readonly at: Instant; readonly shares: number };
};

/** The limit that is sent with an order now; undefined when it takes any price. */
export function sentLimitOf({ style, approach, limitPrice }: PlannedOrder): number | undefined {
  return keepsLimit(style) ? (approach?.[0] ?? limitPrice) : undefined;
}

/** Can it still trade? Answered before anything else; every status of the broker is placed once, in its adapter. */
export type OrderState =
  | {
      readonly life: "working";
      readonly status:
        | "pending-submit"
        | "pre-submitted"
        | "submitted"
        | "pending-cancel"
        | "waiting-for-locate";
    }
  /** `not-sent`: its bytes never left. `void`: they may have left, and it is proven that the broker never had them. */
  | {
      readonly life: "done";
      readonly status: "filled" | "cancelled" | "rejected" | "not-sent" | "void";
    }
  /** Written to the socket, or perhaps written; nobody answered. Never read as "sent" or as "not sent". */
  | { readonly life: "unknown" };

/** What the broker has said of one order until now. */
export interface OrderReport {
  /** Empty for an order that carries no reference (a person's, another program's). */
  readonly orderRef: string;
  /** Numbers of the placing client: they may be reused after a gateway restart, so nothing is keyed on them (C01). */
  readonly clientId: number;
  readonly orderId: number;
  /** The broker's number for ever; 0 until it is acknowledged. */
  readonly permId: number;
  readonly account: string;
  readonly conId: number;
  readonly symbol: string;
  readonly side: Side;
  readonly orderedShares: number;
  readonly limitPrice: number | undefined;
  /** Where its stop stands now, of an order that waits for one. */
  readonly stopPrice?: number | undefined;
  /** How far a trailing stop follows the market, as the broker tells it. Basis points of the price. */
  readonly trailBps?: number | undefined;
  readonly state: OrderState;
  readonly filledShares: number;
  readonly averageFillPrice: number | undefined;
  /** What the broker said of it, warnings included, in the order it came. */
  readonly messages: readonly BrokerMessage[];
}

/**
 * How far an order has come in our own record, each step durable before the next is taken: `planned` nothing of it has
 * left; `sending` its bytes leave now or have left; `acknowledged` the broker has a number for it; `working`; `unknown`
 * its answer was waited for and did not come; `done`.
 */
export type IntentLife = "planned" | "sending" | "acknowledged" | "working" | "unknown" | "done";

/** An order of an earlier run that our own records do not yet call done. */
export interface UnsettledOrder {
  readonly orderRef: string;
  readonly life: Exclude<IntentLife, "done">;
  readonly permId: number;
  readonly conId: number;
  readonly symbol: string;
  readonly side: Side;
  readonly orderedShares: number;
  readonly filledShares: number;
  /** Where its stop stands, as last told, of a protective order. */
  readonly stopPrice?: number | undefined;
  /** When it was handed over; when it was decided, for one that was not. */
  readonly sentAt: Instant;
}

const prefix = "trader";
const roleCode = { rebalance: "reb", protect: "pro" } as const satisfies Record<OrderRole, string>;

export interface OrderRefParts {
  readonly account: string;
  /** The market hour in UTC: "2022031414". */
  readonly window: string;
  readonly role: OrderRole;
  readonly symbol: string;
  readonly side: Side;
  readonly shares: number;
  /** 1 for the first such order of the window, then 2 … */
  readonly attempt: number;
}

/**
 * Our name for an order, derived from its content: "trader.reb.2022031414.AAPL.B120.1.5f0a". The same decision in the
 * same hour has the same name, so that a second run recognizes the first one's order. The account is in it as a digest.
 */
export function orderRefOf(parts: OrderRefParts): string {
  const symbol = parts.symbol.replace(/ /g, "_").replace(/[^A-Za-z0-9_]/g, "-");
  const side = parts.side === "buy" ? "B" : "S";
  return [
    prefix,
    roleCode[parts.role],
    parts.window,
    symbol,
    `${side}${parts.shares}`,
    parts.attempt,
    digest(parts.account),
  ].join(".");
}

/** The name of the order that is sent in the place of this one: the same content, one more attempt. */
export function anotherAttempt(orderRef: string): string {
  const parts = orderRef.split(".");
  const attempt = Number(parts[5]);
  invariant(Number.isInteger(attempt), `an order reference of ours: ${orderRef}`);
  return parts.with(5, String(attempt + 1)).join(".");
}

/**
 * The name under which an order is previewed: an attempt that no order has, because they are counted from 1. Should a broker
 * ever take a preview for an order, it bears our name: the next run withdraws it as it does any rebalance order.
 */
export function previewRefOf(orderRef: string): string {
  return orderRef.split(".").with(5, "0").join(".");
}

/** The role of an order of ours, or undefined when the reference is not one of ours. */
export function roleOf(orderRef: string): OrderRole | undefined {
  const [first, role] = orderRef.split(".");
  if (first !== prefix) return undefined;
  return role === roleCode.rebalance ? "rebalance" : role === roleCode.protect ? "protect" : undefined;
}

/** The market hour in UTC that names a run's window: 14:05Z on 2022-03-14 is "2022031414". */
export function windowOf(at: Instant): string {
  return new Date(at).toISOString().replace(/[-T]/g, "").slice(0, 10);
}

/** FNV-1a, 16 bits folded: tells accounts apart in a reference without spelling them out. */
function digest(text: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193) >>> 0;
  return ((hash ^ (hash >>> 16)) & 0xffff).toString(16).padStart(4, "0");
}
