import { money } from "../trading/money.ts";
import {
  amountText,
  averagePriceOf,
  changeText,
  durationText,
  factorPair,
  moneyText,
  percentCell,
  percentPair,
  percentText,
  priceOf,
  sharesText,
} from "./numbers.ts";

it("writes money with commas, two places and its currency, halves to the even hundredth", () => {
  expect(moneyText(money("1234567.891234", "USD"))).toBe("1,234,567.89 USD");
  expect(moneyText(money("-123456.7", "EUR"))).toBe("-123,456.70 EUR");
  expect([money("0.125", "USD"), money("0.135", "USD"), money("-0.001", "USD")].map(amountText)).toEqual([
    "0.12",
    "0.14",
    "0.00",
  ]);
});

it("writes ratios as percent with the places that say something", () => {
  expect([0.12, 0.003, 0.0052, -0.0227, -0.00001].map(percentText)).toEqual([
    "12.0 %",
    "0.3 %",
    "0.52 %",
    "-2.27 %",
    "0.0 %",
  ]);
  expect([0.12, -0.1366].map(percentCell)).toEqual(["12.00 %", "-13.66 %"]);
  expect([0.0042, -0.013, 0.00001].map(changeText)).toEqual(["+0.42 %", "-1.30 %", "0.00 %"]);
});

it("never shows a value over a limit as equal to it", () => {
  expect(percentPair(0.3, 0.25)).toEqual(["30.0 %", "25.0 %"]);
  expect(percentPair(0.2500004, 0.25)).toEqual(["25.00004 %", "25.00000 %"]);
  expect(factorPair(1.5001, 1.5)).toEqual(["1.5001", "1.5000"]);
  expect(factorPair(1.5, 1.5)).toEqual(["1.5", "1.5"]);
});

it("writes shares and prices exactly, averages to four places, and shows what is no number", () => {
  expect([1234, -200, 0.5, 100, 0].map(sharesText)).toEqual(["1,234", "-200", "0.5", "100", "0"]);
  expect([409.59, 452150, 0.0001, 10].map(priceOf)).toEqual(["409.59", "452,150.00", "0.0001", "10.00"]);
  expect(averagePriceOf(185.18333333)).toBe("185.1833");
  expect(priceOf(Number.NaN)).toBe("NaN");
});

it("tells durations as people do", () => {
  expect([6.24, 45, 95 * 60, 180, 7200, 4 * 86_400, -6].map(durationText)).toEqual([
    "6.2 s",
    "45 s",
    "1 h 35 min",
    "3 min",
    "2 h",
    "4 d",
    "-6 s",
  ]);
});
