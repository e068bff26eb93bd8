import type { Account } from "../account.ts";
import type { BrokerMessage } from "../broker-message.ts";
import type { Forecast } from "../forecast.ts";
import type { Instant } from "../instant.ts";
import type { Instrument } from "../instrument.ts";
import type { MarginPreview } from "../margin.ts";
import type { Money } from "../money.ts";
import type { Quote } from "../quote.ts";
import type { Run } from "../run.ts";
import type { Side } from "../side.ts";
import type { AtWork } from "./at-work.ts";

/** Everything a plan is made of. The same inputs make the same plan, live, on paper and in a backtest. */
export interface PlanInputs {
  readonly run: Run;
  /** Market time at which the plan is made. */
  readonly now: Instant;
  readonly account: Account;
  /** Contracts that must not be traded, by conId. */
  readonly frozen: ReadonlySet<number>;
  /** Contracts whose trading the exchange has stopped: they have no quotes to be traded on. */
  readonly halted: ReadonlySet<number>;
  readonly forecast: Forecast;
  /** Instruments of all forecast symbols, and of the holdings that may be closed. */
  readonly instruments: readonly Instrument[];
  /** Good quotes by conId: one for every instrument that may trade now. */
  readonly quotes: ReadonlyMap<number, Quote>;
  /** References that earlier orders of this window already bear. */
  readonly usedOrderRefs: ReadonlySet<string>;
  /** Our orders that work on beside the plan, if it lets them. */
  readonly atWork: readonly AtWork[];
  /** Contracts that have had their order in an earlier wave of this run: they are not tried again. */
  readonly tried: ReadonlySet<number>;
  /** What this run's earlier waves have ordered, unsigned, in base currency. */
  readonly orderedBefore: Money;
  /** What was traded in this session before, unsigned, in base currency; undefined when nobody has counted it. */
  readonly turnoverToday: Money | undefined;
  /** Shares that an average day trades, by conId; a contract that is not in it is not known. */
  readonly averageDailyVolumes: ReadonlyMap<number, number>;
  /**
   * Sessions that have opened since a contract was last traded, by conId: 0 is this session. A contract that is not in
   * it was never traded. Undefined when nobody has looked.
   */
  readonly sessionsSinceTrade: ReadonlyMap<number, number> | undefined;
  /** Orders at work that are none of this plan's, of people, other programs and protection, by conId and side. */
  readonly ordersOfOthers: ReadonlyMap<number, Readonly<Record<Side, number>>>;
  /** What the broker said of orders that it was asked about, by conId. */
  readonly previews: ReadonlyMap<number, Previewed>;
  /** Contracts of which nothing more is taken on, because a protective order has filled, by conId. */
  readonly resting: ReadonlyMap<number, AfterStop>;
}

/**
 * Sessions that have opened since the fill, 0 is this one, and for how many the instrument rests; or the order still works for
 * what is left of it, against which nothing is traded.
 */
export type AfterStop = { readonly sessions: number; readonly restSessions: number } | "filling";

/** An order of so many shares that the broker was asked about, and its answer; a refusal is an answer, silence is none. */
export type Previewed =
  | { readonly kind: "told"; readonly shares: number; readonly preview: MarginPreview }
  | ({ readonly kind: "refused" } & BrokerMessage)
  | { readonly kind: "unanswered" };
