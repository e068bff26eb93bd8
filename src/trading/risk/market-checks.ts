import type { Instant } from "../instant.ts";
import type { Instrument } from "../instrument.ts";
import { nyseSession, nyseZone } from "../nyse-calendar.ts";
import { isPrice } from "../price.ts";
import type { Quote } from "../quote.ts";
import { dateIn, type Session, sessionOpenAt } from "../session.ts";
import { type Check, type Judging, judge } from "./check.ts";
import type { RiskKnown, RiskMarket, RiskPolicy } from "./review.ts";

/** Prices, their age and spread, and whether each instrument trades when it should. */
export function marketChecks(known: RiskKnown, policy: RiskPolicy, judging: Judging): readonly Check[] {
  const { findings, now } = known;
  const { instruments, quotes, haltedConIds } = known.market ?? noMarket;
  const { limits, quoteMaxAgeSeconds } = policy;
  const stale = findings.flatMap((finding) => (finding.kind === "quote-stale" ? [finding] : []));
  const quoted = instruments.flatMap(({ conId, symbol }): readonly Quoted[] => {
    const quote = quotes.get(conId);
    return quote ? [{ ...quote, symbol }] : [];
  });
  const open = instruments.flatMap(({ conId, symbol, timeZone, sessions }): readonly Open[] => {
    const session = sessionOpenAt(sessions, now);
    return session ? [{ conId, symbol, timeZone, session }] : [];
  });
  const ofEach = <T extends { readonly symbol: string }>(
    name: Check["name"],
    subjects: readonly T[],
    limit: number,
    valueOf: (subject: T) => number | undefined,
  ) =>
    subjects.length === 0
      ? [judge(name, { value: undefined, limit }, judging)]
      : subjects.map((each) => judge(name, { subject: each.symbol, value: valueOf(each), limit }, judging));
  return [
    ...ofEach("price-jump", quoted, limits.priceJumpMax, ({ conId, mid, close }) => {
      const reference = known.record.marks.get(conId) ?? (isPrice(close) ? close : undefined);
      return reference === undefined ? undefined : Math.abs(mid / reference - 1);
    }),
    ...ofEach("spread", quoted, limits.spreadBpsMax, ({ bid, ask, mid }) => ((ask - bid) / mid) * 10_000),
    ...(stale.length > 0
      ? ofEach("quote-age", stale, quoteMaxAgeSeconds, ({ ageSeconds }) => Math.abs(ageSeconds))
      : ofEach(
          "quote-age",
          quoted,
          quoteMaxAgeSeconds,
          ({ receivedAt }) => Math.abs(now - receivedAt) / 1000,
        )),
    ...ofEach("trading-halt", open, 0, ({ conId }) => (haltedConIds.has(conId) ? 1 : 0)),
    ...hoursChecks(open, now, judging),
  ];
}

/** Nothing was asked for, or nothing was told. */
export const noMarket: RiskMarket = { instruments: [], quotes: new Map(), haltedConIds: new Set() };

interface Quoted extends Quote {
  readonly symbol: string;
}

/** An instrument that says of itself that it trades now. */
interface Open extends Pick<Instrument, "conId" | "symbol" | "timeZone"> {
  readonly session: Session;
}

/** Zones in which the exchanges keep the calendar that we know. */
const calendarZones: ReadonlySet<string> = new Set(["US/Eastern", "America/New_York", "EST5EDT", "EST"]);

/**
 * Do the contract's hours and the exchange's calendar agree? By how many minutes the contract claims to trade outside
 * the calendar's session: hours that are kept from before a holiday was known, or told wrongly. A contract that opens later
 * or closes earlier than the calendar says is believed: the warning is an early close that the calendar does not know.
 */
function hoursChecks(open: readonly Open[], now: Instant, judging: Judging): readonly Check[] {
  const american = open.filter(({ timeZone }) => calendarZones.has(timeZone));
  const calendar = american.length > 0 ? nyseSession(dateIn(nyseZone, now)) : undefined;
  const judged = american.map(({ symbol, session: told }): Check => {
    const outsideMs = calendar
      ? Math.max(0, calendar.openAt - told.openAt) + Math.max(0, told.closeAt - calendar.closeAt)
      : told.closeAt - told.openAt;
    const check = judge("session-hours", { subject: symbol, value: outsideMs / 60_000, limit: 0 }, judging);
    const isShorter = calendar && (told.openAt > calendar.openAt || told.closeAt < calendar.closeAt);
    return check.verdict === "pass" && isShorter ? { ...check, verdict: "warn" } : check;
  });
  return judged.length > 0 ? judged : [judge("session-hours", { value: undefined, limit: 0 }, judging)];
}
