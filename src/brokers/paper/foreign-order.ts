import type { Venue, VenueOrderRequest } from "../../simulation/venue.ts";
import type { ForeignOrder } from "./fault.ts";

/** Client and order id of an order that no API client sent. */
const byHand = 0;

/**
 * The order that a scenario gives by hand, for the day. Throws RangeError for a symbol or an account that the venue does
 * not have.
 */
export function foreignOrder(venue: Venue, order: ForeignOrder): VenueOrderRequest {
  const { symbol, side, shares, limitPrice, account = venue.accounts[0] ?? "" } = order;
  const contract = venue.contracts().find((candidate) => candidate.symbol === symbol);
  if (!contract) throw new RangeError(`an order by hand: no contract has the symbol ${symbol}`);
  if (!venue.accounts.includes(account)) throw new RangeError(`an order by hand: no account ${account}`);
  return {
    account,
    clientId: byHand,
    orderId: byHand,
    orderRef: "",
    conId: contract.conId,
    side,
    shares,
    orderType: limitPrice === undefined ? "MKT" : "LMT",
    limitPrice,
    timeInForce: "DAY",
    algoStrategy: "",
    algoParams: [],
  };
}
