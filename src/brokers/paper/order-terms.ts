import type {
  Venue,
  VenueOrderRequest,
  VenueOrderType,
  VenueTimeInForce,
  VenueTrigger,
} from "../../simulation/venue.ts";
import type { Instant } from "../../trading/instant.ts";
import type { OrderRequest } from "./order-request.ts";
import { invalid, type Refusal, refusals, rejected } from "./refusal.ts";
import { readGoodTill } from "./wall-time.ts";

type Terms = Pick<
  VenueOrderRequest,
  | "orderType"
  | "limitPrice"
  | "timeInForce"
  | "goodTillAt"
  | "tradesExtendedHours"
  | "stopPrice"
  | "triggeredBy"
  | "trailAmount"
  | "trailPercent"
  | "trailStopPrice"
  | "limitOffset"
>;

const orderTypes: ReadonlySet<string> = new Set<VenueOrderType>([
  "LMT",
  "MKT",
  "STP",
  "STP LMT",
  "TRAIL",
  "TRAIL LIMIT",
  "MIDPRICE",
  "MOC",
  "LOC",
]);
const timesInForce: ReadonlySet<string> = new Set<VenueTimeInForce>([
  "DAY",
  "GTC",
  "GTD",
  "IOC",
  "FOK",
  "OPG",
]);
/** IB's trigger methods that a stop of a stock can have; 0 is the default. */
const triggers: ReadonlyMap<number, VenueTrigger> = new Map([
  [0, "last"],
  [2, "last"],
  [4, "bid or ask"],
  [7, "last or bid or ask"],
  [8, "midpoint"],
]);
/** Types that IB lets trade outside regular hours. */
const extendedTypes: ReadonlySet<string> = new Set(["LMT", "STP", "STP LMT", "TRAIL", "TRAIL LIMIT"]);

/** When and at which prices the order may trade, or the first refusal that it deserves. */
export function orderTerms(
  venue: Venue,
  request: OrderRequest,
): { readonly terms: Terms } | { readonly refusal: Refusal } {
  const orderType = request.orderType.replace("TRAILLMT", "TRAIL LIMIT").replace("STPLMT", "STP LMT");
  const timeInForce = request.timeInForce || "DAY";
  if (!isOrderType(orderType)) return { refusal: refusals.unsupportedOrderType };
  if (!isTimeInForce(timeInForce)) return { refusal: invalid(`Invalid time in force: ${timeInForce}`) };
  const tifRefusal = judgeTimeInForce(orderType, timeInForce);
  if (tifRefusal) return { refusal: tifRefusal };
  const goodTillAt = timeInForce === "GTD" ? readGoodTill(request.goodTillDate, venue.zone) : undefined;
  if (timeInForce === "GTD" && (goodTillAt === undefined || goodTillAt <= venue.now()))
    return { refusal: rejected(`the good-till date is no time to come: "${request.goodTillDate}"`) };
  const priceRefusal = judgePrices(orderType, request);
  if (priceRefusal) return { refusal: priceRefusal };
  return {
    terms: {
      ...pricesOf(orderType, request),
      orderType,
      timeInForce,
      ...hours(orderType, request, goodTillAt),
    },
  };
}

function hours(
  orderType: VenueOrderType,
  request: OrderRequest,
  goodTillAt: Instant | undefined,
): Pick<Terms, "goodTillAt" | "tradesExtendedHours"> {
  const tradesExtendedHours = request.outsideRth && isForExtendedHours(orderType, request.timeInForce);
  return { goodTillAt, tradesExtendedHours };
}

/** Can "outside regular hours" mean anything for it? Else the real gateway ignores the attribute and says so. */
export function isForExtendedHours(orderType: string, timeInForce: string): boolean {
  return extendedTypes.has(orderType) && timeInForce !== "OPG";
}

function judgeTimeInForce(orderType: VenueOrderType, timeInForce: VenueTimeInForce): Refusal | undefined {
  if (orderType === "MOC" || orderType === "LOC")
    return timeInForce === "DAY" ? undefined : refusals.tifForClose;
  const isAuction = timeInForce === "OPG";
  if (isAuction) return orderType === "LMT" || orderType === "MKT" ? undefined : refusals.tifNotForType;
  const isImmediate = timeInForce === "IOC" || timeInForce === "FOK";
  if (isImmediate) return orderType === "LMT" || orderType === "MKT" ? undefined : refusals.tifNotForType;
  return orderType === "MIDPRICE" && timeInForce !== "DAY" ? refusals.tifNotForType : undefined;
}

function judgePrices(orderType: VenueOrderType, request: OrderRequest): Refusal | undefined {
  const { limitPrice, auxPrice, trailingPercent, trailStopPrice, limitOffset } = request;
  if (/^(LMT|STP LMT|LOC)$/.test(orderType) && !isPositive(limitPrice))
    return invalid("A limit order needs a limit price above zero");
  if (orderType.startsWith("STP") && !isPositive(auxPrice))
    return invalid("A stop order needs a stop price above zero");
  if (orderType.startsWith("STP") && !triggers.has(request.triggerMethod))
    return rejected(`the paper gateway does not imitate trigger method ${request.triggerMethod}`);
  if (!orderType.startsWith("TRAIL")) return undefined;
  if (isPositive(auxPrice) === isPositive(trailingPercent))
    return invalid("A trailing order needs either a trailing amount or a trailing percentage");
  if (orderType === "TRAIL") return undefined;
  if (isPositive(limitPrice) && limitOffset === undefined && isPositive(trailStopPrice)) return undefined;
  return limitOffset !== undefined && !isPositive(limitPrice)
    ? undefined
    : invalid(
        "A trailing limit order needs either a limit price with a trailing stop price, or a limit offset",
      );
}

function pricesOf(
  orderType: VenueOrderType,
  request: OrderRequest,
): Omit<Terms, "orderType" | "timeInForce" | "goodTillAt" | "tradesExtendedHours"> {
  const hasLimit =
    /^(LMT|STP LMT|LOC|MIDPRICE|TRAIL LIMIT)$/.test(orderType) && isPositive(request.limitPrice);
  const limitPrice = hasLimit ? request.limitPrice : undefined;
  if (!/^(STP|TRAIL)/.test(orderType)) return { limitPrice };
  const triggeredBy = triggers.get(request.triggerMethod);
  if (orderType.startsWith("STP")) return { limitPrice, stopPrice: request.auxPrice, triggeredBy };
  const trailStopPrice = isPositive(request.trailStopPrice) ? request.trailStopPrice : undefined;
  return {
    limitPrice,
    triggeredBy,
    trailStopPrice,
    ...(isPositive(request.auxPrice)
      ? { trailAmount: request.auxPrice }
      : { trailPercent: request.trailingPercent }),
    ...(orderType === "TRAIL LIMIT" && { limitOffset: offsetOf(request) }),
  };
}

/** Said, or the distance between the first limit and the first stop. */
function offsetOf({ limitOffset, limitPrice, trailStopPrice, action }: OrderRequest): number | undefined {
  if (limitOffset !== undefined) return limitOffset;
  if (limitPrice === undefined || trailStopPrice === undefined) return undefined;
  return Number((action === "SELL" ? trailStopPrice - limitPrice : limitPrice - trailStopPrice).toFixed(8));
}

function isPositive(price: number | undefined): price is number {
  return price !== undefined && price > 0;
}
function isOrderType(text: string): text is VenueOrderType {
  return orderTypes.has(text);
}
function isTimeInForce(text: string): text is VenueTimeInForce {
  return timesInForce.has(text);
}
