import type { OrderReport } from "../trading/order.ts";
import type { Plan } from "../trading/planner/plan.ts";
import { ok, valueOf } from "../trading/result.ts";
import type { ClearedOrders } from "../trading/risk/gate.ts";
import { cancelAndBook } from "./clear-open-orders.ts";
import type { Desk } from "./desk.ts";
import type { Job } from "./job.ts";
import type { Learnt } from "./learn.ts";
import { type GivenUp, nothingGivenUp, roomFor } from "./make-room.ts";
import type { Matched } from "./match-working.ts";
import { clearChange } from "./review-risk.ts";
import { ofPlan, type Wave } from "./waves.ts";
import { nothingSent, type Worked, work } from "./work.ts";

/** What a wave is sent from. */
interface Decided {
  /** As much of the whole plan as is sent now. */
  readonly plan: Plan;
  /** The whole plan together with what works already. */
  readonly matched: Matched;
  readonly learnt: Learnt;
  readonly before: Wave["before"];
}

/** What has become of all orders of the run until now. */
interface Sent {
  readonly worked: Worked;
  readonly givenUp: GivenUp;
  /** Working orders of earlier runs that were withdrawn in place of it. */
  readonly ended: readonly OrderReport[];
}

/** Makes room beside protective orders, then sends what the gate has cleared and works on it until it has settled. */
export async function send(
  job: Job,
  cleared: ClearedOrders,
  { plan, matched, learnt, before }: Decided,
  desk: Desk,
): Promise<Sent> {
  const { changes, shrinking } = matched;
  const { known, risk } = learnt;
  const room = await roomFor(
    ofPlan(cleared, plan),
    {
      account: risk.account,
      openOrders: valueOf(known.recovered)?.openOrders ?? [],
      instruments: valueOf(known.market)?.instruments ?? [],
      givenUp: before?.wave.givenUp ?? nothingGivenUp,
      changes,
    },
    desk,
  );
  const sentBefore = before?.wave.worked ?? nothingSent;
  const worked = await work(room.orders, {
    ...desk,
    plan,
    changes,
    shrinking,
    clear: (changed) => clearChange(job, changed, { ...risk, now: desk.broker.marketTime() }),
    before: { ...sentBefore, stopped: [...sentBefore.stopped, ...room.blocked] },
  });
  return { worked, givenUp: room.givenUp, ended: [] };
}

/** What a run that may not trade found at work would go on at terms that nobody has decided today: it is withdrawn. */
export async function sendNothing(
  left: readonly OrderReport[],
  before: Wave["before"],
  { broker, books, findings }: Desk,
): Promise<Sent> {
  const ended = left.length === 0 ? ok([]) : findings.note(await cancelAndBook(broker, left, books));
  books.noteWithdrawn(valueOf(ended) ?? []);
  return {
    worked: before?.wave.worked ?? nothingSent,
    givenUp: before?.wave.givenUp ?? nothingGivenUp,
    ended: valueOf(ended) ?? [],
  };
}
