import type { World } from "../ports.ts";
import { isNews } from "../trading/finding.ts";
import { isoSecondsOf } from "../trading/instant.ts";
import type { Notice } from "../trading/notice.ts";
import type { Outcome } from "../trading/outcome.ts";
import { nameOf, type Override } from "../trading/risk/check.ts";
import { updateDue } from "../trading/updates.ts";

/**
 * Sends what is due after a run: an alert when it could not do its work, and the session's update. Never fails it: orders
 * were sent or not, and a mail folder that cannot be read changes nothing of that.
 */
export async function mailDue(outcome: Outcome, world: World): Promise<void> {
  const { mailer, journal } = world;
  const trouble = (subject: string) => (error: unknown) => {
    journal.append({ kind: "mail-kept", key: outcome.run.id, subject, reason: String(error) });
    return undefined;
  };
  // Where nobody knows what was sent, an update would be a second one: it stays due. An alert never waits for that.
  const update = await dueUpdate(outcome, world).catch(trouble("the session's update"));
  const deliveries = await mailer.deliver(noticesOf(outcome, update)).catch(trouble("the mails of this run"));
  for (const delivery of deliveries ?? []) {
    const { key, subject } = delivery;
    journal.append(
      delivery.sent
        ? { kind: "mail-sent", key, subject, where: delivery.where }
        : { kind: "mail-kept", key, subject, reason: delivery.reason },
    );
  }
}

/** An update without an account would say nothing: it stays due, and the next run that hears the broker sends it. */
async function dueUpdate(outcome: Outcome, { store, mailer }: World): Promise<Notice | undefined> {
  const { session, account, endedAt, run } = outcome;
  if (!session || !account) return undefined;
  const { firstRunAt } = await store.history();
  const due = updateDue([session], endedAt, await mailer.handled(), firstRunAt);
  if (!due) return undefined;
  return { kind: "update", ...due, outcome, soFar: await store.sessionSoFar(run.account, due.session) };
}

function noticesOf(outcome: Outcome, update: Notice | undefined): readonly Notice[] {
  const notices: Notice[] = [];
  if (needsAlert(outcome)) notices.push({ kind: "alert", key: `${outcome.run.id} alert`, outcome });
  for (const override of outcome.review?.overrides ?? [])
    notices.push({ kind: "override", key: overrideKey(override), override, outcome });
  for (const accepted of outcome.accepted) {
    const key = `accepted ${accepted.strategy} ${isoSecondsOf(accepted.at)}`;
    notices.push({ kind: "accepted", key, accepted, outcome });
  }
  if (update) notices.push(update);
  return notices;
}

/** Names the override for ever: the mailer sends it once. */
function overrideKey({ givenAt, ...override }: Override): string {
  return `override ${nameOf(override)} ${isoSecondsOf(givenAt)}`;
}

/** What was told by an earlier run, or is the owner's own doing, is in the updates and not mailed every hour. */
function needsAlert({ verdict, findings }: Outcome): boolean {
  const isTrouble =
    verdict === "held" || verdict === "attention" || verdict === "unreachable" || verdict === "crashed";
  return isTrouble && (verdict === "crashed" || findings.length === 0 || findings.some(isNews));
}
