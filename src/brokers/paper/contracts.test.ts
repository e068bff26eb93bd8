import { join } from "node:path";
import { withMadeListings } from "../../simulation/made-listings.ts";
import { simulatedVenue } from "../../simulation/simulated-venue.ts";
import type { Venue } from "../../simulation/venue.ts";
import { readShippedPrices } from "../../storage/price-history-file.ts";
import { placeOrderMessage, RawTwsClient } from "../../testing/raw-tws-client.ts";
import { instant } from "../../trading/instant.ts";
import { startPaperGateway } from "./gateway.ts";

const shipped = readShippedPrices(join(import.meta.dirname, "../../../data")).then(withMadeListings);

async function shippedVenue(): Promise<Venue> {
  const startAt = instant("2022-03-14T14:00:00Z");
  const account = { id: "DU1234567", cash: 1_000_000, baseCurrency: "USD", positions: [] } as const;
  return simulatedVenue({ history: await shipped, startAt, seed: 7, accounts: [account] });
}

let gateway: Awaited<ReturnType<typeof startPaperGateway>> | undefined;
afterEach(() => gateway?.close());

async function client(versions = "v100..178"): Promise<RawTwsClient> {
  gateway = await startPaperGateway({
    venue: await shippedVenue(),
    port: 0,
    clock: { kind: "stepped" },
    snapshotEndsAfterMs: 0,
    pacing: "off",
    log: () => {},
  });
  return await RawTwsClient.start(gateway.port, 1, versions);
}

const details = (symbol: string, primary = "", currency = "USD"): string =>
  `9|8|5|0|${symbol}|STK||0|||SMART|${primary}|${currency}|||0||||`;

/** A DAY limit order for 100 shares. */
const limit = (orderId: number, symbol: string, price: number, over = {}): string =>
  placeOrderMessage({
    orderId,
    symbol,
    secType: "STK",
    exchange: "SMART",
    currency: "USD",
    transmit: 1,
    action: "BUY",
    totalQuantity: 100,
    orderType: "LMT",
    lmtPrice: price,
    ...over,
  });

/** What the gateway said to an order: "accepted", or the code and text of its refusal. */
function verdict(said: readonly string[]): string {
  const refusal = said.find((message) => message.startsWith("4|"))?.split("|");
  return refusal
    ? `${refusal[3]} ${refusal[4]}`
    : said.some((m) => m.startsWith("5|"))
      ? "accepted"
      : "silence";
}

const offTick = "110 The price does not conform to the minimum price variation for this contract.";

test("an ETF is a stock of type ETF on ARCA, without an industry, quoted at a tenth of its index and traded", async () => {
  const wire = await client();
  const [told = "", end] = await wire.ask(details("SPY"));
  const fields = told.split("|");
  expect(fields.slice(2, 14).join("|")).toBe("SPY|STK||0||SMART|USD|SPY|SPY|SPY|756733|0.01");
  expect(fields.slice(19, 25)).toEqual(["SPDR S&P 500 ETF TRUST", "ARCA", "", "", "", ""]);
  expect(fields.slice(-5)).toEqual(["ETF", "1", "1", "100", ""]);
  expect(end).toBe("52|1|5|");
  const quoted = await wire.ask("1|11|7|0|SPY|STK||0|||SMART||USD|||0||1|0||");
  const ask = Number(quoted.find((message) => message.startsWith("1|6|7|2|"))?.split("|")[4]);
  // The index closed at 4204.31 and 4173.11.
  expect(ask).toBeGreaterThan(410);
  expect(ask).toBeLessThan(430);
  const said = await wire.ask(limit(1, "SPY", Math.round(ask + 5)));
  expect(said.find((message) => message.startsWith("11|-1|1|756733|SPY|STK|"))).toBeDefined();
});

test("a symbol listed three times has as many details; currency, primary exchange or conId choose (D12)", async () => {
  const wire = await client();
  const listed = async (request: string): Promise<readonly string[]> =>
    (await wire.ask(request))
      .filter((message) => message.startsWith("10|"))
      .map((message) => message.split("|"))
      .map((fields) => `${fields[8]} ${fields[20]} ${fields[16]?.includes("AMEX")}`);
  await expect(listed(details("TWIN", "", ""))).resolves.toEqual([
    "USD NYSE true",
    "USD NASDAQ true",
    "EUR IBIS false",
  ]);
  await expect(listed(details("TWIN"))).resolves.toEqual(["USD NYSE true", "USD NASDAQ true"]);
  await expect(listed(details("TWIN", "NASDAQ"))).resolves.toEqual(["USD NASDAQ true"]);
  await expect(listed(details("TWIN", "", "EUR"))).resolves.toEqual(["EUR IBIS false"]);
  const nasdaq = gateway?.venue
    .contracts()
    .find((c) => c.symbol === "TWIN" && c.primaryExchange === "NASDAQ");
  await expect(listed(`9|8|5|${nasdaq?.conId}||||||||||||0||||`)).resolves.toEqual(["USD NASDAQ true"]);

  const ambiguous = "200 The contract description specified for TWIN is ambiguous";
  expect(verdict(await wire.ask("1|11|7|0|TWIN|STK||0|||SMART||USD|||0||1|0||"))).toBe(ambiguous);
  expect(verdict(await wire.ask(limit(1, "TWIN", 80)))).toBe(ambiguous);
  const said = await wire.ask(limit(2, "TWIN", 80, { primaryExch: "NASDAQ" }));
  expect(said.find((message) => message.startsWith("11|"))).toContain(`|${nasdaq?.conId}|TWIN|`);
  expect(verdict(await wire.ask(limit(3, "TWIN", 80, { conId: nasdaq?.conId })))).toBe("accepted");
});

test("what is paid in another currency, and a currency itself, is quoted and not traded: 203", async () => {
  const wire = await client();
  const euros = { currency: "EUR" };
  expect(verdict(await wire.ask(limit(1, "TWIN", 80, euros)))).toBe(
    "203 The security TWIN in EUR is not available or allowed for this account",
  );
  const pair = { secType: "CASH", exchange: "IDEALPRO" };
  expect(verdict(await wire.ask(limit(2, "EUR", 1.08, pair)))).toBe(
    "203 The security EUR.USD is not available or allowed for this account",
  );
  expect(verdict(await wire.ask(limit(3, "EUR", 1.08, { ...pair, currency: "GBP" })))).toBe(
    "200 No security definition has been found for the request",
  );
  const quoted = await wire.ask("1|11|7|0|TWIN|STK||0|||SMART||EUR|||0||1|0||");
  expect(quoted.filter((message) => /^1\|6\|7\|[12]\|\d/.test(message))).toHaveLength(2);
});

test.each([
  ["PENNY", 0.9001, "accepted"],
  ["PENNY", 0.90005, offTick],
  ["PENNY", 0.9999, "accepted"],
  ["PENNY", 1.0001, offTick],
  ["PENNY", 1.01, "accepted"],
  ["TIERS", 19.99, "accepted"],
  ["TIERS", 20.01, offTick],
  ["TIERS", 20.02, "accepted"],
  ["TIERS", 49.98, "accepted"],
  ["TIERS", 50.02, offTick],
  ["TIERS", 50.05, "accepted"],
])("the tick of %s at %p: %s (O05)", async (symbol, price, expected) => {
  const wire = await client();
  expect(verdict(await wire.ask(limit(1, symbol, price)))).toBe(expected);
});

test("a market rule has a level for each tick, and its details the smallest of them (O04)", async () => {
  const wire = await client();
  const [told = ""] = await wire.ask(details("TIERS"));
  expect([told.split("|")[13], told.split("|").at(-7)]).toEqual([
    "0.01",
    expect.stringMatching(/^9003(,9003)+$/),
  ]);
  await expect(wire.ask("91|9003|")).resolves.toEqual(["93|9003|3|0|0.01|20|0.02|50|0.05|"]);
  await expect(wire.ask("91|9002|")).resolves.toEqual(["93|9002|2|0|0.0001|1|0.01|"]);
});

test("quotes stand on the tick of their own level", async () => {
  const venue = await shippedVenue();
  for (const [symbol, tick] of [
    ["PENNY", 0.0001],
    ["TIERS", 0.05],
  ] as const) {
    const { conId } = venue.contracts().find((contract) => contract.symbol === symbol) ?? { conId: 0 };
    const { bid = Number.NaN, ask = Number.NaN } = venue.quote(conId);
    for (const price of [bid, ask])
      expect(Math.abs(price / tick - Math.round(price / tick))).toBeLessThan(1e-6);
    expect(ask).toBeGreaterThan(bid);
  }
});

test.each(["v100..163", "v100..178"])(
  "sizes come in lots: details tell it and orders must keep to it (%s)",
  async (versions) => {
    const wire = await client(versions);
    const [told = ""] = await wire.ask(details("LOTS"));
    const sizes = told.split("|").slice(versions === "v100..178" ? -4 : -2, -1);
    expect(new Set(sizes)).toEqual(new Set(["100"]));
    if (versions !== "v100..178") return;
    expect(verdict(await wire.ask(limit(1, "LOTS", 20, { totalQuantity: 150 })))).toMatch(/^321 .*size/);
    expect(verdict(await wire.ask(limit(2, "LOTS", 20, { totalQuantity: 300 })))).toBe("accepted");
  },
);
