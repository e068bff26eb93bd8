import type { Venue, VenueContract, VenueOrderRequest } from "../../simulation/venue.ts";
import type { Side } from "../../trading/side.ts";
import { algoSchedule } from "./algo-schedule.ts";
import { tradable } from "./currency-pairs.ts";
import { judgeAlgo } from "./judge-algo.ts";
import type { OrderRequest } from "./order-request.ts";
import { orderTerms } from "./order-terms.ts";
import { invalid, type Refusal, refusals, rejected } from "./refusal.ts";

/**
 * Turns a request of the wire into an order for the venue, or into the first refusal that it deserves. What would trade
 * differently from what the client asked for is refused: an attribute is never dropped in silence.
 */
export function judgeOrder(
  venue: Venue,
  clientId: number,
  request: OrderRequest,
): { readonly order: VenueOrderRequest; readonly contract: VenueContract } | { readonly refusal: Refusal } {
  const found = tradable(venue, request.contract);
  if ("refusal" in found) return found;
  const side = sides.get(request.action);
  const account = request.account || (venue.accounts.length === 1 ? venue.accounts[0] : undefined);
  const shares = request.shares ?? 0;
  if (side === undefined) return refused(invalid(`The side is neither BUY nor SELL: "${request.action}"`));
  if (account === undefined) return refused(refusals.accountNeeded);
  if (!venue.accounts.includes(account)) return refused(invalid(`Invalid account code '${account}'.`));
  if (shares === 0) return refused(refusals.sizeZero);
  if (shares < 0) return refused(invalid(`The order size cannot be negative: ${shares}`));
  if (!Number.isSafeInteger(shares)) return refused(refusals.fractionalSize);
  const terms = orderTerms(venue, request);
  if ("refusal" in terms) return terms;
  const refusal = judgeRoute(request) ?? judgeAlgo(request);
  if (refusal) return refused(refusal);
  const window = algoSchedule(venue, request);
  if (window && "refusal" in window) return window;
  const { orderId, orderRef, algoStrategy, algoParams, modelCode, ocaGroup } = request;
  const names = { account, clientId, orderId, orderRef, conId: found.contract.conId, modelCode };
  const order = {
    ...names,
    ...terms.terms,
    side,
    shares,
    algoStrategy,
    algoParams,
    ...window,
    ocaGroup,
    ocaType: ocaTypes.get(request.ocaType),
  };
  return { contract: found.contract, order };
}

function judgeRoute({ contract, notImitated }: OrderRequest): Refusal | undefined {
  if (contract.exchange === "") return invalid("Please enter exchange");
  if (contract.exchange.toUpperCase() !== "SMART") return rejected("the paper gateway routes by SMART only");
  if (notImitated.length === 0) return undefined;
  return rejected(`the paper gateway does not imitate ${notImitated.join(", ")}`);
}

const ocaTypes: ReadonlyMap<number, 1 | 2 | 3> = new Map([
  [1, 1],
  [2, 2],
  [3, 3],
]);

const sides: ReadonlyMap<string, Side> = new Map([
  ["BUY", "buy"],
  ["SELL", "sell"],
]);

function refused(refusal: Refusal): { readonly refusal: Refusal } {
  return { refusal };
}
