import type { Instant } from "../../trading/instant.ts";
import type { Side } from "../../trading/side.ts";
import type { Refusal } from "./refusal.ts";

/** The fields of a message by name, as `fault-messages.ts` numbers them. */
export type NamedFields = Readonly<Record<string, string>>;

/** An order by hand: of client 0, with order id 0. */
export interface ForeignOrder {
  readonly symbol: string;
  readonly side: Side;
  readonly shares: number;
  readonly limitPrice?: number;
  /** The gateway's first one when not said. */
  readonly account?: string;
}

/** When a fault strikes. */
export interface Trigger {
  /**
   * A message by its name (placeOrder, execDetails, …), or a moment: "connect" (a socket was accepted), "start" (a client
   * introduced itself and was not answered yet), "ready" (it has been), "time" (`at` has come), "command" (the control port).
   */
  readonly on: string;
  /** Of "time": the simulated instant. */
  readonly at?: Instant;
  /** The first occasion at which it strikes, counted from 1 over all clients since the fault was armed. */
  readonly nth: number;
  /** At how many occasions from there on; Infinity is all of them. */
  readonly times: number;
  /** No more when so many seconds of the host's clock have passed since it first struck. */
  readonly forSeconds?: number;
  /** Only messages with these values; "symbol" and "clientId" can be asked of every message. */
  readonly where: NamedFields;
  /** Only once the fault of this name has struck. */
  readonly after?: string;
  /** No more once the fault of this name has struck. */
  readonly until?: string;
}

/** What goes wrong. */
export type Act =
  /** The message never arrives; everything else does. */
  | { readonly do: "lose" }
  /** It arrives again, `times` more, each time with these fields set. */
  | { readonly do: "repeat"; readonly times: number; readonly set: NamedFields }
  /** It arrives with its numbers multiplied, then these amounts added to them, and these fields set. A request is carried out so. */
  | {
      readonly do: "change";
      readonly set: NamedFields;
      readonly add: Readonly<Record<string, number>>;
      readonly multiply: Readonly<Record<string, number>>;
    }
  /** An order arrives, or is told, without its algorithm and that one's parameters. */
  | { readonly do: "drop-algorithm" }
  /** It arrives after so many of the messages that follow it. */
  | { readonly do: "hold"; readonly messages: number }
  /** It alone arrives so much later on the host's clock. */
  | { readonly do: "delay"; readonly milliseconds: number }
  /** The request is answered with this error ({name} in its text is the occasion's value) and not carried out; a client that starts is sent away with it. */
  | ({ readonly do: "reject" } & Refusal)
  /** This error comes on the request's id, and the request is carried out. */
  | ({ readonly do: "warn" } & Refusal)
  /** This message comes on no request (id −1), and all goes on. */
  | ({ readonly do: "notice" } & Refusal)
  /** These messages come, fields ended by "|", with {name} for the occasion's values; `instead` loses the occasion's own. */
  | { readonly do: "say"; readonly messages: readonly string[]; readonly instead: boolean }
  /** The connection ends before or after the message; `reset` ends it without a goodbye. */
  | { readonly do: "disconnect"; readonly when: "before" | "after"; readonly reset: boolean }
  /** From before this message on nothing is read or written, and nobody closes. */
  | { readonly do: "freeze" }
  /** The request waits, unanswered, until a fault releases it; it is carried out then even if its client has gone. */
  | { readonly do: "keep" }
  /** All requests that are kept are carried out, oldest first. */
  | { readonly do: "release" }
  /** An order that no client of ours sent: of a person at the screen, or of the broker. Without `limitPrice` a market order. */
  | ({ readonly do: "order" } & ForeignOrder)
  /** The quotes of this request are delayed ones; unless it is `silent`, error 10167 and market data type 3 say so. */
  | { readonly do: "delay-quotes"; readonly silent: boolean }
  /** Market data subscriptions of all clients are gone, in silence. */
  | { readonly do: "forget-quotes" }
  /**
   * All connections are reset. New ones are refused, for some seconds of the host's clock or so many times; each client's
   * next order id is lower by `rollBackIds` than it was.
   */
  | {
      readonly do: "restart";
      readonly downSeconds: number;
      readonly downConnections: number;
      readonly rollBackIds: number;
    };

/** One thing that goes wrong at one occasion. */
export interface Fault {
  /** What `after`, `until` and the control port call it. */
  readonly name?: string;
  readonly when: Trigger;
  readonly act: Act;
}

/** What a gateway is told to do wrong, and what that shows. */
export interface Scenario {
  readonly about: string;
  readonly faults: readonly Fault[];
}

/** A fault that strikes at its first occasion only, unless it says more. */
export function faultOn(on: string, act: Act, over: Partial<Trigger> = {}): Fault {
  return { when: { on, nth: 1, times: 1, where: {}, ...over }, act };
}
