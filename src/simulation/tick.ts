import type { PriceStep } from "../trading/price.ts";

/** The nearest price on a tick, one tick at least. */
export function roundToTick(price: number, steps: readonly PriceStep[]): number {
  const tick = tickAt(price, steps);
  return onTick(Math.max(1, Math.round(price / tick)), tick);
}

/** The tick that holds at a price. Throws RangeError when no step begins at or below it. */
export function tickAt(price: number, steps: readonly PriceStep[]): number {
  let found: PriceStep | undefined;
  for (const step of steps)
    if (step.lowEdge <= price && (!found || step.lowEdge >= found.lowEdge)) found = step;
  if (!found) throw new RangeError(`no price step at ${price}`);
  return found.increment;
}

/** So many ticks as a price: the number nearest to the exact decimal. */
export function onTick(ticks: number, tick: number): number {
  return Math.round(ticks * tick * 1e8) / 1e8;
}
