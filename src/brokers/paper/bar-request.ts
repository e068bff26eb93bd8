import type { VenueBarRequest } from "../../simulation/venue.ts";
import type { Instant } from "../../trading/instant.ts";
import { type ContractSpec, readContractSpec } from "./contract-lookup.ts";
import { type FieldReader, MalformedRequest } from "./fields.ts";
import { smallBarSeconds } from "./historical-pacing.ts";
import { invalid, type Refusal } from "./refusal.ts";
import { readFilterTime } from "./wall-time.ts";

/** reqHistoricalData as it came over the wire. */
export interface BarRequest {
  readonly requestId: number;
  readonly contract: ContractSpec;
  readonly endDateTime: string;
  readonly barSize: string;
  readonly duration: string;
  readonly whatToShow: string;
  /** Times of bars as seconds since 1970 and not as text of the gateway's zone. */
  readonly isEpoch: boolean;
  readonly keepUpToDate: boolean;
}

/** Reads reqHistoricalData (20). Throws MalformedRequest when fields are missing. */
export function readBarRequest(reader: FieldReader): BarRequest {
  const requestId = reader.id("reqId");
  const contract = readContractSpec(reader);
  reader.skip("includeExpired");
  const endDateTime = reader.text("endDateTime").trim();
  const barSize = reader.text("barSizeSetting").trim();
  const duration = reader.text("durationStr").trim();
  // The simulated exchange has regular hours only: with or without them the bars are the same.
  reader.skip("useRTH");
  const whatToShow = reader.text("whatToShow").toUpperCase();
  const formatDate = reader.integer("formatDate") ?? 1;
  if (contract.secType === "BAG") throw new MalformedRequest("bars of combinations are not imitated yet");
  const keepUpToDate = reader.flag("keepUpToDate");
  return {
    requestId,
    contract,
    endDateTime,
    barSize,
    duration,
    whatToShow,
    keepUpToDate,
    isEpoch: formatDate === 2,
  };
}

/** The bars that are asked for, or the refusal that says what is wrong with the question. */
export function judgeBarRequest(
  request: BarRequest,
  now: Instant,
  zone: string,
): { readonly bars: Omit<VenueBarRequest, "conId"> } | { readonly refusal: Refusal } {
  const { whatToShow, endDateTime, keepUpToDate, duration } = request;
  const price = prices.get(whatToShow);
  const size = sizes.get(request.barSize.toLowerCase());
  const length = lengthOf(duration);
  const until = endDateTime === "" ? now : readEnd(endDateTime, zone);
  if (price === undefined) return { refusal: invalid("What to show field is missing or incorrect.") };
  if (size === undefined)
    return {
      refusal: invalid(`Historical data bar size setting is invalid. Legal ones are: ${legalSizes}.`),
    };
  if (length === undefined)
    return { refusal: invalid(`Historical data query duration is invalid: ${duration}`) };
  if (until === undefined)
    return { refusal: invalid("Invalid end date/time. The format is yyyymmdd hh:mm:ss [zone]") };
  if (endDateTime !== "" && (whatToShow === "ADJUSTED_LAST" || keepUpToDate))
    return {
      refusal: invalid(`End Date not supported with ${keepUpToDate ? "keepUpToDate" : "adjusted last"}`),
    };
  if (isTooLong(length, size))
    return { refusal: { code: 162, text: `${serviceError}Time length exceed max.` } };
  return { bars: { price, size, length, until } };
}

export const serviceError = "Historical Market Data Service error message:";

type Length = VenueBarRequest["length"];

/** The data of the venue are adjusted for splits and dividends, so the adjusted price is the price. */
const prices: ReadonlyMap<string, VenueBarRequest["price"]> = new Map([
  ["TRADES", "trades"],
  ["ADJUSTED_LAST", "trades"],
  ["MIDPOINT", "midpoint"],
  ["BID", "bid"],
  ["ASK", "ask"],
  ["BID_ASK", "bid and ask"],
]);

const sizes: ReadonlyMap<string, VenueBarRequest["size"]> = new Map<string, VenueBarRequest["size"]>([
  ["1 secs", 1],
  ["1 sec", 1],
  ...[5, 10, 15, 30].map((seconds) => [`${seconds} secs`, seconds] as const),
  ["1 min", 60],
  ...[2, 3, 5, 10, 15, 20, 30].map((minutes) => [`${minutes} mins`, minutes * 60] as const),
  ["1 hour", 3600],
  ...[2, 3, 4, 8].map((hours) => [`${hours} hours`, hours * 3600] as const),
  ["1 day", "day"],
  ["1w", "week"],
  ["1 week", "week"],
  ["1m", "month"],
  ["1 month", "month"],
]);
const legalSizes =
  "1 secs, 5 secs, 10 secs, 15 secs, 30 secs, 1 min, 2 mins, 3 mins, 5 mins, 10 mins, 15 mins, 20 mins, 30 mins, 1 hour, 2 hours, 3 hours, 4 hours, 8 hours, 1 day, 1W, 1M";

const units: ReadonlyMap<string, Length["unit"]> = new Map([
  ["S", "seconds"],
  ["D", "days"],
  ["W", "weeks"],
  ["M", "months"],
  ["Y", "years"],
]);

/** "1800 S", "30 D", "1Y"; a number alone is seconds. */
function lengthOf(duration: string): Length | undefined {
  const [, count, letter = "S"] = /^(\d{1,6})(?: *([SDWMY]))?$/i.exec(duration) ?? [];
  const unit = units.get(letter.toUpperCase());
  return unit && Number(count) > 0 ? { unit, count: Number(count) } : undefined;
}

/** More bars than the service sends at a time, or a length in a unit too small for it. */
function isTooLong({ unit, count }: Length, size: VenueBarRequest["size"]): boolean {
  if (unit === "seconds" && count > 86_400) return true;
  if (unit === "days" && count > 365) return true;
  const days = count * sessionsIn[unit];
  if (typeof size === "string") return days > 40 * 252;
  const seconds = unit === "seconds" ? count : days * 23_400;
  return seconds / size > (size <= smallBarSeconds ? smallBarsMax : 100_000);
}

/** "Only a few thousand bars are returned at a time." */
const smallBarsMax = 5000;

const sessionsIn = { seconds: 0, days: 1, weeks: 5, months: 21, years: 252 } as const;

/** "20221122 15:00:00", with a zone, or "20221122-15:00:00", which is UTC. */
function readEnd(text: string, zone: string): Instant | undefined {
  const isUtc = /^\d{8}-\d\d:\d\d:\d\d$/.test(text);
  return readFilterTime(text, isUtc ? "UTC" : zone);
}
