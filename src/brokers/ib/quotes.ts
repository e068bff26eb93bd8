import { SecType } from "@stoqey/ib";
import type { Finding } from "../../trading/finding.ts";
import { type Instant, instantFromMs } from "../../trading/instant.ts";
import type { Instrument } from "../../trading/instrument.ts";
import { isPrice } from "../../trading/price.ts";
import type { MarketDataFeed, QuoteReading } from "../../trading/quote.ts";
import { held, ok, okUnless, type Result } from "../../trading/result.ts";
import { askAtOnce } from "./at-once.ts";
import { deadlineIn } from "./deadline.ts";
import type { Desk } from "./desk.ts";

interface QuoteDesk extends Desk {
  marketTime(): Instant;
}

/** By TWS tick type; delayed data come under numbers of their own (D04). */
const ticks: ReadonlyMap<number, { readonly field: PriceField; readonly delayed: boolean }> = new Map([
  [1, { field: "bid", delayed: false }],
  [2, { field: "ask", delayed: false }],
  [4, { field: "last", delayed: false }],
  [9, { field: "close", delayed: false }],
  [66, { field: "bid", delayed: true }],
  [67, { field: "ask", delayed: true }],
  [68, { field: "last", delayed: true }],
  [75, { field: "close", delayed: true }],
]);

type PriceField = "bid" | "ask" | "last" | "close";

/** Time of the last trade, in seconds since 1970: live and delayed. */
const lastTimeTicks = new Set([45, 88]);

/** Trading has stopped: 1 generally, 2 for volatility; 0 is not halted, −1 not known. */
const haltedTicks = new Set([49, 90]);

const feeds: ReadonlyMap<number, MarketDataFeed> = new Map([
  [1, "live"],
  [2, "frozen"],
  [3, "delayed"],
  [4, "delayed-frozen"],
]);

/**
 * One snapshot per instrument, never more at once than the account has lines for. Readings come as the gateway gave
 * them, −1 included: judging is the desk's.
 */
export async function readQuotes(
  instruments: readonly Instrument[],
  desk: QuoteDesk,
): Promise<Result<readonly QuoteReading[]>> {
  const cutOff = await desk.connection.linked("quotes", desk.deadlineSeconds);
  if (cutOff) return held(cutOff);
  const cutsBefore = desk.connection.linkCuts;
  const results = await askAtOnce(desk.connection, desk.marketDataLines, instruments, (instrument) =>
    readQuote(instrument, desk),
  );
  if (desk.connection.lost) return held(desk.connection.lostDuring("quotes"));
  if (desk.connection.linkCuts !== cutsBefore) return held(desk.connection.cutDuring("quotes"));
  const unanswered: readonly Finding[] = results.flatMap((result) => (result.ok ? [] : result.findings));
  const farms = desk.connection.farmsDown(2103);
  const symbols = instruments
    .filter((_instrument, index) => lacksPrices(results[index]))
    .map(({ symbol }) => symbol);
  const isOutage = farms.length > 0 && symbols.length > 0;
  const findings: readonly Finding[] = isOutage
    ? [{ kind: "data-farm-down", farms, symbols }, ...unanswered]
    : unanswered;
  return okUnless(findings, () => results.flatMap((result) => (result.ok ? [result.value] : [])));
}

/** Neither both prices nor a refusal: what an unreachable data server looks like. */
function lacksPrices(result: Result<QuoteReading> | undefined): boolean {
  if (!result?.ok) return true;
  const { bid, ask, refusal } = result.value;
  return refusal === undefined && !(isPrice(bid) && isPrice(ask));
}

async function readQuote(instrument: Instrument, desk: QuoteDesk): Promise<Result<QuoteReading>> {
  const { connection, quoteDeadlineSeconds: deadlineSeconds } = desk;
  const { conId, symbol, currency } = instrument;
  const id = connection.newRequestId();
  const prices: { [field in PriceField]?: number } & {
    lastTradedAt?: Instant;
    isHalted?: boolean;
  } = {};
  // Live unless told otherwise: any other feed is announced, or comes under ticks of its own.
  let feed: MarketDataFeed = "live";
  let receivedAt: Instant | undefined;
  let isEnded = false;
  const stops = [
    connection.on("marketDataType", (of, type) => {
      if (of === id) feed = feeds.get(type) ?? feed;
    }),
    connection.on("tickPrice", (of, tickType, price) => {
      const tick = ticks.get(tickType);
      if (of !== id || !tick || price === undefined) return;
      prices[tick.field] = price;
      if (tick.delayed && !feed.startsWith("delayed")) feed = "delayed";
      if (tick.field === "bid" || tick.field === "ask") receivedAt = desk.marketTime();
    }),
    connection.on("tickGeneric", (of, tickType, value) => {
      if (of === id && haltedTicks.has(tickType) && value !== undefined && value >= 0)
        prices.isHalted = value > 0;
    }),
    connection.on("tickString", (of, tickType, text) => {
      if (of === id && lastTimeTicks.has(tickType) && Number(text) > 0) {
        prices.lastTradedAt = instantFromMs(Number(text) * 1000);
      }
    }),
    connection.on("tickSnapshotEnd", (of) => {
      if (of === id) isEnded = true;
    }),
  ];
  // The conId names the contract; where it is listed does not matter for a quote over SMART.
  const contract = { conId, symbol, secType: SecType.STK, exchange: "SMART", currency };
  await connection.send((api) => api.reqMktData(id, contract, "", true, false));
  const isOver = (): boolean => isEnded || connection.refusalOf(id) !== undefined;
  await connection.until(isOver, deadlineIn(deadlineSeconds));
  for (const stop of stops) stop();

  const refusal = connection.refusalOf(id);
  const isSilent = !isEnded && !refusal && receivedAt === undefined;
  if (isSilent) return held({ kind: "quote-unanswered", symbol, deadlineSeconds });
  const reading = { conId, symbol, ...prices, receivedAt: receivedAt ?? desk.marketTime(), feed };
  return ok(refusal ? { ...reading, refusal } : reading);
}
