import type { Venue, VenueContract } from "../../simulation/venue.ts";
import type { Client } from "./client.ts";
import { escapedText, type FieldReader, row } from "./fields.ts";

/** So many matches are told at most. */
const matchesMax = 16;

/** reqMatchingSymbols (81): contracts whose symbol begins with the text, or whose name has a word that does; a bare end when none. */
export function matchingSymbols(venue: Venue, client: Client, reader: FieldReader): void {
  const requestId = reader.id("reqId");
  const pattern = reader.text("pattern").trim().toUpperCase();
  const matches = pattern === "" ? [] : matchesOf(venue.contracts(), pattern).slice(0, matchesMax);
  const version = client.serverVersion;
  const fields = matches.flatMap(({ conId, symbol, primaryExchange, currency, longName }) => [
    ...row(conId, symbol, "STK", primaryExchange, currency),
    // No derivatives of it are traded here.
    0,
    ...(version >= 176 ? [escapedText(longName, version), ""] : []),
  ]);
  client.send(79, requestId, matches.length, ...fields);
}

/** Symbols before names, the exact one first. */
function matchesOf(contracts: readonly VenueContract[], pattern: string): readonly VenueContract[] {
  const rankOf = ({ symbol, longName }: VenueContract): number => {
    if (symbol.toUpperCase() === pattern) return 0;
    if (symbol.toUpperCase().startsWith(pattern)) return 1;
    return ` ${longName.toUpperCase()}`.includes(` ${pattern}`) ? 2 : 3;
  };
  return contracts.filter((contract) => rankOf(contract) < 3).toSorted((a, b) => rankOf(a) - rankOf(b));
}
