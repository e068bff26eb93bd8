import { type Instant, instantFromMs } from "../trading/instant.ts";
import { type ExchangeDay, nextExtendedOpenAt, nextOpenAt, phaseAt } from "./exchange-days.ts";
import { tradesIn } from "./order-kinds.ts";
import { instantOfSecond, secondOf } from "./second-of.ts";
import type { VenueOrder } from "./venue.ts";

/** The next instant at which one of these orders can change, when orders meet the market once in `stepSeconds`. */
export function nextMoment(
  now: Instant,
  orders: readonly VenueOrder[],
  { dayOf, stepSeconds }: { readonly dayOf: (at: Instant) => ExchangeDay; readonly stepSeconds: number },
): Instant {
  const phase = phaseAt(dayOf(now), now);
  const nextStep = instantOfSecond((Math.floor(secondOf(now) / stepSeconds) + 1) * stepSeconds);
  // Sessions open and close on whole minutes, and steps divide a minute: none steps over a close.
  if (phase === "regular" || orders.some((order) => tradesIn(phase, order))) return nextStep;
  const moments = orders.flatMap(({ goodTillAt }) =>
    goodTillAt !== undefined && goodTillAt > now ? [goodTillAt] : [],
  );
  moments.push(nextOpenAt(now, dayOf));
  if (orders.some((order) => order.tradesExtendedHours)) moments.push(nextExtendedOpenAt(now, dayOf));
  return instantFromMs(Math.min(...moments));
}
