import { type SimulatedVenueOptions, simulatedVenue } from "../simulation/simulated-venue.ts";
import type { Venue, VenueContract, VenueEvent, VenueOrderRequest } from "../simulation/venue.ts";
import { type Instant, instant, type TradingDate, tradingDate } from "../trading/instant.ts";
import { nyseTradingDates } from "../trading/nyse-calendar.ts";
import type { PriceHistory } from "../trading/price-history.ts";

/** Closes of RRC (thin, about 25) and AAPL (thick, about 150) for the weeks round Thanksgiving 2022. */
export function smallHistory(from = "2022-10-03", through = "2022-12-28"): PriceHistory {
  const dates: TradingDate[] = nyseTradingDates(tradingDate(from), tradingDate(through));
  const wave = (level: number, swing: number) =>
    Float64Array.from(dates, (_, day) => Math.round((level + swing * Math.sin(day / 3)) * 100) / 100);
  return {
    dates,
    closes: new Map([
      ["RRC", wave(25.37, 0.8)],
      ["AAPL", wave(150.21, 3)],
    ]),
  };
}

export const account = "DU1234567";

/** A venue on Tuesday, 22 November 2022, ten in New York; a test says only what differs. */
export function smallVenue(
  over: Partial<SimulatedVenueOptions> & { readonly at?: string; readonly cash?: number } = {},
): Venue {
  const { at = "2022-11-22T10:00:00-05:00", cash = 1_000_000.25, ...options } = over;
  return simulatedVenue({
    history: smallHistory(),
    startAt: instant(at),
    seed: 42,
    accounts: [{ id: account, cash, baseCurrency: "USD", positions: [] }],
    ...options,
  });
}

export function contractNamed(venue: Venue, symbol: string): VenueContract {
  const contract = venue.contracts().find((candidate) => candidate.symbol === symbol);
  if (!contract) throw new RangeError(`no ${symbol} at this venue`);
  return contract;
}

/** A limit order of a test; 100 AAPL at 200, which is far above the market. */
export function orderFor(
  venue: Venue,
  over: Partial<VenueOrderRequest> & { readonly symbol?: string } = {},
): VenueOrderRequest {
  const { symbol = "AAPL", ...request } = over;
  return {
    account,
    clientId: 7,
    orderId: 31,
    orderRef: "trader.reb.2022112215.AAPL.B100.1.5f0a",
    conId: contractNamed(venue, symbol).conId,
    side: "buy",
    shares: 100,
    orderType: "LMT",
    limitPrice: 200,
    timeInForce: "DAY",
    algoStrategy: "Adaptive",
    algoParams: [{ tag: "adaptivePriority", value: "Normal" }],
    ...request,
  };
}

/** Everything that the venue tells from now on. */
export function eventsOf(venue: Venue): VenueEvent[] {
  const events: VenueEvent[] = [];
  venue.subscribe((event) => events.push(event));
  return events;
}

/** "2022-11-22T10:00:01.500-05:00" and the like, in New York's winter: 22 November unless it says another date. */
export function newYork(time: string, on = "2022-11-22"): Instant {
  return instant(`${on}T${time}-05:00`);
}
