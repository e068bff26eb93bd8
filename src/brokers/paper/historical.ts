import type { Venue, VenueBar, VenueBarRequest, VenueContract } from "../../simulation/venue.ts";
import { type BarRequest, judgeBarRequest, readBarRequest, serviceError } from "./bar-request.ts";
import { type Client, refuse } from "./client.ts";
import { readContractSpec } from "./contract-lookup.ts";
import { pairName, quotable } from "./currency-pairs.ts";
import type { FieldReader } from "./fields.ts";
import { barPrice, decimalText } from "./fields.ts";
import { HistoricalPacing, smallBarSeconds } from "./historical-pacing.ts";
import { invalid, type Refusal, unprocessable } from "./refusal.ts";
import { compactDate, executionTime, utcTime } from "./wall-time.ts";

/** Bars count volume in round lots of so many shares. */
const sharesPerLot = 100;

/** Questions that may be open at a time, over all clients: waiting for their answer, or kept up to date. */
const openMax = 50;
/** How much later than the one before it an answer comes that is slowed down, in ms of the host's clock. */
const slowAnswerMs = 500;

/**
 * So many steps of an answer are taken at once; then the other clients are served before the next. A step is to find the bars
 * of a day, two milliseconds (ten times that for a day that the venue has lived through), or to write so many of them.
 */
const stepsAtOnce = 4;
const barsInStep = 100;

/** A question that waits for its answer, or is answered again as time goes on. */
interface Open {
  readonly request: BarRequest;
  readonly contract: VenueContract;
  readonly bars: VenueBarRequest;
  told: string;
}

/** Bars of the past: once, or kept up to date until cancelled. */
export class Historical {
  readonly #venue: Venue;
  readonly #pacing: HistoricalPacing | undefined;
  readonly #open = new Map<Client, Map<number, Open>>();
  /** Questions whose answers are held back, the next first. */
  #held: readonly { readonly client: Client; readonly open: Open }[] = [];
  #nextHeld: NodeJS.Timeout | undefined;
  /** Questions whose answers are being found, and what each of them lets its client go on with. */
  readonly #found = new Map<Open, { readonly client: Client; readonly goOn: () => void }>();

  /** Without pacing nothing is refused or slowed down for coming too often. */
  constructor(venue: Venue, isPaced: boolean) {
    this.#venue = venue;
    this.#pacing = isPaced ? new HistoricalPacing() : undefined;
  }

  /** Questions that wait for their answer. */
  get answersPending(): number {
    return this.#held.length + this.#found.size;
  }

  /** reqHistoricalData (20) */
  request(client: Client, reader: FieldReader): void {
    const request = readBarRequest(reader);
    const { requestId } = request;
    const found = quotable(this.#venue, request.contract);
    if ("refusal" in found) return refuse(client, requestId, found.refusal);
    const judged = judgeBarRequest(request, this.#venue.now(), this.#venue.zone);
    if ("refusal" in judged) return refuse(client, requestId, judged.refusal);
    const mine = this.#open.get(client) ?? new Map<number, Open>();
    if (mine.has(requestId)) return refuse(client, requestId, unprocessable("Duplicate ticker id"));
    if (this.#all().length >= openMax) return refuse(client, requestId, tooManyOpen);
    const bars = { ...judged.bars, conId: found.contract.conId };
    if (this.#isTooOften(request, bars)) return refuse(client, requestId, pacingViolation);
    const open: Open = { request, contract: found.contract, bars, told: "" };
    this.#open.set(client, mine.set(requestId, open));
    const isSlow = !isSmall(bars.size) && this.#pacing?.isSlow(this.#venue.now());
    if (isSlow) this.#hold(client, open);
    else this.#answer(client, open);
  }

  #hold(client: Client, open: Open): void {
    this.#held = [...this.#held, { client, open }];
    this.#nextHeld ??= setTimeout(() => this.#release(), slowAnswerMs);
  }

  #release(): void {
    const [next, ...others] = this.#held;
    this.#held = others;
    this.#nextHeld = others.length > 0 ? setTimeout(() => this.#release(), slowAnswerMs) : undefined;
    if (next) this.#answer(next.client, next.open);
  }

  #isAnswered(open: Open): boolean {
    return !this.#found.has(open) && !this.#held.some((held) => held.open === open);
  }

  /** Questions that need no answer any more. */
  #letGo(isOver: (client: Client, open: Open) => boolean): void {
    for (const [open, { client, goOn }] of this.#found)
      if (isOver(client, open)) {
        this.#found.delete(open);
        goOn();
      }
    this.#held = this.#held.filter(({ client, open }) => !isOver(client, open));
    if (this.#held.length > 0) return;
    clearTimeout(this.#nextHeld);
    this.#nextHeld = undefined;
  }

  /** A short answer goes at once. While a long one is found its client waits, so that it always hears the same in the same order. */
  #answer(client: Client, open: Open): void {
    const search = this.#written(client, open);
    const bars = someStepsOf(search);
    if (bars) return this.#tell(client, open, bars);
    this.#found.set(open, { client, goOn: client.hold() });
    this.#goOnFinding(client, open, search);
  }

  /** The bars, each with its fields as they are sent. */
  *#written(client: Client, { request, bars: asked }: Open): Answering {
    const written: WrittenBar[] = [];
    for (const bar of yield* this.#venue.findBars(asked)) {
      written.push({ bar, text: this.#barFields(client, request, bar).join("\0") });
      if (written.length % barsInStep === 0) yield;
    }
    return written;
  }

  #goOnFinding(client: Client, open: Open, search: Answering): void {
    setImmediate(() => {
      const waiting = this.#found.get(open);
      if (!waiting) return;
      const bars = someStepsOf(search);
      if (!bars) return this.#goOnFinding(client, open, search);
      this.#found.delete(open);
      this.#tell(client, open, bars);
      waiting.goOn();
    });
  }

  #tell(client: Client, open: Open, bars: readonly WrittenBar[]): void {
    const { request } = open;
    const isOver = bars.length === 0 || !request.keepUpToDate;
    if (isOver) this.#open.get(client)?.delete(request.requestId);
    if (bars.length === 0) return refuse(client, request.requestId, this.#noData(open));
    this.#sendBars(client, request, bars);
    open.told = bars.at(-1)?.text ?? "";
  }

  /** Bars of a minute and longer are only slowed down. */
  #isTooOften(request: BarRequest, { conId, size }: VenueBarRequest): boolean {
    if (!isSmall(size)) return false;
    const { whatToShow, barSize, duration, endDateTime, isEpoch, keepUpToDate } = request;
    const asked = [barSize, duration, endDateTime, isEpoch, keepUpToDate].join(" ");
    return this.#isViolation(conId, request.contract.exchange, whatToShow, asked);
  }

  #isViolation(conId: number, exchange: string, whatToShow: string, asked: string): boolean {
    const series = `${conId} ${exchange || "SMART"} ${whatToShow}`;
    const weight = whatToShow === "BID_ASK" ? 2 : 1;
    return this.#pacing?.take({ series, whole: `${series} ${asked}`, weight }, this.#venue.now()) === false;
  }

  /** cancelHistoricalData (25): what was answered is over and cannot be found any more. */
  cancel(client: Client, reader: FieldReader): void {
    reader.skip("version");
    const requestId = reader.id("reqId");
    const open = this.#open.get(client)?.get(requestId);
    if (!open)
      return refuse(client, requestId, {
        code: 366,
        text: `No historical data query found for ticker id:${requestId}`,
      });
    this.#letGo((_, held) => held === open);
    this.#open.get(client)?.delete(requestId);
    refuse(client, requestId, {
      code: 162,
      text: `${serviceError}API historical data query cancelled: ${requestId}`,
    });
  }

  /** reqHeadTimestamp (87): when the data of a contract begin. */
  headTimestamp(client: Client, reader: FieldReader): void {
    const requestId = reader.id("reqId");
    const spec = readContractSpec(reader);
    reader.skip("includeExpired", "useRTH");
    const whatToShow = reader.text("whatToShow").toUpperCase();
    const isEpoch = reader.integer("formatDate") === 2;
    const found = quotable(this.#venue, spec);
    if ("refusal" in found) return refuse(client, requestId, found.refusal);
    if (!/^(TRADES|ADJUSTED_LAST|MIDPOINT|BID|ASK|BID_ASK)$/.test(whatToShow))
      return refuse(client, requestId, invalid("What to show field is missing or incorrect."));
    const { conId } = found.contract;
    // It counts like a request for small bars.
    if (this.#isViolation(conId, spec.exchange, whatToShow, `head ${isEpoch}`))
      return refuse(client, requestId, pacingViolation);
    const at = this.#venue.firstBarAt(conId);
    client.send(88, requestId, isEpoch ? String(Math.floor(at / 1000)) : utcTime(at));
  }

  /** Tells those who wanted to be kept up to date how the present bar has grown, or that the next has begun. */
  tellChanges(): void {
    for (const [client, requestId, open] of this.#all())
      if (this.#isAnswered(open)) this.#update(client, requestId, open);
  }

  forget(client: Client): void {
    this.#letGo((held) => held === client);
    this.#open.delete(client);
  }

  #all(): readonly (readonly [Client, number, Open])[] {
    return [...this.#open].flatMap(([client, mine]) =>
      [...mine].map(([requestId, open]) => [client, requestId, open] as const),
    );
  }

  #update(client: Client, requestId: number, live: Open): void {
    const length =
      typeof live.bars.size === "number"
        ? ({ unit: "seconds", count: live.bars.size } as const)
        : ({ unit: "days", count: 1 } as const);
    const bar = this.#venue.bars({ ...live.bars, length, until: this.#venue.now() }).at(-1);
    const fields = bar ? this.#barFields(client, live.request, bar) : [];
    if (live.told === fields.join("\0")) return;
    live.told = fields.join("\0");
    const [date = "", open = "", high = "", low = "", close = "", volume = "", average = "", trades = ""] =
      fields;
    // This message has its own order: the close stands before the high, the average before the volume.
    client.send(90, requestId, trades, date, open, close, high, low, average, volume);
  }

  /** historicalData (17) */
  #sendBars(client: Client, request: BarRequest, bars: readonly WrittenBar[]): void {
    const [first] = bars;
    if (!first) return;
    const time = (at: VenueBar["startAt"]): string =>
      executionTime(at, this.#venue.zone, client.serverVersion);
    const end = request.endDateTime === "" ? time(this.#venue.now()) : request.endDateTime;
    // As one field: a year of minutes has more of them than a call can have arguments.
    const fields = bars.map(({ text }) => text).join("\0");
    client.send(17, request.requestId, time(first.bar.startAt), end, bars.length, fields);
  }

  /** Date, open, high, low, close, volume in lots, average price, number of trades; of quotes the last three are −1. */
  #barFields(client: Client, request: BarRequest, bar: VenueBar): readonly string[] {
    const isQuote = !/^(TRADES|ADJUSTED_LAST)$/.test(request.whatToShow);
    const isLong = /^1 ?(day|w|week|m|month)$/i.test(request.barSize);
    const intraday = (): string =>
      request.isEpoch
        ? String(Math.floor(bar.startAt / 1000))
        : executionTime(bar.startAt, this.#venue.zone, client.serverVersion);
    return [
      isLong ? compactDate(bar.on) : intraday(),
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

  #noData({ contract, request }: Open): Refusal {
    const { whatToShow } = request;
    const kind = whatToShow === "TRADES" ? "Trades" : whatToShow;
    const isPair = this.#venue.currencyPairs().includes(contract);
    const name = isPair ? pairName(contract) : contract.symbol;
    const route = request.contract.exchange || (isPair ? contract.primaryExchange : "SMART");
    return { code: 162, text: `${serviceError}HMDS query returned no data: ${name}@${route} ${kind}` };
  }
}

interface WrittenBar {
  readonly bar: VenueBar;
  readonly text: string;
}

type Answering = Generator<undefined, readonly WrittenBar[], undefined>;

/** The bars, if these are the last steps. */
function someStepsOf(search: Answering): readonly WrittenBar[] | undefined {
  for (let step = 0; step < stepsAtOnce; step += 1) {
    const next = search.next();
    if (next.done === true) return next.value;
  }
  return undefined;
}

function isSmall(size: VenueBarRequest["size"]): boolean {
  return typeof size === "number" && size <= smallBarSeconds;
}

const pacingViolation = { code: 162, text: `${serviceError}Historical data request pacing violation` };
const tooManyOpen = unprocessable(`Only ${openMax} simultaneous API historical data requests allowed.`);
