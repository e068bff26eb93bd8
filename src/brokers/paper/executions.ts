import type { Venue, VenueExecution } from "../../simulation/venue.ts";
import { type Client, refuse } from "./client.ts";
import { contractOf, tradingClassOf } from "./contract-lookup.ts";
import { decimalText, type FieldReader, javaDecimal, row, unsetDecimal } from "./fields.ts";
import { unreadable } from "./refusal.ts";
import { executionTime, readFilterTime } from "./wall-time.ts";

/** In place of a request id: the execution was not asked for, it just happened. */
export const unasked = -1;

/** reqExecutions (7): the day's executions that pass the filter, each with its commission, then the end. */
export function executions(venue: Venue, client: Client, reader: FieldReader): void {
  reader.skip("version");
  const requestId = reader.id("reqId");
  const clientId = reader.integer("clientId") ?? 0;
  const account = reader.text("acctCode");
  const sinceText = reader.text("time");
  const since = sinceText === "" ? undefined : readFilterTime(sinceText, venue.zone);
  const [symbol, secType] = [reader.text("symbol"), reader.text("secType")];
  const [exchange, side] = [reader.text("exchange"), reader.text("side").toUpperCase()];
  if (sinceText !== "" && since === undefined)
    return refuse(client, requestId, unreadable(`time is not yyyymmdd hh:mm:ss: "${sinceText}"`));
  const wanted = (execution: VenueExecution): boolean =>
    (clientId === 0 || execution.clientId === clientId) &&
    (account === "" || execution.account === account) &&
    (since === undefined || execution.executedAt >= since) &&
    (symbol === "" || contractOf(venue, execution.conId).symbol === symbol.toUpperCase()) &&
    (secType === "" || secType === "STK") &&
    (exchange === "" || exchange === execution.exchange) &&
    (side === "" || side.startsWith(execution.side === "buy" ? "B" : "S"));
  for (const execution of venue.executions().filter(wanted)) {
    sendExecution(venue, client, requestId, execution);
    sendCommission(client, execution);
  }
  client.send(55, 1, requestId);
}

/** execDetails (11) */
export function sendExecution(
  venue: Venue,
  client: Client,
  requestId: number,
  execution: VenueExecution,
): void {
  const contract = contractOf(venue, execution.conId);
  const { symbol, currency, conId } = contract;
  const { execId, account, exchange, price, permId, clientId } = execution;
  const at = executionTime(execution.executedAt, venue.zone, client.serverVersion);
  client.send(
    ...row(11, requestId, execution.orderId, conId, symbol, "STK", "", "0.0", "", "", exchange, currency),
    ...row(symbol, tradingClassOf(contract), execId, at, account, exchange, sideOfExecution(execution)),
    ...row(execution.shares, price, permId, clientId, 0, execution.cumulativeShares, execution.averagePrice),
    // Whether liquidity was added or taken is not simulated: 0 is "none told".
    ...row(execution.orderRef, "", "", execution.modelCode, 0, ...(client.serverVersion >= 178 ? [0] : [])),
  );
}

function sideOfExecution({ side }: VenueExecution): string {
  return side === "buy" ? "BOT" : "SLD";
}

/** commissionReport (59): joined to its execution by the execution's id alone. */
export function sendCommission(client: Client, execution: VenueExecution): void {
  const realizedPnl = execution.realizedPnl === undefined ? unsetDecimal : decimalText(execution.realizedPnl);
  const { execId, commission, commissionCurrency } = execution;
  client.send(59, 1, execId, javaDecimal(commission), commissionCurrency, realizedPnl, unsetDecimal, "");
}
