import { unreachable } from "../trading/invariant.ts";
import type { Verdict } from "../trading/outcome.ts";
import type { Tone } from "./paint.ts";

/** How a run ended, as one sentence that says whether anything was sent. */
export function verdictText(verdict: Verdict): string {
  switch (verdict) {
    case "done":
      return "done";
    case "closed":
      return "the market is closed: no orders";
    case "repeated":
      return "this hour's orders were sent by an earlier run: no more orders";
    case "idle":
      return "the market is closed and nothing is owed: did not connect";
    case "held":
      return "HELD: nothing was sent";
    case "attention":
      return "ATTENTION: something needs a look";
    case "unreachable":
      return "UNREACHABLE: the broker cannot be reached, nothing was sent";
    case "busy":
      return "another run is in progress: this one did nothing";
    case "crashed":
      return "CRASHED: the run broke off";
    default:
      return unreachable(verdict);
  }
}

export function verdictTone(verdict: Verdict): Tone {
  switch (verdict) {
    case "done":
      return "good";
    case "closed":
    case "repeated":
    case "idle":
      return "dim";
    case "busy":
    case "attention":
      return "warn";
    case "held":
    case "unreachable":
    case "crashed":
      return "bad";
    default:
      return unreachable(verdict);
  }
}
