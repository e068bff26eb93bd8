import type { Venue, VenueSchedule } from "../../simulation/venue.ts";
import type { Instant } from "../../trading/instant.ts";
import { type AlgoParam, type OrderRequest } from "./order-request.ts";
import { algoAttributes, type Refusal } from "./refusal.ts";
import { compactDate, readGoodTill } from "./wall-time.ts";

/** Longer than any holiday: the calendar days in which the next session must end. */
const daysToNextSession = 10;

/**
 * The window of a Twap or Vwap order, or why it can be none; undefined for other algorithms. A time without a date is one
 * of the session that is open or comes next. `noTakeLiq`, `speedUp` and Twap's kinds of matching change nothing here.
 */
export function algoSchedule(
  venue: Venue,
  { algoStrategy, algoParams }: Pick<OrderRequest, "algoStrategy" | "algoParams">,
): { readonly schedule: VenueSchedule } | { readonly refusal: Refusal } | undefined {
  if (algoStrategy !== "Twap" && algoStrategy !== "Vwap") return undefined;
  const said = (name: string): string => valueOf(algoParams, name);
  const startAt = instantOf(venue, said("startTime"));
  const endAt = instantOf(venue, said("endTime"));
  if (startAt === "unreadable")
    return { refusal: algoAttributes(`startTime cannot be ${said("startTime")}`) };
  if (endAt === "unreadable") return { refusal: algoAttributes(`endTime cannot be ${said("endTime")}`) };
  if (endAt !== undefined && endAt <= Math.max(startAt ?? 0, venue.now()))
    return { refusal: algoAttributes("endTime is over, or not after startTime") };
  const volumePart = said("maxPctVol");
  return {
    schedule: {
      slices: algoStrategy === "Twap" ? "even" : "with volume",
      startAt,
      endAt,
      tradesPastEnd: said("allowPastEndTime") === "1",
      volumePartMax: volumePart === "" ? undefined : Number(volumePart),
    },
  };
}

function valueOf(params: readonly AlgoParam[], name: string): string {
  return params.find(({ tag }) => tag === name)?.value ?? "";
}

/** Undefined when nothing is said. */
function instantOf(venue: Venue, text: string): Instant | undefined | "unreadable" {
  if (text === "") return undefined;
  const session = venue.sessions(daysToNextSession).find(({ closeAt }) => closeAt > venue.now());
  const dated = /^\d\d:/.test(text) && session ? `${compactDate(session.on)} ${text}` : text;
  return readGoodTill(dated, venue.zone) ?? "unreadable";
}
