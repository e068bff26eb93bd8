import type { OrderReport } from "../../trading/order.ts";
import type { Limits } from "../../trading/risk/limits.ts";

/** What one run sent, new orders and new terms, in terms of what is really so at the broker. */
export interface SentInRun {
  /** Signed shares by conId when the last wave began. */
  readonly heldBefore: ReadonlyMap<number, number>;
  /** The same, and everything of ours that worked then, as if it were filled. */
  readonly expectedBefore: ReadonlyMap<number, number>;
  /** The same, and everything that was sent. */
  readonly expected: ReadonlyMap<number, number>;
  /** By reference, without those in whose place another one was sent. */
  readonly orders: ReadonlyMap<string, SentOrder>;
  /** References of those that earlier waves have sent and this one has left alone: they were judged when it began. */
  readonly earlier: ReadonlySet<string>;
  /** What was left of those that had ended when the last wave began, in shares by reference: nobody waits for it any more. */
  readonly cancelled: ReadonlyMap<string, number>;
  /** References of orders that earlier runs of the session had brought to the broker. */
  readonly ordersBefore: ReadonlySet<string>;
  /** What the account had traded in the session before the run; undefined when the run could not know it. */
  readonly tradedBefore: number | undefined;
}

export interface SentOrder {
  readonly conId: number;
  readonly symbol: string;
  readonly side: OrderReport["side"];
  /** What it may still trade. */
  readonly shares: number;
  /** Signed, when it is filled. */
  readonly reach: number;
  /** It is new, or its new terms were for more shares than it worked for. */
  readonly asksForMore: boolean;
}

interface Market {
  readonly limits: Limits;
  readonly netLiquidation: number;
  readonly midOf: (conId: number) => number;
  readonly symbolOf: (conId: number) => string;
  /** What the forecast asks for, its leverage included. */
  readonly forecastGross: number;
}

/** Prices move while a run is at work. */
const tolerance = 1.02;

/**
 * Every limit that what a run sent breaks. Reductions break none: a run that only reduces may send what it likes, and what is
 * over a limit before may stay there as long as it grows no further.
 */
export function beyondLimits(sent: SentInRun, market: Market): readonly string[] {
  const increases = [...sent.orders].filter(isIncreaseOf(sent)).map(([, order]) => order);
  if (increases.length === 0) return [];
  return [
    ...increases.flatMap((order) => beyondForOrder(order, market)),
    ...beyondForAccount(sent, increases, market),
    ...beyondInSum(sent, market),
  ];
}

function beyond(what: string, value: number, limit: number): readonly string[] {
  return value > limit * tolerance ? [`${what} ${value.toFixed(3)}, at most ${limit}`] : [];
}

/** Of the last wave: it takes on more than was held when that began. */
function isIncreaseOf({ heldBefore, earlier }: SentInRun) {
  return ([orderRef, { conId, reach }]: readonly [string, SentOrder]): boolean => {
    const held = heldBefore.get(conId) ?? 0;
    return !earlier.has(orderRef) && (Math.abs(reach) > Math.abs(held) || reach * held < 0);
  };
}

function beyondForOrder(
  { conId, symbol, shares, reach }: SentOrder,
  { limits, netLiquidation, midOf }: Market,
): readonly string[] {
  const mid = midOf(conId);
  return [
    ...beyond(`an order in ${symbol} of`, shares * mid, limits.orderValueMax),
    ...beyond(`weight of ${symbol}`, Math.abs(reach * mid) / netLiquidation, limits.weightMax),
  ];
}

const all = (): boolean => true;

/**
 * Leverage and groups: over the limit, and further than before. Where increases were only made smaller, or got another price,
 * what worked before has its share in what was.
 */
function beyondForAccount(
  { heldBefore, expectedBefore, expected }: SentInRun,
  increases: readonly SentOrder[],
  { limits, netLiquidation, midOf, symbolOf }: Market,
): readonly string[] {
  const sumOf = (
    shares: ReadonlyMap<number, number>,
    measure: (value: number) => number,
    isMeant: (symbol: string) => boolean,
  ): number => {
    const values = [...shares].flatMap(([conId, held]) =>
      isMeant(symbolOf(conId)) ? [measure(held * midOf(conId))] : [],
    );
    return Math.abs(values.reduce((sum, value) => sum + value, 0)) / netLiquidation;
  };
  const befores = increases.some(({ asksForMore }) => asksForMore)
    ? [heldBefore]
    : [heldBefore, expectedBefore];
  const judged = (
    what: string,
    limit: number,
    measure: (value: number) => number,
    isMeant: (symbol: string) => boolean = all,
  ): readonly string[] => {
    const before = befores.map((shares) => sumOf(shares, measure, isMeant));
    return beyond(what, sumOf(expected, measure, isMeant), Math.max(limit, ...before));
  };
  return [
    ...judged("gross leverage", limits.grossLeverageMax, Math.abs),
    ...judged("net leverage", limits.netLeverageMax, (value) => value),
    ...limits.groups.flatMap(({ name, symbols, weightMax }) =>
      judged(`weight of group ${name}`, weightMax, Math.abs, (symbol) => symbols.has(symbol)),
    ),
  ];
}

/** What adds up over the orders of a run, and of the session, until the last that increases something: a later wave may reduce. */
function beyondInSum(
  sent: SentInRun,
  { limits, netLiquidation, midOf, forecastGross }: Market,
): readonly string[] {
  const { ordersBefore, tradedBefore, cancelled } = sent;
  const inOrder = [...sent.orders];
  const orders = inOrder.slice(0, inOrder.findLastIndex(isIncreaseOf(sent)) + 1);
  const turnoverOf = (sharesOf: (orderRef: string, order: SentOrder) => number): number =>
    orders.reduce((sum, [ref, order]) => sum + sharesOf(ref, order) * midOf(order.conId), 0) / netLiquidation;
  const turnover = turnoverOf((_, { shares }) => shares);
  // The run counts what it ordered, the session what was traded and may still be.
  const tradable = turnoverOf((ref, { shares }) => shares - (cancelled.get(ref) ?? 0));
  const today = tradedBefore === undefined ? [] : [tradable + tradedBefore / netLiquidation];
  const ordersToday = new Set([...ordersBefore, ...orders.map(([orderRef]) => orderRef)]);
  return [
    ...beyond("weight of the strategy", forecastGross, limits.strategyWeightMax),
    ...beyond("orders in the run:", orders.length, limits.ordersPerRunMax),
    ...beyond("orders in the session:", ordersToday.size, limits.ordersPerDayMax),
    ...beyond("turnover of the run", turnover, limits.turnoverPerRunMax),
    ...today.flatMap((value) => beyond("turnover of the session", value, limits.turnoverPerDayMax)),
  ];
}
