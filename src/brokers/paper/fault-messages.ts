/** A message as scenarios name it: its number, who says it, and where its named fields stand (the number is field 0). */
export interface MessageLayout {
  readonly id: number;
  readonly from: "client" | "gateway";
  readonly at: ReadonlyMap<string, number>;
}

/** Names of the fields from number 1 on; "-" is one without a name. */
function layout(from: "client" | "gateway", id: number, fields: string): MessageLayout {
  const names = fields.split(" ").map((name, index) => [name, index + 1] as const);
  return { id, from, at: new Map(names.filter(([name]) => name !== "-" && name !== "")) };
}

const asked = (id: number, fields = "version"): MessageLayout => layout("client", id, fields);
const told = (id: number, fields = "version"): MessageLayout => layout("gateway", id, fields);

/** Twelve fields of a contract in a request. */
const contract =
  "conId symbol secType expiry strike right multiplier exchange primaryExchange currency localSymbol tradingClass";
/** Those of a contract in an answer that names one exchange. */
const listing =
  "conId symbol secType expiry strike right multiplier exchange currency localSymbol tradingClass";

/** Every message that a scenario can name. */
export const messageLayouts: ReadonlyMap<string, MessageLayout> = new Map([
  ["reqMktData", asked(1, `version reqId ${contract}`)],
  ["cancelMktData", asked(2, "version reqId")],
  [
    "placeOrder",
    asked(
      3,
      `orderId ${contract} secIdType secId action shares orderType limitPrice auxPrice timeInForce ocaGroup account - - orderRef transmit parentId`,
    ),
  ],
  ["cancelOrder", asked(4, "version orderId")],
  ["reqOpenOrders", asked(5)],
  ["reqAccountUpdates", asked(6, "version subscribe account")],
  ["reqExecutions", asked(7, "version reqId filterClientId account")],
  ["reqIds", asked(8)],
  ["reqContractDetails", asked(9, `version reqId ${contract}`)],
  ["reqAutoOpenOrders", asked(15)],
  ["reqAllOpenOrders", asked(16)],
  ["reqManagedAccts", asked(17)],
  ["reqHistoricalData", asked(20, `reqId ${contract}`)],
  ["reqCurrentTime", asked(49)],
  ["reqGlobalCancel", asked(58)],
  ["reqMarketDataType", asked(59, "version type")],
  ["reqPositions", asked(61)],
  ["reqAccountSummary", asked(62, "version reqId group tags")],
  ["reqPositionsMulti", asked(74, "version reqId account")],
  ["reqAccountUpdatesMulti", asked(76, "version reqId account")],
  ["reqMatchingSymbols", asked(81, "reqId pattern")],
  ["reqHeadTimestamp", asked(87, `reqId ${contract}`)],
  ["reqMarketRule", asked(91, "ruleId")],
  ["reqPnL", asked(92, "reqId account")],
  ["reqPnLSingle", asked(94, "reqId account model conId")],
  ["reqCompletedOrders", asked(99, "apiOnly")],

  ["tickPrice", told(1, "version reqId type price size")],
  ["tickSize", told(2, "version reqId type size")],
  [
    "orderStatus",
    told(
      3,
      "orderId status filled remaining averagePrice permId parentId lastFillPrice ownerId whyHeld marketCapPrice",
    ),
  ],
  ["error", told(4, "version id code text")],
  [
    "openOrder",
    told(
      5,
      `orderId ${listing} action shares orderType limitPrice auxPrice timeInForce ocaGroup account - - orderRef ownerId permId`,
    ),
  ],
  ["updateAccountValue", told(6, "version key value currency account")],
  [
    "updatePortfolio",
    told(
      7,
      "version conId symbol secType expiry strike right multiplier primaryExchange currency localSymbol tradingClass position marketPrice marketValue averageCost unrealizedPnl realizedPnl account",
    ),
  ],
  ["updateAccountTime", told(8, "version time")],
  ["nextValidId", told(9, "version orderId")],
  // As from server version 164 on.
  [
    "contractDetails",
    told(
      10,
      "reqId symbol secType expiry strike right exchange currency localSymbol marketName tradingClass conId minTick",
    ),
  ],
  [
    "execDetails",
    told(
      11,
      `reqId orderId ${listing} execId time account exchange side shares price permId ownerId liquidation cumulativeShares averagePrice orderRef`,
    ),
  ],
  ["managedAccounts", told(15, "version accounts")],
  ["historicalData", told(17, "reqId")],
  ["tickGeneric", told(45, "version reqId type value")],
  ["tickString", told(46, "version reqId type value")],
  ["currentTime", told(49, "version time")],
  ["contractDetailsEnd", told(52, "version reqId")],
  ["openOrderEnd", told(53)],
  ["accountDownloadEnd", told(54, "version account")],
  ["execDetailsEnd", told(55, "version reqId")],
  ["tickSnapshotEnd", told(57, "version reqId")],
  ["marketDataType", told(58, "version reqId type")],
  ["commissionReport", told(59, "version execId commission currency realizedPnl")],
  ["position", told(61, `version account ${listing} position averageCost`)],
  ["positionEnd", told(62)],
  ["accountSummary", told(63, "version reqId account tag value currency")],
  ["accountSummaryEnd", told(64, "version reqId")],
  ["positionMulti", told(71, `version reqId account ${listing} position averageCost`)],
  ["positionMultiEnd", told(72, "version reqId")],
  ["accountUpdateMulti", told(73, "version reqId account model key value currency")],
  ["accountUpdateMultiEnd", told(74, "version reqId")],
  ["marketRule", told(93, "ruleId")],
  ["pnl", told(94, "reqId daily unrealized realized")],
  ["pnlSingle", told(95, "reqId position daily unrealized realized value")],
  ["completedOrder", told(101, listing)],
  ["completedOrdersEnd", told(102, "")],
]);

const byNumber = {
  client: numbered("client"),
  gateway: numbered("gateway"),
};

function numbered(from: "client" | "gateway"): ReadonlyMap<string, string> {
  const named = [...messageLayouts].filter(([, { from: who }]) => who === from);
  return new Map(named.map(([name, { id }]) => [String(id), name]));
}

/** The name of a message, undefined for one that scenarios cannot name. */
export function messageName(from: "client" | "gateway", fields: readonly string[]): string | undefined {
  return byNumber[from].get(fields[0] ?? "");
}

/** The named values of a message. */
export function namedValues(name: string, fields: readonly string[]): Record<string, string> {
  const at = messageLayouts.get(name)?.at ?? new Map<string, number>();
  return Object.fromEntries([...at].map(([field, index]) => [field, fields[index] ?? ""]));
}

/** The message with some of its named fields set. Throws RangeError for a name that it does not have. */
export function withValues(
  name: string,
  fields: readonly string[],
  set: Readonly<Record<string, string>>,
): readonly string[] {
  const changed = [...fields];
  for (const [field, value] of Object.entries(set)) {
    const index = messageLayouts.get(name)?.at.get(field);
    if (index === undefined) throw new RangeError(`${name} has no field ${field}`);
    changed[index] = value;
  }
  return changed;
}
