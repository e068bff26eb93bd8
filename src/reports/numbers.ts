import { decimalOf, divideHalfEven, type Money } from "../trading/money.ts";
import { priceText } from "../trading/price.ts";

/** "1,234,567.89 USD": rounded to hundredths, halves to the even one. Only for reading; files use `decimalOf`. */
export function moneyText(amount: Money): string {
  return `${amountText(amount)} ${amount.currency}`;
}

/** "1,234,567 USD": in whole units, where hundredths say nothing. */
export function wholeMoneyText({ currency, e6 }: Money): string {
  return `${grouped(String(divideHalfEven(e6, 1_000_000n)))} ${currency}`;
}

/** "1,234.50 USD and 99.00 EUR": an amount for each currency. */
export function moneyListText(amounts: readonly Money[]): string {
  return amounts.map(moneyText).join(" and ");
}

/** "1,234,567.89": for a column whose title names the currency. */
export function amountText({ currency, e6 }: Money): string {
  return grouped(decimalOf({ currency, e6: divideHalfEven(e6, 10_000n) * 10_000n }));
}

/** A ratio as "12.0 %" or "0.52 %": one place, two where the second says something. */
export function percentText(ratio: number): string {
  return `${fixed(ratio * 100, 2).replace(/(\.\d)0$/, "$1")} %`;
}

/** A ratio as "12.00 %": for columns, where the points should stand under each other. */
export function percentCell(ratio: number): string {
  return `${fixed(ratio * 100, 2)} %`;
}

/** A change as "+0.42 %", "-1.30 %" or "0.00 %". */
export function changeText(ratio: number): string {
  const text = percentCell(ratio);
  return text.startsWith("-") || text === percentCell(0) ? text : `+${text}`;
}

/** Two ratios that differ, with as many places as it takes to see that they do: "25.01 %" and "25.0 %". */
export function percentPair(a: number, b: number): readonly [string, string] {
  return pair(a * 100, b * 100, percentText(a), percentText(b), " %");
}

/** Two factors that differ, with as many places as it takes to see that they do: "1.52" and "1.5". */
export function factorPair(a: number, b: number): readonly [string, string] {
  return pair(a, b, factorText(a), factorText(b), "");
}

/** A factor such as a leverage: "1.5", "0.98". */
export function factorText(factor: number): string {
  return fixed(factor, 2).replace(/(\.\d)0$/, "$1");
}

/** Shares, signed as they are: "1,234", "-200", "0.5". */
export function sharesText(shares: number): string {
  return grouped(fixed(shares, 4).replace(/\.?0+$/, ""));
}

/** An order's or a quote's price, exactly: "409.59", "452,150.00", "0.0001". */
export function priceOf(price: number): string {
  return Number.isFinite(price) ? grouped(priceText(price)) : String(price);
}

/** An average of prices, to four places: "185.1833". */
export function averagePriceOf(price: number): string {
  return Number.isFinite(price) ? priceOf(Number(fixed(price, 4))) : String(price);
}

/** A duration as people say it: "45 s", "3 min", "1 h 35 min", "2 d 4 h". */
export function durationText(seconds: number): string {
  if (seconds < 0) return `-${durationText(-seconds)}`;
  if (seconds < 90) return `${fixed(seconds, seconds < 10 ? 1 : 0).replace(/\.0$/, "")} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  return hours % 24 === 0 ? `${hours / 24} d` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

function pair(a: number, b: number, aText: string, bText: string, unit: string): readonly [string, string] {
  if (aText !== bText || a === b) return [aText, bText];
  for (let places = 3; places <= 12; places++)
    if (fixed(a, places) !== fixed(b, places))
      return [`${fixed(a, places)}${unit}`, `${fixed(b, places)}${unit}`];
  return [aText, bText];
}

/** Never "-0.00"; what is not a number is shown as what it is. */
function fixed(value: number, places: number): string {
  if (!Number.isFinite(value)) return String(value);
  const text = value.toFixed(places);
  return /^-[0.]+$/.test(text) ? text.slice(1) : text;
}

function grouped(decimal: string): string {
  const [whole = "", part] = decimal.split(".");
  const withCommas = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return part === undefined ? withCommas : `${withCommas}.${part}`;
}
