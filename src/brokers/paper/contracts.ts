import type { Venue, VenueContract } from "../../simulation/venue.ts";
import { type Client, noId, refuse } from "./client.ts";
import { contractsOf, readContractSpec, tradingClassOf, validExchanges } from "./contract-lookup.ts";
import { pairsOf, sendPair } from "./currency-pairs.ts";
import { escapedText, type FieldReader, row } from "./fields.ts";
import { hoursText, roundTheClock } from "./hours-text.ts";
import { invalid, refusals } from "./refusal.ts";

const orderTypes =
  "ACTIVETIM,ADJUST,ALGO,DAY,FOK,GTC,GTD,IOC,LMT,LOC,LOO,MIDPX,MKT,MOC,MOO,NONALGO,OCA,RTH,STP,STPLMT,TRAIL,TRAILLMT,WHATIF";
/** reqContractDetails (9): every contract that fits, then the end; error 200 and no end when none does. */
export function contractDetails(venue: Venue, client: Client, reader: FieldReader): void {
  reader.skip("version");
  const requestId = reader.id("reqId");
  const spec = readContractSpec(reader);
  const contracts = contractsOf(venue, spec);
  const pairs = pairsOf(venue, spec);
  if (contracts.length + pairs.length === 0) return refuse(client, requestId, refusals.noContract);
  for (const contract of contracts) sendContract(venue, client, requestId, contract);
  for (const pair of pairs) sendPair(client, requestId, pair, roundTheClock(venue), venue.zone);
  client.send(52, 1, requestId);
}

function sendContract(venue: Venue, client: Client, requestId: number, contract: VenueContract): void {
  const version = client.serverVersion;
  const { symbol, currency } = contract;
  const tradingClass = tradingClassOf(contract);
  const routes = validExchanges(contract);
  const minTick = Math.min(...contract.priceSteps.map((step) => step.increment));
  const lot = contract.sizeIncrementShares ?? 1;
  const hours = hoursText(venue);
  client.send(
    ...row(10, ...(version < 164 ? [8] : []), requestId, symbol, "STK", "", 0, "", "SMART", currency),
    ...row(symbol, tradingClass, tradingClass, contract.conId, minTick, ...(version < 164 ? [1] : []), ""),
    ...row(orderTypes, routes.join(","), 1, 0, escapedText(contract.longName, version)),
    ...row(contract.primaryExchange, "", "", "", "", venue.zone, hours.trading, hours.liquid, "", "", 0, 1),
    ...row(
      "",
      "",
      routes.map(() => contract.marketRuleId).join(","),
      "",
      ...(version >= 152 ? [contract.stockType ?? "COMMON"] : []),
    ),
    ...(version === 163 ? [lot] : []),
    ...(version >= 164 ? [lot, lot, Math.max(lot, 100)] : []),
  );
}

/** reqMarketRule (91): from which price on which tick holds. */
export function marketRule(venue: Venue, client: Client, reader: FieldReader): void {
  const ruleId = reader.id("marketRuleId");
  const contracts = [...venue.contracts(), ...venue.currencyPairs()];
  const steps = contracts.find((contract) => contract.marketRuleId === ruleId)?.priceSteps;
  if (!steps) return refuse(client, noId, invalid(`Market rule ${ruleId} does not exist`));
  client.send(93, ruleId, steps.length, ...steps.flatMap((step) => [step.lowEdge, step.increment]));
}
