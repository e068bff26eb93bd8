import { paperRig } from "../../testing/paper-rig.ts";
import { placeOrderMessage, plainPurchase } from "../../testing/raw-tws-client.ts";
import { faultOn } from "./fault.ts";
import { namedValues, withValues } from "./fault-messages.ts";
import { changed, withoutAlgorithm } from "./fault-rewriting.ts";

const nothing = { set: {}, add: {}, multiply: {} } as const;

test("numbers are multiplied before they are added to; what is no number stays; what is set is set", () => {
  const tick = ["1", "6", "9", "4", "196.5", "", "0"];
  const act = {
    ...nothing,
    do: "change",
    multiply: { price: 0.25, size: 4 },
    add: { price: -1.5, size: 3 },
    set: { type: "{symbol}!" },
  } as const;
  expect(changed("tickPrice", tick, act, { ...namedValues("tickPrice", tick), symbol: "KO" })).toEqual([
    "1",
    "6",
    "9",
    "KO!",
    "47.625",
    "",
    "0",
  ]);
});

test("one change meets what another has left (A08)", async () => {
  const more = faultOn("accountSummary", { ...nothing, do: "change", add: { value: 1000 } });
  const twice = faultOn("accountSummary", { ...nothing, do: "change", multiply: { value: 2 } });
  await using rig = await paperRig({ scenario: { about: "a test", faults: [more, twice] } });
  const client = await rig.client();
  const [summary = ""] = await client.ask("62|1|5|All|NetLiquidation|");
  expect(summary).toBe("63|1|5|DU1234567|NetLiquidation|2002246.9|USD|");
});

test("an algorithm goes with its parameters, however many; without one nothing changes", () => {
  const message = ["3", "1", "LMT", "Adaptive", "1", "adaptivePriority", "Patient", "", "0"];
  expect(withoutAlgorithm(message)).toEqual(["3", "1", "LMT", "", "", "0"]);
  expect(withoutAlgorithm(["3", "Vwap", "2", "a", "1", "b", "2", "z"])).toEqual(["3", "", "z"]);
  expect(withoutAlgorithm(["3", "Twap", "0", "z"])).toEqual(["3", "", "z"]);
  expect(withoutAlgorithm(["3", "1", "LMT", "", "0"])).toEqual(["3", "1", "LMT", "", "0"]);
});

const adaptive = placeOrderMessage({
  ...plainPurchase,
  lmtPrice: 196.5,
  orderRef: "ref-7",
  account: "DU1234567",
  adaptivePriority: "Patient",
});

test("a request that was changed is carried out so: another size, no reference (O43), no algorithm (O41)", async () => {
  const faults = [
    faultOn("placeOrder", { ...nothing, do: "change", set: { orderRef: "" }, multiply: { shares: 0.5 } }),
    faultOn("placeOrder", { do: "drop-algorithm" }),
  ];
  await using rig = await paperRig({ scenario: { about: "a test", faults } });
  const client = await rig.client();
  await client.ask(adaptive);
  await client.ask(adaptive.replace("3|1|", "3|2|"));
  expect(
    rig.venue.openOrders().map(({ shares, orderRef, algoStrategy }) => [shares, orderRef, algoStrategy]),
  ).toEqual([
    [50, "", ""],
    [100, "ref-7", "Adaptive"],
  ]);
});

test.each(["v100..151", "v100..178"])(
  "what openOrder says behind an algorithm is found at %s",
  async (versions) => {
    await using rig = await paperRig();
    const placing = await rig.client(1);
    await placing.ask(adaptive);
    rig.venue.fill(1_376_327_563, 40, 196.5, 1.25);
    const client = await rig.client(2, versions);
    const told = (await client.ask("16|1|")).find((message) => message.startsWith("5|")) ?? "";
    expect(namedValues("openOrder", told.split("|"))).toMatchObject({
      orderRef: "ref-7",
      whatIf: "0",
      status: "Submitted",
      initialMarginBefore: "1.7976931348623157E308",
      commission: "1.25",
      commissionCurrency: "USD",
      warning: "",
    });
  },
);

test("contract details have a version in front, and a size multiplier, before server version 164", async () => {
  await using rig = await paperRig();
  for (const versions of ["v100..163", "v100..178"]) {
    const client = await rig.client(versions === "v100..163" ? 1 : 2, versions);
    const [details = ""] = await client.ask("9|8|9|0|TSLA|STK||0|||SMART||USD|||0||||");
    const fields = details.split("|");
    expect(namedValues("contractDetails", fields)).toMatchObject({
      reqId: "9",
      symbol: "TSLA",
      conId: "76792991",
      minTick: "0.01",
      primaryExchange: "NASDAQ",
      timeZone: "US/Eastern",
      liquidHours: expect.stringMatching(/^20220314:0930-20220314:1600;/) as string,
    });
    expect(withValues("contractDetails", fields, { minTick: "0.05" }).indexOf("0.05")).toBe(
      fields.indexOf("0.01"),
    );
  }
});
