import { DurationUnit, type IBApi, SecType, TickByTickDataType, WhatToShow } from "@stoqey/ib";
import { tellControlPort } from "../../../testing/control-port.ts";
import { framed, greeting, placeOrderMessage, RawTwsClient } from "../../../testing/raw-tws-client.ts";
import { instant } from "../../../trading/instant.ts";
import type { Behaviour } from "../behaviour.ts";
import { expect } from "../expect.ts";
import { rowsOf } from "../play.ts";
import { account, openRig, type Rig } from "../rig.ts";
import { script, scriptAt } from "../script.ts";
import { as, ask, hear, leave, never } from "../step.ts";
import { within } from "../within.ts";

const area = "connection";

const row = rowsOf(area);

/** A connection that says these bytes is closed by the gateway, and nobody else notices. */
async function isEnded(rig: Rig, bytes: Buffer): Promise<void> {
  const other = await rig.raw(99);
  const client = new RawTwsClient(rig.port);
  client.socket.write(bytes);
  await client.closed();
  other.messages.splice(0);
  other.send("49|1|");
  await other.until((message) => message.startsWith("49|"));
}

/** The agreed version is the lesser of ours and the client's newest. */
function negotiates(versions: string, agreed: number): Behaviour {
  return {
    area,
    name: `a client of ${versions} is told version ${agreed}`,
    raw: async (rig) => {
      const client = new RawTwsClient(rig.port);
      client.socket.write(greeting(versions));
      await client.until((message) =>
        new RegExp(`^${agreed}\\|\\d{8} \\d\\d:\\d\\d:\\d\\d \\S+\\|$`).test(message),
      );
      client.send("71|2|5||");
      await client.until((message) => message === "9|1|1|");
      await client.end();
    },
  };
}

const firstVersion = 151;
const lastVersion = 178;

const versions: readonly Behaviour[] = [
  ...Array.from({ length: lastVersion - firstVersion + 1 }, (_, at) =>
    negotiates(`v100..${firstVersion + at}`, firstVersion + at),
  ),
  negotiates("v100..193", lastVersion),
  negotiates("v100..225", lastVersion),
  negotiates("v157..178", lastVersion),
  negotiates("v157..178 +PACEAPI", lastVersion),
  negotiates("v157", 157),
  {
    area,
    name: "a client that is too old is hung up on",
    raw: (rig) => isEnded(rig, greeting("v100..120")),
  },
];

const greetings: readonly Behaviour[] = [
  row("after START_API: accounts, next order id, notices 2104, 2107, 2158", [
    as(4),
    hear("accounts", { list: account }),
    hear("nextId", { orderId: 1 }),
    ...[2104, 2107, 2158].map((code) => hear("error", { id: -1, code })),
  ]),
  ...["", "+PACEAPI"].map(
    (capabilities): Behaviour => ({
      area,
      name: `START_API with the optional capabilities "${capabilities}"`,
      raw: async (rig) => {
        const client = new RawTwsClient(rig.port);
        client.socket.write(Buffer.concat([greeting("v100..178"), framed(`71|2|5|${capabilities}|`)]));
        await client.until((message) => message === "9|1|1|");
      },
    }),
  ),
  {
    area,
    name: "a client id in use: 326, and the newcomer is hung up on",
    raw: async (rig) => {
      await rig.raw(3);
      const client = new RawTwsClient(rig.port);
      client.socket.write(Buffer.concat([greeting("v100..178"), framed("71|2|3||")]));
      await client.until((message) => message.startsWith("4|2|-1|326|"));
      await client.closed();
    },
    stoqey: (rig) => isRefused(rig, (clientId) => rig.stoqeyDriver(clientId)),
    twsApi: (rig) => isRefused(rig, (clientId) => rig.twsApiDriver(clientId)),
  },
  row("a client id is free again when its client has gone", [
    as(3),
    ask("time", {}),
    hear("time"),
    leave,
    as(3),
    ask("time", {}),
    hear("time"),
  ]),
  row("32 clients at once", [
    ...Array.from({ length: 32 }, (_, at) => as(at + 1)),
    ...Array.from({ length: 32 }, (_, at) => [as(at + 1), ask("time", {}), hear("time")]).flat(),
  ]),
  {
    area,
    name: "a 33rd client is hung up on",
    raw: async (rig) => {
      for (let at = 1; at <= 32; at += 1) await rig.raw(at);
      const client = new RawTwsClient(rig.port);
      client.socket.write(Buffer.concat([greeting("v100..178"), framed("71|2|33||")]));
      await within(3000, "the end of the 33rd", client.closed());
    },
  },
];

async function isRefused(rig: Rig, open: (clientId: number) => ReturnType<Rig["rawDriver"]>): Promise<void> {
  await rig.raw(3);
  const { heard } = await open(3);
  const codes = heard.flatMap((message) => (message.kind === "error" ? [String(message["code"])] : []));
  expect(codes.join(" "), /^326\b/);
}

const bytes: readonly Behaviour[] = [
  {
    area,
    name: "messages may come split at every byte",
    raw: async (rig) => {
      const client = new RawTwsClient(rig.port);
      const all = Buffer.concat([greeting("v100..178"), framed("71|2|8||"), framed("49|1|")]);
      for (const byte of all) {
        client.socket.write(Buffer.from([byte]));
        await new Promise((resolve) => setImmediate(resolve));
      }
      await client.until((message) => message.startsWith("49|"));
    },
  },
  {
    area,
    name: "messages may come merged in one segment",
    raw: async (rig) => {
      const client = await rig.raw();
      client.socket.write(Buffer.concat(Array.from({ length: 40 }, () => framed("49|1|"))));
      while (client.messages.filter((message) => message.startsWith("49|")).length < 40)
        await new Promise((resolve) => setTimeout(resolve, 2));
    },
  },
  ...Object.entries({
    "garbage before the handshake": Buffer.from("GET / HTTP/1.1\r\n\r\n"),
    "garbage behind the handshake": Buffer.concat([greeting("v100..178"), Buffer.alloc(64, 0xc3)]),
    "a frame of an impossible length": Buffer.concat([
      greeting("v100..178"),
      Buffer.from([255, 255, 255, 255]),
    ]),
    "a request before START_API": Buffer.concat([greeting("v100..178"), framed("49|1|")]),
    "a message that does not end": Buffer.concat([
      greeting("v100..178"),
      framed("71|2|8||"),
      Buffer.from([0, 0, 0, 2, 52, 57]),
    ]),
  }).map(
    ([what, said]): Behaviour => ({
      area,
      name: `${what} ends that connection and no other`,
      raw: (rig) => isEnded(rig, said),
    }),
  ),
];

const simple: readonly Behaviour[] = [
  row("current time", [ask("time", {}), hear("time", { seconds: 1_647_266_400 })]),
  row("next order id, the same when asked twice", [
    ask("ids", {}),
    hear("nextId", { orderId: 1 }),
    ask("ids", {}),
    hear("nextId", { orderId: 1 }),
  ]),
  row("managed accounts", [ask("accounts", {}), hear("accounts", { list: account })]),
  row("log level is taken without a word", [ask("logLevel", { level: 5 }), never("error", { id: /^[^-]/ })]),
  {
    area,
    name: "a request with a field that is no number: 320",
    raw: script("62|1|abc|All|NetLiquidation|", /^4\|2\|-?\d+\|320\|Error reading request/),
  },
  {
    area,
    name: "a request with a field too few: 320 on its id",
    raw: script("62|1|9|", /^4\|2\|9\|320\|Error reading request/),
  },
  {
    area,
    name: "at 151 errors end without the field for advanced rejects",
    raw: scriptAt("v100..151", "9|8|7|0|NOSUCH|STK||0|||SMART||USD|||0|||", /^4\|2\|7\|200\|[^|]+\|$/),
  },
];

const apple = { symbol: "AAPL", secType: SecType.STK, exchange: "SMART", currency: "USD" };

/** Requests of the protocol that are no part of a portfolio program: each is answered with an error on its id. */
const others: readonly (readonly [name: string, wire: string, ask: (api: IBApi) => void])[] = [
  ["a market scanner", "22|77|10|STK|STK.US|TOP_PERC_GAIN|", (api) => api.reqScannerParameters()],
  [
    "market depth",
    "10|5|77|0|AAPL|STK||0|||SMART||USD|||5|0||",
    (api) => api.reqMktDepth(77, apple, 5, false),
  ],
  [
    "real-time bars",
    "50|3|77|0|AAPL|STK||0|||SMART||USD|||5|TRADES|1||",
    (api) => api.reqRealTimeBars(77, apple, 5, WhatToShow.TRADES, true),
  ],
  [
    "tick-by-tick data",
    "97|77|0|AAPL|STK||0|||SMART||USD|||Last|0|0|",
    (api) => api.reqTickByTickData(77, apple, TickByTickDataType.Last, 0, false),
  ],
  [
    "historical ticks",
    "96|77|0|AAPL|STK||0|||SMART||USD|||0||20220311 16:00:00|10|TRADES|1|0||",
    (api) =>
      api.reqHistoricalTicks(77, apple, "", "20220311 16:00:00 US/Eastern", 10, WhatToShow.TRADES, 1, false),
  ],
  [
    "a histogram",
    "88|77|0|AAPL|STK||0|||SMART||USD|||0|1|3 days|",
    (api) => api.reqHistogramData(77, apple, true, 3, DurationUnit.DAY),
  ],
  [
    "option chains",
    "78|77|AAPL||STK|265598|",
    (api) => api.reqSecDefOptParams(77, "AAPL", "", SecType.STK, 265_598),
  ],
];

const unknown: readonly Behaviour[] = [
  ...others.map(
    ([what, wire, request]): Behaviour => ({
      area,
      name: `${what} is refused, never passed over`,
      raw: script(wire, /^4\|2\|(77|-1)\|\d+\|.+\|$/),
      stoqey: async (rig) => {
        const client = await rig.stoqey();
        request(client.api);
        await client.hearsCode(322);
      },
    }),
  ),
  {
    area,
    name: "an unknown message is refused, never passed over",
    raw: script("240|1|77|", /^4\|2\|(77|-1)\|\d+\|.+\|$/),
  },
];

const timeOf = (message: string): boolean => message.startsWith("49|");

const pacing: readonly Behaviour[] = [
  {
    area,
    name: "pacing throttles a client to 50 messages a second and loses none",
    gateway: { pacing: "throttle" },
    raw: async (rig) => {
      const client = await rig.raw();
      const began = process.hrtime.bigint();
      for (let at = 0; at < 120; at += 1) client.send("49|1|");
      while (client.messages.filter(timeOf).length < 120)
        await new Promise((resolve) => setTimeout(resolve, 10));
      expect(pacedAfter(began), /^paced$/);
    },
    stoqey: async (rig) => {
      const client = await rig.stoqey();
      const began = process.hrtime.bigint();
      for (let at = 0; at < 120; at += 1) client.api.reqCurrentTime();
      while (client.events.filter(({ name }) => name === "currentTime").length < 120)
        await new Promise((resolve) => setTimeout(resolve, 10));
      expect(pacedAfter(began), /^paced$/);
    },
  },
  {
    area,
    name: "pacing rejects when it is told to: error 100, and the third breach ends the session (D08)",
    gateway: { pacing: "reject" },
    raw: async (rig) => {
      const client = await rig.raw();
      for (let at = 0; at < 53; at += 1) client.send("49|1|");
      await within(3000, "the end of the session", client.closed());
      const breaches = client.messages.filter((message) => message.startsWith("4|2|-1|100|"));
      expect(
        breaches.join(" "),
        /Max rate of messages per second has been exceeded:max=50 .*\(1\).*\(2\).*\(3\)/,
      );
    },
    stoqey: async (rig) => {
      const client = await rig.stoqey();
      for (let at = 0; at < 60; at += 1) client.api.reqCurrentTime();
      await client.hearsCode(100);
      while (!client.events.some(({ name }) => name === "disconnected"))
        await new Promise((resolve) => setTimeout(resolve, 10));
    },
  },
  {
    area,
    name: "pacing is each client's own",
    gateway: { pacing: "reject" },
    raw: async (rig) => {
      const fast = await rig.raw(1);
      const other = await rig.raw(2);
      for (let at = 0; at < 53; at += 1) fast.send("49|1|");
      await fast.closed();
      expect((await other.ask("91|26|")).join(" "), /^93\|26\|/);
    },
  },
];

/** 120 messages at 50 a second, of which the first 50 pass at once. */
function pacedAfter(began: bigint): string {
  const milliseconds = Number(process.hrtime.bigint() - began) / 1e6;
  return milliseconds > 1900 && milliseconds < 8000 ? "paced" : `${milliseconds} ms`;
}

const clock: readonly Behaviour[] = [
  {
    area,
    name: "the control port moves time",
    gateway: { controlPort: 0 },
    raw: (rig) => movesTime(rig, () => rig.rawDriver(1)),
    stoqey: (rig) => movesTime(rig, () => rig.stoqeyDriver(1)),
    twsApi: (rig) => movesTime(rig, () => rig.twsApiDriver(1)),
  },
  {
    area,
    name: "real time: the gateway's clock is the host's",
    gateway: {
      at: "2022-03-14T10:00:00-04:00",
      clock: { kind: "real", now: () => instant("2022-03-14T14:07:00Z") },
    },
    raw: script("49|1|", /^49\|1\|1647266820\|$/),
  },
];

const determinism: readonly Behaviour[] = [
  {
    area,
    name: "stepped time: the same seed and the same requests give the same messages, byte for byte",
    raw: async (rig) => {
      await using again = await openRig();
      const [one, other] = [await dayOf(rig), await dayOf(again)];
      expect(one.join(" ") === other.join(" ") && one.length > 40 ? "alike" : `${one.length}`, /^alike$/);
    },
  },
];

/** What a client is told in an hour in which it trades and watches. */
async function dayOf(rig: Rig): Promise<readonly string[]> {
  const client = await rig.raw();
  const told = client.messages.splice(0);
  const order = {
    orderId: 1,
    symbol: "RRC",
    secType: "STK",
    exchange: "SMART",
    currency: "USD",
    transmit: 1,
  };
  client.send(placeOrderMessage({ ...order, action: "BUY", totalQuantity: 6000, orderType: "MKT" }));
  client.send("1|11|2|0|AAPL|STK||0|||SMART||USD|||0||0|0||");
  client.send("6|2|1|DU1234567|");
  for (let minute = 0; minute < 60; minute += 10) {
    told.push(...(await client.heard()));
    await rig.advance(600);
  }
  return [...told, ...(await client.heard())];
}

async function movesTime(rig: Rig, open: () => ReturnType<Rig["rawDriver"]>): Promise<void> {
  await tellControlPort(rig.controlPort ?? 0, "advance 60");
  const driver = await open();
  driver.heard.splice(0);
  await driver.requests.time?.({});
  await driver.settled();
  const [told] = driver.heard;
  expect(String(told?.["seconds"]), /^1647266460$/);
}

export const connectionBehaviours: readonly Behaviour[] = [
  ...versions,
  ...greetings,
  ...bytes,
  ...simple,
  ...unknown,
  ...pacing,
  ...clock,
  ...determinism,
];
