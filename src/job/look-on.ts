import type { LookedOn } from "../trading/outcome.ts";
import { notAsked, valueOf } from "../trading/result.ts";
import { nothingKnown } from "../trading/risk/review.ts";
import { brakeReleased } from "./brake-released.ts";
import type { Desk } from "./desk.ts";
import type { Job } from "./job.ts";
import { keepProtected } from "./keep-protected.ts";
import { standingStrategies } from "./look-at-strategies.ts";
import type { Done } from "./outcome-of.ts";
import { recover } from "./recover.ts";
import { passGate } from "./review-risk.ts";
import { takeStock } from "./take-stock.ts";

/**
 * The market is closed: what the day left behind is booked and the account is looked at; no quotes, and no orders but those
 * that protect, which rest at the broker at any hour.
 */
export async function observe(job: Job, desk: Desk): Promise<Done> {
  desk.journal.append({ kind: "market-closed", nextSession: desk.day.next });
  return await lookOn("closed", job, desk);
}

/** Orders of this window were sent by an earlier run: they go on working, and what became of them is booked. */
export async function repeat(job: Job, desk: Desk): Promise<Done> {
  desk.journal.append({ kind: "window-already-traded", window: desk.run.window });
  return await lookOn("repeated", job, desk);
}

async function lookOn(lookedOn: LookedOn, job: Job, desk: Desk): Promise<Done> {
  const { broker, session, journal, findings } = desk;
  const recovered = findings.note(await recover(desk));
  const { record, reconciled, account } = await takeStock(recovered, desk);
  const known = {
    ...nothingKnown(broker.marketTime()),
    session,
    record,
    account,
    strategies: standingStrategies(job, record),
    findings: findings.all(),
  };
  const { review, findings: judged } = passGate(job, notAsked, notAsked, { risk: known, journal });
  findings.add(...judged);
  const protection = await keepProtected({ recovered, reconciled, instruments: [] }, desk);
  // Nothing is sent here to rebalance, but whoever reads the mail must see that nothing will be.
  findings.note(await brakeReleased(desk.brake));
  return {
    verdict: !reconciled.ok ? "held" : findings.any() ? "attention" : lookedOn,
    lookedOn,
    settledOrders: valueOf(recovered)?.settled ?? [],
    review,
    protection,
    account,
  };
}
