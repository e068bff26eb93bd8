import { incidentRuns } from "./incident-runs.ts";
import { liveThrough } from "./live-through.ts";

jest.setTimeout(120_000);

/** A sample of `npm run incidents`: gateways that go away, orders in doubt, wrong lists, wrong values. */
const sample = ["A08", "A11", "C01", "C15", "C22", "D15", "O10", "O11", "O18", "O43", "S22"];

describe("the built program lives through an incident, and the healthy run after it puts all right", () => {
  it.concurrent.each(sample)("%s", async (id) => {
    expect(await liveThrough(id)).toEqual({ runs: incidentRuns[id], violations: [] });
  });
});
