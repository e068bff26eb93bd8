import type { OrderState as IbOrderState, Order } from "@stoqey/ib";
import type { NotSentReason } from "../../ports.ts";
import type { BrokerMessage } from "../../trading/broker-message.ts";
import { endsRequest, messageOf } from "./codes.ts";

/** What has come of one what-if. */
type Answer =
  | { readonly kind: "told"; readonly state: IbOrderState }
  | { readonly kind: "refused"; readonly message: BrokerMessage }
  /** It is, or was, an order at the broker: the words that gave it away. */
  | { readonly kind: "taken"; readonly detail: string };

interface Entry {
  answer: Answer | undefined;
  /** An answer with nothing in it came: a real one may follow (O44). */
  isEmpty: boolean;
}

/**
 * What-ifs of one connection by their order ids. They are none of the order book's business; but what the broker says of one
 * as if it were an order is noticed, because then it is one.
 */
export class PreviewBook {
  readonly #clientId: number;
  readonly #onTaken: (orderId: number) => void;
  readonly #entries = new Map<number, Entry>();

  /** `onTaken` hears, once for each, of a what-if that the broker has taken for an order. */
  constructor(clientId: number, onTaken: (orderId: number) => void) {
    this.#clientId = clientId;
    this.#onTaken = onTaken;
  }

  /** A what-if is about to be handed over. */
  expect(orderId: number): void {
    this.#entries.set(orderId, { answer: undefined, isEmpty: false });
  }

  /** Answers whether it was about a what-if, of whomever: then it is about no order. */
  hearOpenOrder(orderId: number, { clientId, whatIf, permId }: Order, state: IbOrderState): boolean {
    const entry = clientId === this.#clientId ? this.#entries.get(orderId) : undefined;
    if (whatIf !== true) {
      if (entry) this.#take(orderId, `listed as ${state.status}, number ${permId ?? 0}`);
      return false;
    }
    if (entry && hasMargins(state)) entry.answer ??= { kind: "told", state };
    else if (entry) entry.isEmpty = true;
    return true;
  }

  /** A what-if has no status; an order under its number has. */
  hearStatus(orderId: number, clientId: number, status: string): void {
    if (clientId === this.#clientId && this.#entries.has(orderId)) this.#take(orderId, `status ${status}`);
  }

  /** Answers whether it was about a what-if. */
  hearError(orderId: number, code: number, text: string): boolean {
    const entry = this.#entries.get(orderId);
    if (entry && endsRequest(code)) entry.answer ??= { kind: "refused", message: messageOf(code, text) };
    return entry !== undefined;
  }

  /** Why nothing more may be sent in this connection, once a what-if has become an order. */
  whyNothingMore(): NotSentReason | undefined {
    const [orderId] = [...this.#entries].find(([, { answer }]) => answer?.kind === "taken") ?? [];
    return orderId === undefined
      ? undefined
      : { code: 0, text: `Not sent: the broker took a question for an order (number ${orderId}).` };
  }

  answerOf(orderId: number): Answer | undefined {
    return this.#entries.get(orderId)?.answer;
  }

  /** Did an answer come that had no margins in it? */
  isEmpty(orderId: number): boolean {
    return this.#entries.get(orderId)?.isEmpty === true;
  }

  #take(orderId: number, detail: string): void {
    const isKnown = this.answerOf(orderId)?.kind === "taken";
    this.#entries.set(orderId, { answer: { kind: "taken", detail }, isEmpty: false });
    if (!isKnown) this.#onTaken(orderId);
  }
}

/** All six: without one of them there is no saying what the order takes. The package reads "unset" as undefined. */
export function hasMargins(state: IbOrderState): state is IbOrderState & ToldMargins {
  return marginFields.every((field) => Number.isFinite(state[field]));
}

const marginFields = [
  "initMarginBefore",
  "maintMarginBefore",
  "equityWithLoanBefore",
  "initMarginAfter",
  "maintMarginAfter",
  "equityWithLoanAfter",
] as const;

export type ToldMargins = { readonly [field in (typeof marginFields)[number]]: number };
