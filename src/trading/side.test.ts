import { sideOf, sign } from "./side.ts";

it("a side carries its sign, and signed shares their side", () => {
  expect([sign("buy"), sign("sell")]).toEqual([1, -1]);
  expect([0.5, 120, -0.5, -120].map(sideOf)).toEqual(["buy", "buy", "sell", "sell"]);
});
