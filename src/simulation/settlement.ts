import { type Instant, tradingDate } from "../trading/instant.ts";
import { daysFrom, nyseTradingDates, nyseZone } from "../trading/nyse-calendar.ts";
import { dateIn, wallClock } from "../trading/session.ts";

/** The first trading date after which a sale is paid one trading day later instead of two (SEC rule 15c6-1). */
const oneDaySince = tradingDate("2024-05-28");

/** When the money of a trade is there: the midnight that begins its settlement day. */
export function settlesAt(tradedAt: Instant): Instant {
  const on = dateIn(nyseZone, tradedAt);
  const settlesOn = nyseTradingDates(daysFrom(on, 1), daysFrom(on, 14))[on >= oneDaySince ? 0 : 1];
  return wallClock(settlesOn ?? on, "00:00", nyseZone);
}
