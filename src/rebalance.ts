import { Bookkeeper } from "./job/bookkeeper.ts";
import { brakeReleased } from "./job/brake-released.ts";
import { brokenOff } from "./job/broken-off.ts";
import { clearOpenOrders } from "./job/clear-open-orders.ts";
import { isOver, readDay } from "./job/day.ts";
import { makePlan, writeOrderFile } from "./job/decide.ts";
import type { Desk } from "./job/desk.ts";
import { Findings } from "./job/findings.ts";
import type { Job } from "./job/job.ts";
import { keep } from "./job/keep.ts";
import { keepProtected } from "./job/keep-protected.ts";
import { learn } from "./job/learn.ts";
import { observe, repeat } from "./job/look-on.ts";
import { mailDue } from "./job/mail.ts";
import { fillsMeanwhile, matchWorking } from "./job/match-working.ts";
import { orderFindings } from "./job/order-findings.ts";
import { type Done, outcomeOf } from "./job/outcome-of.ts";
import { sessionsSinceTrade } from "./job/plan-inputs.ts";
import { accountAfter } from "./job/read-account.ts";
import { readForecast } from "./job/read-forecast.ts";
import { areAllClosed } from "./job/read-market.ts";
import { recover } from "./job/recover.ts";
import { passGate } from "./job/review-risk.ts";
import { send, sendNothing } from "./job/send.ts";
import { acceptedBefore, storyOf } from "./job/story-of.ts";
import { takeLock } from "./job/take-lock.ts";
import {
  earlierWaves,
  inWaves,
  isHeld,
  plansUntil,
  type Settled,
  toSendNow,
  type Wave,
} from "./job/waves.ts";
import { heardSince } from "./job/work.ts";
import type { World } from "./ports.ts";
import type { Finding } from "./trading/finding.ts";
import { windowOf } from "./trading/order.ts";
import type { Outcome } from "./trading/outcome.ts";
import { all, findingsOf, notAsked, ok, valueOf, whenOk } from "./trading/result.ts";

/**
 * One hourly run, in the order in which it happens:
 *
 * lock → connect → recover what earlier runs left → cancel working orders → read forecasts → net liquidation and
 * positions → contracts and quotes → plan → order file → error-flag gate → submit → bring protection in step → snapshot →
 * disconnect → mails due
 *
 * Steps before the gate gather findings; steps behind it always run. Live, paper, dry run and backtest differ in the
 * world that is handed in, never by a branch in here. Mails come after the disconnect, so that a mail server that hangs
 * does not keep the broker's connection.
 */
export async function rebalance(job: Job, world: World): Promise<Outcome> {
  const { clock, journal } = world;
  const startedMs = clock.monotonicMs();
  const findings = new Findings(journal);
  const brokeOff = (error: unknown) => outcomeOf(job, clock.now(), brokenOff(error, findings));
  await using lock = await takeLock(world);
  if (lock.taken === false) {
    findings.add({ kind: "run-in-progress", by: lock.by });
    return outcomeOf(job, clock.now(), { verdict: "busy", findings: findings.all() });
  }

  const outcome = lock.taken ? await hourlyRun(job, world).catch(brokeOff) : brokeOff(lock.error);
  await mailDue(outcome, world);
  const seconds = (clock.monotonicMs() - startedMs) / 1000;
  journal.append({ kind: "run-ended", verdict: outcome.verdict, seconds });
  return outcome;
}

/** From the first look at the clock to the disconnect. */
async function hourlyRun(job: Job, world: World): Promise<Outcome> {
  const { clock, journal, store } = world;
  const { account } = job.connection;
  const expected = await readDay(clock.now(), account, world);
  if (job.trustHostClock && isOver(expected)) {
    const { now, session, next: nextSession } = expected;
    journal.append({ kind: "market-closed", nextSession });
    return outcomeOf(job, now, { verdict: "idle", session, nextSession });
  }

  const connection = await world.brokerage.connect(job.connection);
  await using broker = valueOf(connection);
  const day = broker ? await readDay(broker.marketTime(), account, world) : expected;
  const { session, next: nextSession } = day;
  const run = await store.begin({ startedAt: day.now, window: windowOf(day.now), account });
  journal.append({ kind: "run-started", run, session, nextSession });

  const books = new Bookkeeper(run, world);
  const findings = new Findings(journal);
  findings.add(...(await storyOf(run, day, store)), ...findingsOf(connection));
  const accepted = await acceptedBefore(run, job, store);
  const done: Done = broker
    ? await tradeOrLookOn(job, { ...world, ...job, run, day, session, broker, books, findings }).catch(
        (error: unknown) => ({
          ...brokenOff(error, findings),
          settledOrders: books.endedOrders(),
          orders: books.ordersBooked(),
        }),
      )
    : { verdict: isRefusedByUs(findingsOf(connection)) ? "held" : "unreachable" };
  const outcome = outcomeOf(job, broker?.marketTime() ?? clock.now(), {
    ...done,
    run,
    session,
    nextSession,
    findings: findings.all(),
    accepted,
    executions: books.newExecutions(),
  });
  return await keep(outcome, { ...world, day, findings });
}

/** The broker is there, but it is not the one that the configuration means, or its clock and ours do not agree. */
function isRefusedByUs(findings: readonly Finding[]): boolean {
  const ours: readonly Finding["kind"][] = ["account-not-managed", "live-account-refused", "clock-skew"];
  return findings.some(({ kind }) => ours.includes(kind));
}

/** A window is traded once, however often cron fires, unless the owner asks for more. */
async function tradeOrLookOn(job: Job, desk: Desk): Promise<Done> {
  if (!desk.day.isOpen) return await observe(job, desk);
  const isTraded = !job.again && (await desk.store.isSentIn(desk.run.account, desk.run.window));
  return isTraded ? await repeat(job, desk) : await trade(job, desk);
}

/** The market is open: from what earlier runs left behind to the account after our own orders. */
async function trade(job: Job, desk: Desk): Promise<Done> {
  const { broker, run, store, books, journal, findings } = desk;
  const { note } = findings;
  const { clientId, spareFor } = broker.identity;
  if (spareFor !== undefined) findings.add({ kind: "spare-client-id", clientId, spareFor });

  const recovered = note(await recover(desk));
  const cleared = note(await whenOk(recovered, ({ openOrders }) => clearOpenOrders(openOrders, desk)));
  const forecast = note(await readForecast(job, desk));
  const rested = await sessionsSinceTrade(job, { store, account: run.account, now: broker.marketTime() });
  const settled = { recovered, cleared, forecast, rested };
  const last = await inWaves((before) => sendWave(job, settled, before, desk), job, desk);
  if (last === fillsMeanwhile) return await trade(job, { ...desk, onOpenOrders: "cancel" });

  const { isClosed } = last;
  const worked = await heardSince(last.worked, desk);
  findings.add(...worked.stopped, ...orderFindings(worked.orders, worked.endedByUs));
  const after = worked.orders.length > 0 ? note(await accountAfter(worked, broker, journal)) : undefined;
  const protection = await keepProtected({ recovered, after, ...last }, desk);
  return {
    verdict: isHeld(last) ? "held" : findings.any() ? "attention" : isClosed ? "closed" : "done",
    settledOrders: books.endedOrders(),
    foreignOrders: valueOf(cleared)?.foreign ?? [],
    plan: last.plan,
    earlierWaves: earlierWaves(last),
    review: last.review,
    orderFile: last.orderFile,
    orders: worked.orders,
    protection,
    account: after ? valueOf(after) : last.account,
  };
}

/** From the account to the fills of what is planned for it; nothing when a wave `before` has left nothing to do. */
async function sendWave(
  job: Job,
  settled: Settled,
  before: Wave["before"],
  desk: Desk,
): Promise<Wave | typeof fillsMeanwhile | undefined> {
  const { note } = desk.findings;
  const learnt = await learn(job, settled, before, desk);
  const { known, risk } = learnt;
  const { market, beside, reconciled } = known;
  const wanted = note(await makePlan(job, known, { ...desk, risk }));
  if (before && !valueOf(wanted)?.trades.length) return undefined;
  const left = valueOf(beside)?.left ?? [];
  const matched = note(
    await whenOk(all({ wanted, market, reconciled }), ({ wanted: made, reconciled: { account }, ...of }) =>
      matchWorking(made, left, { account, ...of }, desk),
    ),
  );
  const matching = valueOf(matched);
  if (matching === fillsMeanwhile) return fillsMeanwhile;
  const whole = matching ? ok(matching.plan) : notAsked;
  const plan = matching ? ok(toSendNow(matching, before, job)) : notAsked;
  const orderFile = note(await writeOrderFile(plan, plansUntil(before), { ...desk, risk }));

  const gate = passGate(job, whole, orderFile, { risk, journal: desk.journal });
  desk.findings.add(...gate.findings);
  const released = note(await brakeReleased(desk.brake));
  const orders = note(await whenOk(released, async () => gate.cleared));
  const sent =
    orders.ok && plan.ok && matching
      ? await send(job, orders.value, { plan: plan.value, matched: matching, learnt, before }, desk)
      : await sendNothing(left, before, desk);
  return {
    ...sent,
    before,
    plan: valueOf(plan),
    review: gate.review,
    orderFile: valueOf(orderFile) ?? before?.wave.orderFile,
    isCleared: orders.ok,
    beside: valueOf(beside),
    account: risk.account,
    reconciled,
    instruments: valueOf(market)?.instruments ?? [],
    executionsBefore: learnt.executionsBefore,
    ended: [...(before?.wave.ended ?? []), ...(matching?.ended ?? []), ...sent.ended],
    isClosed: market.ok && areAllClosed(market.value, risk.now),
  };
}
