import type { Job } from "../../job/job.ts";
import { findingText } from "../../reports/finding-text.ts";
import type { Db } from "../../storage/sqlite/sqlite.ts";
import type { RunEvent } from "../../trading/event.ts";
import { type Instant, isoSecondsOf, later } from "../../trading/instant.ts";
import type { PlannedOrder } from "../../trading/order.ts";
import type { Outcome } from "../../trading/outcome.ts";
import { midOf } from "../../trading/price.ts";
import type { CheckName } from "../../trading/risk/check.ts";
import { dateIn, wallClock } from "../../trading/session.ts";
import { type Side, sign } from "../../trading/side.ts";
import type { Gateway } from "./gateway.ts";
import type { Host } from "./host.ts";
import type { Life } from "./life.ts";
import type { Ending } from "./process.ts";
import type { Truth } from "./truth.ts";
import type { Invariant, Violation } from "./violation.ts";

/** Longer than any run: every wait has its deadline. */
const runMinutesMax = 20;
/** Between plan and wire a price moves a little; a second order for the same shares is beyond the band, which is more. */
const driftWeight = 0.006;
/** Endings with which a run must not have sent anything. */
const sendsNothing: ReadonlySet<Ending> = new Set([
  "held",
  "idle",
  "closed",
  "repeated",
  "busy",
  "unreachable",
]);
/** The order that was in hand when the brake was pulled may still leave. */
const sentAfterBrakeMax = 1;

interface Parts {
  readonly db: Db;
  readonly truth: Truth;
  readonly host: Host;
  readonly gateway: Gateway;
  /** As the owner configured it. */
  readonly job: Job;
  readonly account: string;
}

/** One process under inspection. */
export interface Watch {
  readonly number: number;
  readonly startedAt: Instant;
  readonly struckBefore: number;
  /** The owner asked for another round in the same window. */
  readonly again: boolean;
  readonly sent: PlannedOrder[];
  sentAfterBrake: number;
  /** Shares by conId when the first order left. */
  sharesBefore: ReadonlyMap<number, number> | undefined;
}

export interface Ended {
  readonly ending: Ending;
  readonly outcome: Outcome | undefined;
  readonly isConnected: boolean;
  readonly isLocked: boolean;
}

/** Looks at what runs do, and after each of them, and compares with the truth: never with what the program thinks. */
export class Inspector {
  readonly violations: Violation[] = [];
  readonly endings = new Map<Ending, number>();
  /** The week ended with a run that is held until a person has decided. */
  waitsForPerson = false;
  readonly #parts: Parts;
  readonly #refsSent = new Set<string>();
  readonly #sendersOf = new Map<string, readonly { readonly run: number; readonly orderRef: string }[]>();
  readonly #atWork = new Set<Watch>();
  #runs = 0;
  #last: { readonly watch: Watch; readonly ended: Ended } | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  begins(again: boolean): Watch {
    const { truth, gateway } = this.#parts;
    this.#runs += 1;
    return {
      number: this.#runs,
      startedAt: truth.now,
      struckBefore: gateway.trouble.struck,
      again,
      sent: [],
      sentAfterBrake: 0,
      sharesBefore: undefined,
    };
  }

  /** What a run tells as it goes. */
  hears(watch: Watch, event: RunEvent): void {
    if (event.kind !== "run-started") return;
    for (const other of this.#atWork)
      this.#violates("one run at a time", `run ${watch.number} began to work while run ${other.number} did`);
    this.#atWork.add(watch);
  }

  /** An order's bytes leave now. */
  sends(watch: Watch, order: PlannedOrder, life: Life): void {
    const { orderRef, shares } = order;
    if (this.#parts.host.isHalted || life.isToldToStop) watch.sentAfterBrake += 1;
    if (watch.sentAfterBrake > sentAfterBrakeMax)
      this.#violates("nothing is sent while trading is halted", `run ${watch.number} sent ${orderRef}`);
    if (this.#refsSent.has(orderRef)) this.#violates("no order reference is sent twice", orderRef);
    this.#refsSent.add(orderRef);
    const row = this.#parts.db
      .prepare<[string], { shares: number; life: string }>(
        "SELECT shares, life FROM order_record WHERE order_ref = ?",
      )
      .get(orderRef);
    if (row?.shares !== shares || row.life !== "sending")
      this.#violates(
        "nothing is sent that is not on record",
        `${orderRef}: ${row?.shares ?? "no"} shares on record, ${row?.life}`,
      );
    this.#isExplained(order);
    this.#isFirstInWindow(watch, order);
    watch.sharesBefore ??= this.#sharesNow();
    watch.sent.push(order);
    this.#staysWithinTarget(order);
  }

  /** Only one run has sent orders of this window that came to work, unless the owner asked for more. */
  #isFirstInWindow({ number, again }: Watch, { orderRef }: PlannedOrder): void {
    const window = orderRef.split(".")[2] ?? "";
    const senders = this.#sendersOf.get(window) ?? [];
    const earlier = senders.find(
      (send) => send.run !== number && this.#parts.truth.arrived.has(send.orderRef),
    );
    if (earlier && !again)
      this.#violates("a window is traded once", `run ${number} sent ${orderRef} after ${earlier.orderRef}`);
    this.#sendersOf.set(window, [...senders, { run: number, orderRef }]);
  }

  /** What is held is what is counted, unless it was traded in the last minutes. */
  #isExplained({ instrument, orderRef }: PlannedOrder): void {
    const { truth, account } = this.#parts;
    const { conId } = instrument;
    const counted = this.#countedShares().get(conId) ?? 0;
    const held = truth.sharesOf(account, conId);
    if (counted === held || truth.tradedSince(conId, later(truth.now, -runMinutesMax * 60_000))) return;
    this.#violates("what is not explained is not traded", `${orderRef}: ${held} held, ${counted} counted`);
  }

  /** What is held and everything that may still fill comes to no more than what the forecast asks for. */
  #staysWithinTarget({ instrument, side, shares, orderRef }: PlannedOrder): void {
    const { truth } = this.#parts;
    const { conId, symbol } = instrument;
    const held = truth.sharesOf(this.#parts.account, conId);
    const reach = held + truth.pendingShares(conId, side, isOurs) + sign(side) * shares;
    const netLiquidation = truth.venue.balances(this.#parts.account).netLiquidation;
    const mid = this.#midOf(conId);
    const target = (this.#targetWeight(symbol) * netLiquidation) / mid;
    const beyond = sign(side) * (reach - target);
    if (beyond > (driftWeight * netLiquidation) / mid + 1)
      this.#violates(
        "filled and pending shares stay within what the run wanted",
        `${orderRef} takes ${symbol} to ${reach} shares, wanted are ${Math.round(target)}`,
      );
  }

  /** After a process, before the next one begins. */
  ended(watch: Watch, ended: Ended): void {
    const { ending, outcome } = ended;
    const { truth, gateway } = this.#parts;
    this.#last = { watch, ended };
    this.#atWork.delete(watch);
    this.endings.set(ending, (this.endings.get(ending) ?? 0) + 1);
    const run = `run ${watch.number}`;
    if (ending === "hangs") this.#violates("no run hangs", `${run} never ended`);
    if (truth.now - watch.startedAt > runMinutesMax * 60_000)
      this.#violates("no run hangs", `${run} took ${(truth.now - watch.startedAt) / 60_000} minutes`);
    if (ending === "crashed") this.#violates("no run breaks off by itself", `${run}: ${outcome?.crash}`);
    if (sendsNothing.has(ending) && watch.sent.length > 0)
      this.#violates(
        "a held run sends nothing",
        `${run} ended ${ending} and sent ${watch.sent[0]?.orderRef}`,
      );
    if (ending !== "killed" && ended.isConnected)
      this.#violates("every run disconnects and releases the lock", `${run} left a connection`);
    if (ending !== "killed" && ended.isLocked)
      this.#violates("every run disconnects and releases the lock", `${run} left the lock`);
    this.#staysWithinLimits(watch);
    const isHealthy = gateway.trouble.struck === watch.struckBefore && outcome?.account !== undefined;
    if (isHealthy && outcome) {
      const rows = this.#rows();
      this.#booksNothingElse(run, rows);
      this.#hasBooked(run, watch, rows);
      this.#hasPositions(run, outcome);
    }
  }

  /** What still differs after two runs without faults is on record as such, and the run has told it. */
  namesWhatIsOpen(): void {
    const { ended, watch } = this.#last ?? {};
    if (this.#isOrderInDoubt(ended)) return;
    const told = new Set(
      (ended?.outcome?.findings ?? []).flatMap((finding) =>
        finding.kind === "position-unexplained" ? [finding.conId] : [],
      ),
    );
    const { truth, account } = this.#parts;
    const counted = this.#countedShares();
    for (const { conId, at } of truth.moves)
      if (!this.#hasBreakSince(conId, at))
        this.#violates("what a person must decide is named", `nothing on record of the move of ${conId}`);
    for (const { conId } of truth.venue.contracts()) {
      const held = truth.sharesOf(account, conId);
      if (held === (counted.get(conId) ?? 0) || told.has(conId)) continue;
      if (truth.tradedSince(conId, later(this.#parts.gateway.accountToldAt, -1000))) continue;
      const detail = `run ${watch?.number} ended ${ended?.ending} and did not tell of ${held} shares of ${conId}`;
      this.#violates("what a person must decide is named", detail);
    }
  }

  /** After the last run of a session whose last runs met no faults. */
  tradesAgain(): void {
    const { ended, watch } = this.#last ?? {};
    if (ended?.ending === "done" || !watch) return;
    if (this.#isOrderInDoubt(ended) || isOverLimit(ended)) {
      this.waitsForPerson = true;
      return;
    }
    const why = ended?.outcome?.findings.map((finding) => findingText(finding).what) ?? [];
    this.#violates(
      "trading goes on without a person when faults have stopped",
      `run ${watch.number} ended ${ended?.ending}: ${why.join("; ")}`,
    );
  }

  /** Held by name for orders of which nobody knows anything, in symbols that have moved: a person must decide. */
  #isOrderInDoubt(ended: Ended | undefined): boolean {
    const { truth, account } = this.#parts;
    const counted = this.#countedShares();
    const findings = ended?.outcome?.findings ?? [];
    const hasMoved = (symbol: string): boolean =>
      truth.venue
        .contracts()
        .some(
          (contract) =>
            contract.symbol === symbol &&
            truth.sharesOf(account, contract.conId) !== (counted.get(contract.conId) ?? 0),
        );
    return (
      findings.length > 0 &&
      findings.every((finding) => finding.kind === "order-unknown" && hasMoved(finding.symbol))
    );
  }

  #staysWithinLimits({ sent, sharesBefore, number }: Watch): void {
    if (sent.length === 0 || !sharesBefore) return;
    const { limits } = this.#parts.job;
    const { truth, account } = this.#parts;
    const { netLiquidation } = truth.venue.balances(account);
    const beyond = (what: string): void =>
      this.#violates("nothing goes beyond a limit", `run ${number}: ${what}`);
    const after = new Map(sharesBefore);
    let isAnyIncrease = false;
    for (const { instrument, side, shares } of sent) {
      const { conId, symbol } = instrument;
      const before = after.get(conId) ?? 0;
      const then = before + sign(side) * shares;
      after.set(conId, then);
      const isReduction = Math.abs(then) <= Math.abs(before) && then * before >= 0;
      if (isReduction) continue;
      isAnyIncrease = true;
      const value = shares * this.#midOf(conId);
      if (value > limits.orderValueMax * tolerance) beyond(`an order of ${value} in ${symbol}`);
      const weight = (Math.abs(then) * this.#midOf(conId)) / netLiquidation;
      if (weight > limits.weightMax * tolerance) beyond(`${symbol} at ${weight} of net liquidation`);
    }
    if (isAnyIncrease && sent.length > limits.ordersPerRunMax) beyond(`${sent.length} orders`);
    const gross = this.#grossOf(after) / netLiquidation;
    const grossBefore = this.#grossOf(sharesBefore) / netLiquidation;
    if (gross > Math.max(limits.grossLeverageMax, grossBefore) * tolerance) beyond(`gross leverage ${gross}`);
  }

  /** Each execution on record is one that there was, in one of its versions. */
  #booksNothingElse(run: string, rows: readonly Row[]): void {
    for (const row of rows) {
      const told = this.#parts.truth.versions.get(row.exec_id);
      const isTrue =
        told &&
        told.shares === row.shares &&
        told.price === row.price &&
        told.side === row.side &&
        isSameOrder(row, told);
      if (!isTrue)
        this.#violates(
          "every execution is booked once, and no other",
          `after ${run} there is ${row.exec_id}: ${row.side} ${row.shares} at ${row.price} of ${row.order_ref || "nobody"}`,
        );
    }
  }

  /** What the broker told of today is on record as it is now, with its commission. */
  #hasBooked(run: string, { startedAt }: Watch, recorded: readonly Row[]): void {
    const { truth } = this.#parts;
    const { zone } = truth.venue;
    const midnight = wallClock(dateIn(zone, truth.now), "00:00", zone);
    const rows = new Map(recorded.map((row) => [row.exec_id, row]));
    for (const { execId, executedAt } of truth.executions.values()) {
      if (executedAt < midnight || executedAt > startedAt) continue;
      const row = rows.get(execId);
      if (row && row.commission !== null) continue;
      const what = row ? "is booked without its commission" : "is not booked";
      this.#violates("every execution is booked once, and no other", `after ${run} ${execId} ${what}`);
    }
  }

  /** The snapshot of a healthy run is the broker's positions, unless they have moved since it was told of them. */
  #hasPositions(run: string, outcome: Outcome): void {
    const { truth, gateway, db } = this.#parts;
    if (truth.tradedSince(undefined, later(gateway.accountToldAt, -1000))) return;
    const rows = db
      .prepare<[string], { con_id: bigint; shares: number }>(
        "SELECT con_id, shares FROM position_record WHERE run_id = ? ORDER BY con_id",
      )
      .all(outcome.run.id);
    if (outcome.verdict !== "held") this.#hasCounted(run);
    const recorded = rows.map(({ con_id, shares }) => `${con_id} ${shares}`).join(", ");
    const held = [...this.#sharesNow()].toSorted(([a], [b]) => a - b);
    const real = held.map(([conId, shares]) => `${conId} ${shares}`).join(", ");
    if (recorded !== real)
      this.#violates(
        "the records equal the broker's books after a healthy run",
        `${run} recorded ${recorded || "nothing"}, held are ${real || "none"}`,
      );
  }

  /** Was it found since, or known already, or did our count begin later? */
  #hasBreakSince(conId: number, at: Instant): boolean {
    const iso = isoSecondsOf(at);
    const opened = this.#parts.db
      .prepare<[], { first: string | null }>(
        `SELECT min(started_at) AS first FROM run_record JOIN position_entry_record USING (run_id)
         WHERE reason = 'opening'`,
      )
      .get();
    const found = this.#parts.db
      .prepare<[number, string, string]>(
        `SELECT 1 FROM break_record
         WHERE con_id = ? AND (found_at >= ? OR settled_at IS NULL OR settled_at >= ?)`,
      )
      .get(conId, iso, iso);
    return found !== undefined || (opened?.first ?? iso) >= iso;
  }

  /** Our count is what the broker holds, but for what is on record as a break. */
  #hasCounted(run: string): void {
    const { truth, account, db } = this.#parts;
    const open = db
      .prepare<[], { con_id: bigint }>("SELECT con_id FROM break_record WHERE settled_at IS NULL")
      .all();
    const breaks = new Set(open.map(({ con_id }) => Number(con_id)));
    const counted = this.#countedShares();
    for (const { conId } of truth.venue.contracts()) {
      const held = truth.sharesOf(account, conId);
      if (breaks.has(conId) || held === (counted.get(conId) ?? 0)) continue;
      this.#violates(
        "the records equal the broker's books after a healthy run",
        `${run} counts ${counted.get(conId) ?? 0} shares of ${conId}, held are ${held}`,
      );
    }
  }

  #countedShares(): ReadonlyMap<number, number> {
    const rows = this.#parts.db
      .prepare<[], { con_id: bigint; shares: number }>(
        "SELECT con_id, total(shares) AS shares FROM position_entry_record GROUP BY con_id",
      )
      .all();
    return new Map(rows.map(({ con_id, shares }) => [Number(con_id), shares]));
  }

  #rows(): readonly Row[] {
    return this.#parts.db
      .prepare<[], Row>(
        "SELECT exec_id, side, shares, price, order_ref, commission_e6 AS commission FROM execution_record",
      )
      .all();
  }

  #sharesNow(): ReadonlyMap<number, number> {
    const { truth, account } = this.#parts;
    return new Map(truth.venue.positions(account).map(({ conId, shares }) => [conId, shares]));
  }

  #grossOf(shares: ReadonlyMap<number, number>): number {
    return [...shares].reduce((sum, [conId, held]) => sum + Math.abs(held) * this.#midOf(conId), 0);
  }

  #midOf(conId: number): number {
    const { bid, ask, last } = this.#parts.truth.venue.quote(conId);
    return bid === undefined || ask === undefined ? last : midOf(bid, ask);
  }

  #targetWeight(symbol: string): number {
    const { forecast } = this.#parts.host;
    const leverage = Math.min(forecast?.leverage ?? 0, this.#parts.job.leverageMax);
    const row = forecast?.rows.find((each) => each.symbol === symbol);
    return leverage * (row && "weight" in row ? row.weight : 0);
  }

  #violates(invariant: Invariant, detail: string): void {
    this.violations.push({ invariant, detail });
  }
}

const ownersLimits: ReadonlySet<CheckName> = new Set([
  "gross-leverage",
  "weight",
  "order-value",
  "orders-per-run",
]);

/** Held by the owner's own limits: what moved by itself may have brought the account there. */
function isOverLimit(ended: Ended | undefined): boolean {
  const findings = ended?.outcome?.findings ?? [];
  return (
    findings.length > 0 &&
    findings.every((finding) => finding.kind === "check-failed" && ownersLimits.has(finding.check.name))
  );
}

/** Prices move while a run is at work. */
const tolerance = 1.02;

interface Row {
  readonly exec_id: string;
  readonly side: Side;
  readonly shares: number;
  readonly price: number;
  readonly order_ref: string;
  readonly commission: bigint | null;
}

function isOurs(orderRef: string): boolean {
  return orderRef.startsWith("trader.");
}

function isSameOrder(row: Row, told: { readonly orderRef: string }): boolean {
  return row.order_ref === (isOurs(told.orderRef) ? told.orderRef : "");
}
