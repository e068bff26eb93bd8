import { paperRig } from "../../testing/paper-rig.ts";
import { placeOrderMessage } from "../../testing/raw-tws-client.ts";
import { ScriptedVenue } from "../../testing/scripted-venue.ts";
import { instant, later } from "../../trading/instant.ts";

const sell = {
  orderId: 1,
  symbol: "TSLA",
  secType: "STK",
  exchange: "SMART",
  currency: "USD",
  transmit: 1,
  action: "SELL",
  orderType: "LMT",
  lmtPrice: 196.5,
  totalQuantity: 100,
};

test("P&L of an account and of a position: daily, unrealized, realized (A09); again after a second when it has changed", async () => {
  const venue = new ScriptedVenue();
  await using rig = await paperRig({ venue });
  const client = await rig.client();
  await client.ask(placeOrderMessage(sell));
  venue.fill(1_376_327_563, 100, 196.25);
  await client.heard();
  // Sold at 196.25 for a commission of 1, now 196.5; the scripted venue says nothing of what it closed.
  await expect(client.ask("92|5|DU1234567||")).resolves.toEqual(["94|5|-26|-25|0|"]);
  await expect(client.ask("94|6|DU1234567||76792991|")).resolves.toEqual(["95|6|-100|-26|-25|0|-19650|"]);
  await expect(client.ask("94|7|DU1234567||4711|")).resolves.toEqual([]);
  await rig.gateway.advanceTo(instant("2022-03-14T14:00:05Z"));
  await expect(client.heard()).resolves.toEqual([]);
  venue.quotes.set(76792991, { ...venue.quote(76792991), last: 196.75 });
  await client.ask("93|5|");
  await rig.gateway.advanceTo(instant("2022-03-14T14:00:06Z"));
  await expect(client.heard()).resolves.toEqual(["95|6|-100|-51|-50|0|-19675|"]);
});

test("P&L is told once a second at most, however often it changes, and then as it is", async () => {
  const venue = new ScriptedVenue();
  await using rig = await paperRig({ venue });
  const client = await rig.client();
  await client.ask(placeOrderMessage(sell));
  venue.fill(1_376_327_563, 100, 196.25);
  await client.heard();
  await client.ask("94|6|DU1234567||76792991|");
  const told: string[] = [];
  for (let tick = 1; tick <= 12; tick += 1) {
    venue.quotes.set(76792991, { ...venue.quote(76792991), last: 196.5 + tick });
    await rig.gateway.advanceTo(later(instant("2022-03-14T14:00:00Z"), tick * 250));
    told.push(...(await client.heard()).map((message) => `${tick} ${message.split("|").at(-2)}`));
  }
  expect(told).toEqual(["4 -20050", "8 -20450", "12 -20850"]);
});

test("an account that nobody knows is refused (A07), as is an id twice", async () => {
  await using rig = await paperRig();
  const client = await rig.client();
  await expect(client.ask("92|5|DU7||")).resolves.toEqual([expect.stringContaining("4|2|5|321|")]);
  await expect(client.ask("92|5|DU1234567||")).resolves.toEqual(["94|5|0|0|0|"]);
  await expect(client.ask("92|5|DU1234567||")).resolves.toEqual([expect.stringContaining("4|2|5|321|")]);
});

test("matching symbols: by symbol, then by name; with the name from 176 on", async () => {
  await using rig = await paperRig();
  const client = await rig.client();
  await expect(client.ask("81|9|abc|")).resolves.toEqual([
    "79|9|2|11|ABC|STK|NASDAQ|USD|0|ABC ONE||12|ABC|STK|NYSE|USD|0|ABC TWO||",
  ]);
  await expect(client.ask("81|9|cola|")).resolves.toEqual(["79|9|0|"]);
  const older = await rig.client(2, "v100..175");
  await expect(older.ask("81|9|coca|")).resolves.toEqual(["79|9|1|8894|KO|STK|NYSE|USD|0|"]);
});
