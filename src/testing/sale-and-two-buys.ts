/**
 * 1,000,000 USD with 400 OUT, worth 20,000, of which `out` stays; 600 AAA and 500 BBB are to be bought, at limits of 30,030
 * and 10,010.
 */
export function saleAndTwoBuysWith(out: string, more: readonly string[]): string {
  return `
      account  1,000,000 USD
      hold     OUT  400
      quote    OUT  49.90 50.10
      quote    AAA  49.90 50.10
      quote    BBB  19.98 20.02
      target   OUT  ${out}
      target   AAA  3%
      target   BBB  1%
      ${more.join("\n")}`;
}

/** All of OUT is sold, and `expected` comes of the two. */
export function saleAndTwoBuys(facts: string, expected: string): string {
  return `${saleAndTwoBuysWith("0%", [facts])}
      ------------------------------------------
      sell OUT 400 limit 49.95 close
      ${expected}`;
}
