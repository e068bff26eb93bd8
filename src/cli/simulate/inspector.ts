import { findingText } from "../../reports/finding-text.ts";
import type { Db } from "../../storage/sqlite/sqlite.ts";
import type { RunEvent } from "../../trading/event.ts";
import type { Finding } from "../../trading/finding.ts";
import { later } from "../../trading/instant.ts";
import { type Money, ratio } from "../../trading/money.ts";
import { type PlannedOrder, windowOf } from "../../trading/order.ts";
import type { Outcome } from "../../trading/outcome.ts";
import type { CheckName } from "../../trading/risk/check.ts";
import { dateIn } from "../../trading/session.ts";
import { sign } from "../../trading/side.ts";
import { BooksInspector } from "./books-inspector.ts";
import { type Inspected, isProtective, isRebalance, runMinutesMax, type Watch } from "./inspected.ts";
import type { Life } from "./life.ts";
import { LimitInspector } from "./limit-inspector.ts";
import type { Ending } from "./process.ts";
import { SizeInspector } from "./size-inspector.ts";
import { keyOf, type Move } from "./truth.ts";
import type { Invariant, Violation } from "./violation.ts";
import { Written } from "./written.ts";

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
  readonly #inspected: Inspected;
  readonly #sizes: SizeInspector;
  readonly #limits: LimitInspector;
  readonly #books: BooksInspector;
  readonly #refsSent = new Set<string>();
  readonly #sendersOf = new Map<string, readonly { readonly run: number; readonly orderRef: string }[]>();
  readonly #atWork = new Set<Watch>();
  #runs = 0;
  #last: { readonly watch: Watch; readonly ended: Ended } | undefined;

  constructor({ db, ...parts }: Omit<Inspected, "written" | "violates"> & { readonly db: Db }) {
    const violates = (invariant: Invariant, detail: string) => this.#violates(invariant, detail);
    this.#inspected = { ...parts, written: new Written(db), violates };
    this.#sizes = new SizeInspector(this.#inspected);
    this.#limits = new LimitInspector(this.#inspected);
    this.#books = new BooksInspector(this.#inspected);
  }

  begins(again: boolean): Watch {
    const { truth, gateway } = this.#inspected;
    this.#runs += 1;
    return {
      number: this.#runs,
      startedAt: truth.now,
      struckBefore: gateway.trouble.struck,
      netLiquidationBefore: gateway.netLiquidationTold,
      again,
      sent: [],
      sentAfterBrake: 0,
      limits: undefined,
    };
  }

  /** What a run tells as it goes. */
  hears(watch: Watch, event: RunEvent): void {
    if (event.kind === "wave-begins") this.#limits.nextWave(watch);
    if (event.kind !== "run-started") return;
    for (const other of this.#atWork)
      this.#violates("one run at a time", `run ${watch.number} began to work while run ${other.number} did`);
    this.#atWork.add(watch);
  }

  /** An order's bytes leave now. */
  sends(watch: Watch, order: PlannedOrder, life: Life): void {
    const { orderRef, shares } = order;
    if (this.#refsSent.has(orderRef)) this.#violates("no order reference is sent twice", orderRef);
    this.#refsSent.add(orderRef);
    const row = this.#inspected.written.order(orderRef);
    if (row?.shares !== shares || row.life !== "sending")
      this.#violates(
        "nothing is sent that is not on record",
        `${orderRef}: ${row?.shares ?? "no"} shares on record, ${row?.life}`,
      );
    if (isRebalance(orderRef)) {
      this.#isFirstInWindow(watch, orderRef, orderRef.split(".")[2] ?? "");
      this.#limits.forgetsRejected(watch, order);
    }
    this.#leaves(watch, order, { life, addedShares: shares });
  }

  /** A working order's new terms leave now. */
  changes(watch: Watch, order: PlannedOrder, life: Life): void {
    const { orderRef, shares } = order;
    const nowFor = this.#inspected.truth.orderOf(orderRef)?.shares ?? 0;
    const row = this.#inspected.written.change(orderRef);
    if (row?.shares !== shares || row.mayWorkFor < Math.max(shares, nowFor))
      this.#violates(
        "nothing is sent that is not on record",
        `${orderRef}: ${shares} shares in the place of ${nowFor}, on record ${row?.shares ?? "none"} and ${row?.mayWorkFor}`,
      );
    if (isRebalance(orderRef)) this.#isFirstInWindow(watch, orderRef, windowOf(watch.startedAt));
    this.#leaves(watch, order, { life, addedShares: shares - nowFor, isChange: true });
    if (isRebalance(orderRef)) this.#sizes.asksForAll(order);
  }

  /** What holds for new orders and for new terms alike. */
  #leaves(
    watch: Watch,
    order: PlannedOrder,
    {
      life,
      addedShares,
      isChange = false,
    }: { readonly life: Life; readonly addedShares: number; readonly isChange?: boolean },
  ): void {
    // Whoever says no to a stop's new terms would have it withdrawn: those that were decided together leave together.
    const isNewTermsOfStop = isProtective(order.orderRef) && isChange;
    const isBraked = this.#inspected.host.isHalted || life.isToldToStop;
    if (isBraked && !isNewTermsOfStop) watch.sentAfterBrake += 1;
    if (watch.sentAfterBrake > sentAfterBrakeMax)
      this.#violates("nothing is sent while trading is halted", `run ${watch.number} sent ${order.orderRef}`);
    this.#sizes.isExplained(order);
    this.#sizes.leavesRoomForProtection(order);
    // A run that is held protects all the same.
    if (!isRebalance(order.orderRef)) return;
    this.#sizes.staysWithinTarget(order);
    this.#limits.counts(watch, order, { addedShares, isChange });
    watch.sent.push(order);
  }

  /** Only one run has traded in this window, with orders that came to work, unless the owner asked for more. */
  #isFirstInWindow({ number, again }: Watch, orderRef: string, window: string): void {
    const senders = this.#sendersOf.get(window) ?? [];
    const earlier = senders.find(
      (send) => send.run !== number && this.#inspected.truth.arrived.has(send.orderRef),
    );
    if (earlier && !again)
      this.#violates("a window is traded once", `run ${number} sent ${orderRef} after ${earlier.orderRef}`);
    this.#sendersOf.set(window, [...senders, { run: number, orderRef }]);
  }

  /** After a process, before the next one begins. */
  ended(watch: Watch, ended: Ended): void {
    const { ending, outcome } = ended;
    const { truth, gateway } = this.#inspected;
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
    this.#limits.areKept(watch);
    if (ending === "done") this.#sizes.leavesNothingTooLarge(run);
    const isHealthy = gateway.trouble.struck === watch.struckBefore && outcome?.account !== undefined;
    if (isHealthy && outcome) this.#books.afterHealthy(watch, outcome);
    if (isHealthy && outcome?.findings.every(isAboutStops)) this.#sizes.leavesStopsInStep(run);
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
    const { truth, account } = this.#inspected;
    const counted = this.#inspected.written.countedShares();
    for (const move of truth.moves)
      if (!this.#inspected.written.hasBreakSince(move.conId, move.at) && !this.#isMadeUpFor(move))
        this.#violates(
          "what a person must decide is named",
          `nothing on record of the move of ${move.conId}`,
        );
    for (const { conId } of truth.venue.contracts()) {
      const held = truth.sharesOf(account, conId);
      if (held === (counted.get(conId) ?? 0) || told.has(conId)) continue;
      if (truth.tradedSince(conId, later(this.#inspected.gateway.accountToldAt, -1000))) continue;
      const detail = `run ${watch?.number} ended ${ended?.ending} and did not tell of ${held} shares of ${conId}`;
      this.#violates("what a person must decide is named", detail);
    }
  }

  /**
   * Have executions of that day, of which nobody had an answer before the broker forgot them, traded as much the other way? What
   * is held and what is counted are the same then: no question is left that tells.
   */
  #isMadeUpFor({ conId, shares, at }: Move): boolean {
    const { truth, gateway, written } = this.#inspected;
    const { zone } = truth.venue;
    const booked = new Set(written.executions().map(({ exec_id }) => keyOf(exec_id)));
    const unknowable = [...truth.executions].filter(
      ([key, execution]) =>
        execution.conId === conId &&
        dateIn(zone, execution.executedAt) === dateIn(zone, at) &&
        !booked.has(key) &&
        !gateway.executionsKnowable.has(key),
    );
    const traded = unknowable.reduce((sum, [, each]) => sum + sign(each.side) * each.shares, 0);
    return traded + shares === 0;
  }

  /** After the last run of a session whose last runs met no faults. */
  tradesAgain(): void {
    const { ended, watch } = this.#last ?? {};
    if (!watch) return;
    if (ended?.ending === "done") return this.#sizes.hasWhatIsWanted(watch);
    if (ended?.ending === "attention" && ended.outcome?.findings.every(isAboutProtection)) return;
    if (this.#isOrderInDoubt(ended) || this.#isForAPerson(ended, watch)) {
      this.waitsForPerson = true;
      return;
    }
    const why =
      ended?.outcome?.findings.map(
        (finding) => findingText(finding, this.#inspected.truth.venue.zone).what,
      ) ?? [];
    this.#violates(
      "trading goes on without a person when faults have stopped",
      `run ${watch.number} ended ${ended?.ending}: ${why.join("; ")}`,
    );
  }

  /** Held by name for orders of which nobody knows anything, in symbols that have moved: a person must decide, whatever stops did. */
  #isOrderInDoubt(ended: Ended | undefined): boolean {
    const { truth, account } = this.#inspected;
    const counted = this.#inspected.written.countedShares();
    const findings = ended?.outcome?.findings ?? [];
    const hasMoved = (symbol: string): boolean =>
      truth.venue
        .contracts()
        .some(
          (contract) =>
            contract.symbol === symbol &&
            truth.sharesOf(account, contract.conId) !== (counted.get(contract.conId) ?? 0),
        );
    const inDoubt = findings.filter((finding) => !isAboutProtection(finding));
    return (
      inDoubt.length > 0 &&
      inDoubt.every((finding) => finding.kind === "order-unknown" && hasMoved(finding.symbol))
    );
  }

  /**
   * Held or called for by what only a person can settle: the owner's own limits or the broker's margin, where what moved by itself
   * may have brought the account; net liquidation that has really moved too far; a broker that lends nothing more; or a stop that
   * rests under another client id than the usual one.
   */
  #isForAPerson(ended: Ended | undefined, watch: Watch): boolean {
    const findings = ended?.outcome?.findings ?? [];
    return (
      findings.length > 0 &&
      findings.every(
        (finding) =>
          finding.kind === "margin-deficit" ||
          (finding.kind === "net-liquidation-not-positive" && this.#isWorthNothing()) ||
          (finding.kind === "order-rejected" && this.#isWorthNothing()) ||
          finding.kind === "order-of-other-client" ||
          isAboutProtection(finding) ||
          (finding.kind === "check-failed" && ownersLimits.has(finding.check.name)) ||
          (finding.kind === "order-rejected" && this.#isBeyondMargin(finding.orderRef)) ||
          (finding.kind === "net-liquidation-jumped" && this.#hasJumped(finding.expected, watch)),
      )
    );
  }

  /**
   * An owner who borrows and estimates no margins leaves it to the broker to say no: has it, in an account without available funds?
   * Or because the margin is reckoned here without the shares that moved by themselves, which the order sells?
   */
  #isBeyondMargin(orderRef: string): boolean {
    const { truth, account, job } = this.#inspected;
    const { borrowing, initialMarginRate } = job.plan;
    const isEstimated = !borrowing || initialMarginRate !== undefined;
    const order = truth.orderOf(orderRef);
    if (order?.reason?.text.includes("Initial Margin") !== true) return false;
    const hasMoved = truth.moves.some(({ conId }) => conId === order.conId);
    return hasMoved || (!isEstimated && truth.venue.balances(account).availableFunds <= 0);
  }

  /** The broker refuses an account that owes more than it has, also what would protect it. */
  #isWorthNothing(): boolean {
    const told = this.#inspected.gateway.netLiquidationTold;
    return told !== undefined && told.e6 <= 0n;
  }

  /** Has the broker told another worth than to the run before, by more than the owner allows, as an account may that owes much? */
  #hasJumped(expected: Money, { netLiquidationBefore: before }: Watch): boolean {
    const { gateway, job } = this.#inspected;
    const told = gateway.netLiquidationTold;
    if (!before || !told || expected.e6 !== before.e6) return false;
    return Math.abs(ratio(told, before) - 1) > job.maxNavMove;
  }

  #violates(invariant: Invariant, detail: string): void {
    this.violations.push({ invariant, detail });
  }
}

const ownersLimits: ReadonlySet<CheckName> = new Set([
  "gross-leverage",
  "net-leverage",
  "weight",
  "group-weight",
  "strategy-weight",
  "order-value",
  "orders-per-run",
  "orders-per-day",
  "turnover-per-run",
  "turnover-per-day",
]);

/** Findings with which a run looks after protection all the same. */
function isAboutStops(finding: Finding): boolean {
  return (
    isAboutProtection(finding) || finding.kind === "position-unexplained" || finding.kind === "margin-deficit"
  );
}

/** What a stop has sold, or where there is none, is told and holds nothing up. */
function isAboutProtection({ kind }: Finding): boolean {
  return kind.startsWith("protection-") || kind === "position-unprotected";
}
