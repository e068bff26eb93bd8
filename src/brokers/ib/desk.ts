import type { Clock, Journal } from "../../ports.ts";
import type { AccountBook } from "./account.ts";
import type { Connection } from "./connection.ts";
import type { OrderBook } from "./order-book.ts";

/** What every request of one connection works with. */
export interface Desk {
  readonly connection: Connection;
  readonly orders: OrderBook;
  readonly accountBook: AccountBook;
  readonly account: string;
  readonly clock: Clock;
  readonly journal: Journal;
  /** How long one request is waited for, in real time. */
  readonly deadlineSeconds: number;
  /** A snapshot takes up to eleven seconds, so its deadline is its own (D02). */
  readonly quoteDeadlineSeconds: number;
  readonly marketDataLines: number;
}
