import type { Journal, Store } from "../ports.ts";
import type { Position } from "../trading/account.ts";
import type { Execution } from "../trading/execution.ts";
import type { Instant } from "../trading/instant.ts";
import {
  type OrderReport,
  type PlannedOrder,
  type RecordedIntent,
  roleOf,
  type UnsettledOrder,
} from "../trading/order.ts";
import type { Break, ExpectedPosition, OpenBreak } from "../trading/reconciliation.ts";
import type { ClearedOrders } from "../trading/risk/gate.ts";
import type { RiskRecord } from "../trading/risk/risk-record.ts";
import type { MeasuredStrategy } from "../trading/risk/strategy-value.ts";
import type { Run } from "../trading/run.ts";
import type { Session } from "../trading/session.ts";

/** One run's hand in the store: writes down what the broker tells and remembers which executions were new. */
export class Bookkeeper {
  readonly #fresh = new Map<string, Execution>();
  /** References of what this run has decided to send or to change, and what was last booked of it. */
  readonly #ours = new Set<string>();
  readonly #orders = new Map<string, OrderReport>();
  readonly #ended: OrderReport[] = [];
  readonly #run: Run;
  readonly #store: Store;
  readonly #journal: Journal;

  constructor(run: Run, { store, journal }: { store: Store; journal: Journal }) {
    this.#run = run;
    this.#store = store;
    this.#journal = journal;
  }

  unsettledOrders(): Promise<readonly UnsettledOrder[]> {
    return this.#store.unsettledOrders(this.#run.account);
  }

  /** On record, durably, before a byte is sent. */
  recordIntents(orders: ClearedOrders): Promise<void> {
    for (const { orderRef } of orders.orders) this.#ours.add(orderRef);
    return this.#store.recordIntents(this.#run, orders);
  }

  /** On record, durably, right before the order's bytes leave. */
  markSending(orderRef: string, at: Instant): Promise<void> {
    return this.#store.markSending(orderRef, at);
  }

  intentsOf(orderRefs: readonly string[]): Promise<ReadonlyMap<string, RecordedIntent>> {
    return this.#store.intentsOf(orderRefs);
  }

  /** On record, durably, right before an order's new terms leave. */
  markChanging(order: PlannedOrder, at: Instant): Promise<void> {
    this.#ours.add(order.orderRef);
    return this.#store.markChanging(this.#run, order, at);
  }

  gapsBefore(): Promise<ReadonlySet<string>> {
    return this.#store.gapsBefore(this.#run.account);
  }

  expectedPositions(): Promise<readonly ExpectedPosition[] | undefined> {
    return this.#store.expectedPositions(this.#run.account);
  }

  openPositions(positions: readonly Position[]): Promise<void> {
    return this.#store.openPositions(this.#run, positions);
  }

  riskRecord(session: Session | undefined): Promise<RiskRecord> {
    return this.#store.riskRecord(this.#run.account, session);
  }

  /** What the strategies are worth, durably, before anything is sent because of it. */
  keepStrategies(looks: readonly MeasuredStrategy[], at: Instant): Promise<void> {
    return this.#store.keepStrategies(this.#run, looks, at);
  }

  keepBreaks(found: readonly Break[], at: Instant): Promise<readonly OpenBreak[]> {
    return this.#store.keepBreaks(this.#run, found, at);
  }

  async book(orders: readonly OrderReport[], executions: readonly Execution[]): Promise<void> {
    for (const order of orders) if (this.#ours.has(order.orderRef)) this.#orders.set(order.orderRef, order);
    for (const execution of await this.#store.book(this.#run, orders, executions)) {
      this.#fresh.set(execution.execId, execution);
      this.#journal.append({ kind: "executed", execution });
    }
  }

  /** Orders of earlier runs that have ended since, by themselves or withdrawn by this run; also those of a plan that was dropped. */
  noteEnded(orders: readonly OrderReport[]): void {
    this.#ended.push(...orders);
  }

  /** The same for orders that this run has withdrawn. */
  noteWithdrawn(orders: readonly OrderReport[]): void {
    for (const order of orders) this.#journal.append({ kind: "working-order-cancelled", order });
    this.noteEnded(orders);
  }

  endedOrders(): readonly OrderReport[] {
    return this.#ended;
  }

  /** This run's rebalance orders as they were booked last: for a run that breaks off and cannot tell of them itself. */
  ordersBooked(): readonly OrderReport[] {
    return [...this.#orders.values()].filter(({ orderRef }) => roleOf(orderRef) === "rebalance");
  }

  /** Executions that were not on record before this run, in the order in which they became known. */
  newExecutions(): readonly Execution[] {
    return [...this.#fresh.values()];
  }
}
