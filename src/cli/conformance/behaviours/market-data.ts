import type { Behaviour } from "../behaviour.ts";
import { rowsOf } from "../play.ts";
import type { RigOptions } from "../rig.ts";
import { script } from "../script.ts";
import {
  type AskedContract,
  as,
  ask,
  type Expected,
  hear,
  leave,
  never,
  passOver,
  type Step,
  wait,
} from "../step.ts";

const area = "market data";

const row = rowsOf(area);

const snapshot = (symbol: string, contract: AskedContract = {}, reqId = 1): Step =>
  ask("quote", { reqId, symbol, snapshot: true, ...contract });
const stream = (symbol: string, reqId = 1, genericTicks = ""): Step =>
  ask("quote", { reqId, symbol, genericTicks });
const tick = (type: number, value: RegExp | number, reqId = 1): Step => hear("tick", { reqId, type, value });
const quoteType = (type: number, reqId = 1): Step => hear("quoteType", { reqId, type });
const ended = (reqId = 1): Step => hear("snapshotEnd", { reqId });

const euro = { symbol: "EUR", secType: "CASH", exchange: "IDEALPRO", currency: "USD" };

const price = /^\d+(\.\d+)?$/;
const closed: RigOptions = { at: "2022-03-13T12:00:00-04:00" };

/** One stream of AAPL on the wire. */
const line = (reqId: number): string => `1|11|${reqId}|0|AAPL|STK||0|||SMART||USD|||0||0|0||`;

const live: readonly Behaviour[] = [
  row("snapshot: type, bid, ask and last, then its end", [
    snapshot("AAPL"),
    quoteType(1),
    tick(1, price),
    tick(2, price),
    tick(4, price),
    ended(),
  ]),
  ...Object.entries({ high: 6, low: 7, volume: 8, close: 9, open: 14 }).map(([name, type]) =>
    row(`snapshot: the day's ${name}`, [snapshot("AAPL"), tick(type, price), ended()]),
  ),
  {
    area,
    name: "snapshot on the wire: every price followed by its size",
    raw: script(
      "1|11|1|0|AAPL|STK||0|||SMART||USD|||0||1|0||",
      /^58\|1\|1\|1\|$/,
      /^1\|6\|1\|1\|[\d.]+\|\d+\|\d\|$/,
      /^2\|6\|1\|0\|\d+\|$/,
      /^1\|6\|1\|2\|[\d.]+\|\d+\|\d\|$/,
      /^2\|6\|1\|3\|\d+\|$/,
      /^1\|6\|1\|4\|[\d.]+\|\d+\|\d\|$/,
      /^1\|6\|1\|9\|[\d.]+\|/,
      /^57\|1\|1\|$/,
    ),
  },
  row(
    "snapshot: its end comes when it is told to",
    [snapshot("AAPL"), ask("time", {}), hear("time"), ended()],
    { snapshotEndsAfterMs: 1000 },
  ),
  {
    area,
    name: "snapshot: its end comes 11 s after the request, as at the real gateway",
    gateway: { snapshotEndsAfterMs: 11_000 },
    raw: async (rig) => {
      const client = await rig.raw();
      const began = process.hrtime.bigint();
      client.send("1|11|1|0|AAPL|STK||0|||SMART||USD|||0||1|0||");
      await client.until((message) => message.startsWith("57|1|1|"));
      const seconds = Number(process.hrtime.bigint() - began) / 1e9;
      if (seconds < 10.9 || seconds > 13) throw new Error(`it came after ${seconds} s`);
    },
  },
  row("stream: what changes is told as time goes on", [
    stream("AAPL"),
    tick(1, price),
    wait(30),
    tick(1, price),
  ]),
  row("stream: cancelled, no more", [
    stream("AAPL"),
    tick(1, price),
    ask("cancelQuote", { reqId: 1 }),
    passOver,
    wait(30),
    never("tick"),
  ]),
  row("two streams of one contract, one cancelled: the other goes on", [
    stream("AAPL", 1),
    stream("AAPL", 2),
    tick(1, price, 2),
    ask("cancelQuote", { reqId: 1 }),
    wait(30),
    tick(1, price, 2),
  ]),
  row("a client that goes away takes its streams along, another's go on", [
    stream("AAPL"),
    tick(1, price),
    as(2),
    stream("AAPL"),
    tick(1, price),
    leave,
    as(1),
    wait(30),
    tick(1, price),
  ]),
  // ib-tws-api takes the ids of its requests itself.
  row(
    "a request id in use twice: 322",
    [stream("AAPL"), quoteType(1), stream("MSFT"), hear("error", { id: 1, code: 322 })],
    {},
    ["twsApi"],
  ),
  // ib-tws-api takes the ids of its requests itself.
  row(
    "cancelling a line that is not there: 300",
    [ask("cancelQuote", { reqId: 55 }), hear("error", { id: 55, code: 300 })],
    {},
    ["twsApi"],
  ),
  row(
    "more lines than the account has: 101",
    [stream("AAPL", 1), quoteType(1), stream("MSFT", 2), hear("error", { id: 2, code: 101 })],
    { marketDataLines: 1 },
  ),
  {
    area,
    name: "100 lines are had, the next is refused (101), and one that is given back can be had again",
    raw: async (rig) => {
      const client = await rig.raw();
      for (let at = 1; at <= 101; at += 1) client.send(line(at));
      const said = await client.heard();
      const refused = said.filter((message) => message.includes("|101|"));
      if (refused.length !== 1 || !refused[0]?.startsWith("4|2|101|101|"))
        throw new Error(`refused: ${refused.join(" ") || "none"}`);
      client.send("2|2|7|");
      client.send(line(102));
      if ((await client.heard()).some((message) => message.startsWith("4|2|102|")))
        throw new Error("a line that was given back could not be had again");
    },
  },
  row("unknown contract: 200", [
    snapshot("NOSUCH"),
    hear("error", { id: 1, code: 200, text: /No security definition/ }),
    never("tick"),
  ]),
  row("by conId alone", [
    ask("quote", { reqId: 1, conId: 272_093, exchange: "SMART", snapshot: true }),
    tick(1, price),
    ended(),
  ]),
  row("a currency pair has a bid and an ask", [
    snapshot("EUR", euro),
    tick(1, /^1\.\d+$/),
    tick(2, /^1\.\d+$/),
    ended(),
  ]),
];

const types: readonly Behaviour[] = [
  row(
    "closed market: no bid and no ask is −1 (D01)",
    [snapshot("AAPL"), tick(1, -1), tick(2, -1), ended()],
    closed,
  ),
  row(
    "frozen: the last quote of a closed market",
    [ask("quoteType", { type: 2 }), snapshot("AAPL"), quoteType(2), tick(1, price), tick(2, price), ended()],
    closed,
  ),
  row("frozen asked for in an open market: live", [
    ask("quoteType", { type: 2 }),
    snapshot("AAPL"),
    quoteType(1),
    ended(),
  ]),
  row("delayed asked for where live is to be had: live", [
    ask("quoteType", { type: 3 }),
    snapshot("AAPL"),
    quoteType(1),
    tick(1, price),
    ended(),
  ]),
  row(
    "delayed data alone: 10167 and delayed ticks to who asks for them (D04)",
    [
      ask("quoteType", { type: 3 }),
      snapshot("AAPL"),
      quoteType(3),
      tick(66, price),
      tick(67, price),
      tick(68, price),
      ended(),
    ],
    { marketData: "delayed" },
    // It gives up a snapshot at the notice.
    ["twsApi"],
  ),
  row(
    "delayed data alone: 10167 says so",
    [ask("quoteType", { type: 3 }), stream("AAPL"), hear("error", { id: 1, code: 10_167 }), tick(66, price)],
    { marketData: "delayed" },
  ),
  row(
    "delayed data alone: 10089 to who asks for live ones (D05)",
    [snapshot("AAPL"), hear("error", { id: 1, code: 10_089 }), never("tick")],
    { marketData: "delayed" },
  ),
  row(
    "delayed frozen: asked for when the market is closed",
    [ask("quoteType", { type: 4 }), snapshot("AAPL"), quoteType(4), tick(66, price), ended()],
    { ...closed, marketData: "delayed" },
    // It gives up a snapshot at the notice.
    ["twsApi"],
  ),
  row(
    "no market data: 354, and 10168 to who asks for delayed ones (D05)",
    [
      snapshot("AAPL"),
      hear("error", { id: 1, code: 354 }),
      ask("quoteType", { type: 4 }),
      snapshot("AAPL", {}, 2),
      hear("error", { id: 2, code: 10_168 }),
      never("tick"),
    ],
    { marketData: "none" },
  ),
  row(
    "before the open and after the close: quotes of extended trading",
    [
      snapshot("AAPL"),
      quoteType(1),
      tick(1, price),
      ended(),
      wait(9 * 3600),
      snapshot("AAPL", {}, 2),
      quoteType(1, 2),
      tick(1, price, 2),
      ended(2),
    ],
    { at: "2022-03-14T08:00:00-04:00" },
  ),
];

const bars = (barSize: string, duration: string, whatToShow: string, more: object = {}): Step =>
  ask("bars", { reqId: 1, symbol: "AAPL", barSize, duration, whatToShow, ...more });
const bar = (fields: Expected): Step =>
  hear("bar", { reqId: 1, open: price, high: price, low: price, close: price, ...fields });
const barsEnd: Step = hear("barsEnd", { reqId: 1 });

/** Small bars of so many seconds as question `reqId`. */
const smallBars = (reqId: number, seconds: number): Step =>
  bars("30 secs", `${seconds} S`, "TRADES", { reqId });
const pacingViolation = (reqId: number): Step =>
  hear("error", {
    id: reqId,
    code: 162,
    text: /^Historical Market Data Service error message:Historical data request pacing violation/,
  });

const limits: readonly Behaviour[] = [
  row(
    "historical pacing: the same small bars again within 15 seconds (162)",
    [
      smallBars(1, 600),
      barsEnd,
      smallBars(2, 600),
      pacingViolation(2),
      wait(15),
      smallBars(3, 600),
      hear("barsEnd", { reqId: 3 }),
    ],
    { pacing: "throttle" },
  ),
  row(
    "historical pacing: the sixth small request of one series within two seconds (162)",
    [
      ...[300, 330, 360, 390, 420].map((seconds, at) => smallBars(at + 1, seconds)),
      smallBars(6, 450),
      pacingViolation(6),
    ],
    { pacing: "throttle" },
  ),
  row(
    "historical pacing: bars of a minute are not refused",
    [
      ...Array.from({ length: 8 }, () => bars("1 min", "1 D", "TRADES")),
      ...Array.from({ length: 8 }, () => barsEnd),
      never("error", { code: 162 }),
    ],
    { pacing: "throttle" },
  ),
  {
    area,
    name: "historical data: no more than 50 open at a time (322)",
    raw: script(
      ...Array.from(
        { length: 51 },
        (_, at) => `20|${at + 1}|0|AAPL|STK||0|||SMART||USD|||0||1 min|1 D|1|TRADES|1|1||`,
      ),
      /^4\|2\|51\|322\|.*Only 50 simultaneous API historical data requests allowed/,
    ),
  },
];

const history: readonly Behaviour[] = [
  ...["TRADES", "MIDPOINT", "BID", "ASK", "BID_ASK", "ADJUSTED_LAST"].map((what) =>
    row(`historical data: five daily bars of ${what}`, [
      bars("1 day", "5 D", what, what === "ADJUSTED_LAST" ? { endDateTime: "" } : {}),
      ...Array.from({ length: 4 }, () => bar({ date: /^2022\d{4}$/ })),
      barsEnd,
    ]),
  ),
  ...["1 hour", "30 mins", "15 mins", "5 mins", "1 min"].map((barSize) =>
    row(`historical data: bars of ${barSize}`, [
      bars(barSize, "1 D", "TRADES"),
      bar({ date: /^20220311 +09:30:00( US\/Eastern)?$/ }),
      bar({ date: /^20220311 +\d\d:\d\d:00/ }),
      barsEnd,
    ]),
  ),
  ...["30 secs", "15 secs", "10 secs", "5 secs", "1 secs"].map((barSize) =>
    row(`historical data: bars of ${barSize}`, [
      bars(barSize, "600 S", "TRADES"),
      bar({ date: /^20220311 +15:50:00( US\/Eastern)?$/ }),
      bar({ date: /^20220311 +15:5\d:\d\d/ }),
      barsEnd,
    ]),
  ),
  row("historical data: TRADES have a volume, MIDPOINT has none (-1)", [
    bars("1 day", "2 D", "TRADES"),
    bar({ volume: /^[1-9]/ }),
    barsEnd,
    bars("1 day", "2 D", "MIDPOINT"),
    bar({ volume: /^-1$|^0$/ }),
    barsEnd,
  ]),
  row("historical data until now when no end is said", [
    bars("1 day", "2 D", "TRADES", { endDateTime: "" }),
    bar({ date: "20220314" }),
    barsEnd,
  ]),
  row("historical data: no bar type named is an error of that request", [
    bars("1 day", "5 D", ""),
    hear("error", { id: 1, code: /^(321|162)$/ }),
    never("barsEnd"),
  ]),
  row("historical data: a bar size that does not exist is an error of that request", [
    bars("7 hours", "5 D", "TRADES"),
    hear("error", { id: 1, code: /^(321|162)$/ }),
    never("barsEnd"),
  ]),
  row("historical data of an unknown contract: 200", [
    bars("1 day", "5 D", "TRADES", { symbol: "NOSUCH" }),
    hear("error", { id: 1, code: 200 }),
  ]),
  row("historical data: cancelling what is not there is 366", [
    ask("cancelBars", { reqId: 55 }),
    hear("error", { id: 55, code: 366, text: /^No historical data query found for ticker id:55/ }),
  ]),
  row("head timestamp", [
    ask("head", { reqId: 4, symbol: "AAPL", whatToShow: "TRADES" }),
    hear("head", { reqId: 4, date: /^\d{8}/ }),
  ]),
  ...["MIDPOINT", "BID", "ASK"].map((what) =>
    row(`historical data of a currency pair: hourly bars of ${what}, round the clock`, [
      bars("1 hour", "1 D", what, { ...euro, useRth: false }),
      ...Array.from({ length: 24 }, () => bar({ date: /^202203\d\d +\d\d:[01][05]:00/, close: /^1\.\d+$/ })),
      barsEnd,
    ]),
  ),
  row("historical data of a currency pair: there are no trades (162)", [
    bars("1 day", "5 D", "TRADES", euro),
    hear("error", { id: 1, code: 162, text: /HMDS query returned no data: EUR\.USD@IDEALPRO Trades/ }),
  ]),
];

export const marketDataBehaviours: readonly Behaviour[] = [...live, ...types, ...history, ...limits];
