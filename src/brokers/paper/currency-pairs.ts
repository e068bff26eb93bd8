import type { Venue, VenueContract } from "../../simulation/venue.ts";
import type { Client } from "./client.ts";
import { type ContractSpec, onlyContract } from "./contract-lookup.ts";
import { row } from "./fields.ts";
import { notTraded, type Refusal, refusals } from "./refusal.ts";

/** Where pairs are quoted. */
const route = "IDEALPRO";

/** The pairs that a description of security type CASH fits, such as EUR, IDEALPRO, USD. */
export function pairsOf(venue: Venue, spec: ContractSpec): readonly VenueContract[] {
  const { conId, secType, symbol, localSymbol, currency, exchange } = spec;
  if (!(secType === "CASH" || (secType === "" && conId !== undefined))) return [];
  if (conId === undefined && symbol === "" && localSymbol === "") return [];
  return venue
    .currencyPairs()
    .filter(
      (pair) =>
        (conId === undefined || conId === pair.conId) &&
        agrees(symbol, pair.symbol) &&
        agrees(currency, pair.currency) &&
        agrees(localSymbol, pairName(pair)) &&
        agrees(exchange, route),
    );
}

/** The one contract that can be quoted, a stock or a pair, or the error 200 that says why there is none. */
export function quotable(
  venue: Venue,
  spec: ContractSpec,
): { readonly contract: VenueContract } | { readonly refusal: Refusal } {
  const [pair] = pairsOf(venue, spec);
  if (pair) return { contract: pair };
  return spec.secType === "CASH" ? { refusal: refusals.noContract } : onlyContract(venue, spec);
}

/** The one contract that can be traded: no currency, and nothing that is paid in another one than dollars. */
export function tradable(
  venue: Venue,
  spec: ContractSpec,
): { readonly contract: VenueContract } | { readonly refusal: Refusal } {
  const found = quotable(venue, spec);
  if ("refusal" in found) return found;
  const { contract } = found;
  if (venue.currencyPairs().includes(contract)) return { refusal: notTraded(pairName(contract)) };
  return contract.currency === "USD"
    ? found
    : { refusal: notTraded(`${contract.symbol} in ${contract.currency}`) };
}

/** contractData (10) of a pair, quoted round the clock from Sunday evening to Friday afternoon. */
export function sendPair(
  client: Client,
  requestId: number,
  pair: VenueContract,
  hours: string,
  zone: string,
): void {
  const version = client.serverVersion;
  const name = pairName(pair);
  const minTick = Math.min(...pair.priceSteps.map((step) => step.increment));
  client.send(
    ...row(10, ...(version < 164 ? [8] : []), requestId, pair.symbol, "CASH", "", 0, "", route),
    ...row(pair.currency, name, name, name, pair.conId, minTick, ...(version < 164 ? [1] : []), ""),
    ...row("LMT,MKT", route, 1, 0, pair.longName, "", "", "", "", "", zone, hours, hours, "", "", 0, 4),
    ...row("", "", pair.marketRuleId, "", ...(version >= 152 ? [""] : [])),
    ...(version === 163 ? [1] : []),
    ...(version >= 164 ? [0.01, 0.01, 0.01] : []),
  );
}

/** "EUR.USD" */
export function pairName({ symbol, currency }: VenueContract): string {
  return `${symbol}.${currency}`;
}

/** What is left open agrees with everything. */
function agrees(said: string, is: string): boolean {
  return said === "" || said.toUpperCase() === is;
}
