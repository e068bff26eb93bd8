import type { World } from "../ports.ts";
import type { Notice } from "../trading/notice.ts";
import type { Outcome } from "../trading/outcome.ts";
import type { UpdateDue } from "../trading/updates.ts";
import { updateDue } from "../trading/updates.ts";

/** Sends what is due after a run: an alert when it could not do its work, and the session's update. Never fails it. */
export async function mailDue(outcome: Outcome, { store, mailer, journal }: World): Promise<void> {
  const { firstRunAt } = await store.history();
  const sessions = outcome.session ? [outcome.session] : [];
  const due = updateDue(sessions, outcome.endedAt, await mailer.handled(), firstRunAt);
  for (const delivery of await mailer.deliver(noticesOf(outcome, due))) {
    const { key, subject } = delivery;
    journal.append(
      delivery.sent
        ? { kind: "mail-sent", key, subject, where: delivery.where }
        : { kind: "mail-kept", key, subject, reason: delivery.reason },
    );
  }
}

/** An update without an account would say nothing: it stays due, and the next run that hears the broker sends it. */
export function noticesOf(outcome: Outcome, due: UpdateDue | undefined): readonly Notice[] {
  const notices: Notice[] = [];
  if (needsAlert(outcome)) notices.push({ kind: "alert", key: `${outcome.run.id} alert`, outcome });
  if (due && outcome.account) notices.push({ kind: "update", ...due, outcome });
  return notices;
}

function needsAlert({ verdict }: Outcome): boolean {
  return verdict === "held" || verdict === "attention" || verdict === "unreachable" || verdict === "crashed";
}
