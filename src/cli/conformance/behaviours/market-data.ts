import { BarSizeSetting, EventName, SecType, WhatToShow } from "@stoqey/ib";
import { Contract } from "ib-tws-api";
import { placeOrderMessage } from "../../../testing/raw-tws-client.ts";
import { instant } from "../../../trading/instant.ts";
import type { Behaviour } from "../behaviour.ts";
import { expect } from "../expect.ts";
import { script } from "../script.ts";

const area = "market data";
const apple = { symbol: "AAPL", secType: SecType.STK, exchange: "SMART", currency: "USD" };

/** reqMktData (1): a stream, or with `snapshot` 1 a snapshot. */
function quote(requestId: number, symbol: string, snapshot: 0 | 1): string {
  return `1|11|${requestId}|0|${symbol}|STK||0|||SMART||USD|||0||${snapshot}|0||`;
}

/** reqHistoricalData (20) at 178, regular hours only. */
function history(
  requestId: number,
  barSize: string,
  duration: string,
  what: string,
  end = "20220311 16:00:00 US/Eastern",
): string {
  return `20|${requestId}|0|AAPL|STK||0|||SMART||USD|||0|${end}|${barSize}|${duration}|1|${what}|1|0||`;
}

const bar = String.raw`-?[\d.]+\|-?[\d.]+\|-?[\d.]+\|-?[\d.]+\|-?[\d.]+\|-?[\d.]+\|-?\d+\|`;

export const marketDataBehaviours: readonly Behaviour[] = [
  {
    area,
    name: "snapshot: type, bid, ask and last with their sizes, then its end",
    raw: script(
      quote(1, "AAPL", 1),
      /^58\|1\|1\|1\|$/,
      /^1\|6\|1\|1\|[\d.]+\|\d+\|\d\|$/,
      /^2\|6\|1\|0\|\d+\|$/,
      /^1\|6\|1\|2\|[\d.]+\|\d+\|\d\|$/,
      /^1\|6\|1\|4\|[\d.]+\|\d+\|\d\|$/,
      /^1\|6\|1\|9\|[\d.]+\|/,
      /^57\|1\|1\|$/,
    ),
    stoqey: async (rig) => {
      const client = await rig.stoqey();
      client.api.reqMktData(1, apple, "", true, false);
      await client.hears(EventName.tickPrice, (_: number, type: number) => type === 1);
      await client.hears(EventName.tickSnapshotEnd);
    },
    twsApi: async (rig) => {
      const ticks = await rig.twsApi().getMarketDataSnapshot({ contract: Contract.stock("AAPL") });
      expect(JSON.stringify(ticks), /"bid":\d+.*"ask":\d+|"ask":\d+.*"bid":\d+/);
    },
  },
  {
    area,
    name: "snapshot: its end comes when it is told to",
    gateway: { snapshotEndsAfterMs: 300 },
    raw: script(quote(1, "AAPL", 1), /^58\|/, "49|1|", /^49\|/, /^57\|1\|1\|$/),
  },
  {
    area,
    name: "stream: what changes is told as time goes on; cancelling ends it",
    raw: script(quote(1, "AAPL", 0), /^1\|6\|1\|1\|/, 30, /^1\|6\|1\|[12]\|/, "2|2|1|", "49|1|", /^49\|/),
    stoqey: async (rig) => {
      const client = await rig.stoqey();
      client.api.reqMktData(1, apple, "", false, false);
      await client.hears(EventName.tickPrice);
      client.events.splice(0);
      await rig.advance(30);
      await client.hears(EventName.tickPrice);
    },
    twsApi: async (rig) => {
      const stream = await rig.twsApi().streamMarketData({ contract: Contract.stock("AAPL") });
      await new Promise<void>((resolve, reject) => {
        stream.on("tick", () => resolve());
        stream.on("error", reject);
      });
    },
  },
  {
    area,
    name: "a request id in use twice: 322",
    raw: script(quote(1, "AAPL", 0), /^58\|/, quote(1, "MSFT", 0), /^4\|2\|1\|322\|/),
  },
  {
    area,
    name: "cancelling a line that is not there: 300",
    raw: script("2|2|55|", /^4\|2\|55\|300\|/),
  },
  {
    area,
    name: "more lines than the account has: 101",
    gateway: { marketDataLines: 1 },
    raw: script(quote(1, "AAPL", 0), /^58\|/, quote(2, "MSFT", 0), /^4\|2\|2\|101\|/),
  },
  {
    area,
    name: "a halt: −1 on both sides and tick 49, until it is over",
    gateway: {
      market: {
        halts: [
          {
            symbol: "AAPL",
            from: instant("2022-03-14T10:00:30-04:00"),
            until: instant("2022-03-14T10:01:00-04:00"),
          },
        ],
      },
    },
    raw: script(
      quote(1, "AAPL", 0),
      /^45\|6\|1\|49\|0\|$/,
      30,
      /^1\|6\|1\|1\|-1\|0\|/,
      /^45\|6\|1\|49\|1\|$/,
      30,
      /^1\|6\|1\|1\|[\d.]+\|[1-9]/,
      /^45\|6\|1\|49\|0\|$/,
    ),
  },
  {
    area,
    name: "limit-up and limit-down: trading pauses, tick 49 is 2",
    gateway: { at: "2022-03-14T09:30:00-04:00", market: { priceBand: 0.001 } },
    raw: async (rig) => {
      const client = await rig.raw();
      await client.ask(quote(1, "AAPL", 0));
      for (let seconds = 0; seconds < 1200; seconds += 10) await rig.advance(10);
      await client.heard().then((heard) => expect(heard.join(" "), /45\|6\|1\|49\|2\|.* 45\|6\|1\|49\|0\|/));
    },
  },
  {
    area,
    name: "closed market: no bid and no ask is −1 (D01)",
    gateway: { at: "2022-03-13T12:00:00-04:00" },
    raw: script(quote(1, "AAPL", 1), /^1\|6\|1\|1\|-1\|0\|/, /^1\|6\|1\|2\|-1\|0\|/, /^57\|/),
  },
  {
    area,
    name: "before the open and after the close: quotes of extended trading",
    gateway: { at: "2022-03-14T08:00:00-04:00" },
    raw: script(
      quote(1, "AAPL", 1),
      /^1\|6\|1\|1\|[\d.]+\|200\|/,
      /^57\|1\|1\|/,
      9 * 3600,
      quote(2, "AAPL", 1),
      /^58\|1\|2\|1\|$/,
      /^1\|6\|2\|1\|[\d.]+\|200\|/,
      /^57\|1\|2\|/,
    ),
  },
  {
    area,
    name: "closed market: frozen data when asked for",
    gateway: { at: "2022-03-13T12:00:00-04:00" },
    raw: script("59|1|2|", quote(1, "AAPL", 1), /^58\|1\|1\|2\|$/, /^57\|/),
  },
  {
    area,
    name: "delayed data asked for where live is to be had gives live",
    raw: script("59|1|3|", quote(1, "AAPL", 1), /^58\|1\|1\|1\|$/, /^57\|/),
    stoqey: async (rig) => {
      const client = await rig.stoqey();
      client.api.reqMarketDataType(3);
      client.api.reqMktData(1, apple, "", true, false);
      await client.hears(EventName.marketDataType, (_: number, type: number) => type === 1);
    },
  },
  {
    area,
    name: "delayed data alone: 10167 and delayed ticks to who asks for them (D04)",
    gateway: { marketData: "delayed" },
    raw: script(
      "59|1|3|",
      quote(1, "AAPL", 1),
      /^4\|2\|1\|10167\|/,
      /^58\|1\|1\|3\|$/,
      /^1\|6\|1\|66\|[\d.]+\|\d+\|/,
      /^2\|6\|1\|69\|\d+\|/,
      /^1\|6\|1\|67\|[\d.]+\|\d+\|/,
      /^1\|6\|1\|68\|/,
      /^57\|1\|1\|/,
    ),
    stoqey: async (rig) => {
      const client = await rig.stoqey();
      client.api.reqMarketDataType(3);
      client.api.reqMktData(1, apple, "", true, false);
      await client.hears(EventName.tickPrice, (_: number, type: number) => type === 66);
    },
  },
  {
    area,
    name: "delayed data alone: 10089 to who asks for live ones (D05)",
    gateway: { marketData: "delayed" },
    raw: script(quote(1, "AAPL", 1), /^4\|2\|1\|10089\|/),
  },
  {
    area,
    name: "no market data: 354, and 10168 to who asks for delayed ones (D05)",
    gateway: { marketData: "none" },
    raw: script(quote(1, "AAPL", 1), /^4\|2\|1\|354\|/, "59|1|4|", quote(2, "AAPL", 1), /^4\|2\|2\|10168\|/),
  },
  {
    area,
    name: "unknown contract: 200",
    raw: script(quote(1, "NOSUCH", 1), /^4\|2\|1\|200\|/),
  },
  ...["MIDPOINT", "BID", "ASK"].map(
    (what): Behaviour => ({
      area,
      name: `historical data: hourly bars of EUR.USD, ${what}`,
      raw: script(
        `20|1|0|EUR|CASH||0|||IDEALPRO||USD|||0|20220311 16:00:00 US/Eastern|1 hour|1 D|0|${what}|1|0||`,
        new RegExp(`^17\\|1\\|[^|]*\\|[^|]*\\|24\\|(\\d{8} \\d\\d:[01][05]:00 US/Eastern\\|${bar}){24}$`),
      ),
    }),
  ),
  {
    area,
    name: "historical data: no trades of EUR.USD: 162",
    raw: script(
      "20|1|0|EUR|CASH||0|||IDEALPRO||USD|||0||1 day|5 D|0|TRADES|1|0||",
      /^4\|2\|1\|162\|.*HMDS query returned no data: EUR\.USD@IDEALPRO Trades/,
    ),
  },
  {
    area,
    name: "an order in a currency pair: 203",
    raw: script(
      placeOrderMessage({
        orderId: 1,
        symbol: "EUR",
        secType: "CASH",
        exchange: "IDEALPRO",
        currency: "USD",
        action: "BUY",
        totalQuantity: 20_000,
        orderType: "LMT",
        lmtPrice: 1.08,
        transmit: 1,
      }),
      /^4\|2\|1\|203\|The security EUR\.USD is not available or allowed/,
    ),
  },
  ...["TRADES", "MIDPOINT", "BID", "ASK", "BID_ASK", "ADJUSTED_LAST"].map(
    (what): Behaviour => ({
      area,
      name: `historical data: five daily bars of ${what}`,
      raw: script(
        history(1, "1 day", "5 D", what, what === "ADJUSTED_LAST" ? "" : undefined),
        new RegExp(`^17\\|1\\|[^|]*\\|[^|]*\\|[345]\\|(\\d{8}\\|${bar}){3,5}$`),
      ),
    }),
  ),
  ...["1 hour", "30 mins", "15 mins", "5 mins", "1 min"].map(
    (barSize): Behaviour => ({
      area,
      name: `historical data: bars of ${barSize}`,
      raw: script(
        history(1, barSize, "1 D", "TRADES"),
        new RegExp(`^17\\|1\\|[^|]*\\|[^|]*\\|\\d+\\|(\\d{8} +\\d\\d:\\d\\d:\\d\\d[^|]*\\|${bar})+$`),
      ),
    }),
  ),
  ...["30 secs", "15 secs", "10 secs", "5 secs", "1 secs"].map(
    (barSize): Behaviour => ({
      area,
      name: `historical data: bars of ${barSize}`,
      raw: script(
        history(1, barSize, "600 S", "TRADES"),
        new RegExp(`^17\\|1\\|[^|]*\\|[^|]*\\|\\d+\\|(\\d{8} +\\d\\d:\\d\\d:\\d\\d[^|]*\\|${bar})+$`),
      ),
    }),
  ),
  {
    area,
    name: "historical data: the same small bars again within 15 seconds are a pacing violation (162)",
    gateway: { pacing: "throttle" },
    raw: script(
      history(1, "30 secs", "600 S", "TRADES"),
      /^17\|1\|/,
      history(2, "30 secs", "600 S", "TRADES"),
      /^4\|2\|2\|162\|Historical Market Data Service error message:Historical data request pacing violation\|/,
      15,
      history(3, "30 secs", "600 S", "TRADES"),
      /^17\|3\|/,
    ),
  },
  {
    area,
    name: "historical data: the sixth small request of one series within two seconds is a pacing violation (162)",
    gateway: { pacing: "throttle" },
    raw: script(
      ...[300, 330, 360, 390, 420].map((seconds) => history(1, "30 secs", `${seconds} S`, "TRADES")),
      history(2, "30 secs", "450 S", "TRADES"),
      /^4\|2\|2\|162\|.*pacing violation\|/,
      history(3, "1 min", "1 D", "TRADES"),
      /^17\|3\|/,
    ),
  },
  {
    area,
    name: "historical data: no more than 50 open at a time (322)",
    raw: script(
      ...Array.from({ length: 51 }, (_, at) =>
        history(at + 1, "1 min", "1 D", "TRADES", "").replace(/\|0\|\|$/, "|1||"),
      ),
      /^4\|2\|51\|322\|.*Only 50 simultaneous API historical data requests allowed/,
    ),
  },
  {
    area,
    name: "historical data through a client library",
    stoqey: async (rig) => {
      const client = await rig.stoqey();
      client.api.reqHistoricalData(
        1,
        apple,
        "",
        "5 D",
        BarSizeSetting.DAYS_ONE,
        WhatToShow.TRADES,
        1,
        1,
        false,
      );
      await client.hears(EventName.historicalData, (_: number, date: string) => date.startsWith("finished"));
    },
  },
  {
    area,
    name: "historical data: no bar type named is an error of that request",
    raw: script(history(1, "1 day", "5 D", ""), /^4\|2\|1\|(321|162)\|/),
  },
  {
    area,
    name: "historical data: cancelling what is not there is 366",
    raw: script("25|1|55|", /^4\|2\|55\|366\|No historical data query found for ticker id:55\|/),
  },
  {
    area,
    name: "head timestamp",
    raw: script("87|4|0|AAPL|STK||0|||SMART||USD|||0|1|TRADES|1|", /^88\|4\|\d{8}/),
    stoqey: async (rig) => {
      const client = await rig.stoqey();
      client.api.reqHeadTimestamp(4, apple, WhatToShow.TRADES, true, 1);
      await client.hears(EventName.headTimestamp);
    },
    twsApi: async (rig) => {
      const contract = Contract.stock("AAPL");
      const head = await rig
        .twsApi()
        .getHeadTimeStamp({ contract, whatToShow: "TRADES", useRth: 1, formatDate: 1 });
      expect(head, /^\d{8}/);
    },
  },
];
