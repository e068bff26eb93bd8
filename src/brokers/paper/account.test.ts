import { paperRig } from "../../testing/paper-rig.ts";
import { placeOrderMessage, type RawTwsClient } from "../../testing/raw-tws-client.ts";
import { ScriptedVenue } from "../../testing/scripted-venue.ts";
import { instant } from "../../trading/instant.ts";

const first = 1_376_327_563;
const sell = {
  orderId: 1,
  symbol: "TSLA",
  secType: "STK",
  exchange: "SMART",
  currency: "USD",
  action: "SELL",
  orderType: "MKT",
  totalQuantity: 100,
  transmit: 1,
};
const kinds = (messages: readonly string[]): string =>
  messages.map((message) => message.split("|")[0]).join(" ");
const valueOf = (messages: readonly string[], start: string): string | undefined =>
  messages.find((message) => message.startsWith(start))?.slice(start.length);

/** Places and fills without a word of it staying in the client's ears. */
async function trade(client: RawTwsClient, venue: ScriptedVenue): Promise<void> {
  await client.ask(placeOrderMessage(sell));
  venue.fill(first, 100, 196.5);
  await client.heard();
}

test("account updates: values in order, portfolio, time, end; sums have currency BASE and a rate of their own (A01, A03)", async () => {
  await using rig = await paperRig();
  const client = await rig.client();
  await trade(client, rig.venue);
  const told = await client.ask("6|2|1|DU1234567|");
  expect(kinds(told)).toMatch(/^(6 )+7 8 54$/);
  expect(told.slice(0, 3)).toEqual([
    "6|2|AccountCode|DU1234567||DU1234567|",
    "6|2|AccountReady|true||DU1234567|",
    "6|2|AccountType|INDIVIDUAL||DU1234567|",
  ]);
  expect(told.slice(-3)).toEqual([
    "7|8|76792991|TSLA|STK||0|0||NASDAQ|USD|TSLA|NMS|-100|197.25|-19725.00|196.5|-75.00|3.50|DU1234567|",
    "8|1|10:00|",
    "54|1|DU1234567|",
  ]);
  const amounts = {
    NetLiquidation: "1000123.45",
    AvailableFunds: "999599.90",
    ExcessLiquidity: "999699.79",
    "InitMarginReq-S": "300.11",
    MaintMarginReq: "200.22",
    GrossPositionValue: "654.25",
    BuyingPower: "3998399.60",
    EquityWithLoanValue: "999900.01",
    TotalCashValue: "1019649.50",
  };
  for (const [key, value] of Object.entries(amounts))
    expect(valueOf(told, `6|2|${key}|`)).toBe(`${value}|USD|DU1234567|`);
  for (const currency of ["USD", "BASE"]) {
    expect(told).toContain(`6|2|CashBalance|1019649.50|${currency}|DU1234567|`);
    expect(told).toContain(`6|2|ExchangeRate|1.00|${currency}|DU1234567|`);
    expect(told).toContain(`6|2|UnrealizedPnL|-7.77|${currency}|DU1234567|`);
    expect(told).toContain(`6|2|RealizedPnL|8.88|${currency}|DU1234567|`);
    expect(told).toContain(`6|2|StockMarketValue|-321.50|${currency}|DU1234567|`);
  }
});

test("after a fill subscribers hear of what changed, after the execution; not when they have unsubscribed", async () => {
  await using rig = await paperRig();
  const [owner, watcher] = [await rig.client(1), await rig.client(2)];
  await watcher.ask("6|2|1||");
  await watcher.ask("61|1|");
  await trade(owner, rig.venue);
  await expect(watcher.heard()).resolves.toEqual([
    "61|3|DU1234567|76792991|TSLA|STK||0.0|||NASDAQ|USD|TSLA|NMS|-100|196.5|",
    "6|2|TotalCashValue|1019649.50|USD|DU1234567|",
    "6|2|TotalCashValue-S|1019649.50|USD|DU1234567|",
    "6|2|CashBalance|1019649.50|BASE|DU1234567|",
    "6|2|NetLiquidationByCurrency|1019328.00|BASE|DU1234567|",
    "6|2|TotalCashBalance|1019649.50|BASE|DU1234567|",
    "6|2|CashBalance|1019649.50|USD|DU1234567|",
    "6|2|NetLiquidationByCurrency|1019328.00|USD|DU1234567|",
    "6|2|TotalCashBalance|1019649.50|USD|DU1234567|",
    "7|8|76792991|TSLA|STK||0|0||NASDAQ|USD|TSLA|NMS|-100|197.25|-19725.00|196.5|-75.00|3.50|DU1234567|",
    "8|1|10:00|",
  ]);
  await watcher.ask("6|2|0||");
  await watcher.ask("64|1|");
  await owner.ask(placeOrderMessage({ ...sell, orderId: 2 }));
  rig.venue.fill(first + 1, 100, 196.5);
  await owner.heard();
  await expect(watcher.heard()).resolves.toEqual([]);
});

test("account summary: the tags asked for in their order; the ledger's sum, one currency, or all", async () => {
  await using rig = await paperRig();
  const client = await rig.client();
  await expect(client.ask("62|1|9|All|TotalCashValue,Nonsense,Cushion,NetLiquidation|")).resolves.toEqual([
    "63|1|9|DU1234567|TotalCashValue|1000000.50|USD|",
    "63|1|9|DU1234567|Cushion|0.9996||",
    "63|1|9|DU1234567|NetLiquidation|1000123.45|USD|",
    "64|1|9|",
  ]);
  await client.ask("63|1|9|");
  const ledgerOf = async (tag: string): Promise<ReadonlySet<string | undefined>> => {
    const told = await client.ask(`62|1|10|All|${tag}|`);
    await client.ask("63|1|10|");
    return new Set(told.slice(0, -1).map((message) => message.split("|")[6]));
  };
  await expect(ledgerOf("$LEDGER")).resolves.toEqual(new Set(["BASE"]));
  await expect(ledgerOf("$LEDGER:USD")).resolves.toEqual(new Set(["USD"]));
  await expect(ledgerOf("$LEDGER:ALL")).resolves.toEqual(new Set(["USD", "BASE"]));
  await expect(ledgerOf("$LEDGER:EUR")).resolves.toEqual(new Set());
});

test("two account summaries at a time, a third is refused; a cancelled one makes room", async () => {
  await using rig = await paperRig();
  const client = await rig.client();
  await client.ask("62|1|1|All|NetLiquidation|");
  await client.ask("62|1|2|All|NetLiquidation|");
  await expect(client.ask("62|1|3|All|NetLiquidation|")).resolves.toEqual([
    expect.stringContaining("|3|322|"),
  ]);
  await client.ask("63|1|1|");
  await expect(client.ask("62|1|3|All|NetLiquidation|")).resolves.toHaveLength(2);
});

test("every three minutes changed values are told again, unasked", async () => {
  const venue = new ScriptedVenue();
  await using rig = await paperRig({ venue });
  const client = await rig.client();
  await client.ask("6|2|1||");
  await client.ask("62|1|9|All|TotalCashValue,NetLiquidation|");
  await rig.gateway.advanceTo(instant("2022-03-14T14:02:59Z"));
  await expect(client.heard()).resolves.toEqual([]);
  await client.ask(placeOrderMessage(sell));
  venue.fill(first, 100, 196.5);
  await client.heard();
  await client.heard();
  await rig.gateway.advanceTo(instant("2022-03-14T14:03:00Z"));
  const told = await client.heard();
  expect(told).toContain("63|1|9|DU1234567|TotalCashValue|1019649.50|USD|");
  expect(told).toContain("8|1|10:03|");
  expect(told.join()).not.toContain("NetLiquidation");
});

test("a position that was closed is told as flat to those who listen, and left out of a new list", async () => {
  await using rig = await paperRig();
  const client = await rig.client();
  await client.ask("61|1|");
  await trade(client, rig.venue);
  await client.ask(placeOrderMessage({ ...sell, orderId: 2, action: "BUY" }));
  rig.venue.fill(first + 1, 100, 190.25);
  const told = [...(await client.heard()), ...(await client.heard())];
  expect(told).toContain("61|3|DU1234567|76792991|TSLA|STK||0.0|||NASDAQ|USD|TSLA|NMS|0|190.25|");
  expect(told.find((message) => message.startsWith("59|"))).toContain("|USD|12.34|1.7976931348623157E308||");
  await expect(client.ask("61|1|")).resolves.toEqual(["62|1|"]);
});

test("an account that does not exist is refused, not answered with nothing (A07)", async () => {
  await using rig = await paperRig();
  const client = await rig.client();
  await expect(client.ask("6|2|1|DU7654321|")).resolves.toEqual([expect.stringContaining("|-1|321|")]);
  await expect(client.ask("76|1|5|DU7654321||1|")).resolves.toEqual([expect.stringContaining("|5|321|")]);
  await expect(client.ask("74|1|6|DU7654321||")).resolves.toEqual([expect.stringContaining("|6|321|")]);
});

test("multi requests: one account to its end, and from then on what changes, until cancelled", async () => {
  await using rig = await paperRig();
  const [owner, client] = [await rig.client(1), await rig.client(2)];
  await trade(owner, rig.venue);
  const values = await client.ask("76|1|5|DU1234567||0|");
  expect(values).toContain("73|1|5|DU1234567||NetLiquidation|1000123.45|USD|");
  expect(values).toContain("73|1|5|DU1234567||BuyingPower|3998399.60|USD|");
  expect(values.at(-1)).toBe("74|1|5|");
  const ledger = await client.ask("76|1|6|DU1234567||1|");
  expect(ledger[0]).toBe("73|1|6|DU1234567||NetLiquidation|1000123.45|USD|");
  expect(ledger).toContain("73|1|6|DU1234567||CashBalance|1019649.50|BASE|");
  expect(ledger.join()).not.toContain("BuyingPower");
  await expect(client.ask("74|1|7|DU1234567||")).resolves.toEqual([
    "71|1|7|DU1234567|76792991|TSLA|STK||0.0|||NASDAQ|USD|TSLA|NMS|-100|196.5||",
    "72|1|7|",
  ]);
  const more = async (orderId: number): Promise<readonly string[]> => {
    await owner.ask(placeOrderMessage({ ...sell, orderId }));
    rig.venue.fill(first + orderId - 1, 100, 195.5);
    await owner.heard();
    return client.heard();
  };
  const told = await more(2);
  expect(kinds(told)).toMatch(/^71( 73)+$/);
  expect(told).toContain("71|1|7|DU1234567|76792991|TSLA|STK||0.0|||NASDAQ|USD|TSLA|NMS|-200|195.5||");
  expect(told).toContain("73|1|5|DU1234567||TotalCashValue|1039198.50|USD|");
  expect(told).toContain("73|1|6|DU1234567||CashBalance|1039198.50|BASE|");
  expect(told.filter((message) => message.startsWith("73|1|6|"))).toHaveLength(6);
  for (const cancel of ["75|1|7|", "77|1|5|", "77|1|6|"]) await client.ask(cancel);
  await expect(more(3)).resolves.toEqual([]);
});

test("of a model that nobody has there are no positions and no values, and an end", async () => {
  await using rig = await paperRig();
  const client = await rig.client();
  await trade(client, rig.venue);
  await expect(client.ask("76|1|5|DU1234567|TARGET2024|0|")).resolves.toEqual(["74|1|5|"]);
  await expect(client.ask("74|1|6|DU1234567|TARGET2024|")).resolves.toEqual(["72|1|6|"]);
});

test("of two accounts a subscriber hears the one it asked for; positions are told of both", async () => {
  await using rig = await paperRig({ venue: new ScriptedVenue("2022-03-14T14:00:00Z", ["DU1", "DU2"]) });
  const client = await rig.client();
  await expect(client.ask("6|2|1||")).resolves.toEqual([expect.stringContaining("|-1|321|")]);
  await client.ask("6|2|1|DU1|");
  await client.ask("61|1|");
  await client.ask(placeOrderMessage({ ...sell, account: "DU2" }));
  rig.venue.fill(first, 100, 196.5);
  const told = [...(await client.heard()), ...(await client.heard())];
  expect(told.filter((message) => /^[678]\|/.test(message))).toEqual([]);
  expect(told).toContain("61|3|DU2|76792991|TSLA|STK||0.0|||NASDAQ|USD|TSLA|NMS|-100|196.5|");
});

test("account updates are of one account at a time: a second subscription takes the place of the first", async () => {
  await using rig = await paperRig({ venue: new ScriptedVenue("2022-03-14T14:00:00Z", ["DU1", "DU2"]) });
  const client = await rig.client();
  await client.ask("6|2|1|DU1|");
  expect((await client.ask("6|2|1|DU2|")).at(-1)).toBe("54|1|DU2|");
  const accountsTold = async (account: string, orderId: number): Promise<ReadonlySet<string | undefined>> => {
    await client.ask(placeOrderMessage({ ...sell, orderId, account }));
    rig.venue.fill(first + orderId - 1, 100, 196.5);
    const told = [...(await client.heard()), ...(await client.heard())];
    return new Set(told.filter((line) => /^[67]\|/.test(line)).map((line) => line.split("|").at(-2)));
  };
  await expect(accountsTold("DU1", 1)).resolves.toEqual(new Set());
  await expect(accountsTold("DU2", 2)).resolves.toEqual(new Set(["DU2"]));
  await client.ask("6|2|0|DU1|");
  await expect(accountsTold("DU2", 3)).resolves.toEqual(new Set());
});

test("an account tells every key of a real one for stocks, its segments too, and each once per currency", async () => {
  await using rig = await paperRig();
  const client = await rig.client();
  const told = await client.ask("6|2|1|DU1234567|");
  const keys = told
    .filter((message) => message.startsWith("6|"))
    .map((message) => message.split("|").slice(2, 5).join("|"));
  expect(new Set(keys).size).toBe(keys.length);
  expect(keys).toEqual(
    expect.arrayContaining([
      "DayTradesRemaining|-1|",
      "Leverage-S|0.00|",
      "NetLiquidation-C|0.00|USD",
      "NetLiquidation-S|1000123.45|USD",
      "PreviousDayEquityWithLoanValue-S|999900.01|USD",
      "RegTMargin|300.11|USD",
      "SegmentTitle-C|US Commodities|",
      "SMA|999599.90|USD",
      "TradingType-S|STKNOPT|",
      "AccruedCash|0.00|BASE",
      "AccruedCash|0.00|USD",
      "OptionMarketValue|0.00|BASE",
    ]),
  );
});

test("an account summary knows settled cash, leverage and the day's beginning", async () => {
  await using rig = await paperRig();
  const client = await rig.client();
  const tags = "SettledCash,Leverage,HighestSeverity,PreviousEquityWithLoanValue,ReqTMargin,SMA";
  await expect(client.ask(`62|1|9|All|${tags}|`)).resolves.toEqual([
    "63|1|9|DU1234567|SettledCash|876543.21|USD|",
    "63|1|9|DU1234567|Leverage|0.00||",
    "63|1|9|DU1234567|HighestSeverity|0||",
    "63|1|9|DU1234567|PreviousEquityWithLoanValue|999900.01|USD|",
    "63|1|9|DU1234567|ReqTMargin|300.11|USD|",
    "63|1|9|DU1234567|SMA|999599.90|USD|",
    "64|1|9|",
  ]);
});

test("an account in euros has a ledger of euros, one of dollars at their rate, and their sum (A01, A03)", async () => {
  await using rig = await paperRig({ venue: new EuroVenue() });
  const client = await rig.client();
  const told = await client.ask("62|1|9|All|NetLiquidation,$LEDGER:ALL|");
  expect(told[0]).toBe("63|1|9|DU1234567|NetLiquidation|1000123.45|EUR|");
  const values = (key: string) =>
    told.filter((message) => message.includes(`|${key}|`)).map((message) => message.split("|").slice(5, 7));
  expect(values("ExchangeRate")).toEqual([
    ["1.00", "EUR"],
    ["0.9259259", "USD"],
    ["1.00", "BASE"],
  ]);
  expect(values("CashBalance")).toEqual([
    ["1234.56", "EUR"],
    ["-78.90", "USD"],
    ["1000000.50", "BASE"],
  ]);
});

class EuroVenue extends ScriptedVenue {
  override balances() {
    const none = { stockMarketValue: 0, unrealizedPnl: 0, realizedPnl: 0 };
    return {
      ...super.balances(),
      baseCurrency: "EUR",
      ledgers: [
        { currency: "EUR", exchangeRate: 1, cash: 1234.56, ...none },
        { currency: "USD", exchangeRate: 1 / 1.08, cash: -78.9, ...none },
      ],
    };
  }
}
