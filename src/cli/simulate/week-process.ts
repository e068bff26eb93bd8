import { plantedBugs } from "./planted.ts";
import { simulateWeek, type WeekResult } from "./week.ts";

/** What the main process asks of this one. */
export interface WeekRequest {
  readonly seed: number;
  /** The name of a planted bug; none when undefined. */
  readonly bugName: string | undefined;
}

/** A week's result as it goes between processes. */
export interface WeekWord {
  readonly request: WeekRequest;
  readonly endings: readonly (readonly [string, number])[];
  readonly faults: readonly (readonly [string, number])[];
  readonly violations: WeekResult["violations"];
  readonly waitsForPerson: boolean;
}

/** Lives through the weeks that it is asked for, one after the other, until it is let go. */
process.on("message", (request: WeekRequest) => {
  void live(request);
});

async function live(request: WeekRequest): Promise<void> {
  const bug = plantedBugs.find(({ name }) => name === request.bugName)?.bug ?? {};
  const { endings, faults, ...rest } = await simulateWeek(request.seed, { bug });
  const { violations, waitsForPerson } = rest;
  const word = { request, endings: [...endings], faults: [...faults], violations, waitsForPerson };
  process.send?.(word satisfies WeekWord);
}
