import type { Broker, Journal } from "../ports.ts";
import type { Finding } from "../trading/finding.ts";
import { largestMarginUsers } from "../trading/planner/margin-users.ts";
import type { Plan, Trade } from "../trading/planner/plan.ts";
import type { Previewed } from "../trading/planner/plan-inputs.ts";
import { findingsOf, held, ok, type Result } from "../trading/result.ts";
import type { WhatIf } from "./job.ts";

export interface Previews {
  /** By conId; what the broker said nothing of is not in it where our own estimate may stand for it. */
  readonly answers: ReadonlyMap<number, Previewed>;
  /** Why an answer is missing, or is no. */
  readonly findings: readonly Finding[];
}

/**
 * Asks the broker what the largest increases of a plan would do to the account's margins. Held only when the broker has taken
 * one for an order: then nothing more is sent by this run.
 */
export async function askPreviews(
  plan: Plan,
  { max, onSilence }: WhatIf,
  { broker, journal }: { readonly broker: Broker; readonly journal: Journal },
): Promise<Result<Previews>> {
  const asked = largestMarginUsers(plan, max);
  if (asked.length === 0) return ok({ answers: new Map(), findings: [] });
  const { currency } = plan.netLiquidation;
  const told = await broker.preview(
    asked.map(({ order }) => order),
    currency,
  );
  const findings = told.flatMap(findingsOf);
  const taken = findings.filter(({ kind }) => kind === "preview-taken-for-order");
  if (taken.length > 0) return held(...findings);

  const answers = new Map<number, Previewed>();
  for (const [index, trade] of asked.entries()) {
    const answer = previewed(trade, told[index]);
    if (answer.kind === "told")
      journal.append({ kind: "order-previewed", order: trade.order, preview: answer.preview });
    if (answer.kind !== "unanswered" || onSilence === "leave") answers.set(trade.conId, answer);
  }
  return ok({ answers, findings });
}

function previewed(
  { order: { shares } }: Trade,
  told: Awaited<ReturnType<Broker["preview"]>>[number] | undefined,
): Previewed {
  if (told?.ok) return { kind: "told", shares, preview: told.value };
  const refused = told?.findings.find((finding) => finding.kind === "preview-refused");
  if (!refused) return { kind: "unanswered" };
  const { code, text, advice } = refused;
  return { kind: "refused", code, text, ...(advice && { advice }) };
}
