import type { Finding } from "../trading/finding.ts";
import type { Forecast } from "../trading/forecast.ts";
import type { Instant } from "../trading/instant.ts";
import type { ContractRequest, Instrument } from "../trading/instrument.ts";
import { modeOf } from "../trading/planner/plan-policy.ts";
import { judgeFeed, judgeQuote, type Quote, type QuoteReading } from "../trading/quote.ts";
import { findingsOf, ok, okUnless, type Result } from "../trading/result.ts";
import { dateIn, sessionOpenAt } from "../trading/session.ts";
import type { Desk } from "./desk.ts";
import type { Job } from "./job.ts";
import type { Reconciled } from "./reconcile.ts";

export interface Market {
  readonly instruments: readonly Instrument[];
  /** Good quotes by conId, of the instruments whose market is open. */
  readonly quotes: ReadonlyMap<number, Quote>;
  /** Contracts whose trading the exchange has stopped; they have no quote. */
  readonly haltedConIds: ReadonlySet<number>;
}

type Needs = Pick<Desk, "broker" | "contracts" | "clock" | "journal">;

/** Contracts and quotes of everything that may trade: what the forecast names, and holdings that may be closed. */
export async function readMarket(
  job: Job,
  { forecast, reconciled }: { forecast: Forecast; reconciled: Reconciled },
  desk: Needs,
): Promise<Result<Market>> {
  const instruments = await contractsOf(wantedContracts(job, forecast, reconciled), desk);
  if (!instruments.ok) return instruments;
  const now = desk.broker.marketTime();
  const open = instruments.value.filter((instrument) => sessionOpenAt(instrument.sessions, now));
  const quotes = await quotesOf(open, job, desk);
  return quotes.ok ? ok({ instruments: instruments.value, ...quotes.value }) : quotes;
}

/** The contracts' own hours have the last word: a day off that the calendar does not know is closed all the same. */
export function areAllClosed({ instruments }: Market, now: Instant): boolean {
  return instruments.length > 0 && instruments.every(({ sessions }) => !sessionOpenAt(sessions, now));
}

/** A contract to find, and where it is named, so that a mistake can be pointed at. */
export interface Wanted extends ContractRequest {
  readonly origin: { readonly file: string; readonly line: number } | { readonly conId: number };
}

function wantedContracts(job: Job, forecast: Forecast, { account, frozen }: Reconciled): Wanted[] {
  const requestFor = requestsBy(job);
  const targets = forecast.targets.map(({ symbol, file, line }): Wanted => {
    return { ...requestFor(symbol), origin: { file, line } };
  });
  const named = new Set(forecast.targets.map((target) => target.symbol));
  const holdings = account.positions
    .filter(
      (held) =>
        held.shares !== 0 &&
        !frozen.has(held.conId) &&
        held.securityType === "STK" &&
        !named.has(held.symbol) &&
        (job.plan.unlisted === "close" || modeOf(job.plan, held.symbol) === "close"),
    )
    .map(({ symbol, currency, conId }): Wanted => ({ ...requestFor(symbol, currency), origin: { conId } }));
  return [...targets, ...holdings];
}

/** What is asked for a symbol: a listing of the configuration says more of it. */
export function requestsBy(
  job: Pick<Job, "listings" | "currency">,
): (symbol: string, currency?: string) => ContractRequest {
  const listingOf = new Map(job.listings.map((listing) => [listing.symbol, listing]));
  return (symbol, told) => {
    const { primaryExchange, currency = job.currency } = listingOf.get(symbol) ?? {};
    return {
      symbol,
      currency: told ?? currency,
      ...(primaryExchange === undefined ? {} : { primaryExchange }),
    };
  };
}

async function contractsOf(wanted: readonly Wanted[], desk: Needs): Promise<Result<readonly Instrument[]>> {
  const looked = await lookUp(wanted, desk);
  if (!looked.ok) return looked;
  desk.journal.append({ kind: "contracts-known", ...looked.value.counts });
  return okUnless(looked.value.missing, () => looked.value.instruments);
}

interface LookedUp {
  readonly instruments: readonly Instrument[];
  /** One for each that the broker does not know, or knows as another contract. */
  readonly missing: readonly Finding[];
  readonly counts: { readonly cached: number; readonly asked: number };
}

/** Contracts kept from earlier runs whose hours still cover today, and the broker's word on the others, which is kept. */
export async function lookUp(
  wanted: readonly Wanted[],
  { broker, contracts }: Pick<Needs, "broker" | "contracts">,
): Promise<Result<LookedUp>> {
  const now = broker.marketTime();
  const fresh = (await contracts.load()).filter(
    (known) => known.hoursKnownThrough >= dateIn(known.timeZone, now),
  );
  const cached = new Map(fresh.map((known) => [listingKey(known), known]));
  const fromCache = (request: Wanted) => {
    const known = cached.get(listingKey(request));
    const otherExchange = request.primaryExchange && known?.primaryExchange !== request.primaryExchange;
    return known && !otherExchange && isTheHolding(known, request) ? known : undefined;
  };
  const unknown = wanted.filter((request) => fromCache(request) === undefined);
  const answers = unknown.length === 0 ? ok([]) : await broker.contracts(unknown.map(requestOnly));
  if (!answers.ok) return answers;

  const missing: Finding[] = [];
  const found: Instrument[] = [];
  for (const [index, answer] of answers.value.entries()) {
    const request = unknown[index];
    if (!request) continue;
    if (answer.found === true && isTheHolding(answer.instrument, request)) found.push(answer.instrument);
    else missing.push(notFound(request, answer));
  }
  if (found.length > 0) await contracts.save(found);
  const instruments = [...wanted.flatMap((request) => fromCache(request) ?? []), ...found];
  const counts = { cached: wanted.length - unknown.length, asked: unknown.length };
  return ok({ instruments, missing, counts });
}

function isTheHolding(instrument: Instrument, { origin }: Wanted): boolean {
  return !("conId" in origin) || origin.conId === instrument.conId;
}

function notFound(
  { symbol, origin }: Wanted,
  answer: { found: true | false | "ambiguous"; detail?: string; listings?: readonly string[] },
): Finding {
  const detail = answer.detail ?? answer.listings?.join(", ") ?? "the broker's contract is another one";
  if ("conId" in origin) return { kind: "holding-unknown", symbol, conId: origin.conId, detail };
  return answer.found === "ambiguous"
    ? { kind: "forecast-ambiguous-symbol", ...origin, symbol, listings: answer.listings ?? [] }
    : { kind: "forecast-unknown-symbol", ...origin, symbol, detail };
}

async function quotesOf(
  instruments: readonly Instrument[],
  job: Job,
  desk: Needs,
): Promise<Result<Pick<Market, "quotes" | "haltedConIds">>> {
  if (instruments.length === 0) return ok({ quotes: new Map(), haltedConIds: new Set() });
  const startedMs = desk.clock.monotonicMs();
  const readings = await desk.broker.quotes(instruments);
  if (!readings.ok) return readings;
  const seconds = (desk.clock.monotonicMs() - startedMs) / 1000;
  desk.journal.append({ kind: "quotes-read", count: readings.value.length, seconds });

  const now = desk.broker.marketTime();
  const { findings, ...judged } = judgedQuotes(readings.value, job, now);
  return okUnless([...feedFindings(instruments, readings.value, job, now), ...findings], () => judged);
}

/** Does the feed live? Judged by all instruments that were asked for, whose market is open. */
export function feedFindings(
  instruments: readonly Instrument[],
  readings: readonly QuoteReading[],
  { quotes }: Pick<Job, "quotes">,
  now: Instant,
): readonly Finding[] {
  const openAt = Math.min(
    ...instruments.flatMap(({ sessions }) => sessionOpenAt(sessions, now)?.openAt ?? now),
  ) as Instant;
  return findingsOf(judgeFeed(readings, openAt, quotes, now));
}

/** The good ones of these readings, and what is wrong with the others. */
export function judgedQuotes(
  readings: readonly QuoteReading[],
  job: Pick<Job, "quotes">,
  now: Instant,
): Pick<Market, "quotes" | "haltedConIds"> & { readonly findings: readonly Finding[] } {
  const findings: Finding[] = [];
  const quotes = new Map<number, Quote>();
  const haltedConIds = new Set(readings.flatMap(({ conId, isHalted }) => (isHalted ? [conId] : [])));
  for (const reading of readings) {
    // Bids and asks of a halted stock are what was left when it stopped, or none: it is left alone, whatever they say.
    if (reading.isHalted) continue;
    const judged = judgeQuote(reading, job.quotes, now);
    if (judged.ok) quotes.set(reading.conId, judged.value);
    else findings.push(...judged.findings);
  }
  return { quotes, haltedConIds, findings };
}

function listingKey({ symbol, currency }: { symbol: string; currency: string }): string {
  return `${symbol} ${currency}`;
}

function requestOnly({ symbol, currency, primaryExchange }: Wanted): ContractRequest {
  return { symbol, currency, ...(primaryExchange === undefined ? {} : { primaryExchange }) };
}
