import type { Behaviour } from "../behaviour.ts";
import { script } from "../script.ts";
import { as, ask, hear, leave, market, never, order, restart, type Step, wait } from "../step.ts";
import { area, cancelled, filled, listed, nothingListed, row, wire, works } from "./order-steps.ts";

const placing: readonly Behaviour[] = [
  row("MKT fills: order, status, execution, commission", [
    market(),
    hear("order", { orderId: 1, orderType: "MKT" }),
    hear("execution", { reqId: -1, orderId: 1, symbol: "AAPL", side: "BOT", shares: 100 }),
    hear("order", { orderId: 1, status: "Filled" }),
    filled(),
    hear("commission", { commission: /^\d/, currency: "USD" }),
    ask("positions", {}),
    hear("position", { conId: 265_598, position: 100 }),
  ]),
  {
    area,
    name: "MKT on the wire, in the order of the real gateway",
    raw: script(
      wire({ orderType: "MKT", lmtPrice: "" }),
      /^5\|1\|.*\|MKT\|/,
      /^3\|1\|\w+\|0\|100\|0\|/,
      /^11\|-1\|1\|265598\|AAPL\|.*\|BOT\|100\|/,
      /^5\|1\|.*\|Filled\|/,
      /^3\|1\|Filled\|100\|0\|/,
      /^59\|1\|[^|]+\|[\d.]+\|USD\|/,
    ),
  },
  row("a new id must be above every id of this client: 103 (O01)", [
    order({ orderId: 7 }),
    hear("status", { orderId: 7, status: "Submitted" }),
    ask("cancel", { orderId: 7 }),
    cancelled(7),
    // Ids that the library takes itself cannot be too small.
    order({ orderId: 7 }),
    hear("error", { id: 7, code: 103 }),
    order({ orderId: 6 }),
    hear("error", { id: 6, code: 103 }),
  ]),
  row("client ids have order ids of their own", [
    order({ orderId: 50 }),
    works50(),
    as(2),
    hear("nextId", { orderId: 1 }),
    order({ orderId: 50 }),
    works50(),
  ]),
  row("an order shown to another client raises that client's next id", [
    order({ orderId: 50 }),
    works50(),
    as(2),
    ask("allOpenOrders", {}),
    hear("order", { orderId: 50 }),
    hear("ordersEnd"),
    ask("ids", {}),
    hear("nextId", { orderId: 51 }),
  ]),
  row("not transmitted: held, not sent to the market, not listed; transmitted later it is", [
    order({ transmit: false }),
    ...nothingListed,
    order({ transmit: true }),
    works,
    ...listed({ orderId: 1 }),
  ]),
  row("what-if: margins before and after, commission, no order left (O44)", [
    order({ whatIf: true }),
    hear("order", { orderId: 1, status: "PreSubmitted", initMarginChange: /^\d/, commission: /^\d/ }),
    ...nothingListed,
    never("status"),
  ]),
  row("what-if: half of a purchase's value is initial margin, a quarter is maintenance margin", [
    order({ whatIf: true, lmtPrice: 150, totalQuantity: 200 }),
    hear("order", { initMarginChange: /^15\d{3}(\.\d+)?$/, maintMarginChange: /^7[5-9]\d\d(\.\d+)?$/ }),
  ]),
  row("what-if of too much: refused with 201", [
    order({ whatIf: true, totalQuantity: 400_000 }),
    hear("error", { id: 1, code: 201 }),
    never("status"),
  ]),
];

function works50(): Step {
  return hear("status", { orderId: 50, status: /Submitted/ });
}

const lists: readonly Behaviour[] = [
  row("open orders: those of this client with what was said of them", [
    order({ tif: "GTC", orderRef: "ref.7" }),
    works,
    ...listed({ orderId: 1, tif: "GTC", orderRef: "ref.7", clientId: 1, totalQuantity: 100 }),
  ]),
  row("open orders: another client's are not among them", [order(), works, as(2), ...nothingListed]),
  row("all open orders: those of all clients", [
    order(),
    works,
    as(2),
    ask("allOpenOrders", {}),
    hear("order", { clientId: 1 }),
    hear("ordersEnd"),
  ]),
  row("auto open orders: not for a client above 0 (327)", [
    as(2),
    ask("autoOpenOrders", { bind: true }),
    hear("error", { id: -1, code: 327 }),
  ]),
  row("auto open orders: client 0 may", [
    as(0),
    ask("autoOpenOrders", { bind: true }),
    never("error", { code: 327 }),
  ]),
  row("filled and cancelled orders are not open, they are completed", [
    market({ orderRef: "ref.7" }),
    filled(),
    order({ orderId: 2, orderRef: "ref.8" }),
    hear("status", { orderId: 2, status: "Submitted" }),
    ask("cancel", { orderId: 2 }),
    hear("error", { id: 2, code: 202 }),
    ask("openOrders", {}),
    hear("ordersEnd"),
    ask("completedOrders", {}),
    hear("completed", { orderRef: "ref.7", symbol: "AAPL" }),
    hear("completed", { orderRef: "ref.8" }),
    hear("completedEnd"),
  ]),
];

const rights: readonly Behaviour[] = [
  row(
    "master client: it hears orders, statuses, executions and commissions of all clients",
    [
      as(9),
      as(3),
      market({ orderRef: "ref.7" }),
      filled(),
      as(9),
      hear("order", { orderId: 1, clientId: 3, orderRef: "ref.7" }),
      hear("execution", { orderId: 1, clientId: 3 }),
      hear("status", { clientId: 3, status: "Filled" }),
      hear("commission", { currency: "USD" }),
    ],
    { masterClientId: 9 },
  ),
  row(
    "client 0: an order by hand is bound to it when it asks for that, and can be cancelled by it (O30)",
    [
      as(0),
      ask("autoOpenOrders", { bind: true }),
      ask("openOrders", {}),
      hear("order", { symbol: "KO", totalQuantity: 30, clientId: 0, orderId: 1 }),
      hear("ordersEnd"),
      ask("cancel", { orderId: 1 }),
      hear("status", { orderId: 1, status: "Cancelled" }),
    ],
    { scenario: "O30" },
  ),
  row("no master client: another client's orders are not told", [
    as(9),
    as(3),
    market(),
    filled(),
    as(9),
    never("order"),
    never("status"),
    never("execution"),
  ]),
];

const returning: readonly Behaviour[] = [
  row("a client that went away: its orders are there when it comes back", [
    as(6),
    order({ tif: "GTC" }),
    works,
    leave,
    as(6),
    hear("nextId", { orderId: 2 }),
    ...listed({ orderId: 1, clientId: 6, tif: "GTC" }),
    ask("cancel", { orderId: 1 }),
    hear("error", { id: 1, code: 202 }),
  ]),
  row("a client that went away: it finds the executions of meanwhile", [
    as(6),
    market({ symbol: "RRC", totalQuantity: 6000, orderRef: "ref.7" }),
    hear("status", { orderId: 1, status: /Submitted/ }),
    leave,
    wait(3600),
    as(6),
    ask("executions", { reqId: 9 }),
    hear("execution", { reqId: 9, orderId: 1, orderRef: "ref.7" }),
    hear("commission"),
    hear("executionsEnd", { reqId: 9 }),
  ]),
  row(
    "restart with --state: a GTC order works on, can be modified and cancelled",
    [
      order({ tif: "GTC", orderRef: "ref.7" }),
      works,
      restart,
      as(1),
      hear("nextId", { orderId: 2 }),
      ...listed({ orderId: 1, tif: "GTC", orderRef: "ref.7", clientId: 1 }),
      ask("cancel", { orderId: 1 }),
      hear("error", { id: 1, code: 202 }),
    ],
    { command: [] },
  ),
  row(
    "restart with --state: a modified order comes back as modified, and is modified again",
    [
      order({ tif: "GTC" }),
      works,
      order({ tif: "GTC", lmtPrice: 121 }),
      hear("order", { lmtPrice: 121 }),
      restart,
      as(1),
      ...listed({ orderId: 1, lmtPrice: 121 }),
      order({ tif: "GTC", lmtPrice: 119 }),
      hear("order", { orderId: 1, lmtPrice: 119 }),
    ],
    { command: [] },
  ),
  row(
    "restart with --state: positions, executions and order ids are as they were",
    [
      market({ totalQuantity: 70 }),
      filled(),
      restart,
      as(1),
      hear("nextId", { orderId: 2 }),
      ask("positions", {}),
      hear("position", { conId: 265_598, position: 70 }),
      ask("executions", { reqId: 9 }),
      hear("execution", { reqId: 9, orderId: 1, shares: 70 }),
      hear("executionsEnd"),
    ],
    { command: [] },
  ),
];

/** How orders are placed, listed, shown to clients, and found again. */
export const orderBehaviours: readonly Behaviour[] = [...placing, ...lists, ...rights, ...returning];
