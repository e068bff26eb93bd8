import type { Account, Position } from "./trading/account.ts";
import type { BrokerMessage } from "./trading/broker-message.ts";
import type { RunEvent } from "./trading/event.ts";
import type { Execution } from "./trading/execution.ts";
import type { BrakeFinding } from "./trading/finding.ts";
import type { StrategyForecast } from "./trading/forecast.ts";
import type { Instant, TradingDate } from "./trading/instant.ts";
import type { ContractRequest, Instrument } from "./trading/instrument.ts";
import type { MarginPreview } from "./trading/margin.ts";
import type { Notice } from "./trading/notice.ts";
import type { OrderReport, PlannedOrder, RecordedIntent, UnsettledOrder } from "./trading/order.ts";
import type { Outcome } from "./trading/outcome.ts";
import type { Plan } from "./trading/planner/plan.ts";
import type { ProtectionDecision } from "./trading/protection/protection-plan.ts";
import type { QuoteReading } from "./trading/quote.ts";
import type { Break, ExpectedPosition, OpenBreak } from "./trading/reconciliation.ts";
import type { RestartRule } from "./trading/restarts.ts";
import type { Result } from "./trading/result.ts";
import type { ClearedOrders } from "./trading/risk/gate.ts";
import type { RiskRecord } from "./trading/risk/risk-record.ts";
import type { AcceptedStrategy, MeasuredStrategy } from "./trading/risk/strategy-value.ts";
import type { DeadRun, Run } from "./trading/run.ts";
import type { Session } from "./trading/session.ts";
import type { SessionSoFar } from "./trading/session-so-far.ts";

/** Everything the job asks of the world. A dry run, the demo and a backtest are other worlds, never other branches. */
export interface World {
  readonly clock: Clock;
  readonly lock: RunLock;
  readonly brokerage: Brokerage;
  readonly forecasts: ForecastSource;
  readonly contracts: ContractCache;
  readonly orderFiles: OrderFiles;
  readonly store: Store;
  readonly mailer: Mailer;
  readonly journal: Journal;
  readonly brake: Brake;
}

/** What a person can pull at any moment: no run sends anything while it is pulled. */
export interface Brake {
  /** Why nothing may be sent now; undefined while nobody has pulled it. Asked before the gate and before each order. */
  pulled(): Promise<BrakeFinding | undefined>;
}

/** Host time. Market time comes from the broker once connected. */
export interface Clock {
  now(): Instant;
  /** Never jumps: for deadlines and durations. Milliseconds since an arbitrary start. */
  monotonicMs(): number;
  sleep(ms: number): Promise<void>;
}

/** One run at a time for a data folder. The system frees the lock when the process dies. */
export interface RunLock {
  take(holder: { runStartedAt: Instant }): Promise<LockTaken | LockHeld>;
}
export interface LockTaken extends AsyncDisposable {
  readonly taken: true;
}
/** Somebody else has it: disposing of this frees nothing. */
export interface LockHeld extends AsyncDisposable {
  readonly taken: false;
  /** Who holds it, as that process wrote it down; undefined when it could not be read. */
  readonly by: { readonly pid: number; readonly host: string; readonly since: string } | undefined;
}

export interface ConnectionRequest {
  readonly host: string;
  readonly port: number;
  readonly clientId: number;
  readonly account: string;
  /**
   * Ids to take when that one stays in use at the gateway. Orders belong to the id that placed them, so a connection under
   * a spare one cannot cancel those of the usual one.
   */
  readonly spareClientIds?: readonly number[];
  /** A live account (its id does not begin with D) is refused unless this is true. */
  readonly live: boolean;
  readonly maxClockSkewSeconds: number;
  readonly connectDeadlineSeconds: number;
  readonly requestDeadlineSeconds: number;
  readonly messagesPerSecond: number;
  /** Snapshot quotes asked at the same time: the account's market-data lines, less a reserve. */
  readonly marketDataLines: number;
  /** When the gateway restarts: nothing is sent shortly before and after. */
  readonly restarts?: RestartRule;
}

export interface Brokerage {
  /** A new connection. Connected means: ids and accounts received, ours among them, the broker's time known. */
  connect(request: ConnectionRequest): Promise<Result<Broker>>;
}

/** One connection to the broker. Every request has a deadline; "nothing there" and "no answer" are different answers. */
export interface Broker extends AsyncDisposable {
  readonly identity: {
    readonly account: string;
    readonly clientId: number;
    /** The id that was asked for, when it is in use at the gateway and `clientId` is a spare one. */
    readonly spareFor?: number;
    readonly serverVersion: number;
    /** Broker's clock minus host's clock when connecting. */
    readonly skewSeconds: number;
  };
  /** The broker's time now. */
  marketTime(): Instant;
  /** Orders working at the broker, of every client id and of people too. */
  openOrders(): Promise<Result<readonly OrderReport[]>>;
  /** Orders that ended today. */
  completedOrders(): Promise<Result<readonly OrderReport[]>>;
  /**
   * Executions since the broker's midnight, of every client id, commissions included where told: each once, the latest
   * correction of it.
   */
  executions(): Promise<Result<readonly Execution[]>>;
  /**
   * The account with its positions, when the broker's two position lists agree. After orders were placed in this
   * connection it waits, within its deadline, until the positions show their executions.
   */
  account(): Promise<Result<Account>>;
  /** Contracts by symbol; one that does not exist or is ambiguous is told apart from an answer that did not come. */
  contracts(requests: readonly ContractRequest[]): Promise<Result<readonly ContractAnswer[]>>;
  /** One reading per instrument, as the gateway gave it; judging is the desk's. */
  quotes(instruments: readonly Instrument[]): Promise<Result<readonly QuoteReading[]>>;
  /** Cancels orders that this connection's client id placed and confirms each: cancelled, or filled meanwhile. */
  cancel(orders: readonly OrderReport[]): Promise<Result<readonly OrderReport[]>>;
  /**
   * Asks what each of these orders would do to the account's margins, were it filled whole (TWS's what-if), in `baseCurrency`,
   * which the answers do not name. Never an order: nothing works at the broker afterwards, and no book of ours knows of it.
   * One answer each, in their order; silence, and an answer without margins, is a finding and never "no margin". Should a
   * broker take one for an order all the same, it is cancelled at once and the finding `preview-taken-for-order` says so.
   */
  preview(orders: readonly PlannedOrder[], baseCurrency: string): Promise<readonly Result<MarginPreview>[]>;
  /**
   * Sends what the gate cleared, in order, at the gateway's message rate; `beforeSend` is asked for each order right before
   * its bytes leave. Answers when each order is acknowledged, rejected, not sent, or its deadline has passed (then its
   * life is `unknown`).
   */
  place(orders: ClearedOrders, beforeSend: BeforeSend): Promise<readonly OrderReport[]>;
  /**
   * Gives working orders new terms under the order ids that they have: each cleared order bears the reference of one that
   * this connection has listed or placed, and its shares are those of the whole order, what is filled included. What is not
   * changed, because the broker refuses, says nothing, `beforeSend` says no or as much is filled already, is cancelled:
   * afterwards each order works at its new terms or is done, else the finding names it.
   */
  modify(orders: ClearedOrders, beforeSend: BeforeSend): Promise<Result<readonly OrderReport[]>>;
  /** What has been heard until now of the orders placed or cancelled in this connection. Sends nothing. */
  progress(): Progress;
}

/**
 * The last word before an order leaves: when it resolves with nothing, the order is on record as being sent, durably, and
 * the next thing that happens is its bytes on the wire. Else the reason why it stays.
 */
export type BeforeSend = (order: PlannedOrder) => Promise<NotSentReason | undefined>;

/** As a message of the broker, with code 0 for reasons of our own. */
export type NotSentReason = BrokerMessage;

export type ContractAnswer =
  | { readonly found: true; readonly instrument: Instrument }
  | { readonly found: false; readonly symbol: string; readonly detail: string }
  | { readonly found: "ambiguous"; readonly symbol: string; readonly listings: readonly string[] };

export interface Progress {
  readonly connected: boolean;
  /**
   * Was the gateway's own link to the broker cut at any moment of this connection (1100, 2110), also when it is back? Then
   * what the gateway does not tell of may have happened all the same.
   */
  readonly linkWasCut: boolean;
  /** The broker's warning that it will liquidate positions (2148), once it was heard in this connection (A11). */
  readonly marginCall?: BrokerMessage;
  readonly orders: readonly OrderReport[];
  /** Executions heard in this connection, each once, the latest correction of it. */
  readonly executions: readonly Execution[];
}

/** Each strategy's forecast, read and judged; every mistake of every file is reported at once. */
export interface ForecastSource {
  read(now: Instant): Promise<Result<readonly StrategyForecast[]>>;
}

/** Contract details with their hours, kept between runs so that a usual run asks for none. */
export interface ContractCache {
  load(): Promise<readonly Instrument[]>;
  save(instruments: readonly Instrument[]): Promise<void>;
}

/** The order file is the intent: on disk before anything is sent. */
export interface OrderFiles {
  /** The plans of all waves of the run until now: one file, written anew. Answers with its name. */
  write(run: Run, waves: readonly Plan[]): Promise<Result<string>>;
  /** What is going to be done to protective orders; a second call for the same run replaces the first. */
  writeProtection(run: Run, decisions: readonly ProtectionDecision[]): Promise<Result<string>>;
}

/** What we remember between runs: runs, orders, executions, snapshots, the day's row. */
export interface Store {
  /** Opens the run's record and gives it a name that no earlier run has. */
  begin(run: { startedAt: Instant; window: string; account: string }): Promise<Run>;
  /** Runs before this one that never wrote their end. Told until a run ends, which puts on record that they died. */
  deadRuns(run: Run): Promise<readonly DeadRun[]>;
  /** Orders of earlier runs whose end is not on record. */
  unsettledOrders(account: string): Promise<readonly UnsettledOrder[]>;
  /** Order references of this window that are on record: the next order of the same content is another attempt. */
  orderRefsOf(window: string): Promise<ReadonlySet<string>>;
  /** Writes the intents durably, as planned, before a byte is sent. */
  recordIntents(run: Run, orders: ClearedOrders): Promise<void>;
  /** An order's bytes leave next: durable when this resolves. Rejects unless the order is planned and nothing more. */
  markSending(orderRef: string, at: Instant): Promise<void>;
  /** Orders as they were meant, by reference: those that can be sent with new terms from what is on record. */
  intentsOf(orderRefs: readonly string[]): Promise<ReadonlyMap<string, RecordedIntent>>;
  /**
   * An order's new terms leave next: durable when this resolves. Rejects unless it has been handed over and has not ended.
   */
  markChanging(run: Run, order: PlannedOrder, at: Instant): Promise<void>;
  /** Has any order of this window been handed over, or may it have been? */
  isSentIn(account: string, window: string): Promise<boolean>;
  /**
   * Books executions (once each, corrections replace), what they do to the expected positions, and what is known of
   * orders, in one transaction. Answers with the executions that were new.
   */
  book(
    run: Run,
    orders: readonly OrderReport[],
    executions: readonly Execution[],
  ): Promise<readonly Execution[]>;
  /** When each contract was last traded in the account, by anybody, since an instant; by conId. */
  lastTrades(account: string, since: Instant): Promise<ReadonlyMap<number, Instant>>;
  /** When a protective order of each contract last filled, since an instant; by conId. */
  lastProtectionFills(account: string, since: Instant): Promise<ReadonlyMap<number, Instant>>;
  /** What the run before found unprotected, by `gapName`: what is known is not mailed again. */
  gapsBefore(account: string): Promise<ReadonlySet<string>>;
  /** What the account must hold by our own count; undefined when nobody has looked at it yet. */
  expectedPositions(account: string): Promise<readonly ExpectedPosition[] | undefined>;
  /** The first look at an account: our count begins with what it holds. */
  openPositions(run: Run, positions: readonly Position[]): Promise<void>;
  /** What the account's risk is judged against: earlier runs, the session until now, what a person has declared. */
  riskRecord(account: string, session: Session | undefined): Promise<RiskRecord>;
  /** Puts on record what strategies are worth, or that a look could not tell, durably. */
  keepStrategies(run: Run, looks: readonly MeasuredStrategy[], at: Instant): Promise<void>;
  /** Stopped strategies that persons have let trade again since the last look at them. */
  acceptedStrategies(account: string): Promise<readonly AcceptedStrategy[]>;
  /** Breaks on record that nobody has settled. */
  openBreaks(account: string): Promise<readonly OpenBreak[]>;
  /** Keeps all breaks that a run has found, and closes those that it did not find again. Answers with the open ones. */
  keepBreaks(run: Run, found: readonly Break[], at: Instant): Promise<readonly OpenBreak[]>;
  /** The run's end, its snapshot and what it found, in one transaction; then the CSV files. */
  finish(outcome: Outcome): Promise<void>;
  /** The day's row; does nothing when the session has it already. Answers whether it was written now. */
  commitDay(outcome: Outcome, session: Session): Promise<boolean>;
  /** What the session's runs have put on record until now, the asking run's end included: asked when an update is due. */
  sessionSoFar(account: string, session: Session): Promise<SessionSoFar>;
  /** Which days are committed, and when our runs were: what a run outside the session may owe, and what was missed. */
  history(): Promise<{
    readonly firstRunAt: Instant | undefined;
    readonly lastRunAt: Instant | undefined;
    readonly committedDays: ReadonlySet<TradingDate>;
  }>;
}

/** Mails leave at the end of a run and never fail it: what cannot be sent is kept and sent by the next run. */
export interface Mailer {
  /** Keys of the updates that were sent or are kept for sending. */
  handled(): Promise<ReadonlySet<string>>;
  /** How many mails wait to be sent again. */
  waiting(): Promise<number>;
  /** Sends the waiting ones, then these. */
  deliver(notices: readonly Notice[]): Promise<readonly Delivery[]>;
}

export type Delivery =
  | { readonly sent: true; readonly key: string; readonly subject: string; readonly where: string }
  | { readonly sent: false; readonly key: string; readonly subject: string; readonly reason: string };

/** Every significant act, appended as it happens. */
export interface Journal {
  append(event: RunEvent): void;
}
