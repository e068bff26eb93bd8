import type { Delivery, World } from "../ports.ts";
import type { RunEvent } from "../trading/event.ts";
import { later } from "../trading/instant.ts";
import type { Notice } from "../trading/notice.ts";
import type { Outcome } from "../trading/outcome.ts";
import { ok } from "../trading/result.ts";
import { emptyRiskRecord } from "../trading/risk/risk-record.ts";
import { aSessionSoFar } from "./outcome-builder.ts";
import { scriptedBroker } from "./scripted-broker.ts";
import { type Script, scriptOf } from "./world-script.ts";

export interface Scripted {
  readonly world: World;
  /** Every call that changes something outside, in order: "cancel AAA", "place buy AAA 10", "order file", "disconnect". */
  readonly acts: string[];
  readonly events: RunEvent[];
  readonly notices: Notice[];
  readonly finished: Outcome[];
}

/** A world that does what its script says and writes down what was done to it. */
export function scriptedWorld(changes: Partial<Script> = {}): Scripted {
  const script = scriptOf(changes);
  const acts: string[] = [];
  const events: RunEvent[] = [];
  const notices: Notice[] = [];
  const finished: Outcome[] = [];
  let elapsedMs = 0;
  const now = () => later(script.now, elapsedMs);
  const broker = scriptedBroker(script, acts, now);
  const booked = new Set<string>();
  const ended = new Set<string>();

  const world: World = {
    clock: {
      now,
      monotonicMs: () => elapsedMs,
      sleep: async (ms) => {
        elapsedMs += ms;
      },
    },
    lock: {
      take: async () => {
        acts.push("lock");
        return { taken: true, [Symbol.asyncDispose]: async () => void acts.push("unlock") };
      },
    },
    brokerage: {
      connect: async ({ clientId }) => {
        acts.push(clientId === 11 ? "connect" : `connect as ${clientId}`);
        return ok({ ...broker, identity: { ...broker.identity, clientId } });
      },
    },
    forecasts: { read: async () => script.forecasts },
    contracts: { load: async () => [], save: async () => undefined },
    orderFiles: {
      write: async (run) => {
        acts.push("order file");
        return ok(`orders/${run.id}.csv`);
      },
      writeProtection: async (run) => {
        acts.push("protection file");
        return ok(`orders/${run.id}-protection.csv`);
      },
    },
    store: {
      begin: async ({ startedAt, window, account }) => ({ id: "run-1", startedAt, window, account }),
      deadRuns: async () => [],
      unsettledOrders: async () => script.unsettled.filter(({ orderRef }) => !ended.has(orderRef)),
      isSentIn: async () => false,
      markSending: async () => {},
      lastTrades: async () => new Map(),
      lastProtectionFills: async () => new Map(),
      acceptedStrategies: async () => [],
      gapsBefore: async () => new Set(),
      intentsOf: async () => new Map(),
      markChanging: async (_run, { orderRef }) => void acts.push(`mark ${orderRef.split(".")[3]}`),
      expectedPositions: async () => undefined,
      openPositions: async () => {},
      riskRecord: async () => emptyRiskRecord,
      openBreaks: async () => [],
      keepBreaks: async () => [],
      keepStrategies: async () => {},
      orderRefsOf: async () => new Set(),
      recordIntents: async () => void acts.push("intents"),
      book: async (_run, orders, executions) => {
        for (const { orderRef, state } of orders) if (state.life === "done") ended.add(orderRef);
        const fresh = executions.filter((execution) => !booked.has(execution.execId));
        for (const execution of fresh) booked.add(execution.execId);
        return fresh;
      },
      finish: async (outcome) => {
        acts.push("snapshot");
        finished.push(outcome);
      },
      commitDay: async (_outcome, session) => {
        acts.push(`commit ${session.on}`);
        return true;
      },
      sessionSoFar: async () => aSessionSoFar(),
      history: async () => ({
        firstRunAt: script.firstRunAt,
        lastRunAt: script.lastRunAt,
        committedDays: new Set(),
      }),
      ...script.store,
    },
    mailer: {
      handled: async () => new Set(script.handled),
      waiting: async () => 0,
      deliver: async (due) => {
        notices.push(...due);
        acts.push(...due.map((notice) => `mail ${notice.key}`));
        return due.map(
          (notice): Delivery => ({ sent: true, key: notice.key, subject: notice.kind, where: "test" }),
        );
      },
    },
    journal: { append: (event) => void events.push(event) },
    brake: { pulled: async () => undefined },
    ...script.world,
  };
  return { world, acts, events, notices, finished };
}
