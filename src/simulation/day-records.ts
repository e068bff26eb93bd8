import type { Instant } from "../trading/instant.ts";
import type { VenueExecution, VenueOrder } from "./venue.ts";

/** What is kept until midnight: orders that have ended and executions, found by their names without looking at all. */
export class DayRecords {
  readonly #midnight: () => Instant;
  #since: Instant;
  #done: VenueOrder[] = [];
  readonly #byPermId = new Map<number, VenueOrder>();
  readonly #byOrderId = new Map<string, VenueOrder>();
  #executions: VenueExecution[] = [];
  readonly #realizedPnl = new Map<string, number>();

  /** `midnight` tells when the present day began. */
  constructor(midnight: () => Instant) {
    this.#midnight = midnight;
    this.#since = midnight();
  }

  /** Orders that ended today, oldest first. */
  done(): VenueOrder[] {
    this.#forget();
    return [...this.#done];
  }

  /** Today's executions, oldest first. */
  executions(): VenueExecution[] {
    this.#forget();
    return [...this.#executions];
  }

  /** An order that ended today. */
  order(permId: number): VenueOrder | undefined {
    this.#forget();
    return this.#byPermId.get(permId);
  }

  /** The last order of a client under this number that ended today. */
  withOrderId(clientId: number, orderId: number): VenueOrder | undefined {
    this.#forget();
    return this.#byOrderId.get(`${clientId}/${orderId}`);
  }

  /** What an account has realized today, in dollars: with one contract, or with all of them. */
  realizedPnl(account: string, conId?: number): number {
    this.#forget();
    return this.#realizedPnl.get(pnlName(account, conId)) ?? 0;
  }

  addDone(order: VenueOrder): void {
    this.#forget();
    this.#done.push(order);
    this.#byPermId.set(order.permId, order);
    this.#byOrderId.set(`${order.clientId}/${order.orderId}`, order);
  }

  addExecution(execution: VenueExecution): void {
    this.#forget();
    this.#executions.push(execution);
    const { account, conId, realizedPnl = 0 } = execution;
    for (const name of [pnlName(account, conId), pnlName(account)])
      this.#realizedPnl.set(name, (this.#realizedPnl.get(name) ?? 0) + realizedPnl);
  }

  /** Drops everything when a new day has begun: nothing is added of another day than the present one. */
  #forget(): void {
    const midnight = this.#midnight();
    if (midnight <= this.#since) return;
    this.#since = midnight;
    this.#done = [];
    this.#executions = [];
    for (const index of [this.#byPermId, this.#byOrderId, this.#realizedPnl]) index.clear();
  }
}

function pnlName(account: string, conId?: number): string {
  return conId === undefined ? account : `${account} ${conId}`;
}
