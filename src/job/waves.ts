import type { Broker } from "../ports.ts";
import type { Account } from "../trading/account.ts";
import { cashShown } from "../trading/cash-shown.ts";
import { type Execution, splitExecId } from "../trading/execution.ts";
import type { Forecast } from "../trading/forecast.ts";
import type { Instrument } from "../trading/instrument.ts";
import { invariant } from "../trading/invariant.ts";
import { add, zero } from "../trading/money.ts";
import { type OrderReport, roleOf } from "../trading/order.ts";
import type { Wave as WaveToTell } from "../trading/outcome.ts";
import type { AtWork } from "../trading/planner/at-work.ts";
import { increasesLater, type WaveReason, whyNextWave } from "../trading/planner/next-wave.ts";
import type { Plan, Trade } from "../trading/planner/plan.ts";
import { isUncertain, leftToPlan } from "../trading/planner/working-orders.ts";
import { judgeRestart } from "../trading/restarts.ts";
import { notAsked, ok, type Result } from "../trading/result.ts";
import type { ClearedOrders } from "../trading/risk/gate.ts";
import type { OrderedBefore, Review } from "../trading/risk/review.ts";
import type { Cleared } from "./clear-open-orders.ts";
import type { Desk } from "./desk.ts";
import type { Job } from "./job.ts";
import type { GivenUp } from "./make-room.ts";
import { fillsMeanwhile, type Matched } from "./match-working.ts";
import type { Reconciled } from "./reconcile.ts";
import type { Recovered } from "./recover.ts";
import type { Worked } from "./work.ts";

/** Orders that were planned together and sent together, and what became of them and of all orders sent before them. */
export interface Wave {
  /** The wave before, and why this one followed it. */
  readonly before: { readonly wave: Wave; readonly because: WaveReason } | undefined;
  /** As it was sent; undefined when the run has not learnt enough to make one. */
  readonly plan: Plan | undefined;
  readonly review: Review;
  readonly orderFile: string | undefined;
  /** May its orders be sent? */
  readonly isCleared: boolean;
  /** What worked beside it when it was planned; undefined when the broker did not tell. */
  readonly beside: Beside | undefined;
  /** Of all waves until this one. */
  readonly worked: Worked;
  /** As it was when the plan was made; undefined when the broker did not tell. */
  readonly account: Account | undefined;
  readonly reconciled: Result<Reconciled>;
  /** Contracts as the market was read for the plan. */
  readonly instruments: readonly Instrument[];
  /** What protective orders have given up for orders of the waves until this one. */
  readonly givenUp: GivenUp;
  /** Executions that had been heard when it was told. */
  readonly executionsBefore: ReadonlySet<string>;
  /** Working orders of earlier runs that this wave has ended, with those of the waves before. */
  readonly ended: readonly OrderReport[];
  /** The contracts' own hours say that nothing trades now. */
  readonly isClosed: boolean;
}

/** What a run has learnt before its first wave, and does not ask for again. */
export interface Settled {
  readonly recovered: Result<Recovered>;
  readonly cleared: Result<Cleared>;
  readonly forecast: Result<Forecast>;
  readonly rested: ReadonlyMap<number, number> | undefined;
}

/**
 * Sends one wave after the other until none is worth its questions. Each starts from the account as the one before it has
 * left it and passes the whole gate: what a sale brings is spent when it is there, never when it is hoped for.
 */
export async function inWaves(
  send: (before: Wave["before"]) => Promise<Wave | typeof fillsMeanwhile | undefined>,
  job: Job,
  desk: Desk,
): Promise<Wave | typeof fillsMeanwhile> {
  const first = await send(undefined);
  invariant(first, "a run's first wave tells what it has learnt");
  if (first === fillsMeanwhile) return first;
  let wave: Wave = first;
  for (;;) {
    const because = whyAnotherWave(wave, job, desk);
    if (!because) return wave;
    desk.journal.append({ kind: "wave-begins", number: numberOf(wave) + 1, because });
    const next = await send({ wave, because });
    if (!next || next === fillsMeanwhile) return wave;
    wave = next;
  }
}

/** What works beside a plan, and what it must leave alone. */
export interface Beside {
  /** Orders of earlier runs that the plan may change, keep or end. */
  readonly left: readonly OrderReport[];
  readonly atWork: readonly AtWork[];
  readonly tried: ReadonlySet<number>;
}

/**
 * What works beside the plan of a wave. The first one decides about `left`, the orders that earlier runs left; later ones find
 * them, and what this run has sent, at work and leave all of it alone. Later waves ask the broker for that, and do not begin
 * close to a restart of the gateway (C02).
 */
export async function ordersBeside(
  left: readonly OrderReport[],
  earlier: Wave | undefined,
  desk: Desk,
): Promise<Result<Beside>> {
  if (!earlier) return ok({ left, atWork: leftToPlan(left, desk.onOpenOrders), tried: new Set() });
  const calm = judgeRestart(desk.broker.marketTime(), desk.connection.restarts);
  if (!calm.ok) return calm;
  const shown = await cashShows(earlier, desk);
  if (!shown.ok) return shown;
  const listed = await desk.broker.openOrders();
  if (!listed.ok) return listed;
  const ours = listed.value.filter(
    ({ orderRef, account }) => roleOf(orderRef) === "rebalance" && account === desk.run.account,
  );
  const sent = new Set(earlier.worked.orders.map(({ orderRef }) => orderRef));
  // A list may come short: what is known to work is at work all the same, as it was last heard of (C10).
  const heard = new Map(desk.broker.progress().orders.map((report) => [report.orderRef, report]));
  const lastHeard = workingAfter(earlier)
    .map((report) => heard.get(report.orderRef) ?? report)
    .filter(({ state }) => state.life !== "done");
  const working = new Map([...lastHeard, ...ours].map((report) => [report.orderRef, report]));
  const atWork = [...working.values()].map((report): AtWork => {
    const sentBy = sent.has(report.orderRef) ? "this-run" : "earlier-run";
    return { report, sentBy, isUncertain: isUncertain({ report }), isWithdrawable: false };
  });
  return ok({ left: [], atWork, tried: triedUntil(earlier) });
}

/** Orders of ours of which no end is known: those that the wave found, and those that it and the waves before it have sent. */
function workingAfter({ beside, worked, ended }: Wave): readonly OrderReport[] {
  const found = [...(beside?.left ?? []), ...(beside?.atWork.map(({ report }) => report) ?? [])];
  const later = new Set([...worked.orders, ...ended].map(({ orderRef }) => orderRef));
  return [...found.filter(({ orderRef }) => !later.has(orderRef)), ...worked.orders].filter(
    ({ state }) => state.life !== "done",
  );
}

/** How often the account is looked at while its cash lags. */
const lookEveryMs = 200;

/**
 * Waits until the account's cash shows the executions since the first wave was planned, as long as one request may take. Cash
 * that shows too little is only careful; cash that still shows what was spent is no ground for another wave. Reckoned
 * from the first one, because a fill while a later one is planned may be in its account or not: counted a second time, a
 * sale hides what was spent.
 */
async function cashShows(
  earlier: Wave,
  { broker, clock, connection, journal }: Desk,
): Promise<Result<boolean>> {
  const { account: before, executionsBefore } = firstOf(earlier);
  invariant(before, "a wave that has sent orders knew its account");
  const untilMs = clock.monotonicMs() + connection.requestDeadlineSeconds * 1000;
  for (;;) {
    const told = await broker.account();
    if (!told.ok) return told;
    const since = executionsSince(broker, executionsBefore);
    const shown = cashShown(before, told.value, since);
    if (shown === "shown") return ok(true);
    if (clock.monotonicMs() >= untilMs) {
      if (shown === "too-much") journal.append({ kind: "wave-put-off", cash: told.value.cash });
      return shown === "too-much" ? notAsked : ok(true);
    }
    await clock.sleep(lookEveryMs);
  }
}

/**
 * Contracts that have had their order in this run: it ended with less than it was for, or it was as large as one order may be.
 * What is unfilled or cut so is the next run's, also where this one goes on.
 */
function triedUntil(wave: Wave): ReadonlySet<number> {
  const unfilled = wave.worked.orders.filter(
    ({ state, filledShares, orderedShares }) => state.life === "done" && filledShares < orderedShares,
  );
  const fullSize = allWaves(wave).flatMap(({ plan }) => plan?.trades.filter(isFullSize) ?? []);
  return new Set([...unfilled, ...fullSize].map(({ conId }) => conId));
}

/**
 * Why another wave shall follow; undefined when the run has sent what it can: the owner wants no more waves, nothing was
 * sent, something has stopped this one, an order's life is not known, or no money came. The next run goes on then.
 */
function whyAnotherWave(wave: Wave, { wavesMax }: Job, { broker }: Desk): WaveReason | undefined {
  const { plan, worked, isCleared, executionsBefore } = wave;
  const { connected } = broker.progress();
  const isSure = worked.orders.every(({ state }) => state.life !== "unknown") && worked.lastLook.ok;
  if (!plan || !isCleared || !isSure || !connected || worked.stopped.length > 0) return undefined;
  const sent = plan.trades.filter(({ order }) => hasLeft(worked.orders, order.orderRef));
  if (sent.length === 0 || numberOf(wave) >= wavesMax) return undefined;
  return whyNextWave(plan, worked.orders, executionsSince(broker, executionsBefore));
}

function isFullSize({ adjustments }: Trade): boolean {
  return adjustments.some(
    (each) => each.kind === "cut" && (each.by.kind === "order-value" || each.by.kind === "volume"),
  );
}

function firstOf(wave: Wave): Wave {
  return wave.before ? firstOf(wave.before.wave) : wave;
}

/** 1 for the first. */
function numberOf({ before }: Wave): number {
  return before ? numberOf(before.wave) + 1 : 1;
}

/** Was nothing sent, because something was unknown or over a limit? A later wave that is held ends the run, no more. */
export function isHeld(wave: Wave): boolean {
  return !firstOf(wave).isCleared;
}

/** The part of a plan that this wave sends: where there may be another one, a loan pays nothing before what reduces is sent. */
export function toSendNow(
  { plan, changes }: Pick<Matched, "plan" | "changes">,
  before: Wave["before"],
  job: Job,
): Plan {
  const isWaiting = !before && job.wavesMax > 1 && job.plan.borrowing;
  return isWaiting ? increasesLater(plan, changes) : plan;
}

/** What the gate has cleared of a whole plan, as far as it is sent now. */
export function ofPlan(cleared: ClearedOrders, { trades }: Plan): ClearedOrders {
  const refs = new Set(trades.map(({ order }) => order.orderRef));
  return cleared.only(({ orderRef }) => refs.has(orderRef));
}

/** Names of the executions that this connection has heard of until now. */
export function executionsHeard(broker: Broker): ReadonlySet<string> {
  return new Set(broker.progress().executions.map(({ execId }) => splitExecId(execId).key));
}

function executionsSince(broker: Broker, before: ReadonlySet<string>): readonly Execution[] {
  return broker.progress().executions.filter(({ execId }) => !before.has(splitExecId(execId).key));
}

/** Every wave until this one, the first one first. */
function allWaves(wave: Wave): readonly Wave[] {
  return [...(wave.before ? allWaves(wave.before.wave) : []), wave];
}

/** The plans of all waves but the last, with what made the next one follow: for whoever is told of the run. */
export function earlierWaves({ before }: Wave): readonly WaveToTell[] {
  if (!before?.wave.plan) return [];
  return [...earlierWaves(before.wave), { plan: before.wave.plan, nextBecause: before.because }];
}

/** The plans of the waves before, for the order file. */
export function plansUntil(before: Wave["before"]): readonly Plan[] {
  return before ? allWaves(before.wave).flatMap(({ plan }) => plan ?? []) : [];
}

function hasLeft(orders: readonly OrderReport[], orderRef: string): boolean {
  const report = orders.find((order) => order.orderRef === orderRef);
  return report !== undefined && !(report.state.life === "done" && report.state.status === "not-sent");
}

/** What the waves until this one have ordered, for the limits of a run. What never left does not count. */
export function orderedIn(wave: Wave): OrderedBefore | undefined {
  const trades = allWaves(wave)
    .flatMap(({ plan }) => plan?.trades ?? [])
    .filter(({ order }) => hasLeft(wave.worked.orders, order.orderRef));
  const [first] = trades;
  if (!first) return undefined;
  return {
    orders: trades.length,
    value: trades.reduce((sum, { value }) => add(sum, value), zero(first.value.currency)),
  };
}
