import { instant } from "../../../trading/instant.ts";
import type { Behaviour } from "../behaviour.ts";
import { rowsOf } from "../play.ts";
import { account, type RigOptions } from "../rig.ts";
import {
  type AskedOrder,
  as,
  ask,
  type Expected,
  hear,
  market,
  never,
  order,
  type Step,
  wait,
} from "../step.ts";

const area = "trading day";

const row = rowsOf(area);

const filled = (orderId = 1): Step => hear("status", { orderId, status: "Filled", remaining: 0 });
const waits: Step = hear("status", { orderId: 1, status: /Submitted/, filled: 0 });

const partial: readonly Step[] = [market({ symbol: "RRC", totalQuantity: 6000, orderRef: "ref.7" }), waits];

const fills: readonly Behaviour[] = [
  row("partial fills over time: an order larger than what is displayed", [
    ...partial,
    wait(120),
    hear("execution", { orderId: 1, side: "BOT" }),
    hear("status", { status: "Submitted", filled: /^[1-9]/, remaining: /^[1-9]/ }),
    wait(1800),
    hear("status", { status: "Filled", filled: 6000, remaining: 0 }),
  ]),
  row("partial fills: each execution has an id of its own, cumulated shares and an average price", [
    ...partial,
    wait(1800),
    hear("execution", { execId: /\.01\.01$/, cumQty: /^\d+$/, avgPrice: /^\d/ }),
    hear("execution", { execId: /\.02\.01$|\.01\.01$/ }),
    hear("execution", { cumQty: 6000 }),
  ]),
  row(
    "participation: an order larger than the hour's volume fills slowly",
    [
      market({ symbol: "RRC", totalQuantity: 600_000 }),
      waits,
      wait(3600),
      hear("status", { filled: /^[1-9]/, remaining: /^[1-9]\d{3,}$/ }),
      never("status", { status: "Filled" }),
    ],
    rich(),
  ),
  row("commission comes after its execution, joined by its id", [
    market(),
    hear("execution", { execId: /^[0-9a-f]+(\.[0-9a-f]+)*\.01$/ }),
    hear("commission", {
      execId: /^[0-9a-f]+(\.[0-9a-f]+)*\.01$/,
      commission: /^1(\.\d+)?$/,
      currency: "USD",
    }),
  ]),
  row("the commission of a purchase has no realized profit, that of a close has", [
    market(),
    hear("commission", { realizedPNL: /^$|^1\.797693134862315/ }),
    market({ orderId: 2, symbol: "MSFT", totalQuantity: 20 }),
    hear("commission", { realizedPNL: /^-?\d+(\.\d+)?$/ }),
  ]),
];

/** Enough for the largest order. */
function rich(): RigOptions {
  return { accounts: [{ id: account, cash: 1e9, baseCurrency: "USD", positions: [] }] };
}

const asked = (filter: Partial<AskedOrder> & object, ...found: readonly Expected[]): readonly Step[] => [
  ask("executions", { reqId: 9, ...filter }),
  ...found.map((fields) => hear("execution", { reqId: 9, ...fields })),
  hear("executionsEnd", { reqId: 9 }),
];

const twoTrades: readonly Step[] = [
  market({ orderRef: "ref.7" }),
  filled(),
  as(2),
  market({ symbol: "KO", action: "SELL", totalQuantity: 60, orderRef: "ref.8" }),
  filled(),
];

/** Filter → the symbols that it lets through, of a purchase of AAPL by client 1 and a sale of KO by client 2. */
const filters: readonly (readonly [name: string, filter: object, symbols: readonly string[]])[] = [
  ["none", {}, ["AAPL", "KO"]],
  ["symbol", { symbol: "KO" }, ["KO"]],
  ["side", { side: "BUY" }, ["AAPL"]],
  ["client", { clientId: 2 }, ["KO"]],
  ["account", { acctCode: account }, ["AAPL", "KO"]],
  ["another account", { acctCode: "DU7654321" }, []],
  ["security type", { secType: "CASH" }, []],
  ["time", { time: "20220314 12:00:00 US/Eastern" }, []],
];

const reports: readonly Behaviour[] = [
  row("executions when asked, each with its commission, then the end", [
    market({ orderRef: "ref.7" }),
    hear("commission"),
    ask("executions", { reqId: 9 }),
    hear("execution", { reqId: 9, orderId: 1, conId: 265_598, orderRef: "ref.7", shares: 100 }),
    hear("commission"),
    hear("executionsEnd", { reqId: 9 }),
  ]),
  ...filters.map(([name, filter, symbols]) =>
    row(`executions by ${name}: ${symbols.join(" and ") || "none fits"}`, [
      ...twoTrades,
      as(3),
      ask("executions", { reqId: 9, ...filter }),
      ...symbols.map((symbol) => hear("execution", { reqId: 9, symbol })),
      hear("executionsEnd", { reqId: 9 }),
      ...["AAPL", "KO"]
        .filter((symbol) => !symbols.includes(symbol))
        .map((symbol) => never("execution", { symbol })),
    ]),
  ),
  row("executions only since midnight of the account's zone (O39)", [
    market(),
    filled(),
    wait(13 * 3600),
    ...asked({}, { symbol: "AAPL" }),
    wait(3600),
    as(2),
    ...asked({}),
    never("execution"),
  ]),
  row("executions: their time carries the account's zone", [
    market(),
    hear("execution", { time: /^20220314 10:00:0\d (US\/Eastern|America\/New_York)$/ }),
  ]),
];

const day: readonly Behaviour[] = [
  row(
    "closed market: an order waits, with warning 399 (D10)",
    [
      market(),
      hear("error", {
        id: 1,
        code: 399,
        text: /will not be placed at the exchange until 2022-03-14 09:30:00/,
      }),
    ],
    { at: "2022-03-13T12:00:00-04:00" },
  ),
  row(
    "OPG: market on open fills at the open",
    [market({ tif: "OPG" }), waits, wait(3600), never("status", { status: "Filled" }), wait(3600), filled()],
    { at: "2022-03-14T08:00:00-04:00" },
  ),
  row(
    "OPG: limit on open fills at the open when the price is reached",
    [order({ tif: "OPG", lmtPrice: 170 }), waits, wait(2 * 3600), filled()],
    { at: "2022-03-14T08:00:00-04:00" },
  ),
  row(
    "OPG: limit on open that the open does not reach is cancelled",
    [order({ tif: "OPG" }), waits, wait(2 * 3600), hear("status", { status: "Cancelled", filled: 0 })],
    { at: "2022-03-14T08:00:00-04:00" },
  ),
  row("MOC fills at the close and not before", [
    market({ orderType: "MOC" }),
    waits,
    wait(5 * 3600),
    never("status", { status: "Filled" }),
    wait(2 * 3600),
    filled(),
  ]),
  row(
    "MOC: one that the auction binds cannot be cancelled (10148), one that comes too late is refused (201)",
    [
      market({ orderType: "MOC" }),
      hear("status", { orderId: 1, status: "PreSubmitted" }),
      ask("cancel", { orderId: 1 }),
      hear("error", { id: 1, code: 10_148 }),
      wait(60),
      market({ orderId: 2, orderType: "MOC" }),
      hear("error", { id: 2, code: 201 }),
    ],
    { at: "2022-03-14T15:54:00-04:00" },
  ),
  row("LOC fills at the close when the price is reached", [
    order({ orderType: "LOC", lmtPrice: 170 }),
    waits,
    wait(5 * 3600),
    never("status", { status: "Filled" }),
    wait(2 * 3600),
    filled(),
  ]),
  row("LOC that the close does not reach is cancelled", [
    order({ orderType: "LOC" }),
    waits,
    wait(7 * 3600),
    hear("status", { status: "Cancelled", filled: 0 }),
  ]),
  row(
    "outside regular hours: an order that allows it fills before the open",
    [order({ lmtPrice: 170, outsideRth: true }), wait(60), filled()],
    { at: "2022-03-14T08:00:00-04:00" },
  ),
  row(
    "outside regular hours: an order that does not allow it waits for the open",
    [
      order({ lmtPrice: 170 }),
      waits,
      wait(3600),
      never("status", { status: "Filled" }),
      wait(3600),
      filled(),
    ],
    { at: "2022-03-14T08:00:00-04:00" },
  ),
  row(
    "a half day: DAY orders end at its early close",
    [order(), waits, wait(3.5 * 3600), hear("status", { status: "Cancelled" })],
    {
      at: "2021-11-26T10:00:00-05:00",
    },
  ),
  row("a holiday: nothing trades", [market(), waits, wait(7 * 3600), never("status", { status: "Filled" })], {
    at: "2022-02-21T10:00:00-05:00",
  }),
];

/** An order of MSFT, held or not, in a market that moves for days: it becomes what it is when its price comes. */
const triggers: readonly Behaviour[] = [
  row("STP is triggered when the market comes to it", [
    order({ orderType: "STP", action: "SELL", lmtPrice: 0, auxPrice: 149.9, tif: "GTC" }),
    waits,
    wait(30 * 24 * 3600),
    filled(),
  ]),
  row("STP LMT becomes a limit order when the market comes to it", [
    order({ orderType: "STP LMT", action: "SELL", lmtPrice: 140, auxPrice: 149.9, tif: "GTC" }),
    waits,
    wait(30 * 24 * 3600),
    filled(),
  ]),
  row("TRAIL follows the market up and is triggered on its way down", [
    order({ orderType: "TRAIL", action: "SELL", lmtPrice: 0, auxPrice: 3, tif: "GTC" }),
    waits,
    wait(30 * 24 * 3600),
    filled(),
  ]),
  row("MIDPRICE fills between bid and ask", [
    order({ orderType: "MIDPRICE", lmtPrice: 170 }),
    wait(600),
    filled(),
  ]),
  row("Adaptive fills within its limit", [
    order({
      lmtPrice: 170,
      algoStrategy: "Adaptive",
      algoParams: [{ tag: "adaptivePriority", value: "Urgent" }],
    }),
    wait(600),
    filled(),
  ]),
];

const selling: readonly Behaviour[] = [
  row("short sale: a position below zero and its margin", [
    market({ action: "SELL" }),
    hear("execution", { side: "SLD", shares: 100 }),
    filled(),
    ask("positions", {}),
    hear("position", { conId: 265_598, position: -100 }),
  ]),
  row(
    "short sale of shares that cannot be borrowed: 404, held with why `locate` (O15)",
    [
      market({ action: "SELL" }),
      hear("status", { orderId: 1, status: "PreSubmitted", whyHeld: "locate" }),
      hear("error", { id: 1, code: 404 }),
      wait(60),
      never("status", { status: "Filled" }),
      ask("cancel", { orderId: 1 }),
      hear("error", { id: 1, code: 202 }),
    ],
    { contracts: [{ symbol: "AAPL", borrowableShares: 0 }] },
  ),
];

const haltOf = (from: string, until: string): RigOptions => ({
  market: { halts: [{ symbol: "AAPL", from: instant(from), until: instant(until) }] },
});
const halted = haltOf("2022-03-14T09:50:00-04:00", "2022-03-14T10:10:00-04:00");

const halts: readonly Behaviour[] = [
  row(
    "halt: an order waits until it is over",
    [market(), waits, wait(300), never("status", { status: "Filled" }), wait(600), filled()],
    halted,
  ),
  row(
    "halt: it is told (tick 49), and its end",
    [
      ask("quote", { reqId: 1, symbol: "AAPL" }),
      hear("tick", { reqId: 1, type: 49, value: /^[12](\.0)?$/ }),
      wait(900),
      hear("tick", { reqId: 1, type: 1, value: /^1\d\d/ }),
      hear("tick", { reqId: 1, type: 49, value: 0 }),
    ],
    halted,
  ),
  row(
    "halt: nobody bids or asks",
    [
      ask("quote", { reqId: 1, symbol: "AAPL", snapshot: true }),
      hear("tick", { reqId: 1, type: 1, value: -1 }),
      hear("tick", { reqId: 1, type: 2, value: -1 }),
      hear("snapshotEnd"),
    ],
    halted,
  ),
  row(
    "halt: one that begins takes the quotes away",
    [
      ask("quote", { reqId: 1, symbol: "AAPL" }),
      hear("tick", { type: 1, value: /^1\d\d/ }),
      wait(30),
      hear("tick", { type: 1, value: -1 }),
      hear("tick", { type: 49, value: 1 }),
    ],
    haltOf("2022-03-14T10:00:30-04:00", "2022-03-14T10:10:00-04:00"),
  ),
  row(
    "limit-up and limit-down: trading pauses (tick 49 is 2) and goes on",
    [
      ask("quote", { reqId: 1, symbol: "AAPL" }),
      // Each wait tells what stands at its end: a pause must not fall between two.
      ...Array.from({ length: 120 }, () => wait(10)),
      hear("tick", { type: 49, value: 2 }),
      hear("tick", { type: 49, value: 0 }),
    ],
    { at: "2022-03-14T09:30:00-04:00", market: { priceBand: 0.001 } },
  ),
  row("halt of one symbol: another trades", [market({ symbol: "KO" }), filled()], halted),
];

export const tradingBehaviours: readonly Behaviour[] = [
  ...fills,
  ...reports,
  ...day,
  ...triggers,
  ...selling,
  ...halts,
];
