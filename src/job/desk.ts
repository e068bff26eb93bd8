import type { Broker, World } from "../ports.ts";
import type { Run } from "../trading/run.ts";
import type { Session } from "../trading/session.ts";
import type { Bookkeeper } from "./bookkeeper.ts";
import type { Day } from "./day.ts";
import type { Findings } from "./findings.ts";
import type { Job } from "./job.ts";

/** What a connected run has before it: the world, the owner's terms, and what it has opened for itself. */
export interface Desk extends World, Terms {
  readonly run: Run;
  readonly day: Day;
  /** Open now, or the last one that began. */
  readonly session: Session | undefined;
  readonly broker: Broker;
  readonly books: Bookkeeper;
  readonly findings: Findings;
}

type Terms = Pick<
  Job,
  | "connection"
  | "settleSeconds"
  | "unfilled"
  | "voidAfterMinutes"
  | "maxNavMove"
  | "onOpenOrders"
  | "protection"
  | "plan"
  | "listings"
>;
