import type {
  VenueBalances,
  VenueContract,
  VenueExecution,
  VenueMargins,
  VenueOrder,
  VenuePosition,
  VenuePreview,
  VenueRefusal,
} from "../../simulation/venue.ts";
import type { Account, Position } from "../../trading/account.ts";
import type { Execution } from "../../trading/execution.ts";
import { trailBpsOf } from "../../trading/execution-style.ts";
import type { Instrument } from "../../trading/instrument.ts";
import type { MarginPreview, Margins } from "../../trading/margin.ts";
import { type Money, moneyFromNumber } from "../../trading/money.ts";
import type { OrderReport, OrderState, PlannedOrder } from "../../trading/order.ts";
import { notional } from "../../trading/price.ts";
import { held, ok, type Result } from "../../trading/result.ts";
import type { Session } from "../../trading/session.ts";

/** What a venue's records are in the desk's words. `symbolOf` names the contract of a conId. */
export type SymbolOf = (conId: number) => string;

/** An order as the client id that placed it, or any client that lists open orders, is told of it. */
export function orderReportOf(order: VenueOrder, symbolOf: SymbolOf): OrderReport {
  return {
    orderRef: order.orderRef,
    clientId: order.clientId,
    orderId: order.orderId,
    permId: order.permId,
    account: order.account,
    conId: order.conId,
    symbol: symbolOf(order.conId),
    side: order.side,
    orderedShares: order.shares,
    limitPrice: order.limitPrice,
    stopPrice: order.trailStopPrice ?? order.stopPrice,
    trailBps: order.trailPercent === undefined ? undefined : trailBpsOf(order.trailPercent),
    state: stateOf(order),
    filledShares: order.filledShares,
    averageFillPrice: order.filledShares > 0 ? order.averageFillPrice : undefined,
    messages: order.reason ? [order.reason] : [],
  };
}

/**
 * An order as the list of completed orders tells it: without the ids of the client that placed it, and with what was
 * left unfilled in the place of its size, as the real gateway does.
 */
export function completedReportOf(order: VenueOrder, symbolOf: SymbolOf): OrderReport {
  return {
    ...orderReportOf(order, symbolOf),
    clientId: 0,
    orderId: 0,
    orderedShares: Math.max(order.shares - order.filledShares, order.filledShares),
    averageFillPrice: undefined,
    messages: [{ code: 0, text: order.reason?.text ?? order.status }],
  };
}

function stateOf({ status, whyHeld }: VenueOrder): OrderState {
  if (whyHeld === "locate" && (status === "PreSubmitted" || status === "Inactive"))
    return { life: "working", status: "waiting-for-locate" };
  switch (status) {
    case "PreSubmitted":
      return { life: "working", status: "pre-submitted" };
    case "Submitted":
      return { life: "working", status: "submitted" };
    case "Filled":
      return { life: "done", status: "filled" };
    case "Cancelled":
      return { life: "done", status: "cancelled" };
    case "Inactive":
      return { life: "done", status: "rejected" };
    default:
      throw new RangeError(`no such status: ${String(status)}`);
  }
}

export function executionOf(told: VenueExecution, { symbol, currency }: VenueContract): Execution {
  const { execId, orderRef, permId, clientId, orderId, account, conId, exchange } = told;
  const { side, shares, price, executedAt, commission, commissionCurrency, realizedPnl } = told;
  return {
    execId,
    orderRef,
    permId,
    clientId,
    orderId,
    account,
    conId,
    symbol,
    currency,
    exchange,
    side,
    shares,
    price,
    executedAt,
    commission: moneyFromNumber(commission, commissionCurrency),
    realizedPnl: realizedPnl === undefined ? undefined : moneyFromNumber(realizedPnl, commissionCurrency),
  };
}

export function accountOf(
  id: string,
  balances: VenueBalances,
  positions: readonly VenuePosition[],
  contractOf: (conId: number) => VenueContract,
): Account {
  const { baseCurrency } = balances;
  const sum = (value: number): Money => moneyFromNumber(value, baseCurrency);
  return {
    id,
    baseCurrency,
    netLiquidation: sum(balances.netLiquidation),
    cash: sum(balances.cash),
    grossPositionValue: sum(balances.grossPositionValue),
    initialMargin: sum(balances.initialMargin),
    maintenanceMargin: sum(balances.maintenanceMargin),
    availableFunds: sum(balances.availableFunds),
    excessLiquidity: sum(balances.excessLiquidity),
    cashByCurrency: balances.ledgers.map(({ cash, currency }) => moneyFromNumber(cash, currency)),
    exchangeRates: new Map(balances.ledgers.map(({ currency, exchangeRate }) => [currency, exchangeRate])),
    positions: positions
      .filter(({ shares }) => shares !== 0)
      .map((position) => positionOf(position, contractOf(position.conId))),
  };
}

function positionOf(
  { conId, shares, averageCost, marketPrice }: VenuePosition,
  { symbol, currency }: VenueContract,
): Position {
  return {
    conId,
    symbol,
    securityType: "STK",
    currency,
    shares,
    averageCost,
    marketPrice,
    marketValue: notional(shares, marketPrice, 1, currency),
    unrealizedPnl: moneyFromNumber(shares * (marketPrice - averageCost), currency),
  };
}

/** What a venue says that an order would do. */
export function previewOf(
  answer: VenuePreview | VenueRefusal,
  { instrument: { symbol, currency }, side, shares }: PlannedOrder,
  baseCurrency: string,
): Result<MarginPreview> {
  if ("code" in answer) return held({ kind: "preview-refused", symbol, side, shares, ...answer });
  const marginsOf = ({ initialMargin, maintenanceMargin, equityWithLoan }: VenueMargins): Margins => ({
    initialMargin: moneyFromNumber(initialMargin, baseCurrency),
    maintenanceMargin: moneyFromNumber(maintenanceMargin, baseCurrency),
    equityWithLoan: moneyFromNumber(equityWithLoan, baseCurrency),
  });
  const cost = moneyFromNumber(answer.commission, currency);
  return ok({
    before: marginsOf(answer.before),
    after: marginsOf(answer.after),
    commission: { least: cost, most: cost },
    warning: "",
  });
}

export function instrumentOf(
  contract: VenueContract,
  hours: { readonly zone: string; readonly sessions: readonly Session[]; readonly knownThrough: string },
): Instrument {
  const { conId, symbol, primaryExchange, currency, priceSteps } = contract;
  return {
    conId,
    symbol,
    securityType: "STK",
    primaryExchange,
    currency,
    multiplier: 1,
    priceSteps,
    timeZone: hours.zone,
    sessions: hours.sessions,
    hoursKnownThrough: hours.knownThrough,
  };
}
