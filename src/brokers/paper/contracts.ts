import type { Venue, VenueContract } from "../../simulation/venue.ts";
import { later } from "../../trading/instant.ts";
import { dateIn } from "../../trading/session.ts";
import { type Client, noId, refuse } from "./client.ts";
import { escapedText, type FieldReader, row } from "./fields.ts";
import { ambiguousContract, invalid, type Refusal, refusals } from "./refusal.ts";
import { daysAfter, sessionTime } from "./wall-time.ts";

/** A contract as a client describes it; every field may be left open. */
export interface ContractSpec {
  readonly conId: number | undefined;
  readonly symbol: string;
  readonly secType: string;
  readonly exchange: string;
  readonly primaryExchange: string;
  readonly currency: string;
  readonly localSymbol: string;
  readonly tradingClass: string;
}

/** Where a stock can be routed; recorded from a real gateway. */
const exchanges =
  "SMART,AMEX,NYSE,CBOE,PHLX,ISE,CHX,ARCA,ISLAND,DRCTEDGE,BEX,BATS,EDGEA,BYX,IEX,EDGX,FOXRIVER,PEARL,NYSENAT,LTSE,MEMX,PSX";
const orderTypes = "ACTIVETIM,ADJUST,ALGO,DAY,GTC,LMT,MKT,NONALGO,WHATIF";
const hoursDays = 6;
const millisecondsPerHour = 3_600_000;

/** Reads the twelve fields that describe a contract in most requests. */
export function readContractSpec(reader: FieldReader): ContractSpec {
  const conId = reader.integer("conId");
  const symbol = reader.text("symbol");
  const secType = reader.text("secType");
  reader.skip("lastTradeDateOrContractMonth", "strike", "right", "multiplier");
  return {
    conId: conId === 0 ? undefined : conId,
    symbol,
    secType,
    exchange: reader.text("exchange"),
    primaryExchange: reader.text("primaryExch"),
    currency: reader.text("currency"),
    localSymbol: reader.text("localSymbol"),
    tradingClass: reader.text("tradingClass"),
  };
}

/** All contracts of the venue that a description fits. One that contradicts itself (a conId with another symbol) fits none. */
export function contractsOf(venue: Venue, spec: ContractSpec): readonly VenueContract[] {
  const isDescribed = spec.conId !== undefined || spec.symbol !== "" || spec.localSymbol !== "";
  const isStock = spec.secType === "STK" || (spec.secType === "" && spec.conId !== undefined);
  if (!isDescribed || !isStock) return [];
  return venue
    .contracts()
    .filter(
      (contract) =>
        (spec.conId === undefined || spec.conId === contract.conId) &&
        agrees(spec.symbol, contract.symbol) &&
        agrees(spec.localSymbol, contract.symbol) &&
        agrees(spec.currency, contract.currency) &&
        agrees(spec.primaryExchange, contract.primaryExchange) &&
        agrees(spec.tradingClass, tradingClassOf(contract)) &&
        (spec.exchange === "" || validExchanges(contract).includes(spec.exchange.toUpperCase())),
    );
}

/** The one contract that a description fits, or the error 200 that says why there is none. */
export function onlyContract(
  venue: Venue,
  spec: ContractSpec,
): { readonly contract: VenueContract } | { readonly refusal: Refusal } {
  const [contract, ...others] = contractsOf(venue, spec);
  if (!contract) return { refusal: refusals.noContract };
  return others.length > 0 ? { refusal: ambiguousContract(spec.symbol || spec.localSymbol) } : { contract };
}

/** Kept by list: thousands of orders each look their contract up. */
const indexes = new WeakMap<readonly VenueContract[], ReadonlyMap<number, VenueContract>>();

/** Contracts by number, for messages about orders and positions; a venue never forgets one. */
export function contractOf(venue: Venue, conId: number): VenueContract {
  const contracts = venue.contracts();
  const index = indexes.get(contracts) ?? new Map(contracts.map((contract) => [contract.conId, contract]));
  indexes.set(contracts, index);
  const contract = index.get(conId);
  if (!contract) throw new RangeError(`the venue has no contract ${conId}`);
  return contract;
}

/** What is left open agrees with everything. */
function agrees(said: string, is: string): boolean {
  return said === "" || said.toUpperCase() === is.toUpperCase();
}

/** What IB calls the trading class of a US stock. */
export function tradingClassOf(contract: VenueContract): string {
  return contract.primaryExchange === "NASDAQ" ? "NMS" : contract.symbol;
}

function validExchanges(contract: VenueContract): readonly string[] {
  const known = exchanges.split(",");
  return known.includes(contract.primaryExchange) ? known : [...known, contract.primaryExchange];
}

/** reqContractDetails (9): every contract that fits, then the end; error 200 and no end when none does. */
export function contractDetails(venue: Venue, client: Client, reader: FieldReader): void {
  reader.skip("version");
  const requestId = reader.id("reqId");
  const contracts = contractsOf(venue, readContractSpec(reader));
  if (contracts.length === 0) return refuse(client, requestId, refusals.noContract);
  for (const contract of contracts) sendContract(venue, client, requestId, contract);
  client.send(52, 1, requestId);
}

function sendContract(venue: Venue, client: Client, requestId: number, contract: VenueContract): void {
  const version = client.serverVersion;
  const { symbol, currency } = contract;
  const tradingClass = tradingClassOf(contract);
  const routes = validExchanges(contract);
  const minTick = Math.min(...contract.priceSteps.map((step) => step.increment));
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
      ...(version >= 152 ? ["COMMON"] : []),
    ),
    ...(version === 163 ? [1] : []),
    ...(version >= 164 ? [1, 1, 100] : []),
  );
}

/** Six days of hours from today on, closed ones named. Trading begins at four and goes on for four hours after the close. */
function hoursText(venue: Venue): { readonly trading: string; readonly liquid: string } {
  const today = dateIn(venue.zone, venue.now());
  const sessions = new Map(venue.sessions(hoursDays).map((session) => [session.on, session]));
  const trading: string[] = [];
  const liquid: string[] = [];
  for (let day = 0; day < hoursDays; day += 1) {
    const on = daysAfter(today, day);
    const compact = on.replaceAll("-", "");
    const session = sessions.get(on);
    if (!session) {
      trading.push(`${compact}:CLOSED`);
      liquid.push(`${compact}:CLOSED`);
      continue;
    }
    const lateEnd = sessionTime(later(session.closeAt, 4 * millisecondsPerHour), venue.zone);
    trading.push(`${compact}:0400-${lateEnd}`);
    liquid.push(`${sessionTime(session.openAt, venue.zone)}-${sessionTime(session.closeAt, venue.zone)}`);
  }
  return { trading: trading.join(";"), liquid: liquid.join(";") };
}

/** reqMarketRule (91): from which price on which tick holds. */
export function marketRule(venue: Venue, client: Client, reader: FieldReader): void {
  const ruleId = reader.id("marketRuleId");
  const steps = venue.contracts().find((contract) => contract.marketRuleId === ruleId)?.priceSteps;
  if (!steps) return refuse(client, noId, invalid(`Market rule ${ruleId} does not exist`));
  client.send(93, ruleId, steps.length, ...steps.flatMap((step) => [step.lowEdge, step.increment]));
}
