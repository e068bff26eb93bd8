import type { Venue, VenueBar, VenueBarRequest } from "../../simulation/venue.ts";
import { type BarRequest, judgeBarRequest, readBarRequest, serviceError } from "./bar-request.ts";
import { type Client, refuse } from "./client.ts";
import { contractOf, onlyContract, readContractSpec } from "./contract-lookup.ts";
import type { Field, FieldReader } from "./fields.ts";
import { barPrice, decimalText } from "./fields.ts";
import { invalid, type Refusal, unprocessable } from "./refusal.ts";
import { compactDate, executionTime, utcTime } from "./wall-time.ts";

/** Bars count volume in round lots of so many shares. */
const sharesPerLot = 100;

/** A question that is answered again as time goes on. */
interface Live {
  readonly request: BarRequest;
  readonly bars: Omit<VenueBarRequest, "until">;
  told: string;
}

/** Bars of the past: once, or kept up to date until cancelled. */
export class Historical {
  readonly #venue: Venue;
  readonly #live = new Map<Client, Map<number, Live>>();

  constructor(venue: Venue) {
    this.#venue = venue;
  }

  /** reqHistoricalData (20) */
  request(client: Client, reader: FieldReader): void {
    const request = readBarRequest(reader);
    const { requestId } = request;
    const found = onlyContract(this.#venue, request.contract);
    if ("refusal" in found) return refuse(client, requestId, found.refusal);
    const judged = judgeBarRequest(request, this.#venue.now(), this.#venue.zone);
    if ("refusal" in judged) return refuse(client, requestId, judged.refusal);
    const live = this.#live.get(client) ?? new Map<number, Live>();
    if (live.has(requestId)) return refuse(client, requestId, unprocessable("Duplicate ticker id"));
    const asked = { ...judged.bars, conId: found.contract.conId };
    const bars = this.#venue.bars(asked);
    if (bars.length === 0) return refuse(client, requestId, this.#noData(asked.conId, request));
    this.#sendBars(client, request, bars);
    if (request.keepUpToDate) {
      const told = this.#barFields(client, request, bars.at(-1)).join("|");
      this.#live.set(client, live.set(requestId, { request, bars: asked, told }));
    }
  }

  /** cancelHistoricalData (25): what was answered is over and cannot be found any more. */
  cancel(client: Client, reader: FieldReader): void {
    reader.skip("version");
    const requestId = reader.id("reqId");
    if (this.#live.get(client)?.delete(requestId))
      return refuse(client, requestId, {
        code: 162,
        text: `${serviceError}API historical data query cancelled: ${requestId}`,
      });
    refuse(client, requestId, {
      code: 366,
      text: `No historical data query found for ticker id:${requestId}`,
    });
  }

  /** reqHeadTimestamp (87): when the data of a contract begin. */
  headTimestamp(client: Client, reader: FieldReader): void {
    const requestId = reader.id("reqId");
    const spec = readContractSpec(reader);
    reader.skip("includeExpired", "useRTH");
    const whatToShow = reader.text("whatToShow").toUpperCase();
    const isEpoch = reader.integer("formatDate") === 2;
    const found = onlyContract(this.#venue, spec);
    if ("refusal" in found) return refuse(client, requestId, found.refusal);
    if (!/^(TRADES|ADJUSTED_LAST|MIDPOINT|BID|ASK)$/.test(whatToShow))
      return refuse(client, requestId, invalid("What to show field is missing or incorrect."));
    const at = this.#venue.firstBarAt(found.contract.conId);
    client.send(88, requestId, isEpoch ? String(Math.floor(at / 1000)) : utcTime(at));
  }

  /** Tells those who wanted to be kept up to date how the present bar has grown, or that the next has begun. */
  tellChanges(): void {
    for (const [client, lives] of this.#live)
      for (const [requestId, live] of lives) this.#update(client, requestId, live);
  }

  forget(client: Client): void {
    this.#live.delete(client);
  }

  #update(client: Client, requestId: number, live: Live): void {
    const length =
      typeof live.bars.size === "number"
        ? ({ unit: "seconds", count: live.bars.size } as const)
        : ({ unit: "days", count: 1 } as const);
    const bar = this.#venue.bars({ ...live.bars, length, until: this.#venue.now() }).at(-1);
    const fields = this.#barFields(client, live.request, bar);
    if (live.told === fields.join("|")) return;
    live.told = fields.join("|");
    const [date = "", open = "", high = "", low = "", close = "", volume = "", average = "", trades = ""] =
      fields;
    // This message has its own order: the close stands before the high, the average before the volume.
    client.send(90, requestId, trades, date, open, close, high, low, average, volume);
  }

  /** historicalData (17) */
  #sendBars(client: Client, request: BarRequest, bars: readonly VenueBar[]): void {
    const [first] = bars;
    const last = bars.at(-1);
    if (!first || !last) return;
    const time = (at: VenueBar["startAt"]): string =>
      executionTime(at, this.#venue.zone, client.serverVersion);
    const end = request.endDateTime === "" ? time(this.#venue.now()) : request.endDateTime;
    const fields = bars.flatMap((bar) => this.#barFields(client, request, bar));
    client.send(17, request.requestId, time(first.startAt), end, bars.length, ...fields);
  }

  /** Date, open, high, low, close, volume in lots, average price, number of trades; of quotes the last three are −1. */
  #barFields(client: Client, request: BarRequest, bar: VenueBar | undefined): readonly Field[] {
    if (!bar) return [];
    const isQuote = !/^(TRADES|ADJUSTED_LAST)$/.test(request.whatToShow);
    const isLong = /^1 ?(day|w|week|m|month)$/i.test(request.barSize);
    const time = executionTime(bar.startAt, this.#venue.zone, client.serverVersion);
    const intraday = request.isEpoch ? String(Math.floor(bar.startAt / 1000)) : time;
    return [
      isLong ? compactDate(bar.on) : intraday,
      ...[bar.open, bar.high, bar.low, bar.close].map((price) => barPrice(price)),
      ...(isQuote
        ? ["-1", "-1", "-1"]
        : [
            decimalText(bar.volumeShares / sharesPerLot),
            decimalText(Math.round(bar.averagePrice * 1000) / 1000),
            decimalText(bar.trades),
          ]),
    ];
  }

  #noData(conId: number, { contract, whatToShow }: BarRequest): Refusal {
    const { symbol } = contractOf(this.#venue, conId);
    const kind = whatToShow === "TRADES" ? "Trades" : whatToShow;
    const route = contract.exchange || "SMART";
    return { code: 162, text: `${serviceError}HMDS query returned no data: ${symbol}@${route} ${kind}` };
  }
}
