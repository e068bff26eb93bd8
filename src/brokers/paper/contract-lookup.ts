import type { Venue, VenueContract } from "../../simulation/venue.ts";
import type { FieldReader } from "./fields.ts";
import { ambiguousContract, type Refusal, refusals } from "./refusal.ts";

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
const exchanges: readonly string[] =
  "SMART,AMEX,NYSE,CBOE,PHLX,ISE,CHX,ARCA,ISLAND,DRCTEDGE,BEX,BATS,EDGEA,BYX,IEX,EDGX,FOXRIVER,PEARL,NYSENAT,LTSE,MEMX,PSX".split(
    ",",
  );

interface Index {
  readonly byConId: ReadonlyMap<number, VenueContract>;
  readonly bySymbol: ReadonlyMap<string, readonly VenueContract[]>;
}

/** Kept by list: thousands of orders each look their contract up. */
const indexes = new WeakMap<readonly VenueContract[], Index>();

function indexOf(venue: Venue): Index {
  const contracts = venue.contracts();
  let index = indexes.get(contracts);
  if (!index) {
    const bySymbol = new Map<string, VenueContract[]>();
    for (const contract of contracts) {
      const symbol = contract.symbol.toUpperCase();
      bySymbol.set(symbol, [...(bySymbol.get(symbol) ?? []), contract]);
    }
    index = { byConId: new Map(contracts.map((contract) => [contract.conId, contract])), bySymbol };
    indexes.set(contracts, index);
  }
  return index;
}

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
  const isStock = spec.secType === "STK" || (spec.secType === "" && spec.conId !== undefined);
  if (!isStock) return [];
  return candidates(venue, spec).filter(
    (contract) =>
      agrees(spec.symbol, contract.symbol) &&
      agrees(spec.localSymbol, contract.symbol) &&
      agrees(spec.currency, contract.currency) &&
      agrees(spec.primaryExchange, contract.primaryExchange) &&
      agrees(spec.tradingClass, tradingClassOf(contract)) &&
      (spec.exchange === "" || validExchanges(contract).includes(spec.exchange.toUpperCase())),
  );
}

/** Those of the number, or else of the symbol. A description with neither describes nothing. */
function candidates(venue: Venue, { conId, symbol, localSymbol }: ContractSpec): readonly VenueContract[] {
  const { byConId, bySymbol } = indexOf(venue);
  if (conId === undefined) return bySymbol.get((symbol || localSymbol).toUpperCase()) ?? [];
  const contract = byConId.get(conId);
  return contract ? [contract] : [];
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

/** Contracts by number, for messages about orders and positions; a venue never forgets one. */
export function contractOf(venue: Venue, conId: number): VenueContract {
  const contract = indexOf(venue).byConId.get(conId);
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

/** Where it can be routed: the exchanges whose market rules the contract details name. */
export function validExchanges({ primaryExchange, currency }: VenueContract): readonly string[] {
  if (currency !== "USD") return ["SMART", primaryExchange];
  return exchanges.includes(primaryExchange) ? exchanges : [...exchanges, primaryExchange];
}
