import { judgeTerms, type Refusal } from "./judge-order.ts";
import type { Listing } from "./listings.ts";
import type { VenueOrder, VenueOrderRequest } from "./venue.ts";

/**
 * May a working order be given these terms? Contract, side, type, account and algorithm must stay; margin is judged by
 * whoever knows the books. The codes and texts are the real gateway's.
 */
export function judgeChange(
  order: VenueOrder,
  terms: VenueOrderRequest,
  listing: Listing | undefined,
): Refusal | undefined {
  const isAnother =
    order.conId !== terms.conId ||
    order.side !== terms.side ||
    order.orderType !== terms.orderType ||
    order.account !== terms.account;
  if (isAnother) return { code: 105, text: "Order being modified does not match original order." };
  if (!hasSameAlgo(order, terms))
    return { code: 440, text: "Order modify failed. Algorithm cannot be modified." };
  if (terms.shares > 0 && !Number.isSafeInteger(terms.shares))
    return { code: 10242, text: "Fractional-sized order cannot be modified via API." };
  const refusal = judgeTerms(terms, listing);
  if (refusal) return refusal;
  if (terms.shares > order.filledShares) return undefined;
  return {
    code: 201,
    text: `Order rejected - reason:the new size ${terms.shares} is not above the ${order.filledShares} shares that are filled`,
  };
}

function hasSameAlgo(order: VenueOrder, terms: VenueOrderRequest): boolean {
  return (
    order.algoStrategy === terms.algoStrategy &&
    JSON.stringify(order.algoParams) === JSON.stringify(terms.algoParams)
  );
}
