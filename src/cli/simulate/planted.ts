import type { Broker, World } from "../../ports.ts";
import { clearedForSure } from "../../testing/cleared-for-sure.ts";
import type { OrderReport } from "../../trading/order.ts";
import type { Plan } from "../../trading/planner/plan.ts";
import type { ExpectedPosition } from "../../trading/reconciliation.ts";
import { ok, type Result } from "../../trading/result.ts";
import { noLimits } from "../../trading/risk/limits.ts";
import { never } from "./life.ts";
import { plantedInChanges } from "./planted-in-changes.ts";
import { memoryOf, type PlantedBug, withBroker, withStore } from "./planting.ts";
import type { Scene } from "./process.ts";

/** One for each invariant at least: a simulation that does not find them would not find a real one either. */
export const plantedBugs: readonly PlantedBug[] = [
  ...plantedInChanges,
  {
    name: "names that were used are forgotten",
    breaks: "no order reference is sent twice",
    bug: {
      world: withStore((store) => ({
        isSentIn: async () => false,
        orderRefsOf: async () => new Set(),
        recordIntents: (run, orders) => store.recordIntents(run, orders).catch(() => undefined),
        markSending: (orderRef, at) => store.markSending(orderRef, at).catch(() => undefined),
      })),
    },
  },
  {
    name: "orders leave before that is on record",
    breaks: "nothing is sent that is not on record",
    bug: { world: withStore(() => ({ markSending: async () => {} })) },
  },
  {
    name: "the window is not looked at",
    breaks: "a window is traded once",
    bug: { world: withStore(() => ({ isSentIn: async () => false })) },
  },
  {
    name: "unsettled orders are forgotten",
    breaks: "filled and pending shares stay within what the run wanted",
    bug: { world: withStore(() => ({ unsettledOrders: async () => [] })) },
  },
  {
    name: "silence is read as not sent",
    breaks: "filled and pending shares stay within what the run wanted",
    bug: {
      world: withBroker((broker) => ({
        place: async (orders, beforeSend) => (await broker.place(orders, beforeSend)).map(asNotSent),
        progress: () => {
          const progress = broker.progress();
          return { ...progress, orders: progress.orders.map(asNotSent) };
        },
      })),
    },
  },
  {
    name: "a cancel is believed before it is confirmed",
    breaks: "filled and pending shares stay within what the run wanted",
    bug: {
      world: withBroker(() => ({
        cancel: async (orders) =>
          ok(orders.map((order) => ({ ...order, state: { life: "done", status: "cancelled" } as const }))),
      })),
    },
  },
  {
    name: "executions that are told again are booked again",
    breaks: "every execution is booked once, and no other",
    bug: {
      world: withStore((store, scene) => ({
        book: async (run, orders, executions) => {
          const again = executions
            .filter(({ execId }) => memoryOf(scene).has(execId))
            .map((execution) => ({ ...execution, execId: `again-${execution.execId}` }));
          for (const { execId } of executions) memoryOf(scene).set(execId, "");
          return await store.book(run, orders, [...executions, ...again]);
        },
      })),
    },
  },
  {
    name: "corrections are taken for repeats",
    breaks: "every execution is booked once, and no other",
    bug: {
      world: withStore((store) => ({
        book: (run, orders, executions) =>
          store.book(
            run,
            orders,
            executions.filter(({ execId }) => execId.endsWith(".01")),
          ),
      })),
    },
  },
  {
    name: "fills of earlier runs are not asked after",
    breaks: "every execution is booked once, and no other",
    bug: {
      world: withStore((store) => ({
        book: (run, orders, executions) =>
          store.book(
            run,
            orders,
            executions.filter(({ executedAt }) => executedAt >= run.startedAt),
          ),
      })),
    },
  },
  {
    name: "executions are matched by order id",
    breaks: "every execution is booked once, and no other",
    bug: {
      world: withBroker((broker, scene) => ({
        executions: async () => {
          const told = await broker.executions();
          if (!told.ok) return told;
          const refOf = memoryOf(scene);
          return ok(
            told.value.map((execution) => {
              const id = `order ${execution.orderId}`;
              if (execution.orderRef !== "" && !refOf.has(id)) refOf.set(id, execution.orderRef);
              return execution.orderRef === ""
                ? execution
                : { ...execution, orderRef: refOf.get(id) ?? execution.orderRef };
            }),
          );
        },
      })),
    },
  },
  {
    name: "the error flag is not looked at",
    breaks: "a held run sends nothing",
    bug: { world: sendsWhateverIsPlanned },
  },
  {
    name: "limits are not looked at",
    breaks: "nothing goes beyond a limit",
    bug: {
      job: (job) => ({ ...job, limits: noLimits }),
    },
  },
  {
    name: "a halt is looked at once a run",
    breaks: "nothing is sent while trading is halted",
    bug: {
      world: (world) => {
        let first: ReturnType<World["brake"]["pulled"]> | undefined;
        return { ...world, brake: { pulled: () => (first ??= world.brake.pulled()) } };
      },
    },
  },
  {
    name: "what differs is put on record and not held against the plan",
    breaks: "what is not explained is not traded",
    bug: {
      world: withStore((store) => ({
        keepBreaks: async (run, found, at) => {
          await store.keepBreaks(run, found, at);
          return [];
        },
      })),
    },
  },
  {
    name: "our count takes over what the broker tells",
    breaks: "what a person must decide is named",
    bug: { world: expectsWhatIsTold },
  },
  {
    name: "snapshots leave out short positions",
    breaks: "the records equal the broker's books after a healthy run",
    bug: {
      world: withStore((store) => ({
        finish: (outcome) => {
          const { account } = outcome;
          const positions = account?.positions.filter(({ shares }) => shares > 0) ?? [];
          return store.finish({ ...outcome, account: account && { ...account, positions } });
        },
      })),
    },
  },
  {
    name: "a connection is left open",
    breaks: "every run disconnects and releases the lock",
    bug: { world: withBroker(() => ({ [Symbol.asyncDispose]: async () => {} })) },
  },
  {
    name: "the lock is kept",
    breaks: "every run disconnects and releases the lock",
    bug: {
      world: (world) => ({
        ...world,
        lock: {
          take: async (holder) => ({
            ...(await world.lock.take(holder)),
            [Symbol.asyncDispose]: async () => {},
          }),
        },
      }),
    },
  },
  {
    name: "the lock is a file that a killed run leaves behind",
    breaks: "trading goes on without a person when faults have stopped",
    bug: {
      world: (world, scene) => ({
        ...world,
        lock: {
          take: async (holder) => {
            const file = memoryOf(scene);
            if (file.has("lock"))
              return { taken: false, by: undefined, [Symbol.asyncDispose]: async () => {} };
            const taken = await world.lock.take(holder);
            file.set("lock", "");
            return {
              ...taken,
              [Symbol.asyncDispose]: async () => {
                file.delete("lock");
                await taken[Symbol.asyncDispose]();
              },
            };
          },
        },
      }),
    },
  },
  {
    name: "net liquidation is compared with a wrong figure",
    breaks: "trading goes on without a person when faults have stopped",
    bug: {
      world: withStore((store) => ({
        riskRecord: async (...asked) => {
          const record = await store.riskRecord(...asked);
          const equity = record.equity.map((point) => ({
            ...point,
            netLiquidation: { ...point.netLiquidation, e6: point.netLiquidation.e6 / 2n },
          }));
          return { ...record, equity };
        },
      })),
    },
  },
  {
    name: "the lock is not held",
    breaks: "one run at a time",
    bug: {
      world: (world) => ({
        ...world,
        lock: { take: async () => ({ taken: true, [Symbol.asyncDispose]: async () => {} }) },
      }),
    },
  },
  {
    name: "a request has no deadline",
    breaks: "no run hangs",
    bug: {
      world: withBroker((broker) => ({
        account: async () => await orNever(await broker.account()),
        executions: async () => await orNever(await broker.executions()),
      })),
    },
  },
  {
    name: "an execution that is told again is a mistake",
    breaks: "no run breaks off by itself",
    bug: {
      world: withStore((store, scene) => ({
        book: async (run, orders, executions) => {
          for (const { execId } of executions) {
            const bookedBy = memoryOf(scene).get(execId) ?? run.id;
            if (bookedBy !== run.id) throw new Error("UNIQUE constraint failed");
            memoryOf(scene).set(execId, run.id);
          }
          return await store.book(run, orders, executions);
        },
      })),
    },
  },
];

function asNotSent(order: OrderReport): OrderReport {
  return order.state.life === "unknown" ? { ...order, state: { life: "done", status: "not-sent" } } : order;
}

async function orNever<T>(answer: Result<T>): Promise<Result<T>> {
  const isSilent = !answer.ok && answer.findings.some(({ kind }) => kind === "request-unanswered");
  return isSilent ? await never() : answer;
}

/** Our own count is whatever the broker told last, so that the two never differ. */
function expectsWhatIsTold(world: World, scene: Scene): World {
  let told: readonly ExpectedPosition[] | undefined;
  const listens = withBroker((broker) => ({
    account: async () => {
      const account = await broker.account();
      if (account.ok) told = account.value.positions;
      return account;
    },
  }));
  const believes = withStore((store) => ({
    expectedPositions: async (account) => told ?? (await store.expectedPositions(account)),
  }));
  return believes(listens(world, scene), scene);
}

/** Orders leave as soon as they are planned, whatever the gate says of them. */
function sendsWhateverIsPlanned(world: World): World {
  let broker: Broker | undefined;
  const send = async ({ trades }: Plan): Promise<void> => {
    await broker?.place(clearedForSure(trades.map(({ order }) => order)), async () => undefined);
  };
  return {
    ...world,
    brokerage: {
      connect: async (request) => {
        const connected = await world.brokerage.connect(request);
        if (connected.ok) broker = connected.value;
        return connected;
      },
    },
    journal: {
      append: (event) => {
        world.journal.append(event);
        if (event.kind === "planned") void send(event.plan);
      },
    },
  };
}
