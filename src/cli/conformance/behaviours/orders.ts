import { EventName, OrderAction, OrderType, SecType, TimeInForce } from "@stoqey/ib";
import { Contract, Order } from "ib-tws-api";
import { placeOrderMessage } from "../../../testing/raw-tws-client.ts";
import type { Behaviour } from "../behaviour.ts";
import { expect } from "../expect.ts";
import { type Step, script } from "../script.ts";

const area = "orders";
const apple = { symbol: "AAPL", secType: SecType.STK, exchange: "SMART", currency: "USD" };

type OrderFields = Parameters<typeof placeOrderMessage>[0];

/** 100 AAPL at 120, far below the market of some 150: it works until somebody changes or cancels it. */
function order(fields: OrderFields = {}, algo?: Parameters<typeof placeOrderMessage>[1]): string {
  const plain = { symbol: "AAPL", secType: "STK", exchange: "SMART", currency: "USD", transmit: 1 };
  const limit = { orderId: 1, action: "BUY", totalQuantity: 100, orderType: "LMT", lmtPrice: 120 };
  return placeOrderMessage({ ...plain, ...limit, ...fields }, algo);
}

/** The openOrder (5) and the orderStatus (3) of an order that is in the book. */
const works: readonly Step[] = [/^5\|1\|/, /^3\|1\|(PreSubmitted|Submitted)\|0\|100\|/];

/** An order of this kind is taken, shown with its kind, and in the list of open orders afterwards. */
function taken(name: string, fields: OrderFields, shown: RegExp): Behaviour {
  return {
    area,
    name,
    raw: script(order(fields), shown, /^3\|1\|(PreSubmitted|Submitted)\|/, "5|1|", shown, /^53\|1\|$/),
  };
}

/** An order is refused with this code on its id, and is not in the book afterwards. */
function refused(name: string, code: number, fields: OrderFields): Behaviour {
  return {
    area,
    name,
    raw: script(order(fields), new RegExp(`^4\\|2\\|1\\|${code}\\|`), "5|1|", /^53\|1\|$/),
  };
}

/** A type behind the quantity in openOrder. */
const typed = (type: string): RegExp => new RegExp(`^5\\|1\\|.*\\|(BUY|SELL)\\|100\\|${type}\\|`);

export const orderBehaviours: readonly Behaviour[] = [
  taken("LMT", {}, /^5\|1\|265598\|AAPL\|.*\|BUY\|100\|LMT\|120\.0\|0\.0\|DAY\|/),
  {
    area,
    name: "MKT fills, and tells it as the real gateway does",
    raw: script(
      order({ orderType: "MKT", lmtPrice: "" }),
      /^5\|1\|.*\|MKT\|/,
      /^3\|1\|\w+\|0\|100\|0\|/,
      /^11\|-1\|1\|265598\|AAPL\|.*\|BOT\|100\|/,
      /^5\|1\|.*\|Filled\|/,
      /^3\|1\|Filled\|100\|0\|/,
      /^59\|1\|[^|]+\|[\d.]+\|USD\|/,
    ),
    stoqey: async (rig) => {
      const client = await rig.stoqey();
      client.api.placeOrder(1, apple, {
        action: OrderAction.BUY,
        orderType: OrderType.MKT,
        totalQuantity: 100,
        transmit: true,
      });
      await client.hears(EventName.openOrder);
      await client.hears(EventName.execDetails);
      await client.hears(EventName.orderStatus, (_: number, status: string) => status === "Filled");
      await client.hears(EventName.commissionReport);
    },
    twsApi: async (rig) => {
      const api = rig.twsApi();
      await api.placeOrder({
        contract: Contract.stock("AAPL"),
        order: Order.market({ action: "BUY", totalQuantity: 100 }),
      });
      expect(JSON.stringify(await api.getPositions()), /"265598":.*"position":100/);
    },
  },
  taken("STP", { orderType: "STP", lmtPrice: "", auxPrice: 200 }, /\|STP\|0\.0\|200\.0\|DAY\|/),
  taken(
    "STP LMT",
    { orderType: "STP LMT", lmtPrice: 205, auxPrice: 200 },
    /\|STP LMT\|205\.0\|200\.0\|DAY\|/,
  ),
  taken("TRAIL", { orderType: "TRAIL", lmtPrice: "", action: "SELL", auxPrice: 5 }, typed("TRAIL")),
  taken(
    "TRAIL LIMIT",
    { orderType: "TRAIL LIMIT", lmtPrice: 139, action: "SELL", auxPrice: 5, trailStopPrice: 140 },
    typed("TRAIL LIMIT"),
  ),
  taken("MIDPRICE", { orderType: "MIDPRICE", lmtPrice: 120 }, typed("MIDPRICE")),
  taken("MOC", { orderType: "MOC", lmtPrice: "" }, typed("MOC")),
  taken("LOC", { orderType: "LOC" }, typed("LOC")),
  taken("time in force GTC", { tif: "GTC" }, /\|LMT\|120\.0\|0\.0\|GTC\|/),
  taken("time in force OPG", { tif: "OPG" }, /\|LMT\|120\.0\|0\.0\|OPG\|/),
  {
    area,
    name: "time in force IOC: what is not filled at once is cancelled",
    raw: script(order({ tif: "IOC" }), /^5\|1\|/, 2, /^3\|1\|Cancelled\|0\|100\|/),
  },
  {
    area,
    name: "time in force FOK: what cannot be filled whole at once is cancelled",
    raw: script(order({ tif: "FOK", totalQuantity: 100 }), /^5\|1\|/, 2, /^3\|1\|Cancelled\|0\|100\|/),
  },
  {
    area,
    name: "time in force GTD ends at its instant",
    raw: script(
      order({ tif: "GTD", goodTillDate: "20220314 10:30:00 US/Eastern" }),
      /\|GTD\|.*\|20220314 10:30:00 US\/Eastern\|/,
      1799,
      "49|1|",
      /^49\|/,
      1,
      /^3\|1\|Cancelled\|0\|100\|/,
    ),
  },
  {
    area,
    name: "time in force DAY ends at the close",
    raw: script(order(), ...works, 7 * 3600, /^3\|1\|Cancelled\|0\|100\|/),
  },
  taken("Adaptive is echoed", { adaptivePriority: "Patient" }, /\|Adaptive\|1\|adaptivePriority\|Patient\|/),
  refused("Adaptive with a priority that is none: 441", 441, { adaptivePriority: "Hasty" }),
  {
    area,
    name: "Twap is echoed, and trades in even slices over its window",
    raw: script(
      order(
        { orderType: "MKT", lmtPrice: "", totalQuantity: 300 },
        { strategy: "Twap", params: { strategyType: "Marketable", endTime: "10:03:00 US/Eastern" } },
      ),
      /\|Twap\|2\|strategyType\|Marketable\|endTime\|10:03:00 US\/Eastern\|/,
      /^3\|1\|Submitted\|100\|200\|/,
      60,
      /^3\|1\|Submitted\|200\|100\|/,
      60,
      /^3\|1\|Filled\|300\|0\|/,
    ),
  },
  {
    area,
    name: "Vwap is echoed, and trades below its part of the volume",
    raw: script(
      order(
        { orderType: "MKT", lmtPrice: "", totalQuantity: 6000 },
        { strategy: "Vwap", params: { maxPctVol: "0.01", noTakeLiq: "0" } },
      ),
      /\|Vwap\|2\|maxPctVol\|0\.01\|noTakeLiq\|0\|/,
      120,
      /^3\|1\|Submitted\|[1-9]\d*\|/,
    ),
  },
  refused("half a share: 10243", 10243, { totalQuantity: "0.5" }),
  refused("no share: 434", 434, { totalQuantity: 0 }),
  refused("a price between ticks: 110", 110, { lmtPrice: 120.003 }),
  refused("an unknown contract: 200", 200, { symbol: "NOSUCH" }),
  refused("more than the equity carries: 201", 201, { totalQuantity: 400_000 }),
  {
    area,
    name: "a refusal 201 leaves openOrder and status Inactive",
    raw: script(
      order({ totalQuantity: 400_000 }),
      /^4\|2\|1\|201\|Order rejected - reason:/,
      /^5\|1\|/,
      /^3\|1\|Inactive\|/,
    ),
    stoqey: async (rig) => {
      const client = await rig.stoqey();
      client.api.placeOrder(1, apple, {
        action: OrderAction.BUY,
        orderType: OrderType.LMT,
        lmtPrice: 120,
        totalQuantity: 400_000,
        transmit: true,
      });
      await client.hearsCode(201);
      await client.hears(EventName.orderStatus, (_: number, status: string) => status === "Inactive");
    },
  },
  taken(
    "outside regular hours is kept",
    { outsideRth: 1 },
    /^5\|1\|.*\|LMT\|120\.0\|0\.0\|DAY\|(\|[^|]*){0,7}/,
  ),
  taken(
    "order reference and account are echoed",
    { orderRef: "ref.7", account: "DU1234567" },
    /\|DU1234567\|\|0\|ref\.7\|/,
  ),
  taken("model code is echoed", { modelCode: "Growth" }, /\|Growth\|/),
  {
    area,
    name: "model code and order reference in executions",
    raw: script(
      order({ orderType: "MKT", lmtPrice: "", modelCode: "Growth", orderRef: "ref.7" }),
      /^11\|-1\|1\|.*\|ref\.7\|\|\|Growth\|/,
    ),
  },
  ...(
    [
      ["size: 383", 383, { totalQuantity: 501 }],
      ["value: 451", 451, { lmtPrice: 140, totalQuantity: 500 }],
      ["percentage: 163", 163, { lmtPrice: 175, totalQuantity: 10 }],
    ] as const
  ).map(([name, code, fields]) => ({
    ...refused(`precautionary limit of ${name}`, code, fields),
    gateway: { precautions: { sizeMax: 500, valueMax: 65_000, percentMax: 10 } },
  })),
  {
    area,
    name: "the master client hears of every client's orders, fills and commissions",
    gateway: { masterClientId: 9 },
    raw: async (rig) => {
      const master = await rig.raw(9);
      const owner = await rig.raw(3);
      await owner.ask(order({ orderType: "MKT", lmtPrice: "" }));
      expect((await master.heard()).join(" "), /5\|1\|.* 3\|1\|.* 11\|-1\|1\|.* 3\|1\|Filled\|.* 59\|1\|/);
    },
  },
  {
    area,
    name: "a new id must be above every id of this client: 103",
    raw: script(
      order({ orderId: 7 }),
      /^5\|7\|/,
      "4|1|7||",
      /^3\|7\|Cancelled/,
      order({ orderId: 6 }),
      /^4\|2\|6\|103\|/,
    ),
  },
  {
    area,
    name: "open orders: those of this client, and all",
    raw: script(order(), ...works, "5|1|", /^5\|1\|/, /^53\|1\|$/, "16|1|", /^5\|1\|/, /^53\|1\|$/),
    stoqey: async (rig) => {
      const client = await rig.stoqey();
      client.api.placeOrder(1, apple, {
        action: OrderAction.BUY,
        orderType: OrderType.LMT,
        lmtPrice: 120,
        totalQuantity: 100,
        tif: TimeInForce.GTC,
        orderRef: "ref.7",
        transmit: true,
      });
      await client.hears(EventName.openOrder);
      client.events.splice(0);
      client.api.reqAllOpenOrders();
      await client.hears(
        EventName.openOrder,
        (_: number, __: unknown, shown: { orderRef: string; tif: string }) =>
          shown.orderRef === "ref.7" && shown.tif === "GTC",
      );
      await client.hears(EventName.openOrderEnd);
    },
    twsApi: async (rig) => {
      const api = rig.twsApi();
      const limit = Order.limit({ action: "BUY", totalQuantity: 100, lmtPrice: 120, orderRef: "ref.7" });
      await api.placeOrder({ contract: Contract.stock("AAPL"), order: limit });
      expect(JSON.stringify(await api.getOpenOrders()), /"orderRef":"ref\.7"/);
      expect(JSON.stringify(await api.getAllOpenOrders()), /"totalQuantity":100/);
    },
  },
  {
    area,
    name: "auto open orders: client 0 may, another may not (327)",
    raw: async (rig) => {
      const client = await rig.raw(2);
      client.send("15|1|1|");
      await client.until((message) => message.startsWith("4|2|-1|327|"));
      const first = await rig.raw(0);
      await first.ask("15|1|1|");
      expect(first.messages.join(" "), /^(?!.*\|327\|)/);
    },
  },
  {
    area,
    name: "modify: price and quantity change, the permanent id stays",
    raw: script(
      order(),
      /^5\|1\|/,
      /^3\|1\|/,
      order({ lmtPrice: 121, totalQuantity: 90 }),
      /^5\|1\|265598\|.*\|BUY\|90\|LMT\|121\.0\|/,
      /^3\|1\|\w+\|0\|90\|/,
    ),
    stoqey: async (rig) => {
      const client = await rig.stoqey();
      const limit = { action: OrderAction.BUY, orderType: OrderType.LMT, totalQuantity: 100, transmit: true };
      client.api.placeOrder(1, apple, { ...limit, lmtPrice: 120 });
      await client.hears(EventName.openOrder);
      client.api.placeOrder(1, apple, { ...limit, lmtPrice: 121 });
      await client.hears(
        EventName.openOrder,
        (_: number, __: unknown, shown: { lmtPrice: number }) => shown.lmtPrice === 121,
      );
    },
  },
  {
    area,
    name: "modify to a price between ticks: 110, the old order stays",
    raw: script(
      order(),
      ...works,
      order({ lmtPrice: 121.003 }),
      /^4\|2\|1\|110\|/,
      "5|1|",
      /\|LMT\|120\.0\|/,
      /^53\|1\|$/,
    ),
  },
  {
    area,
    name: "modify to another side: 105",
    raw: script(order(), ...works, order({ action: "SELL" }), /^4\|2\|1\|105\|/),
  },
  {
    area,
    name: "modify of a filled order: 104",
    raw: script(order({ orderType: "MKT", lmtPrice: "" }), /^3\|1\|Filled\|/, order(), /^4\|2\|1\|104\|/),
  },
  {
    area,
    name: "cancel: status Cancelled, then 202",
    raw: script(
      order(),
      ...works,
      "4|1|1||",
      /^3\|1\|Cancelled\|/,
      /^4\|2\|1\|202\|Order Canceled - reason:/,
    ),
    stoqey: async (rig) => {
      const client = await rig.stoqey();
      client.api.placeOrder(1, apple, {
        action: OrderAction.BUY,
        orderType: OrderType.LMT,
        lmtPrice: 120,
        totalQuantity: 100,
        transmit: true,
      });
      await client.hears(EventName.openOrder);
      client.api.cancelOrder(1, "");
      await client.hears(EventName.orderStatus, (_: number, status: string) => status === "Cancelled");
      await client.hearsCode(202);
    },
    twsApi: async (rig) => {
      const api = rig.twsApi();
      const limit = Order.limit({ action: "BUY", totalQuantity: 100, lmtPrice: 120 });
      const orderId = await api.placeOrder({ contract: Contract.stock("AAPL"), order: limit });
      expect((await api.cancelOrder(orderId)).code, /^202$/);
    },
  },
  { area, name: "cancel of an unknown order: 10147", raw: script("4|1|902||", /^4\|2\|902\|10147\|/) },
  {
    area,
    name: "cancel of a filled order: 10148",
    raw: script(
      order({ orderType: "MKT", lmtPrice: "" }),
      /^3\|1\|Filled\|/,
      "4|1|1||",
      /^4\|2\|1\|10148\|.*state: Filled/,
    ),
  },
  {
    area,
    name: "cancel of another client's order: 10147",
    raw: async (rig) => {
      const owner = await rig.raw(1);
      await owner.ask(order());
      const other = await rig.raw(2);
      expect((await other.ask("4|1|1||")).join(" "), /^4\|2\|1\|10147\|/);
    },
  },
  {
    area,
    name: "global cancel ends the orders of all clients",
    raw: async (rig) => {
      const owner = await rig.raw(1);
      await owner.ask(order());
      const other = await rig.raw(2);
      await other.ask("58|1|");
      expect((await owner.heard()).join(" "), /3\|1\|Cancelled\|/);
    },
  },
  {
    area,
    name: "completed orders",
    raw: script(
      order(),
      ...works,
      "4|1|1||",
      /^4\|2\|1\|202\|/,
      "99|0|",
      /^101\|265598\|AAPL\|.*\|Cancelled\|/,
      /^102\|$/,
    ),
    stoqey: async (rig) => {
      const client = await rig.stoqey();
      client.api.placeOrder(1, apple, {
        action: OrderAction.BUY,
        orderType: OrderType.MKT,
        totalQuantity: 100,
        transmit: true,
      });
      await client.hears(EventName.orderStatus, (_: number, status: string) => status === "Filled");
      client.api.reqCompletedOrders(false);
      await client.hears(EventName.completedOrder);
      await client.hears(EventName.completedOrdersEnd);
    },
  },
  {
    area,
    name: "what-if: margins before and after, no order left (O44)",
    raw: script(
      order({ whatIf: 1 }),
      /^5\|1\|265598\|.*\|1\|PreSubmitted\|[\d.]+\|[\d.]+\|[\d.]+\|-?[\d.]+\|-?[\d.]+\|-?[\d.]+\|[\d.]+\|[\d.]+\|[\d.]+\|/,
      "5|1|",
      /^53\|1\|$/,
    ),
    stoqey: async (rig) => {
      const client = await rig.stoqey();
      client.api.placeOrder(1, apple, {
        action: OrderAction.BUY,
        orderType: OrderType.LMT,
        lmtPrice: 120,
        totalQuantity: 100,
        whatIf: true,
        transmit: true,
      });
      await client.hears(
        EventName.openOrder,
        (_: number, __: unknown, ___: unknown, state: { initMarginChange: number }) =>
          state.initMarginChange > 0,
      );
    },
  },
  {
    area,
    name: "not transmitted: held, not sent to the market, not listed",
    raw: script(order({ transmit: 0 }), "49|1|", /^49\|/, "16|1|", /^53\|1\|$/),
  },
  {
    area,
    name: "bracket: children wait for their parent",
    raw: script(
      order({ transmit: 0 }),
      order({ orderId: 2, parentId: 1, action: "SELL", lmtPrice: 180, transmit: 0 }),
      order({ orderId: 3, parentId: 1, action: "SELL", orderType: "STP", lmtPrice: "", auxPrice: 110 }),
      /^3\|2\|PreSubmitted\|0\|100\|/,
    ),
  },
  {
    area,
    name: "one cancels all, type 1: a part of a fill cancels the rest of the group",
    raw: script(
      order({ ocaGroup: "either", ocaType: 1 }),
      /^5\|1\|/,
      order({ orderId: 2, ocaGroup: "either", ocaType: 1, lmtPrice: 200, totalQuantity: 10_000 }),
      /^3\|1\|Cancelled\|0\|100\|/,
    ),
  },
  {
    area,
    name: "one cancels all, types 2 and 3: a part of a fill makes the rest of the group smaller",
    raw: script(
      order({ ocaGroup: "either", ocaType: 3 }),
      /^5\|1\|/,
      order({ orderId: 2, ocaGroup: "either", ocaType: 3, lmtPrice: 200, totalQuantity: 10_000 }),
      /^3\|1\|Submitted\|0\|[1-9]\d\|/,
    ),
  },
  {
    area,
    name: "one cancels all: a fill cancels the rest of the group",
    raw: script(
      order({ ocaGroup: "either" }),
      /^5\|1\|/,
      order({ orderId: 2, ocaGroup: "either", orderType: "MKT", lmtPrice: "", symbol: "MSFT" }),
      /^3\|1\|Cancelled\|/,
    ),
  },
];
