/**
 * Margin as Regulation T and the usual house rules have it: half of every position's value to open it, a quarter of a
 * long and three tenths of a short to keep it. A stand-in for IB's own model, which asks by volatility and concentration.
 */
export interface Exposure {
  readonly shares: number;
  readonly price: number;
}

const initialShare = 0.5;
const longShare = 0.25;
const shortShare = 0.3;

/** Equity needed to open these positions. */
export function initialMargin(exposures: Iterable<Exposure>): number {
  let margin = 0;
  for (const { shares, price } of exposures) margin += initialMarginOf(Math.abs(shares) * price);
  return margin;
}

/** Equity needed to open positions of so much unsigned value. */
export function initialMarginOf(grossValue: number): number {
  return initialShare * grossValue;
}

/** Equity needed to keep them. */
export function maintenanceMargin(exposures: Iterable<Exposure>): number {
  let margin = 0;
  for (const { shares, price } of exposures)
    margin += (shares < 0 ? shortShare : longShare) * Math.abs(shares) * price;
  return margin;
}

/** The most that can be bought with these available funds. */
export function buyingPower(availableFunds: number): number {
  return Math.max(0, availableFunds) / initialShare;
}
