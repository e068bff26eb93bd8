import type { Venue } from "../../simulation/venue.ts";
import type { Accounts } from "./account.ts";
import { type Client, noId, refuse } from "./client.ts";
import { contractDetails, marketRule } from "./contracts.ts";
import { executions } from "./executions.ts";
import { type FieldReader, MalformedRequest } from "./fields.ts";
import type { Historical } from "./historical.ts";
import type { MarketData } from "./market-data.ts";
import { matchingSymbols } from "./matching-symbols.ts";
import type { OrderIds } from "./order-ids.ts";
import type { Orders } from "./orders.ts";
import type { ProfitAndLoss } from "./pnl.ts";
import { unprocessable, unreadable } from "./refusal.ts";

/** What answers requests. */
export interface Desk {
  readonly venue: Venue;
  readonly ids: OrderIds;
  readonly orders: Orders;
  readonly accounts: Accounts;
  readonly marketData: MarketData;
  readonly historical: Historical;
  readonly pnl: ProfitAndLoss;
}

type Handler = (desk: Desk, client: Client, reader: FieldReader) => void;

/** Message id → who answers. */
const handlers: ReadonlyMap<number, Handler> = new Map<number, Handler>([
  [1, (desk, client, reader) => desk.marketData.request(client, reader)],
  [2, (desk, client, reader) => desk.marketData.cancel(client, reader)],
  [3, (desk, client, reader) => desk.orders.place(client, reader)],
  [4, (desk, client, reader) => desk.orders.cancel(client, reader)],
  [5, (desk, client) => desk.orders.openOrders(client)],
  [6, (desk, client, reader) => desk.accounts.updates(client, reader)],
  [7, (desk, client, reader) => executions(desk.venue, client, reader)],
  [8, (desk, client) => client.send(9, 1, desk.ids.next(client.clientId))],
  [9, (desk, client, reader) => contractDetails(desk.venue, client, reader)],
  // How much the gateway writes to its own log: nothing to answer, nothing to change here.
  [14, () => {}],
  [15, (desk, client, reader) => desk.orders.bindManualOrders(client, reader)],
  [16, (desk, client) => desk.orders.allOpenOrders(client)],
  [17, (desk, client) => client.send(15, 1, desk.venue.accounts.join(","))],
  [20, (desk, client, reader) => desk.historical.request(client, reader)],
  [25, (desk, client, reader) => desk.historical.cancel(client, reader)],
  [49, (desk, client) => client.send(49, 1, Math.floor(desk.venue.now() / 1000))],
  [58, (desk) => desk.orders.cancelAll()],
  [59, (desk, client, reader) => desk.marketData.requestType(client, reader)],
  [61, (desk, client) => desk.accounts.positions(client)],
  [62, (desk, client, reader) => desk.accounts.summary(client, reader)],
  [63, (desk, client, reader) => desk.accounts.cancelSummary(client, reader)],
  [64, (desk, client) => desk.accounts.cancelPositions(client)],
  [74, (desk, client, reader) => desk.accounts.positionsMulti(client, reader)],
  [75, (desk, client, reader) => desk.accounts.cancelPositionsMulti(client, reader)],
  [76, (desk, client, reader) => desk.accounts.updatesMulti(client, reader)],
  [77, (desk, client, reader) => desk.accounts.cancelUpdatesMulti(client, reader)],
  [81, (desk, client, reader) => matchingSymbols(desk.venue, client, reader)],
  [87, (desk, client, reader) => desk.historical.headTimestamp(client, reader)],
  // Head timestamps are answered at once and leave nothing to cancel.
  [90, () => {}],
  [91, (desk, client, reader) => marketRule(desk.venue, client, reader)],
  [92, (desk, client, reader) => desk.pnl.account(client, reader)],
  [93, (desk, client, reader) => desk.pnl.cancel(client, reader)],
  [94, (desk, client, reader) => desk.pnl.single(client, reader)],
  [95, (desk, client, reader) => desk.pnl.cancel(client, reader)],
  [99, (desk, client, reader) => desk.orders.completedOrders(client, reader)],
]);

/** Numbers of the requests that are carried out. */
export const handledRequests: readonly number[] = [...handlers.keys()];

/** Requests of the protocol that are not imitated, with what stands before their request id. */
const notImitated: ReadonlyMap<number, { readonly name: string; readonly fieldsBeforeId: number }> = new Map([
  [10, { name: "market depth", fieldsBeforeId: 1 }],
  [21, { name: "exercising options", fieldsBeforeId: 1 }],
  [22, { name: "market scanners", fieldsBeforeId: 0 }],
  [50, { name: "real-time bars", fieldsBeforeId: 1 }],
  [52, { name: "fundamental data", fieldsBeforeId: 1 }],
  [54, { name: "implied volatility", fieldsBeforeId: 1 }],
  [55, { name: "option prices", fieldsBeforeId: 1 }],
  [78, { name: "option chains", fieldsBeforeId: 0 }],
  [88, { name: "histograms", fieldsBeforeId: 0 }],
  [96, { name: "historical ticks", fieldsBeforeId: 0 }],
  [97, { name: "tick-by-tick data", fieldsBeforeId: 0 }],
]);

/** Answers one request. Whatever cannot be answered is refused: no request goes without a word. */
export function answer(desk: Desk, client: Client, messageId: number, reader: FieldReader): void {
  const handler = handlers.get(messageId);
  if (!handler) return refuseUnknown(client, messageId, reader);
  try {
    handler(desk, client, reader);
  } catch (error) {
    if (!(error instanceof MalformedRequest)) throw error;
    refuse(client, reader.requestId ?? noId, unreadable(`Message ${messageId}: ${error.message}`));
  }
}

function refuseUnknown(client: Client, messageId: number, reader: FieldReader): void {
  const known = notImitated.get(messageId);
  const [, ...fields] = reader.all;
  const requestId = known ? Number(fields[known.fieldsBeforeId] || Number.NaN) : Number.NaN;
  const id = Number.isSafeInteger(requestId) ? requestId : noId;
  const what = known?.name ?? `message ${messageId}`;
  refuse(client, id, unprocessable(`The paper gateway does not imitate ${what} yet`));
}
