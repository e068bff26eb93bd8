import type { CommissionReport, Contract, Execution as IbExecution } from "@stoqey/ib";
import { type Execution, splitExecId } from "../../trading/execution.ts";
import { moneyFromNumber } from "../../trading/money.ts";
import { required } from "./events.ts";
import { executionInstant } from "./exec-time.ts";

export interface HeardExecution {
  readonly execution: Execution;
  /** Told as it happened, not as the answer to a request. */
  readonly live: boolean;
  readonly sequence: number;
}

/**
 * Executions heard in one connection, each once: a correction replaces what it corrects, a repeat changes nothing, and a
 * commission is joined by execution id whichever of the two comes first (O33, O34).
 */
export class HeardExecutions {
  readonly #account: string;
  /** By execution id without its last segment. */
  readonly #heard = new Map<string, HeardExecution>();
  readonly #commissions = new Map<string, CommissionReport>();
  #sequence = 0;

  constructor(account: string) {
    this.#account = account;
  }

  /** The execution, unless it is another account's or has been corrected already. `live`: told as it happened. */
  hear(contract: Contract, told: IbExecution, live: boolean): Execution | undefined {
    if (told.acctNumber !== this.#account) return undefined;
    const execution = this.#withCommission(executionFrom(contract, told));
    const { key, revision } = splitExecId(execution.execId);
    const before = this.#heard.get(key);
    if (before && splitExecId(before.execution.execId).revision > revision) return undefined;
    this.#heard.set(key, {
      execution,
      live: live || before?.live === true,
      sequence: before?.sequence ?? ++this.#sequence,
    });
    return execution;
  }

  /** The execution that it belongs to; undefined for one of somebody else's, or one that is not heard yet. */
  hearCommission(report: CommissionReport): Execution | undefined {
    const execId = required(report.execId, "execution id of a commission");
    this.#commissions.set(execId, report);
    const { key } = splitExecId(execId);
    const heard = this.#heard.get(key);
    if (heard?.execution.execId !== execId) return undefined;
    const execution = this.#withCommission(heard.execution);
    this.#heard.set(key, { ...heard, execution });
    return execution;
  }

  /** In the order in which they were heard. */
  all(): readonly Execution[] {
    return [...this.#heard.values()].map((heard) => heard.execution);
  }

  /** The latest word on these executions, by ids that may have been corrected since. */
  latestOf(execIds: Iterable<string>): readonly Execution[] {
    const keys = new Set([...execIds].map((execId) => splitExecId(execId).key));
    return [...keys].flatMap((key) => this.#heard.get(key)?.execution ?? []);
  }

  /** A mark in the stream of executions, for `since`. */
  get mark(): number {
    return this.#sequence;
  }

  /** What was first heard of behind the mark. */
  since(mark: number): readonly HeardExecution[] {
    return [...this.#heard.values()].filter(({ sequence }) => sequence > mark);
  }

  #withCommission(execution: Execution): Execution {
    const report = this.#commissions.get(execution.execId);
    // The package reads "not told" as undefined; a negative commission is a rebate (O38).
    if (report?.commission === undefined || !report.currency) return execution;
    const { commission, currency, realizedPNL } = report;
    return {
      ...execution,
      commission: moneyFromNumber(commission, currency),
      realizedPnl: realizedPNL === undefined ? undefined : moneyFromNumber(realizedPNL, currency),
    };
  }
}

function executionFrom(contract: Contract, told: IbExecution): Execution {
  const bought = told.side === "BOT";
  if (!bought && told.side !== "SLD") throw new RangeError(`not the side of an execution: "${told.side}"`);
  return {
    execId: required(told.execId, "execution id"),
    orderRef: told.orderRef ?? "",
    permId: told.permId ?? 0,
    clientId: told.clientId ?? 0,
    orderId: told.orderId ?? 0,
    account: required(told.acctNumber, "account of an execution"),
    conId: required(contract.conId, "contract of an execution"),
    symbol: required(contract.symbol, "symbol of an execution"),
    currency: required(contract.currency, "currency of an execution"),
    exchange: told.exchange ?? "",
    side: bought ? "buy" : "sell",
    shares: required(told.shares, "shares of an execution"),
    price: required(told.price, "price of an execution"),
    executedAt: executionInstant(required(told.time, "time of an execution")),
    commission: undefined,
    realizedPnl: undefined,
  };
}
