import type { Venue, VenueContract, VenueOrderRequest } from "../../simulation/venue.ts";
import type { Side } from "../../trading/side.ts";
import { onlyContract } from "./contract-lookup.ts";
import type { OrderRequest } from "./order-request.ts";
import { algoAttributes, invalid, type Refusal, refusals, rejected } from "./refusal.ts";

/**
 * Turns a request of the wire into an order for the venue, or into the first refusal that it deserves. What would trade
 * differently from what the client asked for is refused: an attribute is never dropped in silence.
 */
export function judgeOrder(
  venue: Venue,
  clientId: number,
  request: OrderRequest,
): { readonly order: VenueOrderRequest; readonly contract: VenueContract } | { readonly refusal: Refusal } {
  const found = onlyContract(venue, request.contract);
  if ("refusal" in found) return found;
  const { contract } = found;
  const side = sides.get(request.action);
  const account = request.account || (venue.accounts.length === 1 ? venue.accounts[0] : undefined);
  const shares = request.shares ?? 0;
  const orderType = request.orderType;
  if (request.whatIf) return refused(rejected("the paper gateway does not preview orders (what-if) yet"));
  if (side === undefined) return refused(invalid(`The side is neither BUY nor SELL: "${request.action}"`));
  if (account === undefined) return refused(refusals.accountNeeded);
  if (!venue.accounts.includes(account)) return refused(invalid(`Invalid account code '${account}'.`));
  if (shares === 0) return refused(refusals.sizeZero);
  if (shares < 0) return refused(invalid(`The order size cannot be negative: ${shares}`));
  if (!Number.isSafeInteger(shares)) return refused(refusals.fractionalSize);
  if (orderType !== "LMT" && orderType !== "MKT") return refused(refusals.unsupportedOrderType);
  const limitPrice = orderType === "LMT" ? request.limitPrice : undefined;
  if (orderType === "LMT" && !(limitPrice !== undefined && limitPrice > 0))
    return refused(invalid("A limit order needs a limit price above zero"));
  const timeInForce = request.timeInForce || "DAY";
  if (timeInForce !== "DAY" && timeInForce !== "GTC")
    return refused(rejected(`the paper gateway knows DAY and GTC, not ${timeInForce}`));
  if (request.contract.exchange === "") return refused(invalid("Please enter exchange"));
  if (request.contract.exchange.toUpperCase() !== "SMART")
    return refused(rejected("the paper gateway routes by SMART only"));
  if (request.notImitated.length > 0)
    return refused(rejected(`the paper gateway does not imitate ${request.notImitated.join(", ")}`));
  const algoRefusal = judgeAlgo(request);
  if (algoRefusal) return refused(algoRefusal);
  return {
    contract,
    order: {
      account,
      clientId,
      orderId: request.orderId,
      orderRef: request.orderRef,
      conId: contract.conId,
      side,
      shares,
      orderType,
      limitPrice,
      timeInForce,
      algoStrategy: request.algoStrategy,
      algoParams: request.algoParams,
    },
  };
}

const sides: ReadonlyMap<string, Side> = new Map([
  ["BUY", "buy"],
  ["SELL", "sell"],
]);

/** Adaptive takes one attribute of three values; there is no other algorithm here. */
function judgeAlgo({ algoStrategy, algoParams, timeInForce }: OrderRequest): Refusal | undefined {
  if (algoStrategy === "") return undefined;
  if (algoStrategy !== "Adaptive") return refusals.unknownAlgo;
  if (timeInForce !== "" && timeInForce !== "DAY") return refusals.algoNotHere;
  const [param, ...others] = algoParams;
  if (param?.tag !== "adaptivePriority" || others.length > 0)
    return algoAttributes("Adaptive takes adaptivePriority and nothing else");
  if (!/^(Urgent|Normal|Patient)$/.test(param.value))
    return algoAttributes(`adaptivePriority is none of Urgent, Normal, Patient: ${param.value}`);
  return undefined;
}

function refused(refusal: Refusal): { readonly refusal: Refusal } {
  return { refusal };
}
