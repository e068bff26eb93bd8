import { connect } from "node:net";
import { EventName, OrderAction, OrderType, SecType } from "@stoqey/ib";
import { placeOrderMessage } from "../../../testing/raw-tws-client.ts";
import type { Behaviour } from "../behaviour.ts";
import { expect } from "../expect.ts";
import { converse, script } from "../script.ts";

const area = "trading day";

type OrderFields = Parameters<typeof placeOrderMessage>[0];

function market(symbol: string, fields: OrderFields = {}): string {
  const plain = { symbol, secType: "STK", exchange: "SMART", currency: "USD", transmit: 1 };
  return placeOrderMessage({
    ...plain,
    orderId: 1,
    action: "BUY",
    totalQuantity: 100,
    orderType: "MKT",
    ...fields,
  });
}

/** reqExecutions (7) with these filters. */
function executions(
  requestId: number,
  filter: { readonly symbol?: string; readonly side?: string } = {},
): string {
  const { symbol = "", side = "" } = filter;
  return `7|3|${requestId}||||${symbol}|||${side}|`;
}

const isAnswer = (message: string): boolean => message.startsWith("49|");

export const tradingBehaviours: readonly Behaviour[] = [
  {
    area,
    name: "an order larger than what is displayed fills in parts over time",
    raw: script(
      market("RRC", { totalQuantity: 6000 }),
      /^5\|1\|/,
      120,
      /^11\|-1\|1\|.*\|BOT\|/,
      /^3\|1\|Submitted\|\d+\|\d+\|/,
      1800,
      /^3\|1\|Filled\|6000\|0\|/,
    ),
  },
  {
    area,
    name: "executions with their commission reports, again when asked",
    raw: script(market("AAPL"), /^59\|/, executions(9), /^11\|9\|1\|265598\|/, /^59\|1\|/, /^55\|1\|9\|$/),
    stoqey: async (rig) => {
      const client = await rig.stoqey();
      const apple = { symbol: "AAPL", secType: SecType.STK, exchange: "SMART", currency: "USD" };
      const buy = { action: OrderAction.BUY, orderType: OrderType.MKT, totalQuantity: 100, transmit: true };
      client.api.placeOrder(1, apple, buy);
      await client.hears(EventName.execDetails);
      client.api.reqExecutions(9, {});
      await client.hears(EventName.execDetails, (requestId: number) => requestId === 9);
      await client.hears(EventName.execDetailsEnd);
    },
  },
  {
    area,
    name: "executions by symbol and side",
    raw: script(
      market("AAPL"),
      /^59\|/,
      executions(9, { symbol: "MSFT" }),
      /^55\|1\|9\|$/,
      executions(10, { side: "SELL" }),
      /^55\|1\|10\|$/,
      executions(11, { symbol: "AAPL", side: "BUY" }),
      /^11\|11\|/,
      /^55\|1\|11\|$/,
    ),
  },
  {
    area,
    name: "executions only since midnight of the account's zone (O39)",
    raw: script(market("AAPL"), /^59\|/, 15 * 3600, executions(9), /^55\|1\|9\|$/),
  },
  {
    area,
    name: "an order in a closed market waits, with warning 399",
    gateway: { at: "2022-03-13T12:00:00-04:00" },
    raw: script(
      market("AAPL"),
      /^4\|2\|1\|399\|Order Message:/,
      "5|1|",
      /^5\|1\|.*\|PreSubmitted\|/,
      /^53\|1\|$/,
    ),
  },
  {
    area,
    name: "time in force OPG fills at the open",
    gateway: { at: "2022-03-14T08:00:00-04:00" },
    raw: script(market("AAPL", { tif: "OPG" }), /^5\|1\|/, 2 * 3600, /^3\|1\|Filled\|/),
  },
  {
    area,
    name: "market on close fills at the close",
    raw: script(market("AAPL", { orderType: "MOC" }), /^5\|1\|/, 7 * 3600, /^3\|1\|Filled\|/),
  },
  {
    area,
    name: "market on close too late: 201; one that the auction binds cannot be cancelled: 10148",
    gateway: { at: "2022-03-14T15:54:00-04:00" },
    raw: script(
      market("AAPL", { orderType: "MOC", lmtPrice: "" }),
      /^3\|1\|PreSubmitted\|/,
      "4|1|1||",
      /^4\|2\|1\|10148\|/,
      60,
      market("AAPL", { orderId: 2, orderType: "MOC", lmtPrice: "" }),
      /^4\|2\|2\|201\|/,
    ),
  },
  {
    area,
    name: "a trailing stop is triggered when the market comes back",
    raw: script(
      market("AAPL", { orderType: "TRAIL", lmtPrice: "", action: "SELL", auxPrice: 0.1 }),
      /^3\|1\|PreSubmitted\|/,
      1800,
      /^3\|1\|Filled\|/,
    ),
  },
  {
    area,
    name: "a midpoint order fills",
    raw: script(market("AAPL", { orderType: "MIDPRICE", lmtPrice: "" }), 300, /^3\|1\|Filled\|/),
  },
  {
    area,
    name: "children begin with what their cancelled parent was filled",
    raw: script(
      market("AAPL", { lmtPrice: 200, totalQuantity: 9000, transmit: 0 }),
      market("AAPL", { orderId: 2, parentId: 1, action: "SELL", lmtPrice: 400, totalQuantity: 9000 }),
      /^3\|2\|PreSubmitted\|0\|9000\|/,
      "4|1|1||",
      /^3\|2\|Submitted\|0\|[1-8]?\d{1,3}\|/,
    ),
  },
  {
    area,
    name: "a stop is triggered when the market comes to it",
    raw: script(
      market("AAPL", { orderType: "STP", action: "SELL", auxPrice: 149.9, tif: "GTC" }),
      /^5\|1\|/,
      30 * 24 * 3600,
      /^3\|1\|Filled\|/,
    ),
  },
  {
    area,
    name: "orders of a client that went away are there when it comes back",
    raw: async (rig) => {
      const before = await rig.raw(6);
      await before.ask(market("AAPL", { orderType: "LMT", lmtPrice: 120, tif: "GTC" }));
      await before.end();
      const after = await rig.raw(6);
      expect(after.messages.join(" "), / 9\|1\|2\|/);
      expect((await after.ask("5|1|")).join(" "), /^5\|1\|265598\|.* 53\|1\|$/);
    },
  },
  {
    area,
    name: "client ids have order ids of their own",
    raw: async (rig) => {
      const one = await rig.raw(1);
      await one.ask(market("AAPL", { orderId: 50 }));
      const two = await rig.raw(2);
      expect(two.messages.join(" "), / 9\|1\|1\|/);
    },
  },
  {
    area,
    name: "a fill changes positions and account values of all who asked",
    raw: async (rig) => {
      const watcher = await rig.raw(2);
      await watcher.ask("61|1|");
      await watcher.ask("6|2|1|DU1234567|");
      const trader = await rig.raw(1);
      await trader.ask(market("AAPL"));
      const heard = (await watcher.heard()).join(" ");
      expect(heard, /61\|3\|DU1234567\|265598\|AAPL\|.*\|100\|/);
      expect(heard, /7\|8\|265598\|AAPL\|/);
    },
  },
  {
    area,
    name: "pacing holds a client to 50 messages a second and loses none",
    gateway: { pacing: "throttle" },
    raw: async (rig) => {
      const client = await rig.raw();
      const began = process.hrtime.bigint();
      for (let at = 0; at < 120; at += 1) client.send("49|1|");
      while (client.messages.filter(isAnswer).length < 120)
        await new Promise((resolve) => setTimeout(resolve, 10));
      const milliseconds = Number(process.hrtime.bigint() - began) / 1e6;
      expect(milliseconds > 1900 && milliseconds < 5000 ? "paced" : `${milliseconds} ms`, /^paced$/);
    },
  },
  {
    area,
    name: "the control port moves time",
    gateway: { controlPort: 0 },
    raw: async (rig) => {
      const client = await rig.raw();
      const control = connect(rig.gateway.controlPort ?? 0, "127.0.0.1");
      control.end("advance 60\n");
      await new Promise((resolve) => control.once("close", resolve).resume());
      await converse(client, ["49|1|", /^49\|1\|1647266460\|$/], (seconds) => rig.advance(seconds));
    },
  },
];
