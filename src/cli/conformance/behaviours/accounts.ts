import { EventName, SecType } from "@stoqey/ib";
import { Contract } from "ib-tws-api";
import { placeOrderMessage } from "../../../testing/raw-tws-client.ts";
import type { Behaviour } from "../behaviour.ts";
import { expect } from "../expect.ts";
import { script, scriptAt } from "../script.ts";

const area = "account and contracts";

/** Every tag of an account summary that carries an amount. */
const summaryTags = [
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

const otherTags = [
  "AccountType",
  "Cushion",
  "LookAheadNextChange",
  "HighestSeverity",
  "DayTradesRemaining",
  "Leverage",
];

const stock = (symbol: string): { symbol: string; secType: SecType; exchange: string; currency: string } => ({
  symbol,
  secType: SecType.STK,
  exchange: "SMART",
  currency: "USD",
});

/** reqContractDetails (9) at 178. */
function details(
  requestId: number,
  symbol: string,
  secType: string,
  exchange: string,
  currency: string,
): string {
  return `9|8|${requestId}|0|${symbol}|${secType}||0|||${exchange}||${currency}|||0||||`;
}

/** An order that is filled at once. */
function bought(orderId: number): string {
  const apple = { symbol: "AAPL", secType: "STK", exchange: "SMART", currency: "USD" };
  return placeOrderMessage({
    ...apple,
    orderId,
    action: "BUY",
    orderType: "MKT",
    totalQuantity: 5,
    transmit: 1,
  });
}

export const accountBehaviours: readonly Behaviour[] = [
  ...[...summaryTags, ...otherTags].map(
    (tag): Behaviour => ({
      area,
      name: `account summary: ${tag}`,
      raw: script(
        `62|1|9|All|${tag}|`,
        new RegExp(`^63\\|1\\|9\\|DU1234567\\|${tag}\\|[^|]+\\|(USD)?\\|$`),
        /^64\|1\|9\|$/,
      ),
    }),
  ),
  {
    area,
    name: "account summary: $LEDGER has the sum of all currencies as BASE (A03)",
    raw: script(
      "62|1|9|All|$LEDGER|",
      /^63\|1\|9\|DU1234567\|(Total)?CashBalance\|[\d.]+\|BASE\|$/,
      /^64\|1\|9\|$/,
    ),
  },
  {
    area,
    name: "account summary: $LEDGER:ALL has each currency and BASE",
    raw: script(
      "62|1|9|All|$LEDGER:ALL|",
      /\|CashBalance\|[\d.]+\|USD\|$/,
      /\|CashBalance\|[\d.]+\|BASE\|$/,
      /^64\|1\|9\|$/,
    ),
  },
  {
    area,
    name: "account summary with its end; no third one at a time",
    raw: script(
      "62|1|9|All|NetLiquidation|",
      /^64\|1\|9\|$/,
      "62|1|10|All|NetLiquidation|",
      /^64\|1\|10\|$/,
      "62|1|11|All|NetLiquidation|",
      /^4\|2\|11\|322\|/,
      "63|1|9|",
      "62|1|11|All|NetLiquidation|",
      /^64\|1\|11\|$/,
    ),
    stoqey: async (rig) => {
      const client = await rig.stoqey();
      client.api.reqAccountSummary(9, "All", "NetLiquidation,BuyingPower");
      await client.hears(
        EventName.accountSummary,
        (_: number, __: string, tag: string) => tag === "BuyingPower",
      );
      await client.hears(EventName.accountSummaryEnd);
    },
  },
  {
    area,
    name: "account updates: values, portfolio, time, end (A05, A09)",
    raw: script(
      "6|2|1|DU1234567|",
      /^6\|2\|NetLiquidation\|[\d.]+\|USD\|DU1234567\|$/,
      /^6\|2\|CashBalance\|[\d.]+\|BASE\|/,
      /^7\|8\|272093\|MSFT\|STK\|.*\|-120\|.*\|DU1234567\|$/,
      /^8\|1\|\d\d:\d\d\|$/,
      /^54\|1\|DU1234567\|$/,
    ),
    stoqey: async (rig) => {
      const client = await rig.stoqey();
      client.api.reqAccountUpdates(true, "DU1234567");
      await client.hears(EventName.updateAccountValue, (key: string) => key === "NetLiquidation");
      await client.hears(EventName.updatePortfolio, (_: unknown, shares: number) => shares === -120);
      await client.hears(EventName.accountDownloadEnd);
    },
  },
  {
    area,
    name: "account updates of an account that is not ours: refused",
    raw: script("6|2|1|DU7654321|", /^4\|2\|-1\|\d+\|/),
  },
  {
    area,
    name: "account updates multi: values and their end",
    raw: script(
      "76|1|31|DU1234567||1|",
      /^73\|1\|31\|DU1234567\|\|NetLiquidation\|[\d.]+\|USD\|$/,
      /^74\|1\|31\|$/,
    ),
    stoqey: async (rig) => {
      const client = await rig.stoqey();
      client.api.reqAccountUpdatesMulti(31, "DU1234567", "", true);
      await client.hears(EventName.accountUpdateMultiEnd);
    },
  },
  {
    area,
    name: "positions, their end, and each change after it",
    raw: script("61|1|", /^61\|3\|DU1234567\|272093\|MSFT\|STK\|.*\|-120\|290\.5\|$/, /^62\|1\|$/),
    stoqey: async (rig) => {
      const client = await rig.stoqey();
      client.api.reqPositions();
      await client.hears(EventName.position, (_: string, __: unknown, shares: number) => shares === -120);
      await client.hears(EventName.positionEnd);
    },
    twsApi: async (rig) =>
      expect(
        JSON.stringify(await rig.twsApi().getPositions()),
        /"272093":.*"position":-120,"avgCost":290\.5/,
      ),
  },
  {
    area,
    name: "positions multi and their end",
    raw: script(
      "74|1|33|DU1234567||",
      /^71\|1\|33\|DU1234567\|272093\|MSFT\|.*\|-120\|290\.5\|\|$/,
      /^72\|1\|33\|$/,
    ),
    stoqey: async (rig) => {
      const client = await rig.stoqey();
      client.api.reqPositionsMulti(33, "DU1234567", "");
      await client.hears(EventName.positionMultiEnd);
    },
  },
  {
    area,
    name: "multi requests are told what changes, and can be cancelled",
    raw: script(
      "74|1|33|DU1234567||",
      /^72\|1\|33\|$/,
      "76|1|34|DU1234567||1|",
      /^74\|1\|34\|$/,
      bought(1),
      /^71\|1\|33\|DU1234567\|265598\|AAPL\|.*\|5\|[\d.]+\|\|$/,
      /^73\|1\|34\|DU1234567\|\|CashBalance\|[\d.]+\|BASE\|$/,
      "75|1|33|",
      "77|1|34|",
    ),
  },
  {
    area,
    name: "contract details of a stock: hours, zone, market rules, end",
    raw: script(
      details(7, "AAPL", "STK", "SMART", "USD"),
      /^10\|7\|AAPL\|STK\|.*\|265598\|0\.01\|.*\|US\/Eastern\|20220314:0400-20220314:2000;.*\|20220314:0930-20220314:1600;/,
      /^52\|1\|7\|$/,
    ),
    stoqey: async (rig) => {
      const client = await rig.stoqey();
      client.api.reqContractDetails(7, stock("AAPL"));
      await client.hears(
        EventName.contractDetails,
        (_: number, found: { contract: { conId: number } }) => found.contract.conId === 265_598,
      );
      await client.hears(EventName.contractDetailsEnd);
    },
    twsApi: async (rig) =>
      expect(
        JSON.stringify(await rig.twsApi().getContractDetails(Contract.stock("AAPL"))),
        /"conId":"?265598/,
      ),
  },
  {
    area,
    name: "contract details by conId alone",
    raw: script("9|8|7|272093||||0||||||||0||||", /^10\|7\|MSFT\|STK\|/, /^52\|1\|7\|$/),
  },
  {
    area,
    name: "contract details of an ETF",
    raw: script(details(7, "SPY", "STK", "SMART", "USD"), /^10\|7\|SPY\|STK\|.*\|ETF\|/, /^52\|1\|7\|$/),
    stoqey: async (rig) => {
      const client = await rig.stoqey();
      client.api.reqContractDetails(7, stock("SPY"));
      await client.hears(
        EventName.contractDetails,
        (_: number, { stockType }: { stockType: string }) => stockType === "ETF",
      );
    },
  },
  {
    area,
    name: "contract details of an ambiguous symbol: each listing, then the end (D12)",
    raw: script(
      details(7, "TWIN", "STK", "SMART", "USD"),
      /^10\|7\|TWIN\|STK\|/,
      /^10\|7\|TWIN\|STK\|/,
      /^52\|1\|7\|$/,
    ),
  },
  {
    area,
    name: "an ambiguous symbol is neither quoted nor traded: 200 (D12)",
    raw: script(
      "1|11|1|0|TWIN|STK||0|||SMART||USD|||0||1|0||",
      /^4\|2\|1\|200\|The contract description specified for TWIN is ambiguous/,
    ),
  },
  {
    area,
    name: "market rules with several price levels",
    raw: script("91|9003|", /^93\|9003\|3\|0\|0\.01\|20\|0\.02\|50\|0\.05\|$/),
  },
  {
    area,
    name: "contract details of a currency pair",
    raw: script(details(7, "EUR", "CASH", "IDEALPRO", "USD"), /^10\|7\|EUR\|CASH\|/, /^52\|1\|7\|$/),
    twsApi: async (rig) =>
      expect(JSON.stringify(await rig.twsApi().getContractDetails(Contract.forex("EURUSD"))), /CASH/),
  },
  {
    area,
    name: "contract details of an unknown symbol: 200 and no end (D13)",
    raw: script(
      details(7, "NOSUCH", "STK", "SMART", "USD"),
      /^4\|2\|7\|200\|No security definition has been found/,
    ),
    stoqey: async (rig) => {
      const client = await rig.stoqey();
      client.api.reqContractDetails(7, stock("NOSUCH"));
      await client.hearsCode(200);
    },
    twsApi: async (rig) => {
      const answer = rig.twsApi().getContractDetails(Contract.stock("NOSUCH"));
      await answer.then(
        () => Promise.reject(new Error("it was found")),
        (error: Error) => expect(error.message, /No security definition/),
      );
    },
  },
  {
    area,
    name: "matching symbols",
    raw: script("81|5|AAP|", /^79\|5\|1\|265598\|AAPL\|STK\|NASDAQ(\.NMS)?\|USD\|/),
    stoqey: async (rig) => {
      const client = await rig.stoqey();
      client.api.reqMatchingSymbols(5, "AAP");
      await client.hears(EventName.symbolSamples);
    },
  },
  {
    area,
    name: "market rule",
    raw: script("91|26|", /^93\|26\|1\|0\|0\.01\|$/),
    stoqey: async (rig) => {
      const client = await rig.stoqey();
      client.api.reqMarketRule(26);
      await client.hears(EventName.marketRule);
    },
  },
  {
    area,
    name: "P&L of an account",
    raw: script("92|41|DU1234567||", /^94\|41\|-?[\d.]+\|-?[\d.]+\|-?[\d.]+\|$/, "93|41|"),
    stoqey: async (rig) => {
      const client = await rig.stoqey();
      client.api.reqPnL(41, "DU1234567");
      await client.hears(EventName.pnl);
    },
  },
  {
    area,
    name: "P&L of a position",
    raw: script(
      "94|42|DU1234567||272093|",
      /^95\|42\|-120\|-?[\d.]+\|-?[\d.]+\|-?[\d.E]+\|-?[\d.]+\|$/,
      "95|42|",
    ),
    stoqey: async (rig) => {
      const client = await rig.stoqey();
      client.api.reqPnLSingle(42, "DU1234567", "", 272_093);
      await client.hears(EventName.pnlSingle);
    },
  },
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
