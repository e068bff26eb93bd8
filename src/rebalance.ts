import { Bookkeeper } from "./job/bookkeeper.ts";
import { cancelAndBook, clearOpenOrders } from "./job/clear-open-orders.ts";
import { type Day, isOver, readDay } from "./job/day.ts";
import { makePlan, writeOrderFile } from "./job/decide.ts";
import { Findings } from "./job/findings.ts";
import type { Job } from "./job/job.ts";
import { mailDue } from "./job/mail.ts";
import { fillsMeanwhile, type Matched, matchWorking } from "./job/match-working.ts";
import { orderFindings } from "./job/order-findings.ts";
import { readAccount } from "./job/read-account.ts";
import { readForecast } from "./job/read-forecast.ts";
import { type Market, readMarket } from "./job/read-market.ts";
import { reconcile } from "./job/reconcile.ts";
import { recover } from "./job/recover.ts";
import { clearChange, passGate } from "./job/review-risk.ts";
import { type Worked, work } from "./job/work.ts";
import type { Brake, Broker, LockHeld, LockTaken, Store, World } from "./ports.ts";
import type { Account } from "./trading/account.ts";
import type { Finding } from "./trading/finding.ts";
import { HeldError } from "./trading/held-error.ts";
import type { Instant } from "./trading/instant.ts";
import { windowOf } from "./trading/order.ts";
import { exitCodeOf, type Outcome } from "./trading/outcome.ts";
import type { Plan } from "./trading/planner/plan.ts";
import { all, findingsOf, held, notAsked, ok, type Result, valueOf, whenOk } from "./trading/result.ts";
import type { ClearedOrders } from "./trading/risk/gate.ts";
import { nothingKnown, type RiskKnown } from "./trading/risk/review.ts";
import type { Run } from "./trading/run.ts";
import { sessionOpenAt } from "./trading/session.ts";

/**
 * One hourly run, in the order in which it happens:
 *
 * lock → connect → recover what earlier runs left → cancel working orders → read forecasts → net liquidation and
 * positions → contracts and quotes → plan → order file → error-flag gate → submit → snapshot → disconnect → mails due
 *
 * Steps before the gate gather findings; steps behind it always run. Live, paper, dry run and backtest differ in the
 * world that is handed in, never by a branch in here. Mails come after the disconnect, so that a mail server that hangs
 * does not keep the broker's connection.
 */
export async function rebalance(job: Job, world: World): Promise<Outcome> {
  const { clock, journal } = world;
  const startedMs = clock.monotonicMs();
  const findings = new Findings(journal);
  const brokeOff = (error: unknown) => {
    const done = brokenOff(error, findings);
    return outcomeOf(job, clock.now(), { ...done, findings: findings.all() });
  };
  await using lock = await takeLock(world).catch((error: unknown) => ({
    taken: undefined,
    error,
    ...nothingHeld,
  }));
  if (lock.taken === false) {
    findings.add({ kind: "run-in-progress", by: lock.by });
    return outcomeOf(job, clock.now(), { verdict: "busy", findings: findings.all() });
  }

  const outcome = lock.taken ? await hourlyRun(job, world).catch(brokeOff) : brokeOff(lock.error);
  await mailDue(outcome, world);
  journal.append({
    kind: "run-ended",
    verdict: outcome.verdict,
    seconds: (clock.monotonicMs() - startedMs) / 1000,
  });
  return outcome;
}

async function takeLock({ lock, clock }: World): Promise<LockTaken | LockHeld> {
  return await lock.take({ runStartedAt: clock.now() });
}

const nothingHeld: AsyncDisposable = { [Symbol.asyncDispose]: async () => {} };

/** From the first look at the clock to the disconnect. */
async function hourlyRun(job: Job, world: World): Promise<Outcome> {
  const { clock, journal, store } = world;
  const { account } = job.connection;
  const expected = await readDay(clock.now(), account, world);
  if (job.trustHostClock && isOver(expected)) {
    journal.append({ kind: "market-closed", nextSession: expected.next });
    return outcomeOf(job, expected.now, {
      verdict: "idle",
      session: expected.session,
      nextSession: expected.next,
    });
  }

  const connection = await world.brokerage.connect(job.connection);
  await using broker = valueOf(connection);
  const day = broker ? await readDay(broker.marketTime(), account, world) : expected;
  const begun = await store.begin({ startedAt: day.now, window: windowOf(day.now), account });
  journal.append({ kind: "run-started", run: begun, session: day.session, nextSession: day.next });

  const desk = { run: begun, day, books: new Bookkeeper(begun, world), findings: new Findings(journal) };
  desk.findings.add(...(await storyOf(begun, day, store)), ...findingsOf(connection));
  const done: Done = broker
    ? await tradeOrObserve(job, world, { ...desk, broker }).catch((error: unknown) =>
        brokenOff(error, desk.findings),
      )
    : { verdict: isRefusedByUs(findingsOf(connection)) ? "held" : "unreachable" };
  const outcome = outcomeOf(job, broker?.marketTime() ?? clock.now(), {
    ...done,
    run: begun,
    session: day.session,
    nextSession: day.next,
    findings: desk.findings.all(),
    executions: desk.books.newExecutions(),
  });

  return await keep(outcome, day, world).catch((error: unknown) => notKept(outcome, error, desk.findings));
}

async function keep(outcome: Outcome, { toCommit }: Day, { store, journal }: World): Promise<Outcome> {
  await store.finish(outcome);
  const committed = toCommit && outcome.account ? await store.commitDay(outcome, toCommit) : false;
  journal.append({
    kind: "snapshot-saved",
    executions: outcome.executions.length,
    dayCommitted: committed ? toCommit?.on : undefined,
  });
  return outcome;
}

/** What the run did is told all the same: its mail may be all that is left of it. */
function notKept(outcome: Outcome, error: unknown, findings: Findings): Outcome {
  const { crash, verdict } = brokenOff(error, findings);
  const wentWell = exitCodeOf(outcome.verdict) === 0;
  return {
    ...outcome,
    verdict: wentWell || crash !== undefined ? verdict : outcome.verdict,
    crash: outcome.crash ?? crash,
    findings: findings.all(),
  };
}

/** The broker is there, but it is not the one that the configuration means, or its clock and ours do not agree. */
function isRefusedByUs(findings: readonly Finding[]): boolean {
  const ours: readonly Finding["kind"][] = ["account-not-managed", "live-account-refused", "clock-skew"];
  return findings.some(({ kind }) => ours.includes(kind));
}

/** What a run comes to, as far as it went. */
type Done = Partial<Outcome> & Pick<Outcome, "verdict">;

interface Desk {
  readonly run: Outcome["run"];
  readonly day: Day;
  readonly broker: Broker;
  readonly books: Bookkeeper;
  readonly findings: Findings;
}

/** A window is traded once, however often cron fires, unless the owner asks for more. */
async function tradeOrObserve(job: Job, world: World, desk: Desk): Promise<Done> {
  if (!desk.day.isOpen) return await observe(job, world, desk);
  const isTraded = !job.again && (await world.store.isSentIn(desk.run.account, desk.run.window));
  return isTraded ? await repeat(job, world, desk) : await trade(job, world, desk);
}

/** The market is open: from what earlier runs left behind to the account after our own orders. */
async function trade(job: Job, world: World, { run, day, broker, books, findings }: Desk): Promise<Done> {
  const { journal } = world;
  const { note } = findings;
  const { connection, settleSeconds, voidAfterMinutes, maxNavMove } = job;
  const terms = { connection, settleSeconds, voidAfterMinutes, maxNavMove, session: day.session };
  const desk = { ...world, ...terms, run, broker, books, onOpenOrders: job.onOpenOrders };

  const { clientId, spareFor } = broker.identity;
  if (spareFor !== undefined) findings.add({ kind: "spare-client-id", clientId, spareFor });
  const recovered = note(await recover(desk));
  const cleared = note(await whenOk(recovered, ({ openOrders }) => clearOpenOrders(openOrders, desk)));
  const forecast = note(await readForecast(job, desk));
  const told = note(await readAccount(broker, journal));
  const record = await books.riskRecord(day.session);
  const reconciled = note(
    await whenOk(all({ cleared, told }), (known) => reconcile(known.told, { ...desk, record })),
  );
  findings.add(...(valueOf(reconciled)?.findings ?? []));
  const market = note(await whenOk(all({ forecast, reconciled }), (known) => readMarket(job, known, desk)));

  const now = broker.marketTime();
  const known = { recovered, cleared, forecast, reconciled, market };
  const risk: RiskKnown = {
    now,
    session: day.session,
    record,
    account: valueOf(reconciled)?.account ?? valueOf(told),
    forecast: valueOf(forecast),
    market: valueOf(market),
    findings: findings.all(),
  };
  const wanted = note(await makePlan(job, known, { ...desk, now, risk }));
  const left = valueOf(cleared)?.left ?? [];
  const matched = note(
    await whenOk(all({ wanted, market }), (made) => matchWorking(made.wanted, left, made.market, desk)),
  );
  if (valueOf(matched) === fillsMeanwhile)
    return await trade({ ...job, onOpenOrders: "cancel" }, world, { run, day, broker, books, findings });
  const matching = matchOf(matched);
  const plan: Result<Plan> = matching ? ok(matching.plan) : matched.ok ? notAsked : matched;
  const orderFile = note(await writeOrderFile(plan, { ...desk, now, risk }));
  const gate = passGate(job, plan, orderFile, { risk, journal });
  findings.add(...gate.findings);
  const released = note(await brakeReleased(world.brake));
  const orders = note(await whenOk(released, async () => gate.cleared));

  const clear = (changed: Plan): Result<ClearedOrders> =>
    clearChange(job, changed, { ...risk, now: broker.marketTime() });
  const worked =
    orders.ok && plan.ok
      ? await work(orders.value, {
          ...desk,
          unfilled: job.unfilled,
          plan: plan.value,
          clear,
          changes: matching?.changes ?? new Set(),
        })
      : undefined;
  // What a run that may not trade found at work would go on at terms that nobody has decided today.
  const ended = worked || left.length === 0 ? ok([]) : note(await cancelAndBook(broker, left, books));
  const reports = worked?.orders ?? [];
  findings.add(...(worked?.stopped ?? []), ...orderFindings(reports, worked?.endedByUs ?? new Set()));
  const after = worked && reports.length > 0 ? valueOf(note(await accountAfter(worked, desk))) : risk.account;
  return {
    verdict: !orders.ok
      ? "held"
      : findings.any()
        ? "attention"
        : areAllClosed(market, now)
          ? "closed"
          : "done",
    settledOrders: [
      ...(valueOf(recovered)?.settled ?? []),
      ...(valueOf(cleared)?.ended ?? []),
      ...(matching?.ended ?? []),
      ...(valueOf(ended) ?? []),
    ],
    foreignOrders: valueOf(cleared)?.foreign ?? [],
    plan: valueOf(plan),
    review: gate.review,
    orderFile: valueOf(orderFile),
    orders: reports,
    account: after,
  };
}

function matchOf(matched: Result<Matched | typeof fillsMeanwhile>): Matched | undefined {
  const value = valueOf(matched);
  return value === fillsMeanwhile ? undefined : value;
}

/** What happened, or did not, before this run: runs that died and runs that never were. */
async function storyOf(run: Run, day: Day, store: Store): Promise<readonly Finding[]> {
  const dead = await store.deadRuns(run);
  const missed: readonly Finding[] =
    day.missedRuns > 0 && day.lastRunAt !== undefined
      ? [{ kind: "runs-missed", count: day.missedRuns, lastRunAt: day.lastRunAt }]
      : [];
  return [...dead.map(({ id, ...died }): Finding => ({ kind: "run-died", runId: id, ...died })), ...missed];
}

/** Held while a person has halted trading, or has told this run to stop. */
async function brakeReleased(brake: Brake): Promise<Result<true>> {
  const pulled = await brake.pulled();
  return pulled ? held(pulled) : ok(true);
}

/** Lists that a silent gateway told before the orders show nothing of them: then there is no account, and why. */
async function accountAfter(
  { lastLook }: Worked,
  { broker, journal }: Pick<Desk, "broker"> & Pick<World, "journal">,
): Promise<Result<Account>> {
  return lastLook.ok ? await readAccount(broker, journal) : lastLook;
}

/** The market is closed: what the day left behind is booked and the account is looked at; no orders, no quotes. */
async function observe(job: Job, world: World, desk: Desk): Promise<Done> {
  world.journal.append({ kind: "market-closed", nextSession: desk.day.next });
  return await lookOn("closed", job, world, desk);
}

/** Orders of this window were sent by an earlier run: they go on working, and what became of them is booked. */
async function repeat(job: Job, world: World, desk: Desk): Promise<Done> {
  world.journal.append({ kind: "window-already-traded", window: desk.run.window });
  return await lookOn("repeated", job, world, desk);
}

async function lookOn(
  verdict: "closed" | "repeated",
  job: Job,
  world: World,
  { broker, books, day, findings }: Desk,
): Promise<Done> {
  const { note } = findings;
  const { voidAfterMinutes, maxNavMove } = job;
  const desk = { ...world, broker, books, voidAfterMinutes, maxNavMove, session: day.session };
  const recovered = note(await recover(desk));
  const told = note(await readAccount(broker, world.journal));
  const record = await books.riskRecord(day.session);
  const reconciled = note(
    await whenOk(all({ recovered, told }), (known) => reconcile(known.told, { ...desk, record })),
  );
  findings.add(...(valueOf(reconciled)?.findings ?? []));
  const account = valueOf(reconciled)?.account ?? valueOf(told);
  const now = broker.marketTime();
  const risk = { ...nothingKnown(now), session: day.session, record, account, findings: findings.all() };
  const { review, findings: judged } = passGate(job, notAsked, notAsked, { risk, journal: world.journal });
  findings.add(...judged);
  // Nothing is sent here anyway, but whoever reads the mail must see that nothing will be.
  note(await brakeReleased(world.brake));
  return {
    verdict: !reconciled.ok ? "held" : findings.any() ? "attention" : verdict,
    settledOrders: valueOf(recovered)?.settled ?? [],
    review,
    account,
  };
}

/** The contracts' own hours have the last word: a day off that the calendar does not know is closed all the same. */
function areAllClosed(market: Result<Market>, now: Instant): boolean {
  if (!market.ok || market.value.instruments.length === 0) return false;
  return market.value.instruments.every(({ sessions }) => !sessionOpenAt(sessions, now));
}

/** A run that broke off after it had begun: what it found and what was filled until then goes on record with the crash. */
function brokenOff(error: unknown, findings: Findings): Done {
  if (error instanceof HeldError) {
    findings.add(error.finding);
    return { verdict: error.afterSending ? "attention" : "held" };
  }
  const crash = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { verdict: "crashed", crash };
}

/** An outcome from what is known of it; everything else is "nothing", which is what did not happen. */
function outcomeOf(job: Job, endedAt: Instant, known: Done): Outcome {
  const window = windowOf(endedAt);
  return {
    run: { id: `${window}-not-recorded`, startedAt: endedAt, window, account: job.connection.account },
    endedAt,
    session: undefined,
    nextSession: undefined,
    findings: [],
    settledOrders: [],
    foreignOrders: [],
    plan: undefined,
    review: undefined,
    orders: [],
    executions: [],
    account: undefined,
    orderFile: undefined,
    crash: undefined,
    ...known,
  };
}
