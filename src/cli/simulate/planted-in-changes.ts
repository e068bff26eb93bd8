import type { Broker, World } from "../../ports.ts";
import type { Db } from "../../storage/sqlite/sqlite.ts";
import { clearedForSure } from "../../testing/cleared-for-sure.ts";
import { instantFromMs } from "../../trading/instant.ts";
import { anotherAttempt, type OrderReport, type PlannedOrder, sentLimitOf } from "../../trading/order.ts";
import { ok, valueOf } from "../../trading/result.ts";
import type { ClearedOrders } from "../../trading/risk/gate.ts";
import { noLimits } from "../../trading/risk/limits.ts";
import { isProtective } from "./inspected.ts";
import { type PlantedBug, withBroker, withStore } from "./planting.ts";

/** Mistakes with working orders, with limits and with doubts. */
export const plantedInChanges: readonly PlantedBug[] = [
  {
    name: "a change asks for the rest, not for the whole order",
    breaks: "a changed order asks for all that the run wanted",
    bug: {
      world: withBroker((broker) => ({
        modify: async (orders, beforeSend) => {
          const rests = await Promise.all(orders.orders.map((order) => restOf(order, broker)));
          return await broker.modify(clearedForSure(rests), beforeSend);
        },
      })),
    },
  },
  {
    name: "a change that is sent is taken as made",
    breaks: "filled and pending shares stay within what the run wanted",
    bug: {
      world: withBroker((broker) => ({
        modify: async (orders, beforeSend) => {
          for (const order of orders.orders) await beforeSend(order);
          const listed = valueOf(await broker.openOrders()) ?? [];
          return ok(orders.orders.flatMap((order) => asChanged(order, listed)));
        },
      })),
    },
  },
  {
    name: "an order is changed by a new one beside it",
    breaks: "filled and pending shares stay within what the run wanted",
    bug: {
      world: withBroker((broker) => ({
        modify: async (orders) => ok(await broker.place(underOtherNames(orders), async () => undefined)),
      })),
    },
  },
  {
    name: "a forecast is read without its last row",
    breaks: "what is wanted is held or at work when faults have stopped",
    bug: { world: withoutLastRow },
  },
  {
    name: "changes leave before they are on record",
    breaks: "nothing is sent that is not on record",
    bug: { world: withStore(() => ({ markChanging: async () => {} })) },
  },
  {
    name: "a run that only changes orders has not traded its window",
    breaks: "a window is traded once",
    bug: {
      world: withStore((_, { db }) => ({ isSentIn: async (_account, window) => hasNewOrder(db, window) })),
    },
  },
  {
    name: "what the session has traded before is forgotten",
    breaks: "nothing goes beyond a limit",
    bug: {
      job: ({ limits, ...job }) => ({
        ...job,
        limits: {
          ...limits,
          ordersPerDayMax: noLimits.ordersPerDayMax,
          turnoverPerDayMax: noLimits.turnoverPerDayMax,
        },
      }),
    },
  },
  {
    name: "only leverage is limited",
    breaks: "nothing goes beyond a limit",
    bug: {
      job: ({ limits: { grossLeverageMax, netLeverageMax }, ...job }) => ({
        ...job,
        limits: { ...noLimits, grossLeverageMax, netLeverageMax },
      }),
    },
  },
  {
    name: "what a plan's own sales will bring is spent before it is there",
    breaks: "cash is never owed where borrowing is off",
    bug: { job: ({ plan, ...job }) => ({ ...job, plan: { ...plan, borrowing: true } }) },
  },
  {
    name: "stops that work are not listed",
    breaks: "closing and protective orders take no more than is held",
    bug: {
      world: withBroker((broker) => ({
        openOrders: async () => {
          const listed = await broker.openOrders();
          return listed.ok ? ok(listed.value.filter(({ orderRef }) => !isProtective(orderRef))) : listed;
        },
      })),
    },
  },
  {
    name: "doubt is ignored: what nobody knows of is void at once",
    breaks: "filled and pending shares stay within what the run wanted",
    bug: {
      world: withStore((store) => ({
        unsettledOrders: async (account) =>
          (await store.unsettledOrders(account)).map((order) => ({ ...order, sentAt: instantFromMs(0) })),
      })),
    },
  },
  {
    name: "doubt is ignored: a link that was cut and is back has cost nothing",
    breaks: "filled and pending shares stay within what the run wanted",
    bug: {
      world: withBroker((broker) => ({ progress: () => ({ ...broker.progress(), linkWasCut: false }) })),
    },
  },
];

function withoutLastRow(world: World): World {
  const read: World["forecasts"]["read"] = async (now) => {
    const told = await world.forecasts.read(now);
    return told.ok ? ok(told.value.map((each) => ({ ...each, rows: each.rows.slice(0, -1) }))) : told;
  };
  return { ...world, forecasts: { read } };
}

function hasNewOrder(db: Db, window: string): boolean {
  const sent = db.prepare(
    `SELECT 1 FROM order_record WHERE window = ? AND life <> 'planned'
       AND (status IS NULL OR status NOT IN ('not-sent', 'void'))`,
  );
  return sent.get(window) !== undefined;
}

async function restOf(order: PlannedOrder, broker: Broker): Promise<PlannedOrder> {
  const listed = valueOf(await broker.openOrders()) ?? [];
  const filled = listed.find(({ orderRef }) => orderRef === order.orderRef)?.filledShares ?? 0;
  return { ...order, shares: Math.max(1, order.shares - filled) };
}

function asChanged(order: PlannedOrder, listed: readonly OrderReport[]): readonly OrderReport[] {
  return listed
    .filter(({ orderRef }) => orderRef === order.orderRef)
    .map((report) => ({ ...report, orderedShares: order.shares, limitPrice: sentLimitOf(order) }));
}

function underOtherNames(orders: ClearedOrders): ClearedOrders {
  return clearedForSure(
    orders.orders.map((order) => ({ ...order, orderRef: anotherAttempt(order.orderRef) })),
  );
}
