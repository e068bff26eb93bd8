import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { placeOrderMessage, RawTwsClient } from "../../testing/raw-tws-client.ts";
import { TypedGateway } from "../../testing/typed-gateway.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "trader-state-"));
});
afterEach(async () => {
  // Also those of a test that failed before their end: an open server keeps the whole suite waiting.
  await Promise.all(allServed.splice(0).map((served) => served.end()));
  rmSync(folder, { recursive: true });
});

const allServed: Served[] = [];

/** `trader gateway` with a state file in this process, until it is told to quit. */
class Served extends TypedGateway {
  constructor(...args: readonly string[]) {
    super(folder, ["--state", "state.json", ...args]);
    allServed.push(this);
  }

  async client(clientId = 7): Promise<RawTwsClient> {
    return await RawTwsClient.start(await this.port(), clientId);
  }
}

const order = { symbol: "AAPL", secType: "STK", exchange: "SMART", currency: "USD", transmit: 1 };
const buy = (orderId: number, limitPrice: number, timeInForce: string): string =>
  placeOrderMessage({
    ...order,
    action: "BUY",
    orderType: "LMT",
    totalQuantity: 100,
    orderRef: `ref-${orderId}`,
    tif: timeInForce,
    orderId,
    lmtPrice: limitPrice,
  });

const byHand = `about = "An order by hand, and a restart that rolls ids back."
[[fault]]
on = "ready"
do = "order"
symbol = "KO"
action = "BUY"
shares = 40
limit_price = 1.25
[[fault]]
on = "reqCurrentTime"
nth = 4
do = "restart"
roll_back_ids = 2
`;

/** What a client learns of orders, executions, positions and cash. */
async function everything(client: RawTwsClient): Promise<readonly string[]> {
  const lines: string[] = [];
  for (const request of ["16|1|", "99|1|", "7|3|4||||||||", "61|1|", "62|1|5|All|TotalCashValue|"])
    lines.push(...(await client.ask(request)));
  return lines;
}
const working = async (client: RawTwsClient): Promise<readonly (string | undefined)[]> =>
  (await client.ask("16|1|")).filter((line) => line.startsWith("5|")).map((line) => line.split("|")[1]);
/** Order id, size and limit of the working orders. */
const terms = async (client: RawTwsClient): Promise<readonly (readonly (string | undefined)[])[]> =>
  (await client.ask("16|1|"))
    .filter((line) => line.startsWith("5|"))
    .map((line) => line.split("|"))
    .map((fields) => [fields[1], fields[14], fields[16]]);
const executedShares = (messages: readonly string[]): number =>
  messages
    .filter((line) => line.startsWith("11|"))
    .reduce((sum, line) => sum + Number(line.split("|")[19]), 0);

test("orders, books, ids and executions survive the gateway; yesterday's DAY orders do not", async () => {
  const first = new Served("--at", "2022-03-14T10:00", "--seed", "7");
  const before = await first.client();
  await before.ask(buy(1, 155, "DAY"));
  await before.ask(buy(2, 101.25, "DAY"));
  await before.ask(buy(3, 100.75, "GTC"));
  await before.ask(buy(4, 99.5, "GTC"));
  await before.ask("4|1|4||");
  await first.tell("advance 60");
  const told = await everything(before);
  expect(told.filter((line) => line.startsWith("11|"))).not.toEqual([]);
  await expect(first.end()).resolves.toBe(0);

  expect(first.terminal.out).not.toContain("It goes on");

  const second = new Served("--account", "DU7654321");
  const after = await second.client();
  expect(after.messages).toContain("15|1|DU1234567|");
  expect(after.messages).toContain("9|1|5|");
  expect(second.terminal.out).toContain(
    "It goes on as state.json has it: accounts, cash, seed and prices are those it once began with.",
  );
  await expect(everything(after)).resolves.toEqual(told);
  await expect(working(after)).resolves.toEqual(["2", "3"]);
  await second.end();

  const third = new Served("--at", "2022-03-15T10:00");
  const nextDay = await third.client();
  await expect(working(nextDay)).resolves.toEqual(["3"]);
  expect(await nextDay.ask("7|3|4||||||||")).toEqual(["55|1|4|"]);
  expect(nextDay.messages).toEqual([]);
  await third.end();
});

test("a GTC order that was changed is the changed one after the restart, and its client changes and cancels it again (O29)", async () => {
  const at = ["--at", "2022-03-14T10:00", "--seed", "7"];
  const first = new Served(...at);
  const before = await first.client();
  await before.ask(buy(3, 100.75, "GTC"));
  await before.ask(buy(3, 101.5, "GTC"));
  const shown = (await before.ask("5|1|"))[0];
  expect(shown).toContain("|LMT|101.5|0.0|GTC|");
  await first.end();

  const second = new Served();
  const [after, other] = [await second.client(), await second.client(8)];
  await expect(after.ask("5|1|")).resolves.toContain(shown);
  await expect(other.ask("5|1|")).resolves.toEqual(["53|1|"]);
  expect((await other.ask("4|1|3||"))[0]).toContain("|3|10147|");
  expect((await after.ask(buy(3, 102.25, "GTC")))[0]).toContain("|LMT|102.25|0.0|GTC|");
  await second.end();

  const third = new Served("--at", "2022-03-16T09:45");
  const nextDays = await third.client();
  expect((await nextDays.ask("5|1|"))[0]).toContain("|LMT|102.25|0.0|GTC|");
  expect((await nextDays.ask("4|1|3||"))[0]).toMatch(/^3\|3\|Cancelled\|0\|100\|/);
  await third.end();
});

test("several accounts by the option: each with its own cash and positions, and an order must name one", async () => {
  const at = ["--at", "2022-03-14T10:00", "--seed", "7"];
  const served = new Served(...at, "--account", "DU1234567,DU7654321", "--cash", "250000");
  const client = await served.client();
  expect(client.messages).toContain("15|1|DU1234567,DU7654321|");
  const bought = { ...order, action: "BUY", orderType: "MKT", totalQuantity: 70 };
  expect((await client.ask(placeOrderMessage({ ...bought, orderId: 1 })))[0]).toContain("|1|435|");
  await client.ask(placeOrderMessage({ ...bought, orderId: 2, account: "DU7654321" }));
  const positions = (await client.ask("61|1|")).filter((line) => line.startsWith("61|"));
  expect(positions.map((line) => line.split("|").slice(2, 5).join(" "))).toEqual(["DU7654321 265598 AAPL"]);
  expect((await client.ask("7|3|4||DU1234567||||||"))[0]).toBe("55|1|4|");
  expect((await client.ask("7|3|4||DU7654321||||||"))[0]).toContain("|DU7654321|NASDAQ|BOT|70|");
  const summary = await client.ask("62|1|5|All|TotalCashValue|");
  expect(summary[0]).toBe("63|1|5|DU1234567|TotalCashValue|250000.00|USD|");
  expect(summary[1]).toMatch(/^63\|1\|5\|DU7654321\|TotalCashValue\|23\d{4}\.\d\d\|USD\|$/);
  await served.end();
});

test("halts and the band of prices are the same after the restart, whatever is asked for then", async () => {
  const at = ["--at", "2022-03-14T10:30", "--seed", "7"];
  const halt = ["--halt", "AAPL@2022-03-14T10:31+2,KO@2022-03-14T10:40+1", "--price-band", "0.25"];
  const heardAt = async (served: Served, time: string): Promise<readonly string[]> => {
    await served.tell(`advance-to 2022-03-14T${time}-04:00`);
    const client = await served.client();
    const heard: string[] = [];
    for (const [id, symbol] of ["AAPL", "KO", "MSFT", "AMD"].entries())
      heard.push(...(await client.ask(`1|11|${id}|0|${symbol}|STK||0|||SMART||USD|||0||1|0||`)));
    await client.end();
    return heard;
  };
  const first = new Served(...at, ...halt);
  const told = await heardAt(first, "10:32:30");
  expect(told.filter((line) => line.startsWith("45|"))).toContain("45|6|0|49|1.0|");
  expect(await first.end()).toBe(0);
  const second = new Served("--at", "2022-03-14T10:30", "--price-band", "9");
  await expect(heardAt(second, "10:32:30")).resolves.toEqual(told);
  const later = await heardAt(second, "10:40:30");
  expect(later.filter((line) => line.startsWith("45|"))).toContain("45|6|1|49|1.0|");
  expect(await second.end()).toBe(0);
  expect(JSON.parse(readFileSync(join(folder, "state.json"), "utf8"))).toMatchObject({
    beginning: { priceBand: 0.25, halt: [{ symbol: "AAPL", time: "10:31", minutes: 2 }, { symbol: "KO" }] },
  });
});

test("a changed order comes back with its last terms, and can be changed again", async () => {
  const first = new Served("--at", "2022-03-14T10:00", "--seed", "7");
  const before = await first.client();
  await before.ask(buy(1, 101.25, "GTC"));
  await before.ask(buy(2, 99.5, "GTC"));
  await before.ask(buy(1, 155.25, "GTC").replace("|BUY|100|", "|BUY|70|"));
  await before.ask(buy(2, 98.75, "GTC").replace("|BUY|100|", "|BUY|60|"));
  await first.tell("advance 60");
  const told = await everything(before);
  expect(executedShares(told)).toBe(70);
  await first.end();

  const second = new Served();
  const after = await second.client();
  await expect(everything(after)).resolves.toEqual(told);
  await expect(terms(after)).resolves.toEqual([["2", "60", "98.75"]]);
  await after.ask(buy(2, 97.25, "GTC").replace("|BUY|100|", "|BUY|50|"));
  await second.end();

  const third = new Served();
  await expect(terms(await third.client())).resolves.toEqual([["2", "50", "97.25"]]);
});

test("orders that a scenario gives by hand are kept like others, and ids that it rolled back stay so", async () => {
  writeFileSync(join(folder, "hand.toml"), byHand);
  const first = new Served("--at", "2022-03-14T10:00", "--seed", "7", "--scenario", "hand.toml");
  const before = await first.client();
  for (const orderId of [1, 2, 3]) await before.ask(buy(orderId, 100 + orderId, "GTC"));
  before.send("49|1|");
  await before.closed();
  const between = await first.client();
  expect(between.messages).toContain("9|1|2|");
  await first.end();

  const second = new Served();
  const after = await second.client();
  expect(after.messages).toContain("9|1|2|");
  await expect(terms(after)).resolves.toContainEqual(["0", "40", "1.25"]);
});

test("told to stop while it starts, it stops", async () => {
  await expect(new Served("--at", "2022-03-14T10:00").end()).resolves.toBe(0);
});

test("master client and precautions by their options", async () => {
  const limits = [
    "--size-limit",
    "110",
    "--value-limit",
    "12000",
    "--percentage-limit",
    "2.5",
    "--tick-limit",
    "150",
  ];
  const served = new Served("--at", "2022-03-14T10:00", "--seed", "7", "--master-client-id", "9", ...limits);
  const [owner, master] = [await served.client(), await served.client(9)];
  const answer = async (orderId: number, totalQuantity: number, lmtPrice: number): Promise<string> => {
    const limit = { action: "BUY", orderType: "LMT", totalQuantity, lmtPrice };
    const [first = ""] = await owner.ask(placeOrderMessage({ ...order, ...limit, orderId }));
    return first.split("|").slice(0, 4).join("|");
  };
  await expect(answer(1, 111, 100)).resolves.toBe("4|2|1|383");
  await expect(answer(2, 110, 110)).resolves.toBe("4|2|2|451");
  await expect(answer(3, 10, 180)).resolves.toBe("4|2|3|163");
  await master.heard();
  await expect(answer(4, 110, 100)).resolves.toBe("5|4|265598|AAPL");
  expect((await master.heard()).map((line) => line.split("|").slice(0, 2).join("|"))).toEqual(["5|4", "3|4"]);
  await served.end();
});

test("a gateway that lives now keeps its ids too", async () => {
  const first = new Served();
  const before = await first.client();
  await before.ask(buy(41, 1.25, "GTC"));
  await first.end();
  const second = new Served();
  const after = await second.client();
  expect(after.messages).toContain("9|1|42|");
  await expect(working(after)).resolves.toEqual(["41"]);
  await second.end();
  const waits = new Served("--at", "2022-03-14T10:00");
  await expect(waits.ended).resolves.toBe(2);
  expect(waits.terminal.err).toContain("it goes on without --at");
});

test.each(["", "{}", '{"version": 2}', "not JSON"])(
  "a file that is no state (%j) is not overwritten",
  async (text) => {
    const file = join(folder, "state.json");
    writeFileSync(file, text);
    const served = new Served();
    await expect(served.ended).resolves.toBe(2);
    expect(served.terminal.err).toContain("not a state of this version of the gateway");
    expect(readFileSync(file, "utf8")).toBe(text);
  },
);
