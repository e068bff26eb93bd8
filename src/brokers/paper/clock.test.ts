import { connect } from "node:net";
import { createInterface } from "node:readline";
import { paperRig } from "../../testing/paper-rig.ts";
import { placeOrderMessage } from "../../testing/raw-tws-client.ts";
import { ScriptedVenue } from "../../testing/scripted-venue.ts";
import { instant, isoSecondsOf, later } from "../../trading/instant.ts";

const first = 1_376_327_563;
const order = {
  orderId: 1,
  symbol: "TSLA",
  secType: "STK",
  exchange: "SMART",
  currency: "USD",
  action: "BUY",
  orderType: "MKT",
  totalQuantity: 100,
  transmit: 1,
};
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Says one line to the control port and answers with its answer. */
async function control(port: number | undefined, ...commands: readonly string[]): Promise<unknown[]> {
  const socket = connect(port ?? 0, "127.0.0.1");
  const answers: unknown[] = [];
  socket.end(`${commands.join("\n")}\n`);
  for await (const line of createInterface({ input: socket })) answers.push(JSON.parse(line));
  return answers;
}

test("stepped time stands still; an advance is over when what came of it has left", async () => {
  const venue = new ScriptedVenue();
  await using rig = await paperRig({ venue });
  const client = await rig.client();
  await client.ask(placeOrderMessage(order));
  venue.at("2022-03-14T14:10:00Z", () => venue.fill(first, 60, 196.5));
  venue.at("2022-03-14T14:20:00Z", () => venue.fill(first, 40, 196.6));
  await pause(30);
  await expect(client.ask("49|1|")).resolves.toEqual([]);
  expect(venue.now()).toBe(instant("2022-03-14T14:00:00Z"));
  await rig.gateway.advanceTo(instant("2022-03-14T14:15:00Z"));
  client.send("49|1|");
  await expect(client.until((message) => message.startsWith("49|"))).resolves.toBe("49|1|1647267300|");
  expect(client.messages.map((message) => message.split("|")[0])).toEqual(["11", "5", "3", "59", "49"]);
  expect(client.messages[0]).toContain("|20220314 10:10:00 US/Eastern|");
  await expect(rig.gateway.advanceTo(instant("2022-03-14T14:14:59Z"))).rejects.toThrow("does not go back");
});

test("the control port: advance, advance-to, now, orders; mistakes are answered and change nothing", async () => {
  await using rig = await paperRig({ controlPort: 0 });
  const client = await rig.client(5);
  await client.ask(placeOrderMessage(order));
  const answers = await control(
    rig.gateway.controlPort,
    "now",
    "advance 90",
    "advance-to 2022-03-14T14:05:00Z",
    "orders",
    "advance -1",
    "advance soon",
    "advance-to 2022-03-14T14:04:59Z",
    "advance-to tomorrow",
    "advance 1 2",
    "dance",
    "now",
  );
  expect(answers).toEqual([
    { ok: true, now: "2022-03-14T14:00:00Z" },
    { ok: true, now: "2022-03-14T14:01:30Z" },
    { ok: true, now: "2022-03-14T14:05:00Z" },
    { ok: true, now: "2022-03-14T14:05:00Z", orders: ["5 1 PreSubmitted BUY 100 TSLA 0/100"] },
    ...Array.from({ length: 6 }, () => ({ ok: false, error: expect.any(String) })),
    { ok: true, now: "2022-03-14T14:05:00Z" },
  ]);
});

test("quit on the control port closes the gateway, its clients, and whoever else holds the port open", async () => {
  await using rig = await paperRig({ controlPort: 0 });
  const client = await rig.client();
  await new Promise<void>((resolve) => {
    connect(rig.gateway.controlPort ?? 0, "127.0.0.1", resolve);
  });
  await expect(control(rig.gateway.controlPort, "quit")).resolves.toEqual([
    { ok: true, now: "2022-03-14T14:00:00Z" },
  ]);
  await rig.gateway.closed;
  await client.closed();
});

test("idle time moves only while a client is here and an order works, and no further than allowed", async () => {
  const venue = new ScriptedVenue();
  await using rig = await paperRig({
    venue,
    clock: { kind: "stepped", idleAdvance: { afterQuietMs: 10, stepSeconds: 7, atMostSeconds: 20 } },
  });
  const client = await rig.client();
  await pause(60);
  expect(isoSecondsOf(venue.now())).toBe("2022-03-14T14:00:00Z");
  await client.ask(placeOrderMessage(order));
  await pause(150);
  expect(isoSecondsOf(venue.now())).toBe("2022-03-14T14:00:20Z");
  await rig.gateway.advanceTo(instant("2022-03-14T14:30:00Z"));
  venue.at("2022-03-14T14:30:07Z", () => venue.fill(first, 100, 196.5));
  await client.until((message) => message.startsWith("3|1|Filled|"));
  await pause(60);
  expect(isoSecondsOf(venue.now())).toBe("2022-03-14T14:30:07Z");
});

test("a chattering wire is not quiet: time stands still while requests come in", async () => {
  const venue = new ScriptedVenue();
  await using rig = await paperRig({
    venue,
    clock: { kind: "stepped", idleAdvance: { afterQuietMs: 80, stepSeconds: 7, atMostSeconds: 20 } },
  });
  const client = await rig.client();
  await client.ask(placeOrderMessage(order));
  for (let asked = 0; asked < 15; asked += 1) {
    await client.ask("8|1|1|");
    await pause(10);
  }
  expect(isoSecondsOf(venue.now())).toBe("2022-03-14T14:00:00Z");
});

test("a real clock brings the venue to the host's time by itself and at every request, never back, and cannot be moved", async () => {
  const venue = new ScriptedVenue();
  let now = instant("2022-03-14T14:00:00Z");
  await using rig = await paperRig({ venue, clock: { kind: "real", now: () => now, tickMs: 5 } });
  const client = await rig.client();
  await client.ask(placeOrderMessage(order));
  venue.at("2022-03-14T14:00:02Z", () => venue.fill(first, 100, 196.5));
  now = later(now, 3000);
  await client.until((message) => message.startsWith("3|1|Filled|"));
  now = later(now, -2000);
  await pause(20);
  expect(isoSecondsOf(venue.now())).toBe("2022-03-14T14:00:03Z");
  await expect(rig.gateway.advanceTo(later(now, 60_000))).rejects.toThrow("the clock is real");
});
