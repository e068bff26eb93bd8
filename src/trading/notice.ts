import type { Outcome } from "./outcome.ts";
import type { Override } from "./risk/check.ts";
import type { AcceptedStrategy } from "./risk/strategy-value.ts";
import type { Session } from "./session.ts";
import type { SessionSoFar } from "./session-so-far.ts";

/** The three moments of a session at which the owner hears from us. */
export type UpdateSlot = "open" | "middle" | "close";

/** A mail that is due, as a value; its words are made where mails are rendered. */
export type Notice =
  | { readonly kind: "alert"; readonly key: string; readonly outcome: Outcome }
  /** A person has taken a check on for a time: told once, with the first run that knows of it. */
  | {
      readonly kind: "override";
      readonly key: string;
      readonly override: Override;
      readonly outcome: Outcome;
    }
  /** A person has let a stopped strategy trade again: told once too. */
  | {
      readonly kind: "accepted";
      readonly key: string;
      readonly accepted: AcceptedStrategy;
      readonly outcome: Outcome;
    }
  | {
      readonly kind: "update";
      /** Names session and slot, so that it is sent once however often cron fires. */
      readonly key: string;
      readonly session: Session;
      readonly slot: UpdateSlot;
      /** Earlier slots of the session that no run served in time; this update stands for them too. */
      readonly missed: readonly UpdateSlot[];
      readonly outcome: Outcome;
      /** All runs of the session, the outcome's among them. */
      readonly soFar: SessionSoFar;
    };
