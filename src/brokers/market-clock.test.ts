import { instant } from "../trading/instant.ts";
import { marketClock } from "./market-clock.ts";

it("counts on from the broker's word, whatever the host's clock is set to (Z07)", () => {
  let elapsedMs = 7_000;
  const marketTime = marketClock({ monotonicMs: () => elapsedMs }, instant("2022-03-14T14:30:00Z"));
  expect(marketTime()).toBe(instant("2022-03-14T14:30:00Z"));
  elapsedMs += 61_500;
  expect(marketTime()).toBe(instant("2022-03-14T14:31:01.500Z"));
});
