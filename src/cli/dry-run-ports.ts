import type {
  Broker,
  Brokerage,
  ContractCache,
  Journal,
  Mailer,
  OrderFiles,
  RunLock,
  Store,
} from "../ports.ts";
import type { ReadableHistory } from "../storage/readable-history.ts";
import type { RunEvent } from "../trading/event.ts";
import { isoSecondsOf } from "../trading/instant.ts";
import type { Break, OpenBreak } from "../trading/reconciliation.ts";
import { ok } from "../trading/result.ts";
import { emptyRiskRecord } from "../trading/risk/risk-record.ts";

/**
 * The ports of a dry run that touch nothing: what the job would keep is forgotten, what it would write or mail is
 * dropped. An order file is an intent, and a dry run has none.
 */

/** Never in anybody's way: a dry run may look while the hourly run works. */
export const noLock: RunLock = {
  take: async () => ({ taken: true, [Symbol.asyncDispose]: async () => {} }),
};

export const noOrderFiles: OrderFiles = {
  write: async () => ok("(none)"),
  writeProtection: async () => ok("(none)"),
};

export const noMailer: Mailer = {
  handled: async () => new Set(),
  waiting: async () => 0,
  deliver: async () => [],
};

/** Keeps nothing. Of earlier runs it knows what a history, opened for reading, tells of them; nothing without one. */
export function forgetfulStore(history: ReadableHistory | undefined): Store {
  return {
    ...noStore,
    isSentIn: async (account, window) => history?.isSentIn(account, window) ?? false,
    lastTrades: async (account, since) => history?.lastTrades(account, since) ?? new Map(),
    intentsOf: async (orderRefs) => history?.intentsOf(orderRefs) ?? new Map(),
    lastProtectionFills: async (account, since) => history?.lastProtectionFills(account, since) ?? new Map(),
    acceptedStrategies: async (account) => history?.acceptedStrategies(account) ?? [],
    gapsBefore: async (account) => history?.gapsBefore(account) ?? new Set(),
    expectedPositions: async (account) => history?.expectedPositions(account),
    riskRecord: async (account, session) => history?.riskRecord(account, session) ?? emptyRiskRecord,
    openBreaks: async (account) => history?.openBreaks(account) ?? [],
    keepBreaks: async ({ account }, found, at) => {
      const known = history?.openBreaks(account) ?? [];
      return found.map(
        (each) => known.find((open) => isOfSame(open, each)) ?? { ...each, foundAt: at, isNew: true },
      );
    },
  };
}

function isOfSame(open: OpenBreak, found: Break): boolean {
  return open.kind === "position" && found.kind === "position"
    ? open.conId === found.conId
    : open.kind === found.kind;
}

/** Knows no earlier run: every working order at the broker speaks for itself. */
const noStore: Store = {
  begin: async ({ startedAt, window, account }) => ({
    id: `dry-run-${isoSecondsOf(startedAt).replace(/[-:]/g, "")}`,
    startedAt,
    window,
    account,
  }),
  deadRuns: async () => [],
  unsettledOrders: async () => [],
  isSentIn: async () => false,
  markSending: async () => {},
  lastTrades: async () => new Map(),
  lastProtectionFills: async () => new Map(),
  acceptedStrategies: async () => [],
  gapsBefore: async () => new Set(),
  markChanging: async () => {},
  intentsOf: async () => new Map(),
  expectedPositions: async () => undefined,
  openPositions: async () => {},
  riskRecord: async () => emptyRiskRecord,
  openBreaks: async () => [],
  keepBreaks: async () => [],
  keepStrategies: async () => {},
  orderRefsOf: async () => new Set(),
  recordIntents: async () => {},
  book: async () => [],
  finish: async () => {},
  commitDay: async () => false,
  sessionSoFar: async () => ({
    runs: { count: 0, held: 0, attention: 0, crashed: 0, unreachable: 0, interrupted: 0 },
    orders: { sent: 0, filled: 0, partlyFilled: 0, cancelled: 0, rejected: 0, unknown: 0, working: 0 },
    executions: { count: 0, bought: [], sold: [], commission: [], withoutCommission: 0 },
    firstSnapshot: undefined,
  }),
  history: async () => ({ firstRunAt: undefined, lastRunAt: undefined, committedDays: new Set() }),
};

/** Contracts that earlier runs asked for; what is asked now is not kept. */
export function readOnlyContracts(cache: ContractCache): ContractCache {
  return { load: () => cache.load(), save: async () => {} };
}

/** Without the events of what a dry run only seems to keep, and without fills: all that it hears of are earlier runs'. */
export function dryRunJournal(journal: Journal): Journal {
  const untrue: readonly RunEvent["kind"][] = ["order-file-written", "snapshot-saved", "executed"];
  return {
    append(event) {
      if (!untrue.includes(event.kind)) journal.append(event);
    },
  };
}

/**
 * Every further connection is another view of the first: to look at orders of the hourly run under its own client id
 * would shut that run out (326).
 */
export function overOneConnection(brokerage: Brokerage): Brokerage {
  let first: Broker | undefined;
  return {
    async connect(request) {
      if (first) {
        const identity = { ...first.identity, clientId: request.clientId };
        return ok({ ...first, identity, [Symbol.asyncDispose]: async () => {} });
      }
      const connected = await brokerage.connect(request);
      if (connected.ok) first = connected.value;
      return connected;
    },
  };
}
