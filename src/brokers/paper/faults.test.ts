import type { Socket } from "node:net";
import { type PaperRig, paperRig } from "../../testing/paper-rig.ts";
import { greeting, placeOrderMessage, plainPurchase, RawTwsClient } from "../../testing/raw-tws-client.ts";
import { instant, later } from "../../trading/instant.ts";
import { type Act, type Fault, faultOn, type Trigger } from "./fault.ts";
import { messageLayouts } from "./fault-messages.ts";
import { handledRequests } from "./requests.ts";

const first = 1_376_327_563;
const rigWith = (...faults: readonly Fault[]): Promise<PaperRig> =>
  paperRig({ scenario: { about: "a test", faults } });

/** The message numbers of what was heard. */
const numbers = (messages: readonly string[]): readonly string[] =>
  messages.map((message) => message.slice(0, message.indexOf("|")));

async function afterFill(act: Act, on: string, over: Partial<Trigger> = {}): Promise<readonly string[]> {
  await using rig = await rigWith(faultOn(on, act, over));
  const client = await rig.client();
  await client.ask(placeOrderMessage(plainPurchase));
  rig.venue.fill(first, 100, 196.5);
  return await client.heard();
}

test("without a fault a fill is told as the real gateway tells it: execution, order, status, order, commission", async () => {
  expect(numbers(await afterFill({ do: "lose" }, "positionEnd"))).toEqual(["11", "5", "3", "5", "59"]);
});

test("a callback is lost, repeated, held back behind others, or changed", async () => {
  expect(numbers(await afterFill({ do: "lose" }, "execDetails"))).toEqual(["5", "3", "5", "59"]);
  expect(numbers(await afterFill({ do: "repeat", times: 2, set: {} }, "commissionReport"))).toEqual([
    "11",
    "5",
    "3",
    "5",
    "59",
    "59",
    "59",
  ]);
  expect(numbers(await afterFill({ do: "hold", messages: 2 }, "execDetails"))).toEqual([
    "5",
    "3",
    "11",
    "5",
    "59",
  ]);
  const corrected = await afterFill(
    { do: "repeat", times: 1, set: { execId: "{correctedExecId}", price: "196.49" } },
    "execDetails",
  );
  expect(corrected[0]).toContain("|00025b46.63f8f39c.01.01|");
  expect(corrected[0]).toContain("|BOT|100|196.5|");
  expect(corrected[1]).toContain("|00025b46.63f8f39c.01.02|");
  expect(corrected[1]).toContain("|BOT|100|196.49|");
});

test("a delayed callback comes alone and later", async () => {
  await using rig = await rigWith(faultOn("commissionReport", { do: "delay", milliseconds: 40 }));
  const client = await rig.client();
  await client.ask(placeOrderMessage(plainPurchase));
  rig.venue.fill(first, 100, 196.5);
  expect(numbers(await client.heard())).toEqual(["11", "5", "3", "5"]);
  await client.until((message) => message.startsWith("59|"));
});

test("the n-th, for a symbol, so many times: a rejected order is Inactive and its id is used up", async () => {
  const reject = { do: "reject", code: 201, text: "Order rejected - reason:none of those" } as const;
  await using rig = await rigWith(
    faultOn("placeOrder", reject, { nth: 2, times: 1, where: { symbol: "TSLA" } }),
  );
  const client = await rig.client(7);
  const place = (orderId: number, symbol: string): Promise<readonly string[]> =>
    client.ask(placeOrderMessage({ ...plainPurchase, orderId, symbol, lmtPrice: 196.5 }));
  expect(numbers(await place(1, "KO"))).toEqual(["5", "3"]);
  expect(numbers(await place(2, "TSLA"))).toEqual(["5", "3"]);
  expect(await place(3, "TSLA")).toEqual([
    "4|2|3|201|Order rejected - reason:none of those||",
    "3|3|Inactive|0|100|0|0|0|0|7||0|",
  ]);
  expect(await client.ask("8|1|1|")).toEqual(["9|1|4|"]);
  expect(numbers(await place(4, "TSLA"))).toEqual(["5", "3"]);
});

test("a connection ends before or after a message, whoever says it", async () => {
  await using rig = await rigWith(
    faultOn("placeOrder", { do: "disconnect", when: "before", reset: false }, { where: { clientId: "1" } }),
    faultOn("placeOrder", { do: "disconnect", when: "after", reset: false }, { where: { clientId: "2" } }),
    faultOn("orderStatus", { do: "disconnect", when: "before", reset: false }, { where: { clientId: "3" } }),
  );
  const heard: string[][] = [];
  for (const clientId of [1, 2, 3]) {
    const client = await rig.client(clientId);
    client.messages.splice(0);
    client.send(placeOrderMessage(plainPurchase));
    await client.closed();
    heard.push([...numbers(client.messages)]);
  }
  expect(heard).toEqual([[], ["5", "3"], ["5"]]);
  expect(rig.venue.openOrders().map(({ clientId }) => clientId)).toEqual([2, 3]);
});

test("a frozen connection says nothing, hears nothing, stays open, and keeps its client id", async () => {
  await using rig = await rigWith(faultOn("placeOrder", { do: "freeze" }));
  const client = await rig.client(7);
  client.messages.splice(0);
  client.send(placeOrderMessage(plainPurchase));
  client.send("49|1|");
  const other = new RawTwsClient(rig.gateway.port);
  other.socket.write(greeting("v100..178"));
  await other.until((message) => message.startsWith("178|"));
  other.send("71|2|7||");
  await other.until((message) => message.includes("|326|"));
  expect(client.messages).toEqual([]);
  expect(client.ended).toBe(false);
  expect(rig.venue.openOrders()).toEqual([]);
});

test.each([
  ["says goodbye", (socket: Socket) => socket.end()],
  ["is gone", (socket: Socket) => socket.destroy()],
  ["breaks off", (socket: Socket) => socket.resetAndDestroy()],
])(
  "half-open: a frozen client that %s is not missed, until a restart frees its id (C07)",
  async (_, leave) => {
    const restart = { do: "restart", downSeconds: 0, downConnections: 0, rollBackIds: 0 } as const;
    await using rig = await rigWith(faultOn("placeOrder", { do: "freeze" }), {
      ...faultOn("command", restart),
      name: "night",
    });
    const client = await rig.client(7);
    client.send(placeOrderMessage(plainPurchase));
    while (rig.log.at(-1) !== "scenario: placeOrder freeze") await new Promise(setImmediate);
    leave(client.socket);
    await new Promise((resolve) => setTimeout(resolve, 20));
    await expect(rig.client(7)).rejects.toThrow("|326|");
    await rig.tell("trigger night");
    await expect(rig.client(7)).resolves.toMatchObject({ ended: false });
  },
);

test("a restart resets every connection, refuses the next ones, and gives ids out again", async () => {
  const restart = { do: "restart", downSeconds: 0, downConnections: 2, rollBackIds: 4 } as const;
  await using rig = await rigWith(faultOn("placeOrder", restart, { nth: 6 }));
  const [client, other] = [await rig.client(7), await rig.client(8)];
  for (let orderId = 1; orderId <= 5; orderId += 1)
    await client.ask(placeOrderMessage({ ...plainPurchase, orderId }));
  client.send(placeOrderMessage({ ...plainPurchase, orderId: 6 }));
  await Promise.all([client.closed(), other.closed()]);
  expect(rig.venue.openOrders()).toHaveLength(5);
  await expect(rig.client(7)).rejects.toThrow("closed");
  await expect(rig.client(7)).rejects.toThrow("closed");
  const again = await rig.client(7);
  expect(again.messages).toContain("9|1|2|");
});

test("orders that wait for their transmit do not outlive the gateway", async () => {
  const restart = { do: "restart", downSeconds: 0, downConnections: 0, rollBackIds: 0 } as const;
  await using rig = await rigWith({ ...faultOn("command", restart), name: "night" });
  const client = await rig.client(7);
  for (const orderId of [1, 2])
    await client.ask(placeOrderMessage({ ...plainPurchase, orderId, transmit: 0 }));
  expect(await client.ask("4|1|1||")).toContain("4|2|1|202|Order Canceled - reason:||");
  await rig.tell("trigger night");
  const again = await rig.client(7);
  expect((await again.ask("4|1|2||"))[0]).toContain("4|2|2|10147|");
});

test("for the seconds that it is down a restarted gateway refuses everybody, and nobody after them", async () => {
  const restart = { do: "restart", downSeconds: 0.15, downConnections: 0, rollBackIds: 0 } as const;
  await using rig = await rigWith(faultOn("reqCurrentTime", restart));
  const client = await rig.client(7);
  client.send("49|1|");
  await client.closed();
  for (const id of [7, 8, 9]) await expect(rig.client(id)).rejects.toThrow("closed");
  await new Promise((resolve) => setTimeout(resolve, 200));
  await expect(rig.client(7)).resolves.toMatchObject({ ended: false });
});

test("1101: quotes are forgotten in silence, and told again to who asks again (C16)", async () => {
  await using rig = await rigWith(faultOn("reqPositions", { do: "forget-quotes" }));
  const [client, other] = [await rig.client(7), await rig.client(8)];
  const stream = "1|11|9|0|TSLA|STK||0|||SMART||USD|||0||0|0||";
  const quote = { ...rig.venue.quote(76792991), bid: 196.25 };
  const moves = async (bid: number): Promise<readonly string[]> => {
    rig.venue.quotes.set(76792991, { ...quote, bid });
    await rig.gateway.advanceTo(later(rig.venue.now(), 1000));
    return (await client.heard()).concat(await other.heard()).filter((message) => message.startsWith("1|"));
  };
  await client.ask(stream);
  await other.ask(stream);
  expect(await moves(196.25)).toEqual(["1|6|9|1|196.25|300|0|", "1|6|9|1|196.25|300|0|"]);
  await client.ask("61|1|");
  expect(await moves(196.26)).toEqual([]);
  await client.ask(stream);
  expect(await moves(196.27)).toEqual(["1|6|9|1|196.27|300|0|"]);
});

test("orders that are kept wait for their release, also for a client that has gone, and die with a restart", async () => {
  const restart = { do: "restart", downSeconds: 0, downConnections: 0, rollBackIds: 0 } as const;
  const always = { times: Number.POSITIVE_INFINITY };
  await using rig = await rigWith(
    faultOn("placeOrder", { do: "keep" }, always),
    { ...faultOn("command", { do: "release" }), name: "back" },
    { ...faultOn("command", restart), name: "night" },
  );
  const client = await rig.client(7);
  expect(await client.ask(placeOrderMessage(plainPurchase))).toEqual([]);
  expect(await client.ask(placeOrderMessage({ ...plainPurchase, orderId: 2, action: "SELL" }))).toEqual([]);
  await client.end();
  expect(rig.venue.openOrders()).toEqual([]);
  await rig.tell("trigger back");
  expect(rig.venue.openOrders().map(({ orderId, side }) => [orderId, side])).toEqual([
    [1, "buy"],
    [2, "sell"],
  ]);
  const again = await rig.client(7);
  await again.ask(placeOrderMessage({ ...plainPurchase, orderId: 3 }));
  await rig.tell("trigger night");
  await rig.tell("trigger back");
  expect(rig.venue.openOrders()).toHaveLength(2);
});

test("one thing after another: 1100 at an instant, no quotes until 1102", async () => {
  const notice = (code: number, text: string): Act => ({ do: "notice", code, text });
  await using rig = await rigWith(
    { ...faultOn("time", notice(1100, "lost"), { at: instant("2022-03-14T14:10:00Z") }), name: "lost" },
    faultOn("tickPrice", { do: "lose" }, { times: Number.POSITIVE_INFINITY, after: "lost", until: "back" }),
    { ...faultOn("time", notice(1102, "back"), { at: instant("2022-03-14T14:50:00Z") }), name: "back" },
  );
  const client = await rig.client();
  const quote = "1|11|9|0|TSLA|STK||0|||SMART||USD|||0||1|0||";
  const prices = async (): Promise<number> =>
    (await client.ask(quote)).filter((message) => /^1\|6\|9\|[124]\|/.test(message)).length;
  expect(await prices()).toBe(3);
  await rig.gateway.advanceTo(instant("2022-03-14T14:49:59Z"));
  expect(await client.heard()).toContain("4|2|-1|1100|lost||");
  expect(await prices()).toBe(0);
  await rig.gateway.advanceTo(instant("2022-03-14T15:00:00Z"));
  expect(await client.heard()).toContain("4|2|-1|1102|back||");
  expect(await prices()).toBe(3);
});

test("messages of a scenario are told with the occasion's values: cancelled in words, alive in fact (O10)", async () => {
  const messages = [
    "3|{orderId}|Cancelled|{filled}|{remaining}|0|{permId}|0|0|{clientId}||0|",
    "4|2|{orderId}|202|Order Canceled - reason:||",
  ];
  await using rig = await rigWith(faultOn("cancelOrder", { do: "say", messages, instead: true }));
  const client = await rig.client(7);
  await client.ask(placeOrderMessage(plainPurchase));
  rig.venue.fill(first, 30, 196.5);
  await client.heard();
  expect(await client.ask("4|1|1||")).toEqual([
    `3|1|Cancelled|30|70|0|${first}|0|0|7||0|`,
    "4|2|1|202|Order Canceled - reason:||",
  ]);
  rig.venue.fill(first, 70, 196.5);
  expect(numbers(await client.heard())).toEqual(["11", "5", "3", "5", "59"]);
});

test("delayed quotes: the advice, type 3, and ticks of the delayed kinds", async () => {
  await using rig = await rigWith(
    faultOn("reqMktData", { do: "delay-quotes", silent: false }, { where: { symbol: "TSLA" } }),
  );
  const client = await rig.client();
  const heard = await client.ask("1|11|9|0|TSLA|STK||0|||SMART||USD|||0||1|0||");
  expect(heard.slice(0, 2)).toEqual([
    "4|2|9|10167|Requested market data is not subscribed. Displaying delayed market data.||",
    "58|1|9|3|",
  ]);
  const types = heard.filter((message) => /^(1|2|46)\|/.test(message)).map((line) => line.split("|")[3]);
  expect(types).toEqual(["66", "69", "67", "70", "88", "68", "71", "74", "72", "73", "76", "75"]);
});

test("delayed in silence: ticks of the delayed kinds, and nothing that says so (D04)", async () => {
  await using rig = await rigWith(faultOn("reqMktData", { do: "delay-quotes", silent: true }));
  const client = await rig.client();
  const heard = await client.ask("1|11|9|0|TSLA|STK||0|||SMART||USD|||0||1|0||");
  expect(heard.filter((message) => /^(4|58)\|/.test(message))).toEqual([]);
  expect(heard[1]).toBe("1|6|9|66|196.48|300|0|");
});

test("numbers are moved: the gateway's clock runs two minutes ahead (Z07)", async () => {
  await using rig = await rigWith(
    faultOn(
      "currentTime",
      { do: "change", set: {}, multiply: {}, add: { time: 120 } },
      { times: Number.POSITIVE_INFINITY },
    ),
  );
  const client = await rig.client();
  client.send("49|1|");
  expect(await client.until((message) => message.startsWith("49|"))).toBe("49|1|1647266520|");
});

test("every request that the gateway carries out has a name for scenarios", () => {
  const named = [...messageLayouts.values()].filter(({ from }) => from === "client").map(({ id }) => id);
  expect(named.toSorted((a, b) => a - b)).toEqual([...handledRequests].toSorted((a, b) => a - b));
});

test("a field is found where the wire has it", () => {
  expect(messageLayouts.get("placeOrder")?.at.get("account")).toBe(23);
  expect(messageLayouts.get("placeOrder")?.at.get("orderRef")).toBe(26);
  expect(messageLayouts.get("execDetails")?.at.get("orderRef")).toBe(26);
  expect(messageLayouts.get("updatePortfolio")?.at.get("account")).toBe(19);
  expect(messageLayouts.get("position")?.at.get("averageCost")).toBe(15);
});
