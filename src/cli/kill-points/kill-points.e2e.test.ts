import { killPoint, type Lifespan, pointText } from "./kill-point.ts";
import { playKillPoint } from "./play.ts";

jest.setTimeout(120_000);

/** About as long as a run lives here: a point that comes too late kills nobody, which must end well too. */
const life: Lifespan = { ms: 2000, client: 25, gateway: 165, line: 54, file: 150 };

/** A sample of `npm run kill-points`. */
const sample = Array.from({ length: 12 }, (_, at) => {
  const point = killPoint(at + 1, 12, 20260314, life);
  return [pointText(point), point] as const;
});

describe("the built program killed with SIGKILL (S04, S06, S08, C01, C02)", () => {
  it.concurrent.each(sample)("%s: nothing twice, nothing lost, no hand put to it", async (_, point) => {
    expect(await playKillPoint(point)).toMatchObject({ violations: [] });
  });
});
