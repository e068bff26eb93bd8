import type { Broker, ContractAnswer, NotSentReason } from "../ports.ts";
import type { Account, Position } from "../trading/account.ts";
import type { Execution } from "../trading/execution.ts";
import type { Instant } from "../trading/instant.ts";
import type { Instrument } from "../trading/instrument.ts";
import { type Money, money, subtract } from "../trading/money.ts";
import { type OrderReport, type PlannedOrder, sentLimitOf } from "../trading/order.ts";
import { notional } from "../trading/price.ts";
import type { QuoteReading } from "../trading/quote.ts";
import { ok } from "../trading/result.ts";
import { sign } from "../trading/side.ts";
import { accountWorth } from "./account-worth.ts";
import { orderReport } from "./order-report.ts";
import { stock } from "./scenario.ts";
import type { Script } from "./world-script.ts";

const zero = money("0", "USD");

/** The broker of a scripted world: what it is told to do stands in `acts`. */
export function scriptedBroker(script: Script, acts: string[], now: () => Instant): Broker {
  const placed: OrderReport[] = [];
  const executions: Execution[] = [];
  const startCash = positionsOf(script, []).reduce<Money>(
    (cash, { marketValue }) => subtract(cash, marketValue ?? zero),
    netLiquidation,
  );
  const cancelled = new Set<string | number>();
  const instruments = new Map(Object.keys(script.quotes).map((symbol) => [symbol, stock(symbol)]));
  return {
    identity: { account: "DU1234567", clientId: 11, serverVersion: 178, skewSeconds: 0 },
    marketTime: now,
    openOrders: async () => {
      const isPlaced = ({ orderRef }: OrderReport) => placed.some((order) => order.orderRef === orderRef);
      const working = placed.filter(({ state }) => state.life === "working");
      const open = [...script.openOrders.filter((order) => !isPlaced(order)), ...working];
      return ok(open.filter((order) => !cancelled.has(order.orderRef || order.permId)));
    },
    completedOrders: async () => ok(script.completedOrders),
    executions: async () => ok(script.earlier),
    account: async () => ok(accountAfter(script, startCash, executions)),
    contracts: async (requests) => ok(requests.map((request) => contractAnswer(instruments, request.symbol))),
    quotes: async (asked) => ok(asked.map((instrument) => reading(script, instrument, now()))),
    cancel: async (orders) => {
      acts.push(...orders.map((order) => `cancel ${order.symbol}`));
      for (const { orderRef, permId } of orders) cancelled.add(orderRef).add(permId);
      return ok(orders.map((order) => ({ ...order, state: { life: "done", status: "cancelled" } as const })));
    },
    preview: async (asked) => {
      acts.push(
        ...asked.map(({ side, shares, instrument }) => `preview ${side} ${instrument.symbol} ${shares}`),
      );
      return asked.map((order) => script.preview(order));
    },
    place: async (cleared, beforeSend) => {
      const before = placed.length;
      for (const order of cleared.orders) {
        const notSent = await beforeSend(order);
        if (notSent) {
          placed.push(notSentReport(order, notSent));
          continue;
        }
        acts.push(`place ${order.side} ${order.instrument.symbol} ${order.shares}`);
        const [report, execution] = fate(script, order, placed.length + 1, now());
        placed.push(report);
        if (execution) executions.push(execution);
      }
      return placed.slice(before);
    },
    modify: async (cleared, beforeSend) => {
      const changed: OrderReport[] = [];
      for (const order of cleared.orders) {
        const open = script.openOrders.find(({ orderRef }) => orderRef === order.orderRef);
        if (open && !placed.some(({ orderRef }) => orderRef === open.orderRef)) placed.push(open);
        const at = placed.findIndex(({ orderRef }) => orderRef === order.orderRef);
        const working = placed[at];
        if (!working) throw new Error(`no such order: ${order.orderRef}`);
        const isChanged = working.state.life !== "done" && !(await beforeSend(order));
        const orderedShares = order.shares;
        const limitPrice = sentLimitOf(order);
        acts.push(
          `${isChanged ? "modify" : "cancel"} ${order.instrument.symbol} ${orderedShares} ${limitPrice}`,
        );
        const state = isChanged ? working.state : ({ life: "done", status: "cancelled" } as const);
        changed.push({ ...working, ...(isChanged && { orderedShares, limitPrice }), state });
        placed[at] = { ...working, ...(isChanged && { orderedShares, limitPrice }), state };
      }
      return ok(changed);
    },
    progress: () => ({ connected: true, linkWasCut: false, orders: placed, executions }),
    [Symbol.asyncDispose]: async () => void acts.push("disconnect"),
    ...script.broker,
  };
}

function notSentReport(order: PlannedOrder, reason: NotSentReason): OrderReport {
  const { instrument, side, shares, limitPrice, orderRef } = order;
  const { conId, symbol } = instrument;
  return orderReport({
    orderRef,
    conId,
    symbol,
    side,
    limitPrice,
    orderedShares: shares,
    orderId: 0,
    permId: 0,
    state: { life: "done", status: "not-sent" },
    messages: [reason],
  });
}

function fate(
  script: Script,
  order: PlannedOrder,
  n: number,
  at: Instant,
): [OrderReport, Execution | undefined] {
  const state = script.fill(order);
  const { instrument, side, shares, limitPrice, orderRef } = order;
  const common = { orderRef, clientId: 11, orderId: n, permId: 9000 + n, account: "DU1234567" };
  const filledShares = state === "filled" ? shares : typeof state === "number" ? state : 0;
  const working = { life: "working", status: "submitted" } as const;
  const report: OrderReport = {
    ...common,
    conId: instrument.conId,
    symbol: instrument.symbol,
    side,
    orderedShares: shares,
    limitPrice,
    state:
      state === "filled" ? { life: "done", status: "filled" } : typeof state === "number" ? working : state,
    filledShares,
    averageFillPrice: filledShares > 0 ? order.decisionPrice : undefined,
    messages: [],
  };
  if (filledShares === 0) return [report, undefined];
  return [
    report,
    {
      ...common,
      execId: `0001.0${n}.01`,
      conId: instrument.conId,
      symbol: instrument.symbol,
      currency: "USD",
      exchange: "ISLAND",
      side,
      shares: filledShares,
      price: order.decisionPrice,
      executedAt: at,
      commission: money("1", "USD"),
      realizedPnl: undefined,
    },
  ];
}

const netLiquidation = money("1000000", "USD");

function positionsOf(script: Script, executions: readonly Execution[]): readonly Position[] {
  const sharesOf = new Map(Object.entries(script.holdings));
  for (const { symbol, side, shares } of executions)
    sharesOf.set(symbol, (sharesOf.get(symbol) ?? 0) + (side === "buy" ? shares : -shares));
  return [...sharesOf].map(([symbol, shares]): Position => {
    const [bid, ask] = script.quotes[symbol] ?? [100, 100];
    const price = (bid + ask) / 2;
    const marketValue = notional(shares, price, 1, "USD");
    const { conId } = stock(symbol);
    return {
      conId,
      symbol,
      securityType: "STK",
      currency: "USD",
      shares,
      averageCost: price,
      marketPrice: price,
      marketValue,
      unrealizedPnl: zero,
    };
  });
}

/** What is traded is paid with cash, commissions too; what the account is worth never changes. */
function accountAfter(script: Script, startCash: Money, executions: readonly Execution[]): Account {
  const cash = executions.reduce<Money>(
    (left, { side, shares, price, commission }) =>
      subtract(subtract(left, notional(sign(side) * shares, price, 1, "USD")), commission ?? zero),
    startCash,
  );
  return accountWorth(netLiquidation, {
    cash,
    grossPositionValue: zero,
    initialMargin: zero,
    maintenanceMargin: zero,
    cashByCurrency: [cash],
    positions: positionsOf(script, executions),
  });
}

function contractAnswer(instruments: ReadonlyMap<string, Instrument>, symbol: string): ContractAnswer {
  const instrument = instruments.get(symbol);
  return instrument
    ? { found: true, instrument }
    : { found: false, symbol, detail: "No security definition" };
}

function reading(script: Script, { conId, symbol }: Instrument, receivedAt: Instant): QuoteReading {
  const [bid, ask] = script.quotes[symbol] ?? [-1, -1];
  return { conId, symbol, bid, ask, receivedAt, feed: "live" };
}
