import { behaviours } from "./behaviours/all.ts";
import { runConformance } from "./run.ts";

/** A sample of `npm run conformance`, with all three clients: the whole of it takes too long for every commit. */
const sample = [
  "current time",
  "a client id is free again",
  "positions and their end",
  "contract details of a stock: ids",
  "contract details of an unknown symbol",
  "snapshot: type, bid",
  "stream: what changes",
  "MKT fills",
  "open orders: those",
  "cancel: status Cancelled",
  "more than the equity carries",
];

test("three clients that share no code see the same gateway", async () => {
  // ib-tws-api prints every message that it has no use for.
  jest.spyOn(console, "log").mockReturnValue();
  const chosen = behaviours.filter(({ name }) => sample.some((word) => name.startsWith(word)));
  expect(chosen).toHaveLength(sample.length);
  const verdicts = await runConformance(chosen);
  expect(verdicts.filter(({ failure }) => failure !== undefined)).toEqual([]);
  expect(new Set(verdicts.map(({ client }) => client)).size).toBe(3);
}, 30_000);

test("no behaviour is listed twice, and each has somebody who shows it", () => {
  const names = behaviours.map(({ area, name }) => `${area}: ${name}`);
  expect(new Set(names).size).toBe(names.length);
  expect(behaviours.filter(({ raw, stoqey, twsApi }) => !raw && !stoqey && !twsApi)).toEqual([]);
});
