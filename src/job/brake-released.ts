import type { Brake } from "../ports.ts";
import { held, ok, type Result } from "../trading/result.ts";

/** Held while a person has halted trading, or has told this run to stop. */
export async function brakeReleased(brake: Brake): Promise<Result<true>> {
  const pulled = await brake.pulled();
  return pulled ? held(pulled) : ok(true);
}
