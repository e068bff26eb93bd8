import type { Account } from "../trading/account.ts";
import { findingsOf, ok, valueOf } from "../trading/result.ts";
import { noMarket } from "../trading/risk/market-checks.ts";
import type { RiskMarket } from "../trading/risk/review.ts";
import type { RiskRecord } from "../trading/risk/risk-record.ts";
import { shareValues } from "../trading/risk/share-values.ts";
import { restingOn } from "../trading/risk/strategy-value.ts";
import { sessionOpenAt } from "../trading/session.ts";
import type { Desk } from "./desk.ts";
import type { Job } from "./job.ts";
import { feedFindings, judgedQuotes, lookUp, type Market, requestsBy } from "./read-market.ts";

type Needs = Pick<Desk, "broker" | "contracts" | "journal">;

/**
 * Contracts and quotes of what strategies are still measured by and no forecast names any more: what a strategy drops is
 * measured at the price at which it is dropped. Nothing of it is traded, so that a price that is not there leaves a value
 * unknown and holds nobody; why it is not there is told to the journal.
 */
export async function readDropped(
  job: Job,
  {
    market,
    account,
    record,
  }: { readonly market: Market; readonly account: Account; readonly record: RiskRecord },
  desk: Needs,
): Promise<RiskMarket> {
  const named = new Set(market.instruments.map(({ symbol }) => symbol));
  const dropped = restingOn(job.strategies, record.strategies).filter(
    ({ target }) => !named.has(target.symbol),
  );
  if (dropped.length === 0) return noMarket;
  const requestFor = requestsBy(job);
  // By its number too: a symbol may have passed to another company since.
  const wanted = dropped.map(({ conId, target }) => ({ ...requestFor(target.symbol), origin: { conId } }));
  const contracts = await lookUp(wanted, desk);
  const { instruments, missing } = valueOf(contracts) ?? { instruments: [], missing: findingsOf(contracts) };
  const now = desk.broker.marketTime();
  const open = instruments.filter(({ sessions }) => sessionOpenAt(sessions, now));
  const told = open.length > 0 ? await desk.broker.quotes(open) : ok([]);
  const readings = valueOf(told) ?? [];
  // A thinly traded stock is no evidence against a feed that the others show to live.
  const silence = market.quotes.size > 0 ? [] : feedFindings(open, readings, job, now);
  const { findings, ...judged } = judgedQuotes(silence.length > 0 ? [] : readings, job, now);
  const valued = shareValues(account, { instruments, ...judged });
  const symbols = dropped
    .filter(({ conId, target }) => valued(target.symbol)?.conId !== conId)
    .map(({ target: { symbol } }) => symbol);
  const because = [...missing, ...findingsOf(told), ...silence, ...findings];
  if (symbols.length > 0) desk.journal.append({ kind: "dropped-not-priced", symbols, because });
  return { instruments, ...judged };
}
