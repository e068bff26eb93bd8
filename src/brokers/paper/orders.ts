import type {
  Venue,
  VenueContract,
  VenueExecution,
  VenueOrder,
  VenueOrderRequest,
} from "../../simulation/venue.ts";
import { nextSession } from "../../trading/session.ts";
import { type Client, noId, refuse } from "./client.ts";
import { contractOf, tradingClassOf } from "./contract-lookup.ts";
import { sendCommission, sendExecution, unasked } from "./executions.ts";
import { type FieldReader, MalformedRequest } from "./fields.ts";
import { judgeOrder } from "./judge-order.ts";
import type { OrderIds } from "./order-ids.ts";
import {
  actionOf,
  sendCompletedOrder,
  sendOpenOrder,
  sendOrderStatus,
  sendPreview,
} from "./order-messages.ts";
import { type OrderRequest, readOrderRequest } from "./order-request.ts";
import { isForExtendedHours } from "./order-terms.ts";
import { judgePrecautions, type Precautions } from "./precautions.ts";
import { cancelNotFound, cancelTooLate, type Refusal, refusals, unreadable } from "./refusal.ts";
import { spelledTime } from "./wall-time.ts";

/** Longer than any holiday: the calendar days in which the next session must begin. */
const daysToNextSession = 10;

/** An order that was read and judged, and waits for a transmit. */
interface KeptOrder {
  readonly order: VenueOrderRequest;
  readonly contract: VenueContract;
  /** Order id of its parent; 0 when it has none. */
  readonly parentId: number;
}

/** What a gateway is told about orders when it starts. */
export interface OrderSettings {
  /** The client of this id, if it is here. */
  readonly clientOf: (clientId: number) => Client | undefined;
  /** Who hears of every client's orders; nobody when undefined. */
  readonly masterClientId: number | undefined;
  readonly precautions: Precautions;
}

function keyOf(clientId: number, orderId: number): string {
  return `${clientId}/${orderId}`;
}

/** Given by a person or the broker, and not bound by client 0 yet. */
function isByHand({ clientId, orderId }: VenueOrder): boolean {
  return clientId === 0 && orderId === 0;
}

/** A rejected order (201) stays visible as Inactive; what was never an order (a wrong tick, 110) is only an error. */
function wasTaken({ status, reason }: VenueOrder): boolean {
  return status !== "Inactive" || reason === undefined || reason.code === 201;
}

/** Fractions have a code of their own when a working order is changed. */
function forChange(refusal: Refusal, isChange: boolean): Refusal {
  return isChange && refusal.code === 10243 ? { ...refusal, code: 10242 } : refusal;
}

/** Everything about orders: taking them, cancelling them, telling their life to the client that placed them and to the master. */
export class Orders {
  readonly #venue: Venue;
  readonly #ids: OrderIds;
  readonly #settings: OrderSettings;
  /** Orders sent with transmit off: kept here, invisible to everyone, until they are sent again with transmit on. */
  readonly #kept = new Map<string, KeptOrder>();
  /** Executions told whose commission is told only after the order's new status. */
  readonly #commissionsDue = new Map<number, VenueExecution[]>();
  /** Done orders whose cancellation was refused once; the second time they are not found. */
  readonly #cancelRefused = new Set<number>();

  /** Does client 0 want a number for each order that is given by hand? */
  #binds = false;

  constructor(venue: Venue, ids: OrderIds, settings: OrderSettings) {
    this.#venue = venue;
    this.#ids = ids;
    this.#settings = settings;
  }

  /** placeOrder (3). A request that cannot be read is answered on its own order id. */
  place(client: Client, reader: FieldReader): void {
    const orderId = reader.id("orderId");
    try {
      this.#take(client, readOrderRequest(reader, orderId, client.serverVersion));
    } catch (error) {
      if (!(error instanceof MalformedRequest)) throw error;
      refuse(client, orderId, unreadable(error.message));
    }
  }

  #take(client: Client, request: OrderRequest): void {
    const { clientId } = client;
    const { orderId } = request;
    const working = this.#workingOrder(clientId, orderId);
    const key = keyOf(clientId, orderId);
    const idRefusal = working || this.#kept.has(key) ? undefined : this.#judgeId(clientId, orderId);
    if (idRefusal) return refuse(client, orderId, idRefusal);
    this.#ids.note(clientId, orderId);
    const judged = judgeOrder(this.#venue, clientId, request);
    if ("refusal" in judged) return refuse(client, orderId, forChange(judged.refusal, working !== undefined));
    const refusal = request.whatIf
      ? undefined
      : judgePrecautions(this.#venue, judged.order, this.#settings.precautions);
    if (refusal) return refuse(client, orderId, refusal);
    if (request.outsideRth && !isForExtendedHours(request.orderType, request.timeInForce))
      refuse(client, orderId, refusals.outsideRthIgnored);
    // Also with the number of a working order: a preview changes nothing.
    if (request.whatIf) return this.#preview(client, judged.order);
    if (working) {
      // With transmit off a change waits at the gateway; when it is sent again it brings all its terms along.
      if (request.transmit) this.#modify(client, working, judged.order);
      return;
    }
    const isParentThere =
      request.parentId === 0 ||
      this.#kept.has(keyOf(clientId, request.parentId)) ||
      this.#orderOf(clientId, request.parentId) !== undefined;
    if (!isParentThere) return refuse(client, orderId, refusals.missingParent);
    this.#kept.set(key, { ...judged, parentId: request.parentId });
    if (request.transmit) this.#transmit(client, orderId);
  }

  /** Sends a kept order, and with it every kept order of the same bracket: a parent goes before its children. */
  #transmit(client: Client, orderId: number): void {
    let root = orderId;
    for (let kept = this.#kept.get(keyOf(client.clientId, root)); kept?.parentId; ) {
      const parent = this.#kept.get(keyOf(client.clientId, kept.parentId));
      if (!parent) break;
      root = kept.parentId;
      kept = parent;
    }
    this.#sendTree(client, root);
  }

  #sendTree(client: Client, orderId: number): void {
    const { clientId } = client;
    const kept = this.#kept.get(keyOf(clientId, orderId));
    if (!kept) return;
    this.#kept.delete(keyOf(clientId, orderId));
    const parent = kept.parentId === 0 ? undefined : this.#orderOf(clientId, kept.parentId);
    if (kept.parentId !== 0 && !parent) return refuse(client, orderId, refusals.missingParent);
    const links = parent && { parentPermId: parent.permId, parentOrderId: kept.parentId };
    // The children of one parent are a group: what one of them fills, the others lose.
    const group = parent &&
      kept.order.ocaGroup === "" && { ocaGroup: String(parent.permId), ocaType: 3 as const };
    const order = this.#venue.place({ ...kept.order, ...links, ...group });
    this.#warn(client, order, kept.contract);
    const children = [...this.#kept.values()].filter(
      (child) => child.order.clientId === clientId && child.parentId === orderId,
    );
    for (const child of children) this.#sendTree(client, child.order.orderId);
  }

  /** The order lives, but not quite as its client may think. */
  #warn(client: Client, order: VenueOrder, contract: VenueContract): void {
    if (order.endedAt !== undefined) return;
    if (order.whyHeld === "locate") refuse(client, order.orderId, refusals.shortSaleHeld);
    const isOnItsWay = this.#venue.isOpen() || order.awaitsParent === true || order.status === "Submitted";
    if (!isOnItsWay) refuse(client, order.orderId, this.#waitsForOpen(order, contract));
  }

  /** The same id again: new terms for a working order. A refusal leaves the old ones in force (O06). */
  #modify(client: Client, working: VenueOrder, order: VenueOrderRequest): void {
    const { ocaGroup = "", ocaType } = working;
    const group = order.ocaGroup === "" ? { ocaGroup, ocaType } : {};
    const refusal = this.#venue.modify(working.permId, { ...order, ...group });
    if (refusal) refuse(client, order.orderId, refusal);
  }

  /** What-if: one openOrder with margins and commission, and nothing else. */
  #preview(client: Client, order: VenueOrderRequest): void {
    const preview = this.#venue.preview(order);
    if ("code" in preview) return refuse(client, order.orderId, preview);
    sendPreview(this.#venue, client, order, preview);
  }

  #judgeId(clientId: number, orderId: number): Refusal | undefined {
    if (orderId >= this.#ids.next(clientId)) return undefined;
    const done = this.#doneOrder(clientId, orderId);
    return done?.status === "Filled" ? refusals.filledOrderModified : refusals.duplicateOrderId;
  }

  /** Warning 399: the order lives, but nothing happens to it until the market opens. */
  #waitsForOpen(order: VenueOrder, contract: VenueContract): Refusal {
    const next = nextSession(this.#venue.sessions(daysToNextSession), this.#venue.now());
    const what = `${actionOf(order)} ${order.shares} ${contract.symbol} ${contract.primaryExchange}.${tradingClassOf(contract)}`;
    const until = next ? ` until ${spelledTime(next.openAt, this.#venue.zone)}` : "";
    return {
      code: 399,
      text: `Order Message:\n${what}\nWarning: your order will not be placed at the exchange${until}`,
    };
  }

  /** cancelOrder (4): only for the client that placed the order. */
  cancel(client: Client, reader: FieldReader): void {
    reader.skip("version");
    const orderId = reader.id("orderId");
    if (client.serverVersion >= 169) reader.skip("manualCancelTime");
    if (this.#kept.delete(`${client.clientId}/${orderId}`)) {
      client.send(3, orderId, "Cancelled", 0, 0, 0, 0, 0, 0, client.clientId, "", 0);
      return refuse(client, orderId, { code: 202, text: "Order Canceled - reason:" });
    }
    const working = this.#workingOrder(client.clientId, orderId);
    if (working) {
      this.#cancel(client, working);
      return;
    }
    const done = this.#doneOrder(client.clientId, orderId);
    if (!done || this.#cancelRefused.has(done.permId))
      return refuse(client, orderId, cancelNotFound(orderId));
    this.#cancelRefused.add(done.permId);
    refuse(client, orderId, cancelTooLate(orderId, done.status));
  }

  /** reqGlobalCancel (58): every working order of every client. */
  cancelAll(): void {
    for (const order of this.#venue.openOrders())
      this.#cancel(this.#settings.clientOf(order.clientId), order);
    this.#kept.clear();
  }

  /** An order that its auction binds is not cancelled any more. */
  #cancel(client: Client | undefined, { permId, orderId }: VenueOrder): void {
    const order = this.#venue.cancel(permId);
    if (client && order?.endedAt === undefined)
      refuse(client, orderId, cancelTooLate(orderId, order?.status ?? "Submitted"));
  }

  /** reqOpenOrders (5): working orders that this client placed; done ones are never listed. Client 0 binds those by hand. */
  openOrders(client: Client): void {
    if (client.clientId === 0)
      for (const order of this.#venue.openOrders().filter(isByHand)) this.#bind(client, order);
    this.#sendOpenOrders(client, (order) => order.clientId === client.clientId);
  }

  /** reqAllOpenOrders (16): those of every client. */
  allOpenOrders(client: Client): void {
    this.#sendOpenOrders(client, () => true);
  }

  #sendOpenOrders(client: Client, wanted: (order: VenueOrder) => boolean): void {
    for (const order of this.#venue.openOrders().filter(wanted)) {
      this.#show(client, order, true);
      this.#sendStatus(client, order);
    }
    client.send(53, 1);
  }

  /** reqAutoOpenOrders (15): orders by hand get a number of client 0 as they come, until it leaves; others may not ask. */
  bindManualOrders(client: Client, reader: FieldReader): void {
    reader.skip("version");
    if (client.clientId !== 0) return refuse(client, noId, refusals.bindIsForClient0);
    this.#binds = reader.flag("autoBind");
  }

  /** orderBound (100), and from then on client 0 may change and cancel the order under its number. */
  #bind(client: Client, { permId }: VenueOrder): void {
    const orderId = this.#ids.next(client.clientId);
    this.#ids.note(client.clientId, orderId);
    client.send(100, permId, client.clientId, orderId);
    this.#venue.bind(permId, orderId);
  }

  /** Orders that wait for a transmit are in the gateway only: they do not outlive it. */
  forgetUntransmitted(): void {
    this.#kept.clear();
  }

  /** The client is gone. */
  forget(client: Client): void {
    if (client.clientId === 0) this.#binds = false;
  }

  /** reqCompletedOrders (99): orders that ended today; with `apiOnly` not those that were given by hand. */
  completedOrders(client: Client, reader: FieldReader): void {
    const apiOnly = reader.flag("apiOnly");
    for (const order of this.#venue.completedOrders())
      if (wasTaken(order) && (!apiOnly || !isByHand(order))) sendCompletedOrder(this.#venue, client, order);
    client.send(102);
  }

  /** Who is told of an order as it happens: the client that placed it, and the master client. Those who are here. */
  #listeners(clientId: number): readonly Client[] {
    const { clientOf, masterClientId } = this.#settings;
    const ids = new Set(masterClientId === undefined ? [clientId] : [clientId, masterClientId]);
    return [...ids].flatMap((id) => clientOf(id) ?? []);
  }

  onExecution(execution: VenueExecution): void {
    for (const client of this.#listeners(execution.clientId))
      sendExecution(this.#venue, client, unasked, execution);
    const due = this.#commissionsDue.get(execution.permId);
    if (due) due.push(execution);
    else this.#commissionsDue.set(execution.permId, [execution]);
  }

  onOrder(order: VenueOrder): void {
    const zero = this.#binds && isByHand(order) ? this.#settings.clientOf(0) : undefined;
    // Binding tells the order anew, with its number.
    if (zero && order.endedAt === undefined) return this.#bind(zero, order);
    const executions = this.#commissionsDue.get(order.permId) ?? [];
    this.#commissionsDue.delete(order.permId);
    for (const client of this.#listeners(order.clientId)) {
      this.#tell(client, order);
      for (const execution of executions) sendCommission(client, execution);
    }
  }

  /** What became of an order, in the order in which the real gateway was recorded to. Errors are for the client that placed it. */
  #tell(client: Client, order: VenueOrder): void {
    const isOwner = client.clientId === order.clientId;
    if (order.status === "Cancelled") {
      this.#sendStatus(client, order);
      const text = `Order Canceled - reason:${order.reason?.text ?? ""}`;
      if (isOwner) refuse(client, order.orderId, { code: 202, text });
    } else if (order.status === "Inactive") {
      const reason = order.reason ?? { code: 201, text: "Order rejected - reason:" };
      if (isOwner) refuse(client, order.orderId, reason);
      if (!wasTaken(order)) return;
      this.#show(client, order, false);
      this.#sendStatus(client, order);
    } else {
      this.#show(client, order, order.status !== "Filled");
      this.#sendStatus(client, order);
      // The filled order is told a second time, now with its commission.
      if (order.status === "Filled") this.#show(client, order, true);
    }
  }

  /** A client may not reuse an id that it was shown, of whichever client the order is. */
  #show(client: Client, order: VenueOrder, withCommission: boolean): void {
    this.#ids.note(client.clientId, order.orderId);
    sendOpenOrder(this.#venue, client, order, withCommission);
  }

  #sendStatus(client: Client, order: VenueOrder): void {
    this.#ids.note(client.clientId, order.orderId);
    sendOrderStatus(client, order);
  }

  #workingOrder(clientId: number, orderId: number): VenueOrder | undefined {
    const order = this.#orderOf(clientId, orderId);
    return order?.endedAt === undefined ? order : undefined;
  }

  #doneOrder(clientId: number, orderId: number): VenueOrder | undefined {
    const order = this.#orderOf(clientId, orderId);
    return order?.endedAt === undefined ? undefined : order;
  }

  /** An order by hand has no number to be reached by until it is bound. */
  #orderOf(clientId: number, orderId: number): VenueOrder | undefined {
    const order = this.#venue.orderOf(clientId, orderId);
    return order && isByHand(order) ? undefined : order;
  }

  /** Words for whoever runs the gateway: "client 2 order 1: BUY 100 AAPL LMT 196.52". */
  wordsOfOrder(order: VenueOrder): string {
    const { orderType, limitPrice, stopPrice, reason } = order;
    const prices = [limitPrice, stopPrice].filter((price) => price !== undefined);
    const refused = order.status === "Inactive" && reason ? `refused (${reason.code})` : "";
    return [this.#wordsOf(order, order.shares), orderType, ...prices, refused].join(" ").trimEnd();
  }

  /** "client 2 order 1: BUY 40 AAPL filled at 196.5, 40 so far". */
  wordsOfFill(execution: VenueExecution): string {
    const { shares, price, cumulativeShares } = execution;
    return `${this.#wordsOf(execution, shares)} filled at ${price}, ${cumulativeShares} so far`;
  }

  #wordsOf(one: Pick<VenueOrder, "clientId" | "orderId" | "side" | "conId">, shares: number): string {
    const { symbol } = contractOf(this.#venue, one.conId);
    return `client ${one.clientId} order ${one.orderId}: ${actionOf(one)} ${shares} ${symbol}`;
  }

  /** Words for the control port: "2 1 PreSubmitted BUY 100 AAPL 0/100". */
  describe(order: VenueOrder): string {
    const { symbol } = contractOf(this.#venue, order.conId);
    return `${order.clientId} ${order.orderId} ${order.status} ${actionOf(order)} ${order.shares} ${symbol} ${order.filledShares}/${order.shares}`;
  }
}
