import type {
  BeforeSend,
  Broker,
  Clock,
  ConnectionRequest,
  ContractAnswer,
  Journal,
  NotSentReason,
  Progress,
} from "../../ports.ts";
import type { Venue, VenueContract, VenueEvent, VenueExecution, VenueOrder } from "../../simulation/venue.ts";
import type { Account } from "../../trading/account.ts";
import type { Execution } from "../../trading/execution.ts";
import type { Finding } from "../../trading/finding.ts";
import { type Instant, later } from "../../trading/instant.ts";
import type { ContractRequest, Instrument } from "../../trading/instrument.ts";
import { invariant } from "../../trading/invariant.ts";
import { type MarginPreview, previewedOrder } from "../../trading/margin.ts";
import { daysFrom } from "../../trading/nyse-calendar.ts";
import type { OrderReport, PlannedOrder } from "../../trading/order.ts";
import type { QuoteReading } from "../../trading/quote.ts";
import { held, ok, type Result } from "../../trading/result.ts";
import type { ClearedOrders } from "../../trading/risk/gate.ts";
import { dateIn, sessionOpenAt } from "../../trading/session.ts";
import { marketClock } from "../market-clock.ts";
import { accountOf, completedReportOf, executionOf, instrumentOf, orderReportOf, previewOf } from "./told.ts";
import { venueOrderOf } from "./venue-order.ts";

interface Parts {
  readonly venue: Venue;
  readonly clock: Clock;
  readonly journal: Journal;
  readonly latencyMs: number;
  readonly request: ConnectionRequest;
  /** Broker's clock minus host's clock. */
  readonly skewMs: number;
  readonly connectedClientIds: Set<number>;
  readonly highestOrderIds: Map<number, number>;
}

/** Calendar days, today included, for which a contract tells its hours. */
const hoursDays = 7;
const serverVersion = 178;

/** One connection: it hears of its own client id's orders and executions from its first moment to its last. */
export class SimulatedBroker implements Broker {
  readonly identity: Broker["identity"];
  readonly marketTime: () => Instant;
  readonly #parts: Parts;
  readonly #contracts: ReadonlyMap<number, VenueContract>;
  /** Placed or cancelled here, by permId: as last heard. */
  readonly #orders = new Map<number, OrderReport>();
  /** Of orders that never left. */
  readonly #unsent: OrderReport[] = [];
  /** By execution id without its last part, which counts corrections. */
  readonly #executions = new Map<string, Execution>();
  readonly #stopHearing: () => void;
  #isOpen = true;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.marketTime = marketClock(parts.clock, later(parts.clock.now(), parts.skewMs));
    const { venue, request, connectedClientIds } = parts;
    const { account, clientId } = request;
    this.identity = { account, clientId, serverVersion, skewSeconds: parts.skewMs / 1000 };
    this.#contracts = new Map(venue.contracts().map((contract) => [contract.conId, contract]));
    connectedClientIds.add(clientId);
    this.#stopHearing = venue.subscribe((event) => this.#hear(event));
    parts.journal.append({
      kind: "connected",
      ...this.identity,
      marketTimeAt: this.marketTime(),
    });
  }

  async openOrders(): Promise<Result<readonly OrderReport[]>> {
    await this.#roundTrip();
    const orders = this.#parts.venue.openOrders();
    for (const { orderId } of orders) this.#noteOrderId(orderId);
    return ok(orders.map((order) => this.#reportOf(order)));
  }

  async completedOrders(): Promise<Result<readonly OrderReport[]>> {
    await this.#roundTrip();
    return ok(this.#parts.venue.completedOrders().map((order) => completedReportOf(order, this.#symbolOf)));
  }

  async executions(): Promise<Result<readonly Execution[]>> {
    await this.#roundTrip();
    const mine = this.#parts.venue.executions().filter(({ account }) => account === this.identity.account);
    return ok(mine.map((told) => this.#hearExecution(told)));
  }

  async account(): Promise<Result<Account>> {
    await this.#roundTrip();
    const { venue } = this.#parts;
    const { account } = this.identity;
    return ok(accountOf(account, venue.balances(account), venue.positions(account), this.#contractOf));
  }

  async contracts(requests: readonly ContractRequest[]): Promise<Result<readonly ContractAnswer[]>> {
    await this.#roundTrip();
    const { venue } = this.#parts;
    const today = dateIn(venue.zone, venue.now());
    const hours = {
      zone: venue.zone,
      sessions: venue.sessions(hoursDays),
      knownThrough: daysFrom(today, hoursDays - 1),
    };
    return ok(
      requests.map(({ symbol, currency, primaryExchange }): ContractAnswer => {
        const listed = venue
          .contracts()
          .find(
            (contract) =>
              contract.symbol === symbol &&
              contract.currency === currency &&
              (primaryExchange === undefined || contract.primaryExchange === primaryExchange),
          );
        return listed
          ? { found: true, instrument: instrumentOf(listed, hours) }
          : { found: false, symbol, detail: "No security definition has been found for the request" };
      }),
    );
  }

  async quotes(instruments: readonly Instrument[]): Promise<Result<readonly QuoteReading[]>> {
    await this.#roundTrip();
    const receivedAt = this.marketTime();
    return ok(
      instruments.map(({ conId, symbol }): QuoteReading => {
        const quote = this.#parts.venue.quote(conId);
        const { bid = -1, ask = -1, last, lastTradedAt, previousClose, halt } = quote;
        const isHalted = halt !== undefined;
        return {
          conId,
          symbol,
          bid,
          ask,
          last,
          close: previousClose,
          lastTradedAt,
          isHalted,
          receivedAt,
          feed: "live",
        };
      }),
    );
  }

  async cancel(orders: readonly OrderReport[]): Promise<Result<readonly OrderReport[]>> {
    const foreign = orders.filter(({ clientId }) => clientId !== this.identity.clientId);
    if (foreign.length > 0) return held(...foreign.map(ofOtherClient));
    if (orders.length === 0) return ok([]);
    for (const order of orders) this.#orders.set(order.permId, order);
    await this.#roundTrip();
    return ok(orders.map((order) => this.#cancelled(order)));
  }

  #cancelled(order: OrderReport): OrderReport {
    const ended = this.#parts.venue.cancel(order.permId);
    // Known to no list of today any more: it ended on an earlier day.
    const report: OrderReport = ended
      ? this.#reportOf(ended)
      : {
          ...order,
          state: { life: "done", status: order.filledShares >= order.orderedShares ? "filled" : "cancelled" },
        };
    this.#note(report);
    return report;
  }

  async preview(
    orders: readonly PlannedOrder[],
    baseCurrency: string,
  ): Promise<readonly Result<MarginPreview>[]> {
    await this.#roundTrip();
    const { venue, request, clock } = this.#parts;
    const answers: Result<MarginPreview>[] = [];
    for (const order of orders) {
      const orderId = this.#newOrderId();
      const answer = venue.preview(venueOrderOf(previewedOrder(order), request.clientId, orderId));
      answers.push(previewOf(answer, order, baseCurrency));
      await clock.sleep(1000 / request.messagesPerSecond);
    }
    return answers;
  }

  async place(cleared: ClearedOrders, beforeSend: BeforeSend): Promise<readonly OrderReport[]> {
    const placed: (() => OrderReport)[] = [];
    for (const order of cleared.orders) {
      const whyNot = this.#whyNotNow(order) ?? (await beforeSend(order));
      if (whyNot) {
        const unsent = this.#notSent(order, whyNot);
        placed.push(() => unsent);
      } else {
        const permId = await this.#send(order);
        placed.push(() => this.#latest(permId));
      }
    }
    await this.#roundTrip();
    return placed.map((latest) => latest());
  }

  async modify(cleared: ClearedOrders, beforeSend: BeforeSend): Promise<Result<readonly OrderReport[]>> {
    const reports = cleared.orders.map((order) => this.#workingOf(order));
    const foreign = reports.filter(({ clientId }) => clientId !== this.identity.clientId);
    if (foreign.length > 0) return held(...foreign.map(ofOtherClient));
    for (const report of reports) this.#orders.set(report.permId, report);
    await this.#roundTrip();
    const ended: OrderReport[] = [];
    for (const order of cleared.orders) ended.push(await this.#changed(order, beforeSend));
    return ok(ended);
  }

  /** Changed, or cancelled when it cannot be. */
  async #changed(order: PlannedOrder, beforeSend: BeforeSend): Promise<OrderReport> {
    const { venue, journal, request, clock } = this.#parts;
    const before = this.#workingOf(order);
    if (before.state.life === "done") return before;
    const isFilled = before.filledShares >= order.shares;
    if (isFilled || this.#whyNotNow(order) || (await beforeSend(order))) return this.#cancelled(before);
    journal.append({ kind: "change-sent", order });
    const { clientId, orderId, permId } = before;
    const isWorking = venue.openOrders().some((working) => working.permId === permId);
    const refusal = isWorking ? venue.modify(permId, venueOrderOf(order, clientId, orderId)) : undefined;
    await clock.sleep(1000 / request.messagesPerSecond);
    return refusal ? this.#cancelled(this.#latest(permId)) : this.#latest(permId);
  }

  /** As last heard, or as it is listed when another connection placed it: it may have ended since. */
  #workingOf({ orderRef }: PlannedOrder): OrderReport {
    const { venue } = this.#parts;
    const heard = [...this.#orders.values()].find((report) => report.orderRef === orderRef);
    const listed = heard
      ? undefined
      : [...venue.openOrders(), ...venue.completedOrders()].find((order) => order.orderRef === orderRef);
    const report = heard ?? (listed && this.#reportOf(listed));
    invariant(report, `order ${orderRef}, which is to be changed`);
    return report;
  }

  #whyNotNow({ instrument, timeInForce }: PlannedOrder): NotSentReason | undefined {
    if (!this.#isOpen) return { code: 504, text: "Not sent: the connection was closed." };
    if (timeInForce === "GTC") return undefined;
    const isMarketOpen = sessionOpenAt(instrument.sessions, this.marketTime()) !== undefined;
    return isMarketOpen ? undefined : { code: 0, text: "Not sent: its market has closed." };
  }

  /** Answers with its permId. */
  async #send(order: PlannedOrder): Promise<number> {
    const { clock, request, venue, journal } = this.#parts;
    const orderId = this.#newOrderId();
    journal.append({ kind: "order-sent", order });
    const placed = venue.place(venueOrderOf(order, request.clientId, orderId));
    this.#note(this.#reportOf(placed));
    await clock.sleep(1000 / request.messagesPerSecond);
    return placed.permId;
  }

  #notSent(order: PlannedOrder, whyNot: NotSentReason): OrderReport {
    const { orderRef, account, side, shares, limitPrice, instrument } = order;
    const report: OrderReport = {
      orderRef,
      account,
      side,
      limitPrice,
      conId: instrument.conId,
      symbol: instrument.symbol,
      clientId: this.identity.clientId,
      orderId: 0,
      permId: 0,
      orderedShares: shares,
      state: { life: "done", status: "not-sent" },
      filledShares: 0,
      averageFillPrice: undefined,
      messages: [whyNot],
    };
    this.#unsent.push(report);
    return report;
  }

  progress(): Progress {
    return {
      connected: this.#isOpen,
      linkWasCut: false,
      orders: [...this.#orders.values(), ...this.#unsent],
      executions: [...this.#executions.values()],
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#stopHearing();
    this.#parts.connectedClientIds.delete(this.identity.clientId);
    this.#parts.journal.append({ kind: "disconnected" });
  }

  #roundTrip(): Promise<void> {
    return this.#parts.clock.sleep(this.#parts.latencyMs);
  }

  /** Orders are told to the client id that placed them, executions too. */
  #hear(event: VenueEvent): void {
    const { clientId } = this.identity;
    if (event.kind === "execution" && event.execution.clientId === clientId)
      this.#hearExecution(event.execution);
    if (event.kind === "order" && this.#orders.has(event.order.permId))
      this.#note(this.#reportOf(event.order));
  }

  #note(order: OrderReport): void {
    this.#orders.set(order.permId, order);
    this.#parts.journal.append({ kind: "order-changed", order });
  }

  #hearExecution(told: VenueExecution): Execution {
    const execution = executionOf(told, this.#contractOf(told.conId));
    this.#executions.set(execution.execId.replace(/\.\d+$/, ""), execution);
    return execution;
  }

  #latest(permId: number): OrderReport {
    const report = this.#orders.get(permId);
    invariant(report, `order ${permId} of this connection`);
    return report;
  }

  #reportOf(order: VenueOrder): OrderReport {
    return orderReportOf(order, this.#symbolOf);
  }

  #newOrderId(): number {
    const orderId = (this.#parts.highestOrderIds.get(this.identity.clientId) ?? 0) + 1;
    this.#noteOrderId(orderId);
    return orderId;
  }

  #noteOrderId(orderId: number): void {
    const { highestOrderIds } = this.#parts;
    const { clientId } = this.identity;
    highestOrderIds.set(clientId, Math.max(orderId, highestOrderIds.get(clientId) ?? 0));
  }

  readonly #symbolOf = (conId: number): string => this.#contractOf(conId).symbol;

  readonly #contractOf = (conId: number): VenueContract => {
    const contract = this.#contracts.get(conId);
    invariant(contract, `the venue's contract ${conId}`);
    return contract;
  };
}

function ofOtherClient({ orderRef, symbol, orderId, clientId }: OrderReport): Finding {
  const detail = "only the client id that placed an order can cancel it";
  return { kind: "order-of-other-client", orderRef, symbol, orderId, clientId, detail };
}
