import type { Clock, Journal } from "../../ports.ts";
import type { VenueOrderRequest } from "../../simulation/venue.ts";
import type { Execution } from "../../trading/execution.ts";
import { type Instant, instantFromMs } from "../../trading/instant.ts";
import type { Money } from "../../trading/money.ts";
import type { OrderReport, PlannedOrder } from "../../trading/order.ts";
import type { Trouble } from "./trouble.ts";
import { keyOf, type Truth } from "./truth.ts";

/** What outlives runs at the gateway: who is connected, which order ids it has seen, whether it is there at all. */
export class Gateway {
  readonly truth: Truth;
  readonly trouble: Trouble;
  readonly connectedClientIds = new Set<number>();
  readonly highestOrderIds = new Map<number, number>();
  /** On some gateways this list never ends (C11). */
  readonly isCompletedSilent: boolean;
  /** Rises when it restarts: connections of before are lost. */
  generation = 0;
  /** What it last listed as open orders. */
  lastOpenOrders: readonly OrderReport[] = [];
  /** Every execution that it has told of, each once. */
  executionsTold: readonly Execution[] = [];
  /** Executions by key that whoever asked could know of, if not from its answer then by asking again that day. */
  readonly executionsKnowable = new Set<string>();
  /** Orders by permId and executions by key that were missing in an answer: in the next one they are there. */
  readonly missedOnce = new Set<number | string>();
  /** When it last told the account. */
  accountToldAt: Instant = instantFromMs(0);
  /** What it has told last of the account's worth. */
  netLiquidationTold: Money | undefined;
  #downUntil: Instant = instantFromMs(0);

  /** Its own link to the broker is cut until then: it tells nothing new, and keeps what it is given. */
  #linkCutUntil: Instant = instantFromMs(0);
  readonly #kept: (() => void)[] = [];

  constructor(truth: Truth, trouble: Trouble) {
    this.truth = truth;
    this.trouble = trouble;
    this.isCompletedSilent = trouble.strikes("completed orders never answered");
  }

  get isDown(): boolean {
    return !this.trouble.isOver && this.truth.now < this.#downUntil;
  }

  get isLinkCut(): boolean {
    return this.truth.now < this.#linkCutUntil;
  }

  /** What was kept has not all left yet: whoever connects now is told of the cut. */
  get isLinkUnsettled(): boolean {
    return this.truth.now < this.#linkCutUntil + resendMs;
  }

  get linkCutForMs(): number {
    return Math.max(0, this.#linkCutUntil - this.truth.now);
  }

  /** What it was given meanwhile leaves when the link is back. */
  cutLink(forMs: number): void {
    this.#linkCutUntil = instantFromMs(this.truth.now + forMs);
    this.truth.inMs(forMs + resendMs, () => this.#sendKept());
  }

  /** What it is given while its link is cut it keeps (C15). */
  keep(order: VenueOrderRequest): void {
    this.#kept.push(this.truth.onItsWay(order));
  }

  #sendKept(): void {
    if (this.isLinkCut) return;
    for (const arrive of this.#kept.splice(0)) arrive();
  }

  /** Somebody has its answer of what was executed today. */
  answeredForExecutions(): void {
    for (const { execId } of this.truth.venue.executions()) this.executionsKnowable.add(keyOf(execId));
  }

  /** It is away for some minutes, and may have forgotten the last order ids that it gave (C01). */
  restart(): void {
    const { draws } = this.trouble;
    this.generation += 1;
    this.#downUntil = instantFromMs(this.truth.now + draws.between(20_000, 600_000));
    if (this.trouble.strikes("order ids rolled back"))
      for (const [clientId, highest] of this.highestOrderIds)
        this.highestOrderIds.set(clientId, Math.max(0, highest - draws.whole(1, 4)));
  }

  /** A process is gone: its sockets are closed, at once or when the gateway notices (C06). */
  closeSocketsOf(clientIds: readonly number[]): void {
    const late = clientIds.length > 0 && this.trouble.strikes("client id freed late");
    for (const clientId of clientIds)
      if (late) {
        this.connectedClientIds.add(clientId);
        const { draws } = this.trouble;
        this.truth.inMs(draws.between(1000, 120_000), () => this.connectedClientIds.delete(clientId));
      }
  }
}

/** So long after its link is back the gateway passes on what it kept. */
const resendMs = 3000;

/** What a connection's faults need to know of the run that holds it. */
export interface Holder {
  readonly gateway: Gateway;
  readonly clock: Clock;
  readonly journal: Journal;
  /** The order's bytes leave now. */
  readonly onSend: (order: PlannedOrder) => void;
  /** An order's new terms leave now. */
  readonly onChange: (order: PlannedOrder) => void;
  /** Ends the process: the promise never settles. */
  readonly die: () => Promise<never>;
}
