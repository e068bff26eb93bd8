import { HeldError } from "../trading/held-error.ts";
import type { Findings } from "./findings.ts";
import type { Done } from "./outcome-of.ts";

/** A run that broke off: what it found and what was filled until then goes on record with the crash. */
export function brokenOff(error: unknown, findings: Findings): Done {
  if (error instanceof HeldError) {
    findings.add(error.finding);
    return { verdict: error.afterSending ? "attention" : "held", findings: findings.all() };
  }
  const crash = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { verdict: "crashed", crash, findings: findings.all() };
}
