import { type ContractSpec, readContractSpec } from "./contract-lookup.ts";
import { type FieldReader, isUnset, MalformedRequest } from "./fields.ts";

/** placeOrder as it came over the wire, read but not yet judged. */
export interface OrderRequest {
  readonly orderId: number;
  readonly contract: ContractSpec;
  readonly action: string;
  readonly shares: number | undefined;
  readonly orderType: string;
  readonly limitPrice: number | undefined;
  /** auxPrice: the stop price of a stop, the distance of a trailing one. */
  readonly auxPrice: number | undefined;
  readonly timeInForce: string;
  readonly goodTillDate: string;
  readonly ocaGroup: string;
  readonly ocaType: number;
  readonly parentId: number;
  readonly modelCode: string;
  readonly triggerMethod: number;
  readonly trailStopPrice: number | undefined;
  readonly trailingPercent: number | undefined;
  readonly limitOffset: number | undefined;
  readonly account: string;
  readonly orderRef: string;
  readonly transmit: boolean;
  readonly outsideRth: boolean;
  readonly whatIf: boolean;
  readonly algoStrategy: string;
  readonly algoParams: readonly AlgoParam[];
  /** Names of what the client asked for that would change how the order trades and that is not imitated. */
  readonly notImitated: readonly string[];
}

export interface AlgoParam {
  readonly tag: string;
  readonly value: string;
}

/** Reads placeOrder (3) for the server versions we speak. Throws MalformedRequest when fields are missing or left over. */
export function readOrderRequest(reader: FieldReader, orderId: number, serverVersion: number): OrderRequest {
  const other = new OtherAttributes(reader);
  const contract = readContractSpec(reader);
  reader.skip("secIdType", "secId");
  const action = reader.text("action");
  const shares = reader.decimal("totalQuantity");
  const orderType = reader.text("orderType");
  const limitPrice = reader.decimal("lmtPrice");
  const auxPrice = reader.decimal("auxPrice");
  const timeInForce = reader.text("tif");
  const ocaGroup = reader.text("ocaGroup");
  const account = reader.text("account");
  reader.skip("openClose", "origin");
  const orderRef = reader.text("orderRef");
  const transmit = reader.flag("transmit");
  const parentId = reader.integer("parentId") ?? 0;
  other.effective("blockOrder", "sweepToFill", "displaySize");
  const triggerMethod = reader.integer("triggerMethod") ?? 0;
  const outsideRth = reader.flag("outsideRth");
  other.effective("hidden");
  if (contract.secType === "BAG") throw new MalformedRequest("combination orders are not imitated yet");
  const allocation = readAllocation(reader, other, serverVersion);
  const trail = readPriceAttributes(other, reader);
  const algoStrategy = reader.text("algoStrategy");
  const algoParams = algoStrategy === "" ? [] : readAlgoParams(reader);
  reader.skip("algoId");
  const whatIf = reader.flag("whatIf");
  const limitOffset = readTail(reader, other, { serverVersion, orderType, exchange: contract.exchange });
  if (reader.left > 0) throw new MalformedRequest(`${reader.left} fields too many in placeOrder`);
  return {
    orderId,
    contract,
    action,
    shares,
    orderType,
    limitPrice,
    auxPrice,
    timeInForce,
    ocaGroup,
    parentId,
    triggerMethod,
    limitOffset,
    ...allocation,
    ...trail,
    account,
    orderRef,
    transmit,
    outsideRth,
    whatIf,
    algoStrategy,
    algoParams,
    notImitated: other.asked,
  };
}

/** From the shares' allocation to the auction; the advisor's profile was taken out at 177. */
function readAllocation(
  reader: FieldReader,
  other: OtherAttributes,
  serverVersion: number,
): Pick<OrderRequest, "goodTillDate" | "modelCode" | "ocaType"> {
  reader.skip("sharesAllocation");
  other.effective("discretionaryAmount", "goodAfterTime");
  const goodTillDate = reader.text("goodTillDate");
  other.effective("faGroup", "faMethod", "faPercentage");
  if (serverVersion < 177) other.effective("faProfile");
  const modelCode = reader.text("modelCode");
  reader.skip("shortSaleSlot", "designatedLocation", "exemptCode");
  const ocaType = reader.integer("ocaType") ?? 0;
  reader.skip("rule80A", "settlingFirm");
  other.effective("allOrNone", "minQty", "percentOffset");
  reader.skip("eTradeOnly", "firmQuoteOnly", "nbboPriceCap", "auctionStrategy");
  other.effective("startingPrice", "stockRefPrice", "delta", "stockRangeLower", "stockRangeUpper");
  reader.skip("overridePercentageConstraints");
  return { goodTillDate, modelCode, ocaType };
}

/** From volatility to the delta-neutral contract, with the groups that are only there when a field before them is set. */
function readPriceAttributes(
  other: OtherAttributes,
  reader: FieldReader,
): Pick<OrderRequest, "trailStopPrice" | "trailingPercent"> {
  reader.skip("volatility", "volatilityType");
  const deltaNeutralOrderType = other.effective("deltaNeutralOrderType");
  reader.skip("deltaNeutralAuxPrice");
  if (deltaNeutralOrderType !== "")
    reader.skip(
      "conId",
      "settlingFirm",
      "clearingAccount",
      "clearingIntent",
      "openClose",
      "shortSale",
      "slot",
      "location",
    );
  reader.skip("continuousUpdate", "referencePriceType");
  const trailStopPrice = reader.decimal("trailStopPrice");
  const trailingPercent = reader.decimal("trailingPercent");
  other.effective("scaleInitLevelSize", "scaleSubsLevelSize");
  const scalePriceIncrement = other.effective("scalePriceIncrement");
  if (isSet(scalePriceIncrement))
    reader.skip(
      "adjustValue",
      "adjustInterval",
      "profitOffset",
      "autoReset",
      "position",
      "fillQty",
      "randomPercent",
    );
  other.effective("scaleTable", "activeStartTime", "activeStopTime");
  if (other.effective("hedgeType") !== "") reader.skip("hedgeParam");
  reader.skip("optOutSmartRouting", "clearingAccount", "clearingIntent", "notHeld");
  if (isSet(other.effective("deltaNeutralContract"))) reader.skip("conId", "delta", "price");
  return { trailStopPrice, trailingPercent };
}

function readAlgoParams(reader: FieldReader): readonly AlgoParam[] {
  const params: AlgoParam[] = [];
  const count = reader.id("algoParamsCount");
  for (let read = 0; read < count; read += 1)
    params.push({ tag: reader.text("algoParam tag"), value: reader.text("algoParam value") });
  return params;
}

interface TailShape {
  readonly serverVersion: number;
  readonly orderType: string;
  readonly exchange: string;
}

/**
 * From the miscellaneous options to the end, whose last fields came one by one with newer server versions. Answers with the
 * distance between the stop and the limit of a TRAIL LIMIT order.
 */
function readTail(reader: FieldReader, other: OtherAttributes, shape: TailShape): number | undefined {
  const since = (version: number): boolean => shape.serverVersion >= version;
  reader.skip("orderMiscOptions", "solicited");
  other.effective("randomizeSize", "randomizePrice");
  if (shape.orderType === "PEG BENCH") throw new MalformedRequest("PEG BENCH orders are not imitated yet");
  if (isSet(reader.text("conditionsCount")))
    throw new MalformedRequest("order conditions are not imitated yet");
  other.effective("adjustedOrderType", "triggerPrice");
  const limitOffset = reader.decimal("lmtPriceOffset");
  other.effective(
    "adjustedStopPrice",
    "adjustedStopLimitPrice",
    "adjustedTrailingAmount",
    "adjustableTrailingUnit",
  );
  reader.skip("extOperator", "softDollarTierName", "softDollarTierValue");
  other.effective("cashQty");
  reader.skip(
    "decisionMaker",
    "decisionAlgo",
    "executionTrader",
    "executionAlgo",
    "dontUseAutoPriceForHedge",
  );
  other.effective("isOmsContainer", "discretionaryUpToLimitPrice");
  reader.skip("usePriceMgmtAlgo");
  if (since(158)) other.effective("duration");
  if (since(160)) other.effective("postToAts");
  if (since(162)) other.effective("autoCancelParent");
  if (since(166)) reader.skip("advancedErrorOverride");
  if (since(169)) reader.skip("manualOrderTime");
  if (since(170) && shape.exchange === "IBKRATS") other.effective("minTradeQty");
  if (since(170) && /^PEG (BEST|MID)$/.test(shape.orderType))
    throw new MalformedRequest(`${shape.orderType} orders are not imitated yet`);
  return limitOffset;
}

/** Notes attributes that would change how an order trades: dropping one in silence would trade something else than was asked. */
class OtherAttributes {
  readonly asked: string[] = [];
  readonly #reader: FieldReader;

  constructor(reader: FieldReader) {
    this.#reader = reader;
  }

  /** Reads these fields, notes those that are set, and answers with the last one's text. */
  effective(...names: readonly string[]): string {
    let text = "";
    for (const name of names) {
      text = this.#reader.text(name);
      if (isSet(text)) this.asked.push(name);
    }
    return text;
  }
}

/** Clients print "no value" as nothing, as zero, as a largest number, or (of names) as "None". */
function isSet(text: string): boolean {
  return !isUnset(text) && !/^(-?0(\.0+)?|false|None)$/.test(text);
}
