import type { Behaviour } from "../behaviour.ts";
import { rowsOf } from "../play.ts";
import { scriptAt } from "../script.ts";
import { type AskedContract, ask, type Expected, hear, never, order, type Step } from "../step.ts";

const area = "contracts";

const row = rowsOf(area);

const details = (contract: AskedContract, ...heard: readonly Expected[]): readonly Step[] => [
  ask("details", { reqId: 7, ...contract }),
  ...heard.map((fields) => hear("details", { reqId: 7, ...fields })),
  hear("detailsEnd", { reqId: 7 }),
];

const detailRows = [
  row(
    "contract details of a stock: ids, names, tick, exchanges",
    details(
      { symbol: "AAPL" },
      {
        conId: 265_598,
        symbol: "AAPL",
        secType: "STK",
        currency: "USD",
        minTick: 0.01,
        longName: "APPLE INC",
        priceMagnifier: 1,
        orderTypes: /(^|,)LMT(,|$)/,
        validExchanges: /^SMART,/,
        marketRuleIds: /^26(,26)*$/,
      },
    ),
  ),
  row(
    "contract details of a stock: six days of trading and of liquid hours in its zone",
    details(
      { symbol: "AAPL" },
      {
        timeZoneId: "US/Eastern",
        tradingHours: /^20220314:0400-20220314:2000;(.*;){4}.*/,
        liquidHours: /^20220314:0930-20220314:1600;(.*;){4}.*/,
      },
    ),
  ),
  row(
    "contract details: a half day ends earlier, a holiday is closed",
    details(
      { symbol: "AAPL" },
      {
        liquidHours: /20211125:CLOSED;20211126:0930-20211126:1300;/,
        tradingHours: /20211126:0400-20211126:1700;/,
      },
    ),
    { at: "2021-11-24T10:00:00-05:00" },
  ),
  row("contract details by conId alone", details({ conId: 272_093 }, { symbol: "MSFT", secType: "STK" })),
  row(
    "contract details of an ETF: as a stock, of type ETF",
    details(
      { symbol: "SPY" },
      { symbol: "SPY", secType: "STK", stockType: "ETF", primaryExch: "ARCA", industry: "" },
    ),
  ),
  row(
    "contract details of a currency pair",
    details(
      { symbol: "EUR", secType: "CASH", exchange: "IDEALPRO", currency: "USD" },
      { symbol: "EUR", secType: "CASH", exchange: "IDEALPRO", currency: "USD", localSymbol: "EUR.USD" },
    ),
  ),
  row("contract details of an unknown symbol: 200 and no end (D13)", [
    ask("details", { reqId: 7, symbol: "NOSUCH" }),
    hear("error", { id: 7, code: 200, text: /^No security definition has been found/ }),
    never("detailsEnd"),
  ]),
];

const symbolRows = [
  row("matching symbols", [ask("symbols", { reqId: 5, pattern: "AAP" }), hear("symbols", { reqId: 5 })]),
  row("market rule: one cent at every price", [
    ask("rule", { ruleId: 26 }),
    hear("rule", { ruleId: 26, steps: /0.*0\.01/ }),
  ]),
  row("market rule that does not exist: an error", [
    ask("rule", { ruleId: 9_999_999 }),
    hear("error", { code: /^\d+$/ }),
  ]),
];

const twins = [
  { symbol: "TWIN", primaryExch: "NYSE", currency: "USD" },
  { symbol: "TWIN", primaryExch: "NASDAQ", currency: "USD" },
] as const;

const ambiguous = /^The contract description specified for TWIN is ambiguous/;

const ambiguityRows = [
  row("ambiguous: several contract details, one for each listing, then the end (D12)", [
    ...details({ symbol: "TWIN" }, { longName: /LISTED TWICE/ }, { longName: /ANOTHER COMPANY/ }),
    never("details"),
  ]),
  ...twins.map(({ primaryExch }, at) =>
    row(`ambiguous: ${primaryExch} as primary exchange leaves one`, [
      ...details(
        { symbol: "TWIN", primaryExch },
        { longName: at === 0 ? /LISTED TWICE/ : /ANOTHER COMPANY/ },
      ),
      never("details"),
    ]),
  ),
  row("ambiguous: another currency is another contract", [
    ...details({ symbol: "TWIN", currency: "EUR" }, { longName: /IN EUROS/, currency: "EUR" }),
    never("details"),
  ]),
  row("ambiguous: a quote is refused (200)", [
    ask("quote", { reqId: 1, symbol: "TWIN", snapshot: true }),
    hear("error", { id: 1, code: 200, text: ambiguous }),
    never("tick"),
  ]),
  row("ambiguous: an order is refused (200)", [
    order({ symbol: "TWIN", lmtPrice: 10 }),
    hear("error", { id: 1, code: 200, text: ambiguous }),
    never("status"),
  ]),
  row("ambiguous: an order with its primary exchange is taken", [
    order({ symbol: "TWIN", primaryExch: "NASDAQ", lmtPrice: 10 }),
    hear("status", { status: /Submitted/ }),
  ]),
  row("an order for what is not paid in dollars is refused", [
    order({ symbol: "TWIN", currency: "EUR", lmtPrice: 10 }),
    hear("error", { id: 1, code: /^\d+$/ }),
    never("status", { status: /Submitted/ }),
  ]),
];

/** Ticks of TIERS: a cent, from 20 two cents, from 50 five; of PENNY: a hundredth of a cent, from one dollar a cent. */
const levels: readonly (readonly [symbol: string, price: number, isTaken: boolean])[] = [
  ["TIERS", 19.97, true],
  ["TIERS", 19.975, false],
  ["TIERS", 20.02, true],
  ["TIERS", 20.03, false],
  ["TIERS", 50.05, true],
  ["TIERS", 50.02, false],
  ["PENNY", 0.4003, true],
  ["PENNY", 0.40035, false],
  ["PENNY", 1.01, true],
  ["PENNY", 1.0051, false],
];

const tickRows = [
  row("market rule of three price levels", [
    ask("rule", { ruleId: 9003 }),
    hear("rule", { ruleId: 9003, steps: /0\D+0\.01\D+20\D+0\.02\D+50\D+0\.05/ }),
  ]),
  row(
    "minimum tick is the smallest of all levels",
    details({ symbol: "TIERS" }, { minTick: 0.01, marketRuleIds: /9003/ }),
  ),
  ...levels.map(([symbol, lmtPrice, isTaken]) =>
    row(`minimum tick by level: ${symbol} at ${lmtPrice} is ${isTaken ? "taken" : "refused (110)"}`, [
      order({ symbol, lmtPrice }),
      isTaken ? hear("status", { status: /Submitted|Filled/ }) : hear("error", { id: 1, code: 110 }),
    ]),
  ),
  row("size increment: 250 of what trades in hundreds is refused", [
    order({ symbol: "LOTS", lmtPrice: 5, totalQuantity: 250 }),
    hear("error", { id: 1, code: /^\d+$/ }),
    never("status", { status: /Submitted/ }),
  ]),
  row("size increment: 300 is taken", [
    order({ symbol: "LOTS", lmtPrice: 5, totalQuantity: 300 }),
    hear("status", { status: /Submitted/, remaining: 300 }),
  ]),
];

export const contractBehaviours: readonly Behaviour[] = [
  ...detailRows,
  ...symbolRows,
  ...ambiguityRows,
  ...tickRows,
  {
    area,
    name: "at 151 contract details begin with a version",
    raw: scriptAt(
      "v100..151",
      "9|8|7|0|AAPL|STK||0|||SMART||USD|||0|||",
      /^10\|8\|7\|AAPL\|/,
      /^52\|1\|7\|$/,
    ),
  },
];
