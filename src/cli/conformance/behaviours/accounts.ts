import type { Behaviour } from "../behaviour.ts";
import { rowsOf } from "../play.ts";
import { account, type RigOptions } from "../rig.ts";
import { script } from "../script.ts";
import { as, ask, type Expected, hear, market, never, passOver, type Step, wait } from "../step.ts";

const area = "account";
const amount = /^-?\d+\.\d\d$/;

const row = rowsOf(area);

/** Every tag of an account summary that carries an amount. */
const summaryAmounts = [
  "NetLiquidation",
  "TotalCashValue",
  "SettledCash",
  "AccruedCash",
  "BuyingPower",
  "EquityWithLoanValue",
  "PreviousEquityWithLoanValue",
  "GrossPositionValue",
  "ReqTEquity",
  "ReqTMargin",
  "SMA",
  "InitMarginReq",
  "MaintMarginReq",
  "AvailableFunds",
  "ExcessLiquidity",
  "FullInitMarginReq",
  "FullMaintMarginReq",
  "FullAvailableFunds",
  "FullExcessLiquidity",
  "LookAheadInitMarginReq",
  "LookAheadMaintMarginReq",
  "LookAheadAvailableFunds",
  "LookAheadExcessLiquidity",
] as const;

/** Those that carry none, and what they look like. */
const summaryTexts: Readonly<Record<string, RegExp>> = {
  AccountType: /^INDIVIDUAL$/,
  Cushion: /^0\.\d+$|^1(\.0+)?$/,
  LookAheadNextChange: /^\d+$/,
  HighestSeverity: /^0$/,
  DayTradesRemaining: /^-?\d+$/,
  Leverage: /^\d\.\d\d$/,
};

const summaryRows = [
  ...summaryAmounts.map((tag) => summaryOf(tag, { value: amount, currency: "USD" })),
  ...Object.entries(summaryTexts).map(([tag, value]) => summaryOf(tag, { value, currency: "" })),
];

function summaryOf(tag: string, fields: Expected): Behaviour {
  const steps = [
    ask("summary", { reqId: 9, tags: tag }),
    hear("summary", { reqId: 9, account, tag, ...fields }),
    hear("summaryEnd", { reqId: 9 }),
  ];
  return row(`account summary: ${tag}`, steps);
}

const inLedger = (tag: string, currency: string, value: string | RegExp = amount): Step =>
  hear("summary", { reqId: 9, tag, currency, value });

const ledgerRows = [
  row("account summary: $LEDGER has the sum of all currencies as BASE (A03)", [
    ask("summary", { reqId: 9, tags: "$LEDGER" }),
    inLedger("CashBalance", "BASE"),
    hear("summaryEnd"),
    never("summary", { currency: "USD" }),
  ]),
  row("account summary: $LEDGER:USD has that currency alone", [
    ask("summary", { reqId: 9, tags: "$LEDGER:USD" }),
    inLedger("ExchangeRate", "USD", "1.00"),
    inLedger("CashBalance", "USD"),
    hear("summaryEnd"),
    never("summary", { currency: "BASE" }),
  ]),
  row("account summary: $LEDGER:ALL has each currency and BASE", [
    ask("summary", { reqId: 9, tags: "$LEDGER:ALL" }),
    inLedger("CashBalance", "USD"),
    inLedger("CashBalance", "BASE"),
    hear("summaryEnd"),
  ]),
];

const euros: RigOptions = {
  accounts: [
    {
      id: account,
      cash: 1_000_000,
      baseCurrency: "EUR",
      positions: [{ symbol: "MSFT", shares: 120, averageCost: 290.5 }],
    },
  ],
};

const currencyRows = [
  row(
    "second currency: summary in the base currency, ledger with the rate of the other",
    [
      ask("summary", { reqId: 9, tags: "NetLiquidation,$LEDGER:ALL" }),
      hear("summary", { tag: "NetLiquidation", currency: "EUR", value: amount }),
      inLedger("ExchangeRate", "EUR", "1.00"),
      inLedger("ExchangeRate", "USD", /^0\.[89]\d+$/),
      inLedger("ExchangeRate", "BASE", "1.00"),
      hear("summaryEnd"),
    ],
    euros,
  ),
  row(
    "second currency: account updates tell each currency and BASE",
    [
      ask("updates", { subscribe: true, account }),
      hear("value", { key: "NetLiquidation", currency: "EUR" }),
      hear("value", { key: "CashBalance", currency: "BASE", value: amount }),
      hear("value", { key: "ExchangeRate", currency: "EUR", value: "1.00" }),
      hear("value", { key: "ExchangeRate", currency: "USD", value: /^0\.[89]\d+$/ }),
      hear("value", { key: "StockMarketValue", currency: "USD", value: amount }),
      hear("valuesEnd"),
    ],
    euros,
  ),
  row(
    "second currency: a purchase in dollars makes a debt in dollars",
    [
      market(),
      hear("status", { status: "Filled" }),
      ask("summary", { reqId: 9, tags: "$LEDGER:USD" }),
      inLedger("CashBalance", "USD", /^-\d+\.\d\d$/),
      hear("summaryEnd"),
    ],
    euros,
  ),
];

const updateRows = [
  row("account updates: values, portfolio, time, end (A05, A09)", [
    ask("updates", { subscribe: true, account }),
    hear("value", { key: "AccountReady", value: "true", account }),
    hear("value", { key: "NetLiquidation", value: amount, currency: "USD", account }),
    hear("value", { key: "NetLiquidation-S", value: amount }),
    hear("value", { key: "CashBalance", value: amount, currency: "BASE" }),
    hear("value", { key: "CashBalance", value: amount, currency: "USD" }),
    hear("portfolio", { conId: 272_093, symbol: "MSFT", position: -120, averageCost: 290.5, account }),
    hear("accountTime", { time: /^\d\d:\d\d$/ }),
    hear("valuesEnd", { account }),
  ]),
  row("account updates: ended, nothing more is told", [
    ask("updates", { subscribe: true, account }),
    hear("valuesEnd"),
    ask("updates", { subscribe: false, account }),
    market(),
    hear("status", { status: "Filled" }),
    wait(200),
    never("value"),
    never("portfolio"),
  ]),
  row("account updates: again after three minutes", [
    ask("updates", { subscribe: true, account }),
    hear("valuesEnd"),
    wait(200),
    hear("value", { key: "NetLiquidation" }),
    hear("accountTime"),
  ]),
  row("account updates of an account that is not ours: refused", [
    ask("updates", { subscribe: true, account: "DU7654321" }),
    hear("error", { id: -1, code: /^\d+$/ }),
    never("valuesEnd"),
  ]),
  row("account updates multi: values and their end", [
    ask("updatesMulti", { reqId: 31, account }),
    hear("valueMulti", { reqId: 31, account, key: "NetLiquidation", value: amount, currency: "USD" }),
    hear("valuesMultiEnd", { reqId: 31 }),
    market(),
    hear("valueMulti", { reqId: 31, key: "CashBalance", currency: "BASE" }),
    ask("cancelUpdatesMulti", { reqId: 31 }),
    passOver,
    market({ orderId: 2 }),
    wait(200),
    never("valueMulti"),
  ]),
  row("account summary: again when values have changed, every three minutes; cancelled, no more", [
    ask("summary", { reqId: 9, tags: "TotalCashValue" }),
    hear("summaryEnd", { reqId: 9 }),
    market(),
    hear("status", { status: "Filled" }),
    wait(200),
    hear("summary", { reqId: 9, tag: "TotalCashValue" }),
    ask("cancelSummary", { reqId: 9 }),
    market({ orderId: 2 }),
    hear("status", { orderId: 2, status: "Filled" }),
    wait(200),
    never("summary"),
  ]),
  row("account summary: no third one at a time (322)", [
    ask("summary", { reqId: 9, tags: "NetLiquidation" }),
    hear("summaryEnd", { reqId: 9 }),
    ask("summary", { reqId: 10, tags: "NetLiquidation" }),
    hear("summaryEnd", { reqId: 10 }),
    ask("summary", { reqId: 11, tags: "NetLiquidation" }),
    hear("error", { id: 11, code: 322 }),
    ask("cancelSummary", { reqId: 9 }),
    ask("summary", { reqId: 11, tags: "NetLiquidation" }),
    hear("summaryEnd", { reqId: 11 }),
  ]),
];

const held: Expected = {
  account,
  conId: 272_093,
  symbol: "MSFT",
  secType: "STK",
  position: -120,
  avgCost: 290.5,
};

const positionRows = [
  row("positions and their end", [ask("positions", {}), hear("position", held), hear("positionsEnd")]),
  row("positions: each change after the end, until cancelled", [
    ask("positions", {}),
    hear("positionsEnd"),
    market(),
    hear("position", { symbol: "AAPL", position: 100, account }),
    ask("cancelPositions", {}),
    market({ orderId: 2 }),
    hear("status", { orderId: 2, status: "Filled" }),
    never("position"),
  ]),
  row("positions multi and their end", [
    ask("positionsMulti", { reqId: 33, account }),
    hear("positionMulti", { reqId: 33, ...held }),
    hear("positionsMultiEnd", { reqId: 33 }),
    market(),
    hear("positionMulti", { reqId: 33, symbol: "AAPL", position: 100 }),
    ask("cancelPositionsMulti", { reqId: 33 }),
    passOver,
    market({ orderId: 2 }),
    hear("status", { orderId: 2, status: "Filled" }),
    never("positionMulti"),
  ]),
  row("P&L of an account, and again as time goes on; cancelled, no more", [
    ask("pnl", { reqId: 41, account }),
    hear("pnl", { reqId: 41, dailyPnL: /^-?\d/, unrealizedPnL: /^-?\d/, realizedPnL: /^-?\d/ }),
    wait(2),
    hear("pnl", { reqId: 41 }),
    ask("cancelPnl", { reqId: 41 }),
    wait(5),
    never("pnl"),
  ]),
  row("P&L of a position; cancelled, no more", [
    ask("pnlSingle", { reqId: 42, account, conId: 272_093 }),
    hear("pnlSingle", { reqId: 42, position: -120, dailyPnL: /^-?\d/, value: /^-\d/ }),
    ask("cancelPnlSingle", { reqId: 42 }),
    wait(5),
    never("pnlSingle"),
  ]),
];

const two: RigOptions = {
  accounts: [
    {
      id: "DU1234567",
      cash: 1e6,
      baseCurrency: "USD",
      positions: [{ symbol: "KO", shares: 70, averageCost: 50.25 }],
    },
    { id: "DU7654321", cash: 2e6, baseCurrency: "EUR", kind: "cash", positions: [] },
  ],
};

const severalRows = [
  row(
    "several accounts: each with its own values",
    [
      ask("accounts", {}),
      hear("accounts", { list: /^DU1234567,DU7654321$/ }),
      ask("summary", { reqId: 9, tags: "TotalCashValue" }),
      hear("summary", { account: "DU1234567", value: "1000000.00", currency: "USD" }),
      hear("summary", { account: "DU7654321", value: "2000000.00", currency: "EUR" }),
      hear("summaryEnd"),
    ],
    two,
  ),
  row(
    "several accounts: an order trades for the account that it names",
    [
      market({ symbol: "KO", totalQuantity: 30, account: "DU7654321" }),
      hear("execution", { acctNumber: "DU7654321", shares: 30 }),
      ask("positions", {}),
      hear("position", { account: "DU1234567", symbol: "KO", position: 70 }),
      hear("position", { account: "DU7654321", symbol: "KO", position: 30 }),
      hear("positionsEnd"),
    ],
    two,
    // It keeps one position for each contract.
    ["twsApi"],
  ),
  row(
    "several accounts: account updates are of one at a time",
    [
      ask("updates", { subscribe: true, account: "DU1234567" }),
      hear("valuesEnd", { account: "DU1234567" }),
      ask("updates", { subscribe: true, account: "DU7654321" }),
      hear("value", { key: "NetLiquidation", account: "DU7654321", value: "2000000.00" }),
      hear("valuesEnd", { account: "DU7654321" }),
      never("value", { account: "DU1234567" }),
    ],
    two,
  ),
  row("a fill changes positions and account values of all who asked", [
    as(2),
    ask("positions", {}),
    ask("updates", { subscribe: true, account }),
    hear("valuesEnd"),
    as(1),
    market(),
    hear("status", { status: "Filled" }),
    as(2),
    hear("position", { symbol: "AAPL", position: 100 }),
    hear("portfolio", { symbol: "AAPL", position: 100 }),
  ]),
];

export const accountBehaviours: readonly Behaviour[] = [
  ...summaryRows,
  ...ledgerRows,
  ...currencyRows,
  ...updateRows,
  ...positionRows,
  ...severalRows,
  {
    area,
    name: "on the wire: values, portfolio, time and end field by field",
    raw: script(
      "6|2|1|DU1234567|",
      /^6\|2\|NetLiquidation\|[\d.]+\|USD\|DU1234567\|$/,
      /^6\|2\|CashBalance\|[\d.]+\|BASE\|/,
      /^7\|8\|272093\|MSFT\|STK\|.*\|-120\|.*\|DU1234567\|$/,
      /^8\|1\|\d\d:\d\d\|$/,
      /^54\|1\|DU1234567\|$/,
    ),
  },
];
