import { scenarioInputs, scenarioNow } from "../testing/scenario.ts";
import type { Account } from "./account.ts";
import { cashShown } from "./cash-shown.ts";
import type { Execution } from "./execution.ts";
import { money } from "./money.ts";
import type { Side } from "./side.ts";

const { account } = scenarioInputs("account 1,000,000 USD\ncash 50,000\nrate EUR 1.1");
const told = (cash: string, more: Partial<Account> = {}): Account => ({
  ...account,
  cash: money(cash, "USD"),
  cashByCurrency: [money(cash, "USD")],
  ...more,
});
const execution = (side: Side, shares: number, price: number, more: Partial<Execution> = {}): Execution => ({
  execId: "0001.01.01",
  orderRef: "trader.reb.2022031414.AAA.B1.1.0000",
  permId: 1,
  clientId: 11,
  orderId: 1,
  account: account.id,
  conId: 1,
  symbol: "AAA",
  currency: "USD",
  exchange: "ISLAND",
  side,
  shares,
  price,
  executedAt: scenarioNow,
  commission: money("1.25", "USD"),
  realizedPnl: undefined,
  ...more,
});

/** 400 sold at 50.25 and 100 bought at 20.11, each for 1.25: 50,000 + 20,100 - 2,011 - 2.50 = 68,086.50. */
const traded = [execution("sell", 400, 50.25), execution("buy", 100, 20.11)];

it.each([
  ["68086.50", "shown"],
  ["68086.51", "shown"],
  ["68086.52", "too-much"],
  ["70097.50", "too-much"],
  ["68086.49", "shown"],
  ["68086.48", "too-little"],
  ["47986.50", "too-little"],
] as const)("cash of %s is %s", (cash, expected) => {
  expect(cashShown(account, told(cash), traded)).toBe(expected);
});

it("a commission that was not told may have been taken, up to a hundredth of what was traded", () => {
  const silent = traded.map((each) => ({ ...each, commission: undefined }));
  expect(cashShown(account, told("68089"), silent)).toBe("shown");
  expect(cashShown(account, told("67868"), silent)).toBe("shown");
  expect(cashShown(account, told("67866"), silent)).toBe("too-little");
  expect(cashShown(account, told("68090"), silent)).toBe("too-much");
});

it("another currency counts at its rate, which moves; without a rate nothing is sure", () => {
  const euro = [execution("sell", 400, 50.25, { currency: "EUR", commission: money("1.25", "EUR") })];
  // 50,000 + 1.1 x (20,100 - 1.25) = 72,108.625, give or take a thousandth of 22,110.
  const rates = new Map([
    ["EUR", 1.1],
    ["USD", 1],
  ]);
  const now = (cash: string) => told(cash, { exchangeRates: rates });
  expect(cashShown(account, now("72130.00"), euro)).toBe("shown");
  expect(cashShown(account, now("72131.00"), euro)).toBe("too-much");
  expect(cashShown(account, now("72086.00"), euro)).toBe("too-little");
  expect(cashShown(account, told("72108.63", { exchangeRates: new Map() }), euro)).toBe("too-much");
});
