import { existsSync } from "node:fs";
import { doubles, untruths } from "../testing/books-agree.ts";
import { type CronDesk, cronDesk } from "../testing/cron-desk.ts";
import { leaveOrder } from "../testing/left-over.ts";
import { impatient } from "../testing/small-config.ts";
import type { Fault, Fields, Match } from "../testing/wire-proxy.ts";

/**
 * The built program as cron starts it, over a wire that fails in the middle. Whatever happens: what it says of itself is
 * true, nothing is sent when it is held, it ends in time, somebody is told, and the run of the next hour finds everything
 * again: no order twice, no fill missing or doubled, positions as the gateway has them. Incident ids in brackets.
 */
const clientId = 17;

/** A run may take so many seconds: eight for connecting, four for each answer, and a machine that has other things to do. */
const usualSeconds = 40;
/** Snapshots have a deadline of their own: 15 s (D02). */
const quoteSeconds = 15 + usualSeconds;

jest.setTimeout(120_000);

/** One run, what the wire does to it, and how it must end. */
interface Round {
  readonly faults: readonly Fault[];
  readonly code: number;
  /** What stderr names. */
  readonly says?: RegExp;
  /** How many placeOrder messages must have reached the gateway; any number where it depends on when the wire broke. */
  readonly sent?: number;
  /** The first of all is at 10:35; the others begin at once, or an hour later. */
  readonly at?: "hour";
  /** With --again, or the window would not be traded a second time. */
  readonly again?: true;
  /** What hung after the run before goes on hanging. */
  readonly stuck?: true;
  readonly within?: number;
}

interface Case extends Round {
  readonly name: string;
  /** An order of ours that an earlier run left working, under this client id. */
  readonly left?: number;
  /** Instead of XOM, a stock so thin that its order is filled in part. */
  readonly thin?: true;
  readonly next?: readonly Round[];
}

const client = (id: number, more: Partial<Match> = {}): Match => ({ from: "client", id, ...more });
const gateway = (id: number, more: Partial<Match> = {}): Match => ({ from: "gateway", id, ...more });
const every = { every: true } as const;
const second = { nth: 2 } as const;

const cutBefore = (on: Match): Fault => ({ on, act: { kind: "cut", when: "before" } });
const cutAfter = (on: Match): Fault => ({ on, act: { kind: "cut", when: "after" } });
const freeze = (on: Match): Fault => ({ on, act: { kind: "freeze" } });
const mute = (on: Match): Fault => ({ on, act: { kind: "mute" } });
const drop = (on: Match): Fault => ({ on, act: { kind: "drop" } });
const repeat = (on: Match): Fault => ({ on, act: { kind: "repeat" } });
const swap = (on: Match): Fault => ({ on, act: { kind: "swap" } });
const delay = (on: Match, ms: number): Fault => ({ on, act: { kind: "delay", ms } });

/** Told beside the answer, about no request in particular. */
const notice = (on: Match, ...codes: number[]): Fault => {
  return { on, act: { kind: "tell", messages: () => codes.map((code) => error(-1, code)) } };
};
/** Told about the request or order whose id is in this field, beside its answer. */
const warned = (on: Match, code: number, idField: number): Fault => {
  return { on, act: { kind: "tell", messages: (of) => [error(Number(of[idField]), code)] } };
};
/** Told instead of an answer; about nothing in particular where no field is given. */
const refused = (on: Match, code: number, idField?: number): Fault => {
  const id = (of: Fields) => (idField === undefined ? -1 : Number(of[idField]));
  return { on, act: { kind: "tell", instead: true, messages: (of) => [error(id(of), code)] } };
};
function error(id: number, code: number): Fields {
  return ["4", "2", String(id), String(code), `told by the wire (${code})`, ""];
}

/** Numbers of the messages: what we say, and what we hear. */
const say = {
  quote: 1,
  order: 3,
  cancel: 4,
  account: 6,
  contract: 9,
  openOrders: 16,
  time: 49,
  positions: 61,
  start: 71,
};
const hear = {
  tick: 1,
  status: 3,
  error: 4,
  openOrder: 5,
  accountValue: 6,
  portfolio: 7,
  nextId: 9,
  contract: 10,
  execution: 11,
  accounts: 15,
  time: 49,
  contractEnd: 52,
  openOrderEnd: 53,
  accountEnd: 54,
  executionsEnd: 55,
  snapshotEnd: 57,
  commission: 59,
  position: 61,
  positionEnd: 62,
  marketRule: 93,
  completedEnd: 102,
};
const isLive = { where: (fields: Fields) => fields[1] === "-1" };
const isPartFill = (fields: Fields) => fields[1] === "-1" && fields.includes("RRC");
const isCancelled = { where: (fields: Fields) => fields[2] === "Cancelled" || fields[3] === "202" };

/** The plan of every first run: MSFT is sold, AAPL and XOM are bought. */
const all = 3;

const unharmed: readonly Case[] = [
  { name: "nothing", faults: [], code: 0, sent: all },
  {
    name: "an end of snapshot is lost (D02)",
    faults: [drop(gateway(hear.snapshotEnd))],
    code: 0,
    sent: all,
    within: quoteSeconds,
  },
  {
    name: "the client id is still in use at first (C06)",
    faults: [refused(client(say.start), 326)],
    code: 0,
    sent: all,
  },
  {
    name: "cut at the handshake once (C08)",
    faults: [cutBefore(client(say.start))],
    code: 0,
    sent: all,
  },
  {
    name: "the link is cut and restored while connecting",
    faults: [notice(gateway(hear.nextId), 1100, 1102)],
    code: 0,
    sent: all,
  },
  {
    name: "the end of the account is lost once",
    faults: [drop(gateway(hear.accountEnd))],
    code: 0,
    sent: all,
  },
  { name: "a position is lost once (A06)", faults: [drop(gateway(hear.position))], code: 0, sent: all },
  {
    name: "the account comes late (A05)",
    faults: [delay(gateway(hear.accountEnd), 700)],
    code: 0,
    sent: all,
  },
  {
    name: "a farm breaks, pacing is warned of, data come with a remark (C17, D08)",
    faults: [notice(client(say.quote), 2103, 100), warned(client(say.quote), 10167, 2)],
    code: 0,
    sent: all,
  },
  {
    name: "every answer comes twice (D18)",
    faults: [
      hear.nextId,
      hear.accounts,
      hear.openOrderEnd,
      hear.executionsEnd,
      hear.accountEnd,
      hear.position,
      hear.positionEnd,
      hear.contract,
      hear.contractEnd,
      hear.marketRule,
      hear.tick,
      hear.snapshotEnd,
    ].map((id) => repeat(gateway(id, every))),
    code: 0,
    sent: all,
  },
  {
    name: "orders come with remarks (O13, O15)",
    faults: [
      warned(client(say.order), 399, 1),
      warned(client(say.order, second), 404, 1),
      warned(client(say.order, { nth: 3 }), 10349, 1),
    ],
    code: 0,
    sent: all,
  },
  {
    name: "the execution of a filled order is lost (S05)",
    faults: [drop(gateway(hear.execution, isLive))],
    code: 0,
    sent: all,
  },
  {
    name: "all executions are lost, in an order that is filled in part too",
    thin: true,
    faults: [drop(gateway(hear.execution, { ...isLive, ...every }))],
    code: 0,
    sent: all,
  },
  { name: "a commission is lost (O38)", faults: [drop(gateway(hear.commission))], code: 0, sent: all },
  { name: "no status ever comes (O34)", faults: [drop(gateway(hear.status, every))], code: 0, sent: all },
  { name: "no open order is ever told", faults: [drop(gateway(hear.openOrder, every))], code: 0, sent: all },
  {
    name: "fills come twice (O34)",
    thin: true,
    faults: [hear.execution, hear.commission, hear.status, hear.openOrder].map((id) =>
      repeat(gateway(id, every)),
    ),
    code: 0,
    sent: all,
  },
  {
    name: "fills come out of order (O33)",
    thin: true,
    faults: [hear.execution, hear.commission, hear.status].map((id) => swap(gateway(id, every))),
    code: 0,
    sent: all,
  },
  { name: "an order of an earlier run works", left: clientId, faults: [], code: 0, sent: all },
  { name: "an order of another client id of ours works (O29)", left: 33, faults: [], code: 0, sent: all },
  {
    name: "nobody confirms a cancel (O11)",
    left: clientId,
    faults: [drop(gateway(hear.status, isCancelled)), drop(gateway(hear.error, isCancelled))],
    code: 0,
    sent: all,
  },
];

const unreachable: readonly Case[] = [
  {
    name: "cut at the handshake, each time (C08)",
    faults: [cutBefore(client(say.start, every))],
    code: 4,
    says: /closed the connection at once/,
    sent: 0,
  },
  {
    name: "no order ids come (C08)",
    faults: [drop(gateway(hear.nextId))],
    code: 4,
    says: /no order ids within\s+8 s/,
    sent: 0,
  },
  {
    name: "the gateway hangs when asked for the time (C14)",
    faults: [freeze(client(say.time))],
    code: 4,
    says: /no broker time/,
    sent: 0,
  },
  {
    name: "the link stays cut",
    faults: [notice(gateway(hear.nextId), 1100)],
    code: 4,
    says: /link between\s+gateway and broker/,
    sent: 0,
  },
];

const held: readonly Case[] = [
  {
    name: "the gateway hangs at quotes, and its ghost keeps the client id (C07, C14)",
    faults: [freeze(client(say.quote, second))],
    code: 3,
    says: /No quote for/,
    sent: 0,
    within: quoteSeconds,
    next: [{ faults: [], stuck: true, code: 4, says: /Client id 17 is in use/, sent: 0 }],
  },
  ...(["openOrderEnd", "contractEnd", "marketRule"] as const).map((what): Case => {
    return {
      name: `${what} is lost (C10)`,
      faults: [drop(gateway(hear[what]))],
      code: 3,
      says: /did not answer/,
      sent: 0,
    };
  }),
  {
    name: "the account never ends",
    faults: [drop(gateway(hear.accountEnd, every))],
    code: 3,
    says: /account updates/,
    sent: 0,
  },
  {
    name: "the positions never end (A07)",
    faults: [drop(gateway(hear.positionEnd, every))],
    code: 3,
    says: /positions/,
    sent: 0,
  },
  {
    name: "open orders are refused: the API is read-only (C26)",
    faults: [refused(client(say.openOrders), 321)],
    code: 3,
    says: /read-only/i,
    sent: 0,
  },
  {
    name: "another session has the quotes (C19)",
    faults: [refused(client(say.quote), 10197, 2)],
    code: 3,
    says: /10197/,
    sent: 0,
  },
  {
    name: "1100 and 1101 while quotes come (C16)",
    faults: [notice(client(say.quote), 1100, 1101)],
    code: 3,
    says: /lost its link to the broker: during quotes; it is back by now/,
    sent: 0,
  },
  { name: "cut in the quotes", faults: [cutAfter(gateway(hear.tick))], code: 3, says: /quotes/, sent: 0 },
  {
    name: "the gateway hangs at open orders (C10)",
    faults: [freeze(client(say.openOrders))],
    code: 3,
    says: /open orders/,
    sent: 0,
  },
  {
    name: "the gateway hangs at the contracts (C13)",
    faults: [freeze(client(say.contract, second))],
    code: 3,
    says: /contract/,
    sent: 0,
  },
  {
    name: "the link is cut before the first order (C15)",
    faults: [notice(client(say.quote, { nth: 3 }), 1100)],
    code: 3,
    says: /lost its link to the broker|1100/,
    sent: 0,
  },
  {
    name: "a cancel is lost (O10)",
    left: clientId,
    faults: [drop(client(say.cancel))],
    code: 3,
    says: /GE/,
    sent: 0,
  },
  {
    name: "a cancel is answered by 10147 though the order works (O09)",
    left: clientId,
    faults: [refused(client(say.cancel), 10147, 2)],
    code: 3,
    says: /GE/,
    sent: 0,
  },
  {
    name: "cut after a cancel",
    left: clientId,
    faults: [cutAfter(client(say.cancel))],
    code: 3,
    says: /GE/,
    sent: 0,
  },
  {
    name: "the gateway hangs at a cancel",
    left: clientId,
    faults: [freeze(client(say.cancel))],
    code: 3,
    says: /GE/,
    sent: 0,
  },
  {
    name: "the other client id cannot connect (O29)",
    left: 33,
    faults: [cutBefore(client(say.start, { ...second, ...every }))],
    code: 3,
    says: /GE/,
    sent: 0,
  },
  {
    name: "the gateway hangs at the other client id's cancel",
    left: 33,
    faults: [freeze(client(say.cancel))],
    code: 3,
    says: /GE/,
    sent: 0,
  },
];

const attention: readonly Case[] = [
  {
    name: "cut before the first order arrives (C15)",
    faults: [cutBefore(client(say.order))],
    code: 3,
    says: /MSFT/,
    sent: 0,
  },
  {
    name: "cut after the first order (C02)",
    faults: [cutAfter(client(say.order))],
    code: 3,
    says: /MSFT/,
    sent: 1,
  },
  {
    name: "cut after the second order, and completed orders never end (C02, C11)",
    faults: [cutAfter(client(say.order, second))],
    code: 3,
    says: /XOM/,
    sent: 2,
    next: [{ faults: [drop(gateway(hear.completedEnd))], at: "hour", code: 3, says: /XOM/, sent: 0 }],
  },
  {
    name: "the first order is lost; a run at once waits, whether it may still arrive (C21, O12)",
    faults: [drop(client(say.order))],
    code: 3,
    says: /whether the MSFT order was accepted/,
    sent: 0,
    next: [{ faults: [], code: 3, says: /MSFT/, sent: 0 }],
  },
  {
    name: "the second order is lost (C21)",
    faults: [drop(client(say.order, second))],
    code: 3,
    says: /whether the AAPL order was accepted/,
    sent: 2,
  },
  {
    name: "nothing is heard from the first order on (C22)",
    faults: [mute(client(say.order))],
    code: 3,
    says: /UNKNOWN/,
    sent: 1,
    next: [{ faults: [], again: true, code: 0, sent: 2 }],
  },
  {
    name: "nothing is heard from the second order on, which is filled in part",
    thin: true,
    faults: [mute(client(say.order, second))],
    code: 3,
    says: /UNKNOWN/,
    sent: 3,
    next: [{ faults: [], again: true, code: 0, sent: 1 }],
  },
  {
    name: "the gateway hangs from the first fill on (C14)",
    faults: [freeze(gateway(hear.execution, isLive))],
    code: 3,
    says: /executions: nothing came/,
  },
  {
    name: "an order is rejected (O17)",
    faults: [refused(client(say.order, second), 201, 1)],
    code: 3,
    says: /AAPL order was rejected: 201/,
    sent: 2,
  },
  {
    name: "an order is rejected under no id (O18)",
    faults: [refused(client(say.order, second), 201)],
    code: 3,
    says: /AAPL/,
    sent: 2,
  },
  {
    name: "orders are refused: the API is read-only (C26)",
    faults: [refused(client(say.order, every), 321, 1)],
    code: 3,
    says: /321/,
    sent: 0,
  },
  {
    name: "the link is cut after the first order (C02)",
    faults: [notice(client(say.order), 1100)],
    code: 3,
    says: /AAPL/,
    sent: 1,
  },
  {
    name: "the link is cut after the last order, and fills come meanwhile (C03)",
    faults: [notice(client(say.order, { nth: 3 }), 1100)],
    code: 3,
    says: /3 orders filled.*lost its link to the broker/,
    sent: all,
  },
  {
    name: "an order is acknowledged too late",
    faults: [delay(gateway(hear.openOrder), 5_500)],
    code: 3,
    says: /MSFT|AAPL/,
    sent: 1,
  },
  {
    name: "cut after a part fill is heard",
    thin: true,
    faults: [cutAfter(gateway(hear.execution, { where: isPartFill }))],
    code: 3,
    says: /went away in the middle of the run/,
    next: [{ faults: [drop(client(say.cancel))], again: true, code: 3, says: /RRC/, sent: 0 }],
  },
];

describe.each([
  ["goes through, and is complete, when", unharmed],
  ["does not begin, and says so, when", unreachable],
  ["is held and sends nothing when", held],
  ["asks for a person, and is made good by the next one, when", attention],
])("a run over a failing wire %s", (_end, cases) => {
  it.concurrent.each(cases)("$name", async ({ next = [], ...given }) => {
    await using desk = await deskFor(given);
    for (const round of [given, ...next]) {
      if (!round.stuck) await desk.wire.heal();
      if (round.at === "hour") await desk.nextHour();
      await mustEndAs(round, desk);
    }
    await desk.wire.heal();
    await desk.nextHour();
    await mustEndAs({ faults: [], code: 0 }, desk);
  });
});

async function mustEndAs(round: Round, desk: CronDesk): Promise<void> {
  const [alertsBefore, sentBefore] = [await alerts(desk), orderMessages(desk)];
  desk.wire.script(round.faults);
  const { code, stderr, seconds } = await desk.run(round.again ? { args: ["run", "--again"] } : {});
  const told = stderr.replace(/\s+/g, " ");
  expect({ code, told }).toEqual({
    code: round.code,
    told: round.code === 0 ? "" : expect.stringMatching(round.says ?? /./),
  });
  expect(stderr).not.toMatch(/\n\s+at |Unhandled|node:internal/);
  expect(desk.wire.unstruck).toBe(0);
  expect((await alerts(desk)) - alertsBefore).toBe(code === 0 ? 0 : 1);
  if (round.sent !== undefined) expect(orderMessages(desk) - sentBefore).toBe(round.sent);
  expect(seconds).toBeLessThan(round.within ?? usualSeconds);
  expect(existsSync(desk.file("state/run.lock.holder.json"))).toBe(false);
  expect(doubles(desk)).toEqual([]);
  // Exit 0 says that all is well: then everything must be there already.
  if (code === 0) expect(untruths(desk)).toEqual([]);
}

/** placeOrder messages that have reached the gateway. */
const orderMessages = (desk: CronDesk) => desk.gateway.messages.receivedById.get(say.order) ?? 0;

async function alerts(desk: CronDesk): Promise<number> {
  return (await desk.mails()).filter(({ subject }) => !/(open|middle|close) update/.test(subject)).length;
}

async function deskFor({ left, thin }: Pick<Case, "left" | "thin">): Promise<CronDesk> {
  const desk = await cronDesk({
    overWire: true,
    positions: [
      { symbol: "MSFT", shares: 300, averageCost: 251.5 },
      { symbol: "GE", shares: 120, averageCost: 80.25 },
    ],
    config: impatient,
    // Time moves on for a few seconds only: what is filled is filled before a run looks for the last time.
    idleSeconds: 5,
  });
  desk.writeForecast({ MSFT: 0.05, AAPL: 0.2, [thin ? "RRC" : "XOM"]: 0.15 });
  if (left !== undefined) leaveOrder(desk.venue, { clientId: left, orderId: 1 });
  return desk;
}
