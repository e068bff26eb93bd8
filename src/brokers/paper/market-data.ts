import type { Venue, VenueQuote, VenueToday } from "../../simulation/venue.ts";
import { type Client, refuse } from "./client.ts";
import { contractOf, readContractSpec } from "./contract-lookup.ts";
import { quotable } from "./currency-pairs.ts";
import { displayingDelayed, type Feed, judgeFeed, type WantedType } from "./feed.ts";
import { type FieldReader, isUnset, javaDecimal, MalformedRequest } from "./fields.ts";
import { invalid, refusals, unprocessable } from "./refusal.ts";

/** Tick types of prices and of the sizes that go with them. */
const liveTicks = {
  bidSize: 0,
  bid: 1,
  ask: 2,
  askSize: 3,
  last: 4,
  lastSize: 5,
  high: 6,
  low: 7,
  volume: 8,
  close: 9,
  open: 14,
  lastTimestamp: 45,
} as const;
const delayedTicks: Readonly<Record<keyof typeof liveTicks, number>> = {
  bid: 66,
  ask: 67,
  last: 68,
  bidSize: 69,
  askSize: 70,
  lastSize: 71,
  high: 72,
  low: 73,
  volume: 74,
  close: 75,
  open: 76,
  lastTimestamp: 88,
};
const haltedTick = 49;
const haltCodes = { none: 0, regulatory: 1, volatility: 2 } as const;
const types = { live: 1, frozen: 2, delayed: 3, delayedFrozen: 4 } as const;
/** What a price is when nobody quotes. */
const noPrice = -1;
/** Volume is told in round lots of so many shares. */
const sharesPerLot = 100;
/** The venue keeps no size of its last trade: one board lot stands for it. */
const lastShares = 100;
/** Streams have generic ticks only. */
const noGenericTicks = invalid("Snapshot market data subscription is not applicable to generic ticks");

export interface MarketDataPolicy {
  /** A snapshot's end comes so long after its request, on the host's clock; 0 is at once. The real gateway takes 11000. */
  readonly snapshotEndsAfterMs: number;
  /** What is subscribed to of stocks; currencies are live always. */
  readonly feed: Feed;
  /** Instruments that all clients together may ask for at the same time. */
  readonly lines: number;
}

interface Line {
  readonly conId: number;
  /** It was asked for while the client wanted frozen quotes: those of the last session's end where nobody quotes. */
  readonly wantsFrozen: boolean;
  readonly isDelayed: boolean;
  toldType: number | undefined;
  told: VenueQuote | undefined;
  toldToday: VenueToday | undefined;
  snapshotEnd: NodeJS.Timeout | undefined;
}

/** Quotes: snapshots with their end, streams with their changes. */
export class MarketData {
  readonly #venue: Venue;
  readonly #policy: MarketDataPolicy;
  readonly #lines = new Map<Client, Map<number, Line>>();
  readonly #wanted = new Map<Client, WantedType>();

  constructor(venue: Venue, policy: MarketDataPolicy) {
    this.#venue = venue;
    this.#policy = policy;
  }

  /** Snapshots whose end has not come yet. */
  get snapshotsPending(): number {
    return this.#all().filter(([, , line]) => line.snapshotEnd !== undefined).length;
  }

  /** reqMktData (1) */
  request(client: Client, reader: FieldReader): void {
    reader.skip("version");
    const requestId = reader.id("reqId");
    const spec = readContractSpec(reader);
    if (spec.secType === "BAG") return refuse(client, requestId, refusals.noContract);
    if (reader.flag("deltaNeutral"))
      throw new MalformedRequest("delta-neutral contracts are not imitated yet");
    const genericTicks = reader.text("genericTicks");
    const isSnapshot = reader.flag("snapshot");
    reader.skip("regulatorySnapshot", "options");
    const mine = this.#lines.get(client) ?? new Map<number, Line>();
    const found = quotable(this.#venue, spec);
    if ("refusal" in found) return refuse(client, requestId, found.refusal);
    if (isSnapshot && genericTicks !== "") return refuse(client, requestId, noGenericTicks);
    if (mine.has(requestId)) return refuse(client, requestId, unprocessable("Duplicate ticker id"));
    if (this.#linesInUse() >= this.#policy.lines) return refuse(client, requestId, refusals.tooManyLines);
    const wanted = this.#wanted.get(client) ?? types.live;
    const isCurrency = this.#venue.currencyPairs().includes(found.contract);
    const judged = judgeFeed(isCurrency ? "live" : this.#policy.feed, wanted, found.contract);
    if ("refusal" in judged) return refuse(client, requestId, judged.refusal);
    const { isDelayed } = judged;
    const wantsFrozen = wanted === types.frozen || wanted === types.delayedFrozen;
    const nothingYet = {
      toldType: undefined,
      told: undefined,
      toldToday: undefined,
      snapshotEnd: undefined,
    };
    const line: Line = { conId: found.contract.conId, wantsFrozen, isDelayed, ...nothingYet };
    this.#lines.set(client, mine.set(requestId, line));
    if (isDelayed) refuse(client, requestId, displayingDelayed);
    this.#sendTicks(client, requestId, line);
    if (isSnapshot) this.#endSnapshot(client, requestId, line);
  }

  #endSnapshot(client: Client, requestId: number, line: Line): void {
    const end = (): void => {
      this.#lines.get(client)?.delete(requestId);
      client.send(57, 1, requestId);
    };
    if (this.#policy.snapshotEndsAfterMs === 0) return end();
    line.snapshotEnd = setTimeout(end, this.#policy.snapshotEndsAfterMs);
  }

  /** cancelMktData (2), of streams and of snapshots whose end has not come. */
  cancel(client: Client, reader: FieldReader): void {
    reader.skip("version");
    const requestId = reader.id("reqId");
    const line = this.#lines.get(client)?.get(requestId);
    if (!line)
      return refuse(client, requestId, { code: 300, text: `Can't find EId with tickerId:${requestId}` });
    clearTimeout(line.snapshotEnd);
    this.#lines.get(client)?.delete(requestId);
  }

  /** reqMarketDataType (59): answered request by request. */
  requestType(client: Client, reader: FieldReader): void {
    reader.skip("version");
    const type = reader.text("marketDataType");
    if (isUnset(type) || !/^[1-4]$/.test(type))
      throw new MalformedRequest(`no such market data type: "${type}"`);
    this.#wanted.set(client, Number(type) as WantedType);
  }

  /** Tells streams what has changed since they were last told. */
  tellChanges(): void {
    for (const [client, requestId, line] of this.#all()) this.#sendTicks(client, requestId, line);
  }

  forget(client: Client): void {
    for (const line of this.#lines.get(client)?.values() ?? []) clearTimeout(line.snapshotEnd);
    this.#lines.delete(client);
    this.#wanted.delete(client);
  }

  #linesInUse(): number {
    let count = 0;
    for (const lines of this.#lines.values()) count += lines.size;
    return count;
  }

  #all(): readonly (readonly [Client, number, Line])[] {
    return [...this.#lines].flatMap(([client, lines]) =>
      [...lines].map(([requestId, line]) => [client, requestId, line] as const),
    );
  }

  #sendTicks(client: Client, requestId: number, line: Line): void {
    const quotes = line.isDelayed ? this.#venue.delayed : this.#venue;
    const now = line.wantsFrozen ? quotes.frozenQuote(line.conId) : quotes.quote(line.conId);
    const ticks = line.isDelayed ? delayedTicks : liveTicks;
    const { told, toldType } = line;
    line.told = now;
    const [present, frozen] = line.isDelayed
      ? [types.delayed, types.delayedFrozen]
      : [types.live, types.frozen];
    line.toldType = now.isFrozen ? frozen : present;
    if (line.toldType !== toldType) client.send(58, 1, requestId, line.toldType);
    if (!told) this.#sendParameters(client, requestId, line.conId);
    const sendPrice = (type: number, price: number, size: number): void =>
      client.send(1, 6, requestId, type, price, size, 0);
    const sendSize = (type: number, size: number): void => client.send(2, 6, requestId, type, size);
    if (!told || told.bid !== now.bid || told.bidShares !== now.bidShares) {
      const size = now.bid === undefined ? 0 : now.bidShares;
      sendPrice(ticks.bid, now.bid ?? noPrice, size);
      sendSize(ticks.bidSize, size);
    }
    if (!told || told.ask !== now.ask || told.askShares !== now.askShares) {
      const size = now.ask === undefined ? 0 : now.askShares;
      sendPrice(ticks.ask, now.ask ?? noPrice, size);
      sendSize(ticks.askSize, size);
    }
    if (!told || told.last !== now.last || told.lastTradedAt !== now.lastTradedAt) {
      client.send(46, 6, requestId, ticks.lastTimestamp, String(Math.floor(now.lastTradedAt / 1000)));
      sendPrice(ticks.last, now.last, lastShares);
      sendSize(ticks.lastSize, lastShares);
    }
    if ((!told || told.halt !== now.halt) && !line.isDelayed)
      client.send(45, 6, requestId, haltedTick, javaDecimal(haltCodes[now.halt ?? "none"]));
    this.#sendToday(client, requestId, line);
    if (!told || told.previousClose !== now.previousClose) sendPrice(ticks.close, now.previousClose, 0);
  }

  /** tickReqParams (81): tick, and for a stock the map of exchanges and the kind of snapshots, as a real gateway was recorded to say. */
  #sendParameters(client: Client, requestId: number, conId: number): void {
    const pair = this.#venue.currencyPairs().find((candidate) => candidate.conId === conId);
    const { priceSteps } = pair ?? contractOf(this.#venue, conId);
    const minTick = Math.min(...priceSteps.map((step) => step.increment));
    client.send(81, requestId, minTick, ...(pair ? ["", 0] : ["9c0001", 3]));
  }

  /** Volume, high, low and open of the session, as far as they are not what was told before. */
  #sendToday(client: Client, requestId: number, line: Line): void {
    const now = (line.isDelayed ? this.#venue.delayed : this.#venue).today(line.conId);
    const ticks = line.isDelayed ? delayedTicks : liveTicks;
    const told = line.toldToday;
    line.toldToday = now;
    if (!now) return;
    if (told?.volumeShares !== now.volumeShares)
      client.send(2, 6, requestId, ticks.volume, Math.floor(now.volumeShares / sharesPerLot));
    for (const kind of ["high", "low", "open"] as const)
      if (told?.[kind] !== now[kind]) client.send(1, 6, requestId, ticks[kind], now[kind], 0, 0);
  }
}
