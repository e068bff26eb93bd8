import type { TradingDate } from "../trading/instant.ts";
import { nyseTradingDatesEnding } from "../trading/nyse-calendar.ts";
import type { PriceHistory } from "../trading/price-history.ts";

/**
 * The same closes on other dates: the trading dates that end on `lastDate`, so that a gateway that lives now has a past.
 * Throws RangeError when the exchange is closed on `lastDate`, or when the first date falls before the calendar's.
 */
export function shiftToEndOn(history: PriceHistory, lastDate: TradingDate): PriceHistory {
  const dates = nyseTradingDatesEnding(lastDate, history.dates.length);
  if (dates.at(-1) !== lastDate) throw new RangeError(`the exchange is closed on ${lastDate}`);
  return { dates, closes: history.closes };
}
