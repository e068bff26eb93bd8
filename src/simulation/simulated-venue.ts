import { type Instant, instantFromMs, type TradingDate, tradingDate } from "../trading/instant.ts";
import { invariant } from "../trading/invariant.ts";
import { daysFrom, nyseSession, nyseSessions, nyseTradingDates, nyseZone } from "../trading/nyse-calendar.ts";
import type { PriceHistory } from "../trading/price-history.ts";
import { dateIn, type Session, wallClock } from "../trading/session.ts";
import type { BaseCurrency } from "./account-terms.ts";
import { Announcer } from "./announcer.ts";
import { allOf, type BarSearch, type BarSource, findBars } from "./bars.ts";
import { Books } from "./books.ts";
import { euroInDollars } from "./currency-pair.ts";
import { dailyCloses } from "./daily-closes.ts";
import { Exchange } from "./exchange.ts";
import { exchangeDays, isOpenAt } from "./exchange-days.ts";
import { dollarsPerEuro } from "./exchange-rate.ts";
import { FinishedBars } from "./finished-bars.ts";
import type { Halt } from "./halt.ts";
import { type DayParts, listingDay } from "./listing-day.ts";
import { type Listing, type ListingFacts, listingsOf } from "./listings.ts";
import { market } from "./market.ts";
import { firstPairBarAt, pairSearch } from "./pair-bars.ts";
import { quotesOf } from "./quotes.ts";
import { balancesOf, positionOf } from "./simulated-account.ts";
import type { Venue, VenueBarRequest, VenueEvent, VenuePosition } from "./venue.ts";

export interface SimulatedVenueOptions {
  readonly history: PriceHistory;
  /** On a later date than the history's first, which has no close before it. */
  readonly startAt: Instant;
  /** Any whole number. The same seed and the same calls give the same events. */
  readonly seed: number;
  readonly accounts: readonly SimulatedAccount[];
  /**
   * Working orders meet the market once in so many seconds, a divisor of 60; every second when not said. A coarse step is
   * for thousands of days in which nobody looks at single seconds.
   */
  readonly stepSeconds?: number;
  /** Facts that overrule what is known or derived of a symbol of the history. */
  readonly contracts?: readonly ListingFacts[];
  /** When trading in single symbols stands still; never when not said. */
  readonly halts?: readonly Halt[];
  /** How far a price may go from its reference before trading pauses (limit-band.ts), as a share of it; no band when not said. */
  readonly priceBand?: number;
}

export interface SimulatedAccount {
  readonly id: string;
  /** In the base currency. */
  readonly cash: number;
  readonly baseCurrency: BaseCurrency;
  /** "margin" when not said. */
  readonly kind?: "margin" | "cash";
  /** When what a sale brings counts as settled: "later", one or two trading days, when not said. */
  readonly salesSettle?: "later" | "at-once";
  readonly positions: readonly {
    readonly symbol: string;
    /** Signed whole shares. */
    readonly shares: number;
    readonly averageCost: number;
  }[];
}

/** Delayed quotes are of a quarter of an hour ago. */
const delayMs = 900_000;

/**
 * One exchange with the hours of the NYSE, the symbols of a price history, and a broker's books: all of it in memory and
 * decided by the seed. Throws RangeError for a history with gaps, a start before it, or positions in unknown symbols.
 */
export function simulatedVenue(options: SimulatedVenueOptions): Venue {
  const { history, seed, startAt, halts = [], priceBand, stepSeconds = 1 } = options;
  if (60 % stepSeconds !== 0) throw new RangeError(`a step of ${stepSeconds} s does not divide a minute`);
  const announcer = new Announcer<VenueEvent>();
  const listings = listingsOf([...history.closes.keys()], options.contracts);
  const byConId = new Map(listings.map((listing) => [listing.conId, listing]));
  const unlisted = halts.find((halt) => !listings.some(({ symbol }) => symbol === halt.symbol));
  if (unlisted) throw new RangeError(`there are no prices of ${unlisted.symbol}`);
  const ids = options.accounts.map(({ id }) => id);
  if (new Set(ids).size < ids.length) throw new RangeError(`an account twice among ${ids.join(", ")}`);
  const books = new Map(options.accounts.map((account) => [account.id, openBooks(account, listings)]));
  const dayOf = exchangeDays();
  const closes = dailyCloses(history, seed);
  const band = priceBand === undefined ? undefined : { share: priceBand, from: dayOf(startAt).on };
  const dayParts: DayParts = { closes, seed, halts, band };
  const shown = market({ dayParts, dayOf });
  const [firstOn = ""] = history.dates;
  if (dayOf(startAt).on <= firstOn)
    throw new RangeError(`the price history begins on ${firstOn}: it can be traded from the next day on`);

  const listing = (conId: number): Listing => {
    const found = byConId.get(conId);
    if (!found) throw new RangeError(`the venue has no contract ${conId}`);
    return found;
  };
  const markOf = (conId: number): number => shown.lastTrade(listing(conId), exchange.now).price;
  const dollarsPer = (currency: BaseCurrency): number =>
    currency === "USD" ? 1 : dollarsPerEuro(seed, exchange.now);

  const exchange: Exchange = new Exchange({
    startAt,
    seed,
    stepSeconds,
    dayOf,
    market: shown,
    markOf,
    listings: byConId,
    books,
    dollarsPer,
    tell: (...events) => announcer.tell(...events),
  });

  const booksOf = (account: string): Books => {
    const found = books.get(account);
    if (!found) throw new RangeError(`the venue has no account ${account}`);
    return found;
  };
  const position = (account: string, conId: number): VenuePosition | undefined =>
    positionOf(booksOf(account), conId, { markOf, realizedPnl: exchange.realizedPnl(account, conId) });

  const quotes = quotesOf({
    market: shown,
    listing,
    seed,
    at: () => exchange.now,
    takenShares: (conId, side) => exchange.takenShares(conId, side),
  });
  // A market of its own: each keeps what it saw last, and goes forward only.
  const delayed = quotesOf({
    market: market({ dayParts, dayOf: exchangeDays() }),
    listing,
    seed,
    at: () => instantFromMs(Math.max(exchange.now - delayMs, dayOf(startAt).startAt)),
    takenShares: () => 0,
  });

  const firstBarOn = tradingDate(history.dates[1] ?? firstOn);
  const finished = new FinishedBars();
  const barSource: BarSource = {
    startAt,
    datesUntil: datesFrom(firstBarOn),
    closeAt: (on) => sessionOn(on).closeAt,
    finished,
    day: (of, on) => listingDay(dayParts, of, { on, session: nyseSession(on) }),
    midnight: (on) => wallClock(on, "00:00", nyseZone),
  };
  const findBarsOf = (request: VenueBarRequest): BarSearch =>
    request.conId === euroInDollars.conId
      ? pairSearch({ seed, firstOn: firstBarOn, now: exchange.now, finished }, request)
      : findBars(barSource, listing(request.conId), request, exchange.now);

  return {
    now: () => exchange.now,
    advanceTo: (at) => exchange.advanceTo(at),
    subscribe: (listener) => announcer.subscribe(listener),
    zone: "US/Eastern",
    accounts: ids,
    contracts: () => listings,
    currencyPairs: () => [euroInDollars],
    ...quotes,
    delayed,
    bars: (request) => allOf(findBarsOf(request)),
    findBars: findBarsOf,
    firstBarAt: (conId) =>
      conId === euroInDollars.conId ? firstPairBarAt(firstBarOn) : wallClock(firstBarOn, "09:30", nyseZone),
    sessions: (days) => {
      const today = dayOf(exchange.now).on;
      return days > 0 ? nyseSessions(today, daysFrom(today, days - 1)) : [];
    },
    isOpen: () => isOpenAt(dayOf(exchange.now), exchange.now),
    place: (order) => exchange.place(order),
    modify: (permId, terms) => exchange.modify(permId, terms),
    preview: (order) => exchange.preview(order),
    cancel: (permId) => exchange.cancel(permId),
    bind: (permId, orderId) => exchange.bind(permId, orderId),
    openOrders: () => exchange.working(),
    completedOrders: () => exchange.done(),
    orderOf: (clientId, orderId) => exchange.orderOf(clientId, orderId),
    executions: () => exchange.executions(),
    positions: (account) =>
      [...booksOf(account).holdings.keys()].flatMap((conId) => position(account, conId) ?? []),
    position,
    balances: (account) => {
      const realizedDollars = exchange.realizedPnl(account);
      return balancesOf(booksOf(account), { markOf, dollarsPer, now: exchange.now, realizedDollars });
    },
  };
}

/** Trading dates from one on up to that of an instant: the calendar is asked once for each. */
function datesFrom(first: TradingDate): BarSource["datesUntil"] {
  let through = daysFrom(first, -1);
  let dates: readonly TradingDate[] = [];
  return (until) => {
    const last = dateIn(nyseZone, until);
    if (last > through) {
      dates = [...dates, ...nyseTradingDates(daysFrom(through, 1), last)];
      through = last;
    }
    return last === through ? dates : dates.filter((on) => on <= last);
  };
}

function sessionOn(on: TradingDate): Session {
  const session = nyseSession(on);
  invariant(session, `a session on ${on}`);
  return session;
}

function openBooks(account: SimulatedAccount, listings: readonly Listing[]): Books {
  const positions = account.positions.map(({ symbol, shares, averageCost }) => {
    const listing = listings.find((candidate) => candidate.series === symbol);
    if (!listing) throw new RangeError(`${account.id} holds ${symbol}, of which there are no prices`);
    if (!Number.isSafeInteger(shares))
      throw new RangeError(`${account.id} holds ${shares} shares of ${symbol}`);
    return { conId: listing.conId, shares, averageCost };
  });
  const { kind = "margin", salesSettle = "later", baseCurrency, cash } = account;
  return baseCurrency === "USD"
    ? new Books(cash, positions, { kind, salesSettle, baseCurrency, otherCash: 0 })
    : new Books(0, positions, { kind, salesSettle, baseCurrency, otherCash: cash });
}
