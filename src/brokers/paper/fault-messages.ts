/** A message as scenarios name it: its number, who says it, and where its named fields stand (the number is field 0). */
export interface MessageLayout {
  readonly id: number;
  readonly from: "client" | "gateway";
  readonly at: ReadonlyMap<string, number>;
  /** Of openOrder: fields by their distance from the order's status, which stands behind an algorithm of any length. */
  readonly fromStatus: ReadonlyMap<string, number>;
}

/** What openOrder tells of an order's state; whatIf stands before the status. */
const orderState =
  "whatIf status initialMarginBefore maintenanceMarginBefore equityBefore initialMarginChange maintenanceMarginChange equityChange initialMarginAfter maintenanceMarginAfter equityAfter commission commissionMin commissionMax commissionCurrency warning";
const statuses = /^(PendingSubmit|PreSubmitted|Submitted|PendingCancel|Cancelled|Filled|Inactive)$/;
/** No status stands before this field: what stands there may be any text. */
const statusNotBefore = 60;

/** Names of the fields from number 1 on; "-" is one without a name. */
function layout(from: "client" | "gateway", id: number, fields: string): MessageLayout {
  const names = fields.split(" ").map((name, index) => [name, index + 1] as const);
  return {
    id,
    from,
    at: new Map(names.filter(([name]) => name !== "-" && name !== "")),
    fromStatus:
      from === "gateway" && id === 5
        ? new Map(orderState.split(" ").map((name, index) => [name, index - 1]))
        : new Map(),
  };
}

const asked = (id: number, fields = "version"): MessageLayout => layout("client", id, fields);
const told = (id: number, fields = "version"): MessageLayout => layout("gateway", id, fields);

/** Twelve fields of a contract in a request. */
const contract =
  "conId symbol secType expiry strike right multiplier exchange primaryExchange currency localSymbol tradingClass";
/** Those of a contract in an answer that names one exchange. */
const listing =
  "conId symbol secType expiry strike right multiplier exchange currency localSymbol tradingClass";

/** Contract details up to the smallest increment, and behind it. */
const details =
  "symbol secType expiry strike right exchange currency localSymbol marketName tradingClass conId";
const moreDetails =
  "- orderTypes validExchanges - - longName primaryExchange - - - - timeZone tradingHours liquidHours";
/** As before server version 164. */
const oldContractDetails = told(10, `version reqId ${details} minTick - ${moreDetails}`);

/** Every message that a scenario can name. */
export const messageLayouts: ReadonlyMap<string, MessageLayout> = new Map([
  ["reqMktData", asked(1, `version reqId ${contract} deltaNeutral genericTicks snapshot`)],
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
  ["setServerLogLevel", asked(14, "version level")],
  ["reqManagedAccts", asked(17)],
  ["reqHistoricalData", asked(20, `reqId ${contract}`)],
  ["cancelHistoricalData", asked(25, "version reqId")],
  ["reqCurrentTime", asked(49)],
  ["reqGlobalCancel", asked(58)],
  ["reqMarketDataType", asked(59, "version type")],
  ["reqPositions", asked(61)],
  ["reqAccountSummary", asked(62, "version reqId group tags")],
  ["cancelAccountSummary", asked(63, "version reqId")],
  ["cancelPositions", asked(64)],
  ["cancelPositionsMulti", asked(75, "version reqId")],
  ["cancelAccountUpdatesMulti", asked(77, "version reqId")],
  ["reqPositionsMulti", asked(74, "version reqId account")],
  ["reqAccountUpdatesMulti", asked(76, "version reqId account")],
  ["reqMatchingSymbols", asked(81, "reqId pattern")],
  ["reqHeadTimestamp", asked(87, `reqId ${contract}`)],
  ["reqMarketRule", asked(91, "ruleId")],
  ["reqPnL", asked(92, "reqId account")],
  ["reqPnLSingle", asked(94, "reqId account model conId")],
  ["cancelHeadTimestamp", asked(90, "reqId")],
  ["cancelPnL", asked(93, "reqId")],
  ["cancelPnLSingle", asked(95, "reqId")],
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
  ["contractDetails", told(10, `reqId ${details} minTick ${moreDetails}`)],
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
  ["symbolSamples", told(79, "reqId")],
  ["tickReqParams", told(81, "reqId minTick exchanges snapshotPermissions")],
  ["headTimestamp", told(88, "reqId time")],
  ["historicalDataUpdate", told(90, "reqId trades time open close high low average volume")],
  ["orderBound", told(100, "permId clientId orderId")],
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

/** Names of all fields of a message; of an unknown one none. */
export function fieldNames(name: string): readonly string[] {
  const known = messageLayouts.get(name);
  return known ? [...known.at.keys(), ...known.fromStatus.keys()] : [];
}

/** The named values of a message. */
export function namedValues(name: string, fields: readonly string[]): Record<string, string> {
  return Object.fromEntries([...placesIn(name, fields)].map(([field, at]) => [field, fields[at] ?? ""]));
}

/** The message with some of its named fields set. Throws RangeError for a name that it does not have. */
export function withValues(
  name: string,
  fields: readonly string[],
  set: Readonly<Record<string, string>>,
): readonly string[] {
  const places = placesIn(name, fields);
  const changed = [...fields];
  for (const [field, value] of Object.entries(set)) {
    const at = places.get(field);
    if (at === undefined) throw new RangeError(`${name} has no field ${field}`);
    changed[at] = value;
  }
  return changed;
}

/** Where the named fields stand in this very message. */
function placesIn(name: string, fields: readonly string[]): ReadonlyMap<string, number> {
  const known = messageLayouts.get(name);
  if (!known) return new Map();
  if (name === "contractDetails" && isOldContract(fields)) return oldContractDetails.at;
  if (known.fromStatus.size === 0) return known.at;
  const status = fields.findIndex((field, index) => index >= statusNotBefore && statuses.test(field));
  return new Map([...known.at, ...[...known.fromStatus].map(([field, by]) => [field, status + by] as const)]);
}

/** Before 164 a version stands before the request's id, and moves the kind of security from field 3 to field 4. */
function isOldContract(fields: readonly string[]): boolean {
  return fields[1] === "8" && /^(STK|CASH)$/.test(fields[4] ?? "");
}
