import type { Venue, VenueExecution } from "../../simulation/venue.ts";
import { sign } from "../../trading/side.ts";

/** What a position has gained or lost, in the account's base currency. */
export interface PositionPnl {
  readonly conId: number;
  readonly shares: number;
  /** Since the last close before today, commissions taken off. */
  readonly daily: number;
  readonly unrealized: number;
  /** Today's. */
  readonly realized: number;
  readonly value: number;
}

/** The P&L of every contract that the account holds or has traded today. */
export function pnlOf(venue: Venue, account: string): readonly PositionPnl[] {
  const positions = new Map(venue.positions(account).map((position) => [position.conId, position]));
  const traded = new Map<number, VenueExecution[]>();
  for (const execution of venue.executions()) {
    if (execution.account !== account) continue;
    const known = traded.get(execution.conId);
    if (known) known.push(execution);
    else traded.set(execution.conId, [execution]);
  }
  const rateOf = dollarRate(venue, account);
  return [...new Set([...positions.keys(), ...traded.keys()])].map((conId) => {
    const { last, previousClose } = venue.quote(conId);
    const position = positions.get(conId);
    const shares = position?.shares ?? 0;
    const { bought, paid, realized } = sumsOf(traded.get(conId) ?? []);
    const value = shares * last;
    return {
      conId,
      shares,
      daily: (value - (shares - bought) * previousClose - paid) * rateOf,
      unrealized: position ? (value - shares * position.averageCost) * rateOf : 0,
      realized: realized * rateOf,
      value: value * rateOf,
    };
  });
}

/** What a dollar is worth in the account's base currency. */
function dollarRate(venue: Venue, account: string): number {
  return venue.balances(account).ledgers.find(({ currency }) => currency === "USD")?.exchangeRate ?? 1;
}

interface Sums {
  /** Shares, signed. */
  readonly bought: number;
  /** Their price and all commissions. */
  readonly paid: number;
  readonly realized: number;
}

function sumsOf(executions: readonly VenueExecution[]): Sums {
  let [bought, paid, realized] = [0, 0, 0];
  for (const execution of executions) {
    const signed = sign(execution.side) * execution.shares;
    bought += signed;
    paid += signed * execution.price + execution.commission;
    realized += execution.realizedPnl ?? 0;
  }
  return { bought, paid, realized };
}
