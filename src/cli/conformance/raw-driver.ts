import { greeting, placeOrderMessage, type RawTwsClient } from "../../testing/raw-tws-client.ts";
import type { Driver } from "./driver.ts";
import type { AskedContract, AskedOrder, Heard, Requests } from "./step.ts";

/** Message id → kind of message and the names of its fields in their order at 178; "-" is passed over. */
const layouts: Readonly<Record<string, string>> = {
  1: "tick - reqId type value",
  2: "tick - reqId type value",
  3: "status orderId status filled remaining avgFillPrice permId parentId lastFillPrice clientId whyHeld",
  4: "error - id code text",
  6: "value - key value currency account",
  7: "portfolio - conId symbol secType - - - - primaryExch currency - - position marketPrice marketValue averageCost unrealizedPNL realizedPNL account",
  8: "accountTime - time",
  9: "nextId - orderId",
  11: "execution reqId orderId conId symbol secType - - - - exchange currency - - execId time acctNumber exchange side shares price permId clientId - cumQty avgPrice orderRef - - modelCode lastLiquidity",
  15: "accounts - list",
  45: "tick - reqId type value",
  46: "tick - reqId type value",
  49: "time - seconds",
  52: "detailsEnd - reqId",
  53: "ordersEnd",
  54: "valuesEnd - account",
  55: "executionsEnd - reqId",
  57: "snapshotEnd - reqId",
  58: "quoteType - reqId type",
  59: "commission - execId commission currency realizedPNL",
  61: "position - account conId symbol secType - - - - exchange currency - - position avgCost",
  62: "positionsEnd",
  63: "summary - reqId account tag value currency",
  64: "summaryEnd - reqId",
  71: "positionMulti - reqId account conId symbol secType - - - - exchange currency - - position avgCost modelCode",
  72: "positionsMultiEnd - reqId",
  73: "valueMulti - reqId account modelCode key value currency",
  74: "valuesMultiEnd - reqId",
  79: "symbols reqId count conId symbol secType primaryExch currency",
  88: "head reqId date",
  93: "rule ruleId count",
  94: "pnl reqId dailyPnL unrealizedPnL realizedPnL",
  95: "pnlSingle reqId position dailyPnL unrealizedPnL realizedPnL value",
  100: "bound permId clientId orderId",
  102: "completedEnd",
};

/** openOrder (5) up to its algorithm, and what follows it. */
const openOrderHead =
  "orderId conId symbol secType lastTradeDate strike right multiplier exchange currency localSymbol tradingClass " +
  "action totalQuantity orderType lmtPrice auxPrice tif ocaGroup account openClose origin orderRef clientId permId " +
  "outsideRth hidden discretionaryAmt goodAfterTime sharesAllocation faGroup faMethod faPercentage modelCode " +
  "goodTillDate rule80A percentOffset settlingFirm shortSaleSlot designatedLocation exemptCode auctionStrategy " +
  "startingPrice stockRefPrice delta stockRangeLower stockRangeUpper displaySize blockOrder sweepToFill allOrNone " +
  "minQty ocaType eTradeOnly firmQuoteOnly nbboPriceCap parentId triggerMethod volatility volatilityType " +
  "deltaNeutralOrderType deltaNeutralAuxPrice - - - - - - - - continuousUpdate referencePriceType trailStopPrice " +
  "trailingPercent basisPoints basisPointsType comboLegsDescrip comboLegs orderComboLegs smartRouting " +
  "scaleInitLevelSize scaleSubsLevelSize scalePriceIncrement hedgeType optOutSmartRouting clearingAccount " +
  "clearingIntent notHeld deltaNeutralContract";
const openOrderTail =
  "- whatIf status initMarginBefore - - initMarginChange maintMarginChange equityWithLoanChange initMarginAfter - - commission - - commissionCurrency warningText";

/** completedOrder (101): what a row looks at stands in its first part; its status is found by its words. */
const completedHead =
  "conId symbol secType - - - - exchange currency - - action totalQuantity orderType lmtPrice auxPrice tif ocaGroup account - - orderRef permId";

/** contractData (10) up to its security ids, and what follows them. */
const detailsHead =
  "reqId symbol secType - - - exchange currency localSymbol marketName tradingClass conId minTick multiplier orderTypes validExchanges priceMagnifier underConId longName primaryExch contractMonth industry category subcategory timeZoneId tradingHours liquidHours evRule evMultiplier";
const detailsTail =
  "aggGroup underSymbol underSecType marketRuleIds realExpirationDate stockType minSize sizeIncrement suggestedSizeIncrement";

const barNames = "date open high low close volume wap count";

/** A client of bytes at server version 178: it shares no code with the gateway and none with the libraries. */
export class RawDriver implements Driver {
  readonly heard: Heard[] = [];
  readonly #client: RawTwsClient;
  readonly #unread: () => readonly string[];
  readonly #timer: NodeJS.Timeout;
  readonly #clientId: number;
  #settling = 0;

  constructor(client: RawTwsClient, clientId: number) {
    this.#client = client;
    this.#clientId = clientId;
    client.socket.write(greeting("v100..178"));
    this.#unread = () => client.messages.splice(0);
    this.#timer = setInterval(() => this.#listen(), 1);
  }

  async settled(): Promise<void> {
    this.#settling += 1;
    this.#client.send("49|1|");
    while (this.#settling > 0) {
      if (this.#client.ended) throw new Error("the gateway closed");
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }

  end(): void {
    clearInterval(this.#timer);
    this.#client.socket.destroy();
  }

  #wasClosed = false;

  #listen(): void {
    for (const message of this.#unread()) {
      if (/^178\|\d{8} /.test(message)) this.#client.send(`71|2|${this.#clientId}||`);
      else if (this.#settling > 0 && message.startsWith("49|")) this.#settling -= 1;
      else this.heard.push(...readMessage(message));
    }
    if (this.#client.ended && !this.#wasClosed) {
      this.#wasClosed = true;
      this.heard.push({ kind: "closed" });
    }
  }

  readonly requests: Required<Driver["requests"]> = {
    place: (args) => this.#client.send(placeMessage(args)),
    cancel: ({ orderId }) => this.#client.send(`4|1|${orderId}||`),
    globalCancel: () => this.#client.send("58|1|"),
    openOrders: () => this.#client.send("5|1|"),
    allOpenOrders: () => this.#client.send("16|1|"),
    autoOpenOrders: ({ bind }) => this.#client.send(`15|1|${bind ? 1 : 0}|`),
    completedOrders: () => this.#client.send("99|0|"),
    executions: (args) => this.#client.send(executionsMessage(args)),
    positions: () => this.#client.send("61|1|"),
    cancelPositions: () => this.#client.send("64|1|"),
    positionsMulti: ({ reqId, account, modelCode = "" }) =>
      this.#client.send(`74|1|${reqId}|${account}|${modelCode}|`),
    cancelPositionsMulti: ({ reqId }) => this.#client.send(`75|1|${reqId}|`),
    updates: ({ subscribe, account }) => this.#client.send(`6|2|${subscribe ? 1 : 0}|${account}|`),
    updatesMulti: ({ reqId, account, modelCode = "" }) =>
      this.#client.send(`76|1|${reqId}|${account}|${modelCode}|1|`),
    cancelUpdatesMulti: ({ reqId }) => this.#client.send(`77|1|${reqId}|`),
    summary: ({ reqId, tags }) => this.#client.send(`62|1|${reqId}|All|${tags}|`),
    cancelSummary: ({ reqId }) => this.#client.send(`63|1|${reqId}|`),
    details: ({ reqId, ...contract }) => this.#client.send(`9|8|${reqId}|${contractText(contract)}0||||`),
    symbols: ({ reqId, pattern }) => this.#client.send(`81|${reqId}|${pattern}|`),
    rule: ({ ruleId }) => this.#client.send(`91|${ruleId}|`),
    quote: ({ reqId, snapshot, genericTicks = "", ...contract }) =>
      this.#client.send(`1|11|${reqId}|${contractText(contract)}0|${genericTicks}|${snapshot ? 1 : 0}|0||`),
    cancelQuote: ({ reqId }) => this.#client.send(`2|2|${reqId}|`),
    quoteType: ({ type }) => this.#client.send(`59|1|${type}|`),
    bars: (args) => this.#client.send(barsMessage(args)),
    cancelBars: ({ reqId }) => this.#client.send(`25|1|${reqId}|`),
    head: ({ reqId, whatToShow, ...contract }) =>
      this.#client.send(`87|${reqId}|${contractText(contract)}0|1|${whatToShow}|1|`),
    pnl: ({ reqId, account, modelCode = "" }) => this.#client.send(`92|${reqId}|${account}|${modelCode}|`),
    cancelPnl: ({ reqId }) => this.#client.send(`93|${reqId}|`),
    pnlSingle: ({ reqId, account, modelCode = "", conId }) =>
      this.#client.send(`94|${reqId}|${account}|${modelCode}|${conId}|`),
    cancelPnlSingle: ({ reqId }) => this.#client.send(`95|${reqId}|`),
    ids: () => this.#client.send("8|1|1|"),
    accounts: () => this.#client.send("17|1|"),
    time: () => this.#client.send("49|1|"),
    logLevel: ({ level }) => this.#client.send(`14|1|${level}|`),
  };
}

/** The twelve fields of a contract in a request. */
function contractText(contract: AskedContract): string {
  const { conId = 0, symbol = "", primaryExch = "" } = contract;
  const known = contract.symbol === undefined ? { secType: "", exchange: "", currency: "" } : stock;
  const { secType, exchange, currency } = { ...known, ...contract };
  return `${conId}|${symbol}|${secType}||0|||${exchange}|${primaryExch}|${currency}|||`;
}

const stock = { secType: "STK", exchange: "SMART", currency: "USD" };

function placeMessage({
  algoStrategy: strategy = "",
  algoParams = [],
  transmit = true,
  outsideRth,
  whatIf,
  ...fields
}: AskedOrder): string {
  const flags = { transmit: transmit ? 1 : 0, outsideRth: outsideRth ? 1 : 0, whatIf: whatIf ? 1 : 0 };
  const params = Object.fromEntries(algoParams.map(({ tag, value }) => [tag, value]));
  return placeOrderMessage({ ...stock, ...fields, ...flags }, { strategy, params });
}

function executionsMessage(asked: Requests["executions"]): string {
  const { reqId, clientId = "", acctCode = "", time = "", symbol = "" } = asked;
  const { secType = "", exchange = "", side = "" } = asked;
  return `7|3|${reqId}|${clientId}|${acctCode}|${time}|${symbol}|${secType}|${exchange}|${side}|`;
}

function barsMessage({
  reqId,
  barSize,
  duration,
  whatToShow,
  endDateTime,
  useRth,
  ...contract
}: Requests["bars"]): string {
  const until = endDateTime ?? "20220311 16:00:00 US/Eastern";
  return `20|${reqId}|${contractText(contract)}0|${until}|${barSize}|${duration}|${useRth === false ? 0 : 1}|${whatToShow}|1|0||`;
}

function readMessage(message: string): readonly Heard[] {
  const [id = "", ...fields] = message.split("|").slice(0, -1);
  if (id === "5") return [openOrder(fields)];
  if (id === "10") return [details(fields)];
  if (id === "17") return bars(fields);
  if (id === "101") return [{ kind: "completed", ...named(completedHead, fields), all: fields.join("|") }];
  const [kind = `message${id}`, ...names] = (layouts[id] ?? "").split(" ");
  if (kind === "") return [{ kind: `message${id}`, all: message }];
  const heard: Heard = { kind, ...namedBy(names, fields) };
  return [kind === "rule" ? { ...heard, steps: fields.slice(2).join(" ") } : heard];
}

function openOrder(fields: readonly string[]): Heard {
  const at = openOrderHead.split(" ").length;
  const algoStrategy = fields[at] ?? "";
  const algoFields = algoStrategy === "" ? 0 : 1 + 2 * Number(fields[at + 1]);
  const algo = fields.slice(at + 2, at + 1 + algoFields).join(" ");
  const rest = fields.slice(at + 1 + algoFields);
  return {
    kind: "order",
    ...named(openOrderHead, fields),
    algoStrategy,
    algo,
    ...named(openOrderTail, rest),
  };
}

function details(fields: readonly string[]): Heard {
  const at = detailsHead.split(" ").length;
  const rest = fields.slice(at + 1 + 2 * Number(fields[at]));
  return { kind: "details", ...named(detailsHead, fields), ...named(detailsTail, rest) };
}

function bars([reqId, , , , ...fields]: readonly string[]): readonly Heard[] {
  const width = barNames.split(" ").length;
  const count = fields.length / width;
  const each = Array.from({ length: count }, (_, at) => named(barNames, fields.slice(at * width)));
  return [...each.map((bar) => ({ kind: "bar", reqId, ...bar })), { kind: "barsEnd", reqId, count }];
}

function named(names: string, fields: readonly string[]): Readonly<Record<string, string>> {
  return namedBy(names.split(" "), fields);
}

function namedBy(names: readonly string[], fields: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(names.flatMap((name, at) => (name === "-" ? [] : [[name, fields[at] ?? ""]])));
}
