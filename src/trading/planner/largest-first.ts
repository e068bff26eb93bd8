import type { Money } from "../money.ts";

/** Larger amounts first, then by symbol and contract: the same order whatever that of the inputs. */
export function largestFirst<T extends { readonly symbol: string; readonly conId: number }>(
  amountOf: (line: T) => Money,
): (a: T, b: T) => number {
  return (a, b) => Number(amountOf(b).e6 - amountOf(a).e6) || byText(a.symbol, b.symbol) || a.conId - b.conId;
}

/** In the order of their code units, as `<` has it, for `toSorted`. */
export function byText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
