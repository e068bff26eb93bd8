import { paperRig } from "../../testing/paper-rig.ts";
import { ScriptedVenue } from "../../testing/scripted-venue.ts";
import { type Fault, faultOn } from "./fault.ts";
import { foreignOrder } from "./foreign-order.ts";

const sale = { symbol: "KO", side: "sell", shares: 40 } as const;

test("an order by hand is of client 0, with order id 0: at the market, or at a limit, of the account that is said", () => {
  const venue = new ScriptedVenue("2022-03-14T14:00:00Z", ["DU1", "DU2"]);
  expect(foreignOrder(venue, sale)).toMatchObject({
    account: "DU1",
    clientId: 0,
    orderId: 0,
    conId: 8894,
    side: "sell",
    shares: 40,
    orderType: "MKT",
    limitPrice: undefined,
    timeInForce: "DAY",
  });
  expect(foreignOrder(venue, { ...sale, limitPrice: 61.25, account: "DU2" })).toMatchObject({
    account: "DU2",
    orderType: "LMT",
    limitPrice: 61.25,
  });
});

test.each([
  [{ ...sale, symbol: "K0" }, "no contract has the symbol K0"],
  [{ ...sale, account: "DU7" }, "no account DU7"],
])("%j is refused when the gateway starts", async (order, says) => {
  const faults: readonly Fault[] = [faultOn("ready", { do: "order", ...order })];
  await expect(paperRig({ scenario: { about: "a test", faults } })).rejects.toThrow(says);
});

test("the broker liquidates: nobody is told, but who asks; positions move (A11)", async () => {
  const faults = [faultOn("reqCurrentTime", { do: "order", ...sale })];
  await using rig = await paperRig({ scenario: { about: "a test", faults } });
  const client = await rig.client(7);
  await client.ask("61|1|");
  rig.venue.fill(1_376_327_563, 40, 61.25);
  const heard = await client.heard();
  expect(heard.map((message) => message.slice(0, 3))).toEqual(["61|"]);
  expect(heard[0]).toContain("|-40|");
  const [execution = ""] = await client.ask("7|3|4||||||||");
  expect(execution.split("|").slice(1, 5)).toEqual(["4", "0", "8894", "KO"]);
});
