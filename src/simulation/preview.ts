import { toNumber } from "../trading/money.ts";
import { notional } from "../trading/price.ts";
import { sign } from "../trading/side.ts";
import type { Books } from "./books.ts";
import { orderCommission } from "./commission.ts";
import { type Exposure, initialMargin, maintenanceMargin } from "./margin.ts";
import type { MarkOf } from "./simulated-account.ts";
import type { VenueMargins, VenueOrderRequest, VenuePreview } from "./venue.ts";

/** Margins before an order and after it, were it filled whole at the mark; its commission comes out of the equity. */
export function previewOf(request: VenueOrderRequest, books: Books, markOf: MarkOf): VenuePreview {
  const { conId, shares } = request;
  const mark = markOf(conId);
  const commission = toNumber(
    orderCommission(shares, notional(shares, request.limitPrice ?? mark, 1, "USD")),
  );
  const before = new Map([...books.holdings].map(([held, holding]) => [held, holding.shares]));
  const after = new Map(before).set(conId, books.sharesOf(conId) + sign(request.side) * shares);
  const equity = [...before].reduce(
    (sum, [held, heldShares]) => sum + heldShares * markOf(held),
    toNumber(books.cash),
  );
  return {
    before: marginsOf(before, equity, markOf),
    after: marginsOf(after, equity - commission, markOf),
    commission,
  };
}

function marginsOf(
  holdings: ReadonlyMap<number, number>,
  equityWithLoan: number,
  markOf: MarkOf,
): VenueMargins {
  const exposures: Exposure[] = [...holdings].map(([conId, shares]) => ({ shares, price: markOf(conId) }));
  return {
    initialMargin: initialMargin(exposures),
    maintenanceMargin: maintenanceMargin(exposures),
    equityWithLoan,
  };
}
