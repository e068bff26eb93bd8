import type {
  Venue,
  VenueMargins,
  VenueOrder,
  VenueOrderRequest,
  VenuePreview,
} from "../../simulation/venue.ts";
import { sign } from "../../trading/side.ts";
import type { Client } from "./client.ts";
import { contractOf, tradingClassOf } from "./contract-lookup.ts";
import { type Field, javaDecimal, recorded, row, unsetDecimal, unsetInteger, unsetLong } from "./fields.ts";
import { zonedTime } from "./wall-time.ts";

/** A field that was taken out at server version 177. */
const advisorProfile = [""];

/** "BUY" or "SELL" */
export function actionOf(order: Pick<VenueOrder, "side">): string {
  return sign(order.side) === 1 ? "BUY" : "SELL";
}

/**
 * openOrder (5): the order with its state. The order of fields and the values of everything that a plain stock order leaves
 * open are those recorded from a real gateway. The commission is told only once it is known.
 */
export function sendOpenOrder(
  venue: Venue,
  client: Client,
  order: VenueOrder,
  withCommission: boolean,
): void {
  const state = [
    ...row(0, order.status, ...Array<string>(9).fill(unsetDecimal)),
    ...commissionFields(venue, order, withCommission),
  ];
  sendOrder(venue, client, order, state);
}

/** openOrder (5) for a what-if: the account's margins before the order, by how much it changes them, and after it. */
export function sendPreview(
  venue: Venue,
  client: Client,
  request: VenueOrderRequest,
  { before, after, commission }: VenuePreview,
): void {
  const order = { ...request, permId: 0 };
  const befores = amounts(before);
  const afters = amounts(after);
  const changes = afters.map((amount, index) => amount - (befores[index] ?? 0));
  const { currency } = contractOf(venue, order.conId);
  sendOrder(venue, client, order, [
    ...row(1, "PreSubmitted", ...[...befores, ...changes, ...afters].map((amount) => cents(amount))),
    ...row(javaDecimal(commission), unsetDecimal, unsetDecimal, currency, ""),
  ]);
}

function amounts(margins: VenueMargins): readonly number[] {
  return [margins.initialMargin, margins.maintenanceMargin, margins.equityWithLoan];
}

/** Amounts of previews are text of numbers, not of money: "188130.0". */
function cents(amount: number): string {
  return javaDecimal(Number(amount.toFixed(2)));
}

/** The order, and in its middle what is said of its state: from what-if to the warning. */
function sendOrder(
  venue: Venue,
  client: Client,
  order: VenueOrderRequest & { readonly permId: number },
  state: readonly Field[],
): void {
  const since = (version: number): boolean => client.serverVersion >= version;
  client.send(
    ...row(5, order.orderId, ...contractFields(venue, order), actionOf(order), order.shares),
    ...row(order.orderType, priceField(order), auxPrice(order), order.timeInForce, order.ocaGroup ?? ""),
    ...row(order.account, "", 0, order.orderRef, order.clientId, order.permId),
    ...row(order.tradesExtendedHours === true, 0, 0, ""),
    ...row(`${order.permId}.0/${order.account}/100`, "", "", "", ...(since(177) ? [] : advisorProfile)),
    ...row(order.modelCode ?? "", goodTill(venue, order)),
    // From rule 80A to the OCA type, to the parent, to the trigger method, then volatility, combinations, scale, clearing.
    ...recorded("|||0||-1|0||||||2147483647|0|0|0||"),
    ...row(order.ocaType ?? 3, 0, 0, "", order.parentOrderId ?? 0, triggerMethod(order)),
    ...recorded("|0|None||0||||?|0|0||0|0|"),
    ...row(optional(order.trailStopPrice), optional(order.trailPercent)),
    ...recorded("|||0|0|0|2147483647|2147483647|||0||IB|0|0|"),
    ...row(...algoFields(order), 0, ...state),
    ...row(0, 0, 0, "None", unsetDecimal, trailStopPrice(order)),
    ...row(limitOffset(order), ...Array<string>(3).fill(unsetDecimal), 0, "", "", "", 0, 1, 0, 0, 0),
    // Duration, venue of the order, automatic cancellation of the parent, and the pegs' attributes.
    ...(since(158) ? [""] : []),
    ...(since(160) ? [""] : []),
    ...(since(162) ? [0] : []),
    ...(since(170) ? recorded("|100|0.02|||") : []),
  );
}

/** Commission, its least and most, its currency, and a warning. */
function commissionFields(venue: Venue, order: VenueOrder, withCommission: boolean): readonly Field[] {
  if (!withCommission || order.commission === 0) return recorded("|||||");
  return [javaDecimal(order.commission), "", "", contractOf(venue, order.conId).currency, ""];
}

/** orderStatus (3) */
export function sendOrderStatus(client: Client, order: VenueOrder): void {
  client.send(
    ...row(3, order.orderId, order.status, order.filledShares, order.shares - order.filledShares),
    ...row(order.averageFillPrice, order.permId, order.parentOrderId ?? 0, order.lastFillPrice),
    ...row(order.clientId, order.whyHeld ?? "", 0),
  );
}

/**
 * completedOrder (101), without order or client id, as the real gateway tells it: the quantity is what was left unfilled (a
 * filled order shows 0), what was filled has a field of its own.
 */
export function sendCompletedOrder(venue: Venue, client: Client, order: VenueOrder): void {
  if (order.endedAt === undefined) throw new RangeError(`order ${order.permId} has not ended`);
  const since = (version: number): boolean => client.serverVersion >= version;
  client.send(
    ...row(101, ...contractFields(venue, order), actionOf(order), order.shares - order.filledShares),
    ...row(order.orderType, priceField(order), auxPrice(order), order.timeInForce, order.ocaGroup ?? ""),
    ...row(order.account, "", 0, order.orderRef, order.permId, order.tradesExtendedHours === true, 0, 0),
    ...row("", "", "", "", ...(since(177) ? [] : advisorProfile)),
    ...row(order.modelCode ?? "", goodTill(venue, order)),
    ...recorded("|||0||-1||||||2147483647|0|0||"),
    ...row(order.ocaType ?? 3, triggerMethod(order)),
    ...recorded("|0|None||0|0|0||0|0|"),
    ...row(optional(order.trailStopPrice), optional(order.trailPercent)),
    ...recorded("|0|0|0|2147483647|2147483647||||IB|0|0|"),
    ...row(...algoFields(order), 0, order.status, 0, 0, 0, trailStopPrice(order), unsetDecimal, 0, 1, 0, ""),
    ...row(order.filledShares, unsetInteger, 0, "Not an insider or substantial shareholder", 0, 0, unsetLong),
    ...row(zonedTime(order.endedAt, venue.zone), completedStatus(order)),
    ...(since(170) ? recorded("|||||") : []),
  );
}

function completedStatus(order: VenueOrder): string {
  if (order.status === "Filled") return `Filled Size: ${order.filledShares}`;
  return order.reason?.text || "Cancelled by Trader";
}

/** The stop price, or how far a trailing stop follows. */
function auxPrice(order: VenueOrderRequest): string {
  const price = order.stopPrice ?? order.trailAmount;
  return price === undefined ? "0.0" : javaDecimal(price);
}

function goodTill(venue: Venue, { goodTillAt }: VenueOrderRequest): string {
  return goodTillAt === undefined ? "" : zonedTime(goodTillAt, venue.zone);
}

function triggerMethod({ triggeredBy }: VenueOrderRequest): number {
  return triggeredBy === undefined ? 0 : triggerMethods[triggeredBy];
}

/** "last" is what IB's default means for stocks. */
const triggerMethods = { last: 0, "bid or ask": 4, "last or bid or ask": 7, midpoint: 8 } as const;

function limitOffset(order: VenueOrderRequest): string {
  return order.limitOffset === undefined ? unsetDecimal : javaDecimal(order.limitOffset);
}

function optional(price: number | undefined): string {
  return price === undefined ? "" : javaDecimal(price);
}

function contractFields(venue: Venue, order: VenueOrderRequest): readonly Field[] {
  const contract = contractOf(venue, order.conId);
  const { conId, symbol, currency } = contract;
  return [conId, symbol, "STK", "", 0, "?", "", "SMART", currency, symbol, tradingClassOf(contract)];
}

function priceField(order: VenueOrderRequest): string {
  return order.limitPrice === undefined ? "0.0" : javaDecimal(order.limitPrice);
}

/** Unused by a limit order, and yet the real gateway shows its limit plus one there. */
function trailStopPrice(order: VenueOrderRequest): string {
  if (order.trailStopPrice !== undefined) return javaDecimal(order.trailStopPrice);
  return order.limitPrice === undefined ? unsetDecimal : javaDecimal(order.limitPrice + 1);
}

function algoFields(order: VenueOrderRequest): readonly Field[] {
  if (order.algoStrategy === "") return [""];
  const params = order.algoParams.flatMap(({ tag, value }) => [tag, value]);
  return [order.algoStrategy, order.algoParams.length, ...params];
}
