import { createServer } from "node:net";
import type { Broker } from "../../ports.ts";
import { sendAll } from "../../testing/send-all.ts";
import type { Finding } from "../../trading/finding.ts";
import { instant, isoOf } from "../../trading/instant.ts";
import type { Result } from "../../trading/result.ts";
import { skewOf } from "./connect.ts";
import { clearedOrders } from "./testing/cleared-orders.ts";
import { journaled, requestTo } from "./testing/connected.ts";
import { sendOpenOrder } from "./testing/order-messages.ts";
import { account, marketAt, type Peer } from "./testing/peer.ts";
import { greet, type Script, type ScriptedGateway, scriptedGateway } from "./testing/scripted-gateway.ts";

let gateway: ScriptedGateway | undefined;
afterEach(async () => {
  await gateway?.close();
  gateway = undefined;
});

async function findingOf(script: Script, changed = {}): Promise<Finding | undefined> {
  gateway = await scriptedGateway(script);
  const { brokerage } = journaled();
  return await firstFinding(brokerage.connect(requestTo(gateway.port, changed)));
}

async function firstFinding(connecting: Promise<Result<Broker>>): Promise<Finding | undefined> {
  const connected = await connecting;
  if (connected.ok) {
    await connected.value[Symbol.asyncDispose]();
    return undefined;
  }
  return connected.findings[0];
}

test("connected means ids, accounts and the broker's time; then the socket closes when told to", async () => {
  const brokerAt = instant("2022-03-14T13:35:40Z");
  gateway = await scriptedGateway({ on: { 49: (_f, peer) => peer.send(49, 1, brokerAt / 1000) } });
  const { brokerage, events } = journaled();
  const connected = await brokerage.connect(requestTo(gateway.port, { clientId: 12 }));
  if (!connected.ok) throw new Error(JSON.stringify(connected.findings));
  const broker = connected.value;
  expect(broker.identity).toEqual({ account, clientId: 12, serverVersion: 178, skewSeconds: 40 });
  expect(isoOf(broker.marketTime())).toBe("2022-03-14T13:35:40.000Z");
  expect(gateway.received.map((fields) => fields[0])).toEqual(["71", "49"]);
  expect(events).toContainEqual({
    kind: "broker-notice",
    code: 2104,
    text: "Market data farm connection is OK:usfarm",
  });
  await broker[Symbol.asyncDispose]();
  await broker[Symbol.asyncDispose]();
  expect(broker.progress().connected).toBe(false);
  await new Promise((resolve) => {
    setTimeout(resolve, 20);
  });
  expect(gateway.openSockets()).toBe(0);
});

test("a port where nobody listens is refused", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => {
    server.once("listening", resolve);
  });
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => {
    server.close(resolve);
  });
  const finding = await firstFinding(journaled().brokerage.connect(requestTo(port)));
  expect(finding).toMatchObject({ kind: "broker-unreachable", port, reason: "refused" });
});

test("C10: a server that takes the connection and stays silent is noticed by the deadline, and let go", async () => {
  const finding = await findingOf({ silent: true }, { connectDeadlineSeconds: 0.2 });
  expect(finding).toMatchObject({ kind: "broker-unreachable", reason: "no-answer" });
  await new Promise((resolve) => {
    setTimeout(resolve, 20);
  });
  expect(gateway?.openSockets()).toBe(0);
});

test("C08: accepted, then closed without a word", async () => {
  const finding = await findingOf({ greet: (peer) => peer.destroy() });
  expect(finding).toMatchObject({ kind: "broker-unreachable", reason: "closed" });
});

test("C08: order ids without accounts are not a connection", async () => {
  const finding = await findingOf({ greet: (peer) => peer.send(9, 1, 41) }, { connectDeadlineSeconds: 0.2 });
  expect(finding).toMatchObject({
    kind: "broker-unreachable",
    reason: "not-ready",
    detail: expect.stringContaining("accounts"),
  });
});

test("C14: a gateway that never tells the broker's time is not ready", async () => {
  const finding = await findingOf({ on: { 49: () => {} } }, { connectDeadlineSeconds: 0.2 });
  expect(finding).toMatchObject({ reason: "not-ready", detail: expect.stringContaining("broker time") });
});

test("C06: a client id in use is tried again, and named when it stays so", async () => {
  let attempts = 0;
  const taken: Script = {
    greet: (peer) => {
      attempts++;
      peer.send(4, 2, -1, 326, "Unable to connect as the client id is already in use.", "");
      peer.destroy();
    },
  };
  const finding = await findingOf(taken, { connectDeadlineSeconds: 1.5, clientId: 9 });
  expect(finding).toEqual({ kind: "client-id-in-use", clientId: 9 });
  expect(attempts).toBe(2);
});

test("C06: a client id that is freed in time is no finding", async () => {
  let attempts = 0;
  const freed: Script = {
    greet: (peer) => {
      if (++attempts > 1) return greet(peer);
      peer.send(4, 2, -1, 326, "Unable to connect as the client id is already in use.", "");
      peer.destroy();
    },
  };
  expect(await findingOf(freed, { connectDeadlineSeconds: 3 })).toBeUndefined();
});

describe("C06, C07: a client id that stays in use", () => {
  /** These ids are in use; who asks is written down. */
  function taken(...ids: readonly number[]): Script & { readonly asked: number[] } {
    const asked: number[] = [];
    const inUse = (peer: Peer): void => {
      peer.send(4, 2, -1, 326, "Unable to connect as the client id is already in use.", "");
      peer.destroy();
    };
    return {
      asked,
      greet: (peer) => {
        asked.push(peer.clientId);
        return ids.includes(peer.clientId) ? inUse(peer) : greet(peer);
      },
    };
  }

  test("is asked for first and again; then a spare one is taken, and the connection says so", async () => {
    const script = taken(7, 27);
    gateway = await scriptedGateway(script);
    const { brokerage } = journaled();
    const request = requestTo(gateway.port, { spareClientIds: [27, 28, 29], connectDeadlineSeconds: 1.5 });
    const connected = await brokerage.connect(request);
    if (!connected.ok) throw new Error(JSON.stringify(connected.findings));
    expect(connected.value.identity).toMatchObject({ clientId: 28, spareFor: 7 });
    expect(script.asked).toEqual([7, 7, 27, 28]);
    await connected.value[Symbol.asyncDispose]();
  });

  test("is told under its own number when the spare ones are in use too", async () => {
    const script = taken(7, 27);
    const finding = await findingOf(script, { spareClientIds: [27], connectDeadlineSeconds: 0.5 });
    expect(finding).toEqual({ kind: "client-id-in-use", clientId: 7 });
    expect(script.asked).toEqual([7, 27]);
  });

  test("a spare id that meets another trouble tells that one", async () => {
    const finding = await findingOf(
      { ...taken(7), on: { 49: () => {} } },
      { spareClientIds: [27], connectDeadlineSeconds: 0.3 },
    );
    expect(finding).toMatchObject({ kind: "broker-unreachable", reason: "not-ready" });
  });

  test("no spare id is taken for any other trouble", async () => {
    const asked: number[] = [];
    const script: Script = {
      greet: (peer) => {
        asked.push(peer.clientId);
        peer.destroy();
      },
    };
    await findingOf(script, { spareClientIds: [27], connectDeadlineSeconds: 0.5 });
    expect(asked).toEqual([7]);
  });

  test("C08: a gateway that closes before it is ready is asked again", async () => {
    let attempts = 0;
    const waking: Script = { greet: (peer) => (++attempts > 1 ? greet(peer) : peer.destroy()) };
    expect(await findingOf(waking, { connectDeadlineSeconds: 3 })).toBeUndefined();
    expect(attempts).toBe(2);
  });

  test("under a spare id the open orders are looked at once more: who has the usual one may trade with it", async () => {
    const script = taken(7);
    let works = false;
    gateway = await scriptedGateway({
      ...script,
      on: {
        16: (_fields, peer) => {
          const orderRef = "trader.reb.2022031413.AAPL.B100.1.aaaa";
          if (works) sendOpenOrder(peer, { orderId: 3, permId: 9, clientId: 7, orderRef });
          sendOpenOrder(peer, { orderId: 4, permId: 10, clientId: 7, orderRef: "somebody else's" });
          peer.send(53, 1);
        },
        3: (fields, peer) =>
          sendOpenOrder(peer, { orderId: Number(fields[1]), permId: 11, orderRef: fields[26] ?? "" }),
      },
    });
    const { brokerage } = journaled();
    const request = requestTo(gateway.port, { spareClientIds: [27], connectDeadlineSeconds: 0.5 });
    const connected = await brokerage.connect(request);
    if (!connected.ok) throw new Error(JSON.stringify(connected.findings));
    await using broker = connected.value;
    const order = (attempt: number) =>
      clearedOrders({ orderRef: `trader.reb.2022031413.MSFT.B100.${attempt}.aaaa` });
    expect(await broker.place(order(1), sendAll)).toMatchObject([{ state: { life: "working" } }]);
    works = true;
    expect(await broker.place(order(2), sendAll)).toMatchObject([
      {
        state: { life: "done", status: "not-sent" },
        messages: [{ text: expect.stringContaining("trader.reb.2022031413.AAPL.B100.1.aaaa") }],
      },
    ]);
    expect(gateway.got(3)).toHaveLength(1);
  });
});

test("an account that the login does not manage is refused, naming those it does", async () => {
  const finding = await findingOf({}, { account: "DU7654321" });
  expect(finding).toEqual({ kind: "account-not-managed", account: "DU7654321", managed: [account] });
});

test("a live account is refused without a socket unless the owner says live", async () => {
  expect(await findingOf({}, { account: "U1234567" })).toEqual({
    kind: "live-account-refused",
    account: "U1234567",
  });
  expect(gateway?.received).toEqual([]);
});

function greetLive(peer: Peer): void {
  peer.send(15, 1, "U1234567");
  peer.send(9, 1, 41);
}

/** A live gateway whose clock is ahead by so many seconds. */
function aheadBy(seconds: number): Script {
  return { greet: greetLive, on: { 49: (_fields, peer) => peer.send(49, 1, marketAt / 1000 + seconds) } };
}

function greetCutOff(peer: Peer): void {
  greet(peer);
  peer.send(4, 2, -1, 1100, "Connectivity between IB and Trader Workstation has been lost.", "");
}

describe("clock skew", () => {
  const live = { account: "U1234567", live: true };

  test("Z07: holds on a live account beyond the limit, either way", async () => {
    const behind = { kind: "clock-skew", skewSeconds: -6, limitSeconds: 5 };
    expect(await findingOf(aheadBy(-6), live)).toEqual(behind);
    await gateway?.close();
    expect(await findingOf(aheadBy(6), live)).toEqual({ ...behind, skewSeconds: 6 });
  });

  test("passes at the limit", async () => {
    expect(await findingOf(aheadBy(5), live)).toBeUndefined();
  });

  test("is none within the second that the broker names", () => {
    const seconds = marketAt / 1000;
    expect(skewOf(seconds, instant("2022-03-14T13:35:00.999Z"))).toBe(0);
    expect(skewOf(seconds, instant("2022-03-14T13:35:01Z"))).toBe(-1000);
    expect(skewOf(seconds, instant("2022-03-14T13:34:59.400Z"))).toBe(600);
  });
});

test("a gateway without its link to the broker is waited for, then not ready", async () => {
  const finding = await findingOf({ greet: greetCutOff }, { connectDeadlineSeconds: 0.2 });
  expect(finding).toMatchObject({ reason: "not-ready", detail: expect.stringContaining("link") });
  await gateway?.close();
  const restored: Script["greet"] = (peer) => {
    greetCutOff(peer);
    setTimeout(() => peer.send(4, 2, -1, 1102, "Connectivity restored - data maintained.", ""), 50);
  };
  expect(await findingOf({ greet: restored })).toBeUndefined();
});

test("a server too old to be decoded rightly is refused by name", async () => {
  const finding = await findingOf({ serverVersion: 176 });
  expect(finding).toMatchObject({ reason: "protocol", detail: expect.stringContaining("176") });
});

test("a server newer than the text protocol is refused, not misread", async () => {
  const finding = await findingOf({ serverVersion: 201 });
  expect(finding).toMatchObject({ kind: "broker-unreachable", reason: "protocol" });
});
