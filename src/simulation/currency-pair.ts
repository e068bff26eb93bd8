import type { Instant } from "../trading/instant.ts";
import { dollarsPerEuro } from "./exchange-rate.ts";
import { onTick } from "./tick.ts";
import type { VenueContract, VenueQuote } from "./venue.ts";

const tick = 0.00005;
/** What stands on each side, in euros. */
const shownEuros = 1_000_000;
const msPerDay = 86_400_000;

/** Euros in dollars: quoted at every hour, not traded here. Number, rule and tick are IB's. */
export const euroInDollars: VenueContract = {
  conId: 12_087_792,
  symbol: "EUR",
  longName: "European Monetary Union Euro",
  primaryExchange: "IDEALPRO",
  currency: "USD",
  marketRuleId: 239,
  priceSteps: [{ lowEdge: 0, increment: tick }],
};

/** One tick round the rate that accounts are counted at; the last price is the middle's tick. */
export function euroQuote(seed: number, now: Instant): VenueQuote {
  const rate = dollarsPerEuro(seed, now);
  const bidTicks = Math.floor(rate / tick);
  return {
    bid: onTick(bidTicks, tick),
    ask: onTick(bidTicks + 1, tick),
    bidShares: shownEuros,
    askShares: shownEuros,
    last: onTick(Math.round(rate / tick), tick),
    lastTradedAt: now,
    previousClose: onTick(Math.round(dollarsPerEuro(seed, (now - msPerDay) as Instant) / tick), tick),
  };
}
