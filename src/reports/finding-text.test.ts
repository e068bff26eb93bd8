import { aCheck } from "../testing/risk-builder.ts";
import type { Finding } from "../trading/finding.ts";
import { instant } from "../trading/instant.ts";
import { money } from "../trading/money.ts";
import { findingText } from "./finding-text.ts";

const file = "/data/forecasts/momentum.csv";
const orderRef = "trader.reb.2022031414.AAPL.B120.1.5f0a";
const stopRef = "trader.pro.2022031412.AAPL.S400.1.5f0a";
const order = { orderRef, symbol: "AAPL", orderId: 42, clientId: 11 };

/** Each kind with values of its own, what its sentence must say, and a word of the remedy. */
const sentences: readonly (readonly [Finding, string, RegExp])[] = [
  [
    { kind: "halted", why: "odd fills", by: "ann", since: "2022-03-11T20:59:59Z" },
    'trading is halted: "odd fills", by ann since 2022-03-11 15:59 EST',
    /trader resume/,
  ],
  [
    { kind: "halted", why: "no reason given", by: "somebody", since: "an unknown time" },
    'trading is halted: "no reason given", by somebody since an unknown time',
    /trader resume/,
  ],
  [
    {
      kind: "position-unexplained",
      symbol: "KO",
      conId: 8894,
      expectedShares: -7,
      toldShares: -14,
      looksLike: "split",
      foundAt: instant("2022-03-14T14:35:02Z"),
      isNew: true,
    },
    "KO is frozen: its position is not explained: the broker tells -14, our books expect -7 (contract 8894), and no execution explains it; found 2022-03-14 10:35 EDT. It looks like a split.",
    /trader accept KO/,
  ],
  [
    {
      kind: "net-liquidation-jumped",
      expected: money("1000", "USD"),
      told: money("2000", "USD"),
      limit: 0.1,
      foundAt: instant("2022-03-14T14:35:02Z"),
      isNew: true,
    },
    "net liquidation has jumped: from 1,000.00 USD to 2,000.00 USD, at most 10.0 % is allowed between two runs; found 2022-03-14 10:35 EDT",
    /trader flow AMOUNT/,
  ],
  [
    {
      kind: "run-died",
      runId: "20220314T133502Z",
      startedAt: instant("2022-03-14T13:35:02Z"),
      ordersInDoubt: 1,
    },
    "an earlier run died: the run that began at 2022-03-14 09:35 EDT never wrote its end; 1 order may have been leaving",
    /planned anew/,
  ],
  [
    { kind: "runs-missed", count: 2, lastRunAt: instant("2022-03-14T13:35:02Z") },
    "2 hourly runs did not happen: none since 2022-03-14 09:35 EDT",
    /cron/,
  ],
  [
    { kind: "run-in-progress", by: { pid: 4711, host: "desk", since: "2022-03-14T14:35:00Z" } },
    "another run is in progress: process 4711 on desk has worked in this data folder since 2022-03-14 10:35 EDT",
    /lock/,
  ],
  [
    { kind: "broker-unreachable", host: "127.0.0.1", port: 4002, reason: "refused", detail: "ECONNREFUSED" },
    "the gateway cannot be reached: 127.0.0.1:4002 refused the connection: ECONNREFUSED",
    /gateway\.port/,
  ],
  [
    { kind: "broker-unreachable", host: "h", port: 4001, reason: "not-ready", detail: "" },
    "the gateway cannot be reached: h:4001 answered, but is not ready",
    /Log the gateway in/,
  ],
  [{ kind: "client-id-in-use", clientId: 11 }, "client id 11 is in use", /gateway\.client_id/],
  [
    { kind: "spare-client-id", clientId: 27, spareFor: 11 },
    "client id 11 stayed in use: this run had the spare id 27 instead",
    /under 11/,
  ],
  [
    { kind: "account-not-managed", account: "DU1", managed: ["DU2", "DU3"] },
    "account DU1 is not among this login's accounts: the gateway manages DU2, DU3",
    /account in trader\.toml/,
  ],
  [{ kind: "live-account-refused", account: "U1" }, "account U1 is live", /live = true/],
  [{ kind: "api-read-only", request: "an order" }, "it refused an order (321)", /Read-Only API/],
  [
    { kind: "clock-skew", skewSeconds: -6.2, limitSeconds: 5 },
    "this host's clock is wrong: the broker's clock is 6.2 s behind it, at most 5 s is allowed",
    /NTP/,
  ],
  [{ kind: "clock-skew", skewSeconds: 7, limitSeconds: 5 }, "7 s ahead of it", /max_clock_skew_seconds/],
  [
    { kind: "request-unanswered", request: "positions", deadlineSeconds: 15 },
    "the gateway did not answer: positions: nothing came within 15 s",
    /restart the gateway/,
  ],
  [
    { kind: "request-refused", request: "executions", code: 321, text: "bad filter" },
    "the gateway refused: executions: 321 bad filter",
    /code/,
  ],
  [
    { kind: "request-refused", request: "executions", code: 322, text: "no", advice: "order-not-understood" },
    "the gateway refused: executions: 322 no",
    /update of the gateway/,
  ],
  [
    {
      kind: "connection-lost",
      during: "quotes",
      detail: "the gateway closed the connection",
      reset: { at: instant("2022-03-15T03:45:02Z"), isExpected: false },
    },
    "the gateway went away in the middle of the run: at 2022-03-14 23:45 EDT, during quotes: the gateway closed",
    /gateway\.restart_at/,
  ],
  [
    {
      kind: "connection-lost",
      during: "quotes",
      detail: "",
      reset: { at: instant("2022-03-15T03:45:02Z"), isExpected: true },
    },
    "the gateway restarted in the middle of the run: at 2022-03-14 23:45 EDT, during quotes, as it does",
    /nothing is sent twice/,
  ],
  [
    { kind: "gateway-restarts", dailyAt: "23:45", zone: "Europe/London", minutesBefore: 5, minutesAfter: 1 },
    "the gateway restarts at 23:45: Europe/London time; nothing is sent or cancelled from 5 minutes before to 1 minute after it",
    /gateway\.restart_at/,
  ],
  [
    { kind: "link-cut", during: "open orders", isBack: false },
    "the gateway lost its link to the broker: during open orders; it was not back in time",
    /internet line/,
  ],
  [
    { kind: "data-farm-down", farms: ["usfarm"], symbols: ["AAPL", "MSFT"] },
    "the broker's data server is down: usfarm; without data: AAPL, MSFT",
    /comes back by itself/,
  ],
  [
    { kind: "connection-lost", during: "the quotes", detail: "ECONNRESET" },
    "the connection to the gateway was lost: during the quotes: ECONNRESET",
    /nothing is sent twice/,
  ],
  [
    { kind: "cancel-unconfirmed", ...order, detail: "no answer in 15 s" },
    `the cancel of the AAPL order was not confirmed: order 42 of client 11 (${orderRef}): no answer in 15 s`,
    /by hand/,
  ],
  [
    { kind: "order-of-other-client", ...order, detail: "" },
    `our AAPL order works under client id 11: order 42 (${orderRef}) could not be cancelled with that id`,
    /free client id 11/,
  ],
  [
    { kind: "forecast-unreadable", strategy: "momentum", file, detail: "ENOENT" },
    `forecast momentum.csv cannot be read: ${file} of strategy momentum: ENOENT`,
    /forecast program/,
  ],
  [
    {
      kind: "forecast-not-trusted",
      strategy: "momentum",
      file,
      faults: [
        { path: "/data/forecasts", ownerUid: 1001, mode: "0755", remedy: "chown 1000 /data/forecasts" },
        { path: file, ownerUid: 1000, mode: "0664", remedy: `chmod go-w ${file}` },
      ],
    },
    `forecast momentum.csv could be written by others: ${file} of strategy momentum: /data/forecasts has mode 0755 and owner 1001, ${file} has mode 0664 and owner 1000`,
    /Run "chown 1000 \/data\/forecasts && chmod go-w \/data\/forecasts\/momentum\.csv":/,
  ],
  [
    { kind: "forecast-malformed", file, line: 7, value: "O.25", expected: "a finite number" },
    `forecast momentum.csv is malformed: ${file}:7 has "O.25", expected a finite number`,
    /Correct the program/,
  ],
  [
    { kind: "forecast-truncated", file, line: 3, declaredRows: 20, foundRows: 17 },
    `forecast momentum.csv is truncated: ${file}:3 declares 20 rows, 17 were found`,
    /rename/,
  ],
  [
    { kind: "forecast-stale", file, line: 1, ageMinutes: 95, limitMinutes: 60 },
    `forecast momentum.csv is stale: ${file}:1 is 1 h 35 min old, at most 1 h is allowed`,
    /max_age_minutes/,
  ],
  [
    { kind: "forecast-from-future", file, line: 1, minutesAhead: 59, limitMinutes: 2 },
    `forecast momentum.csv is stamped in the future: ${file}:1 is 59 min ahead, at most 2 min is allowed`,
    /time zone/,
  ],
  [
    { kind: "forecast-duplicate-symbol", file, line: 9, symbol: "KO", firstLine: 5 },
    `forecast momentum.csv names KO twice: ${file}:9 repeats line 5`,
    /one of the two/,
  ],
  [
    { kind: "forecast-gross-exceeded", file, line: 4, gross: 1.7, limit: 1.5 },
    `${file}:4 the absolute weights add up to 1.7, at most 1.5 is allowed`,
    /gross_max/,
  ],
  [
    { kind: "forecast-unknown-symbol", file, line: 6, symbol: "BRK.B", detail: "200 No security definition" },
    `forecast momentum.csv names an unknown symbol, BRK.B: ${file}:6: 200 No security definition`,
    /BRK B/,
  ],
  [
    {
      kind: "forecast-ambiguous-symbol",
      file,
      line: 6,
      symbol: "ABC",
      listings: ["ABC NYSE USD", "ABC LSE GBP"],
    },
    `${file}:6 could be ABC NYSE USD, ABC LSE GBP`,
    /\[\[listing\]\]/,
  ],
  [
    { kind: "account-value-missing", tag: "NetLiquidation", value: "" },
    'the account\'s NetLiquidation is missing: the gateway answered ""',
    /Nothing is calculated/,
  ],
  [
    { kind: "account-currencies-disagree", tag: "NetLiquidation", currencies: ["USD", "AUD"] },
    "the account's NetLiquidation comes in several currencies: USD, AUD",
    /base currency/,
  ],
  [
    {
      kind: "position-lists-disagree",
      symbol: "KO",
      conId: 8894,
      portfolioShares: 40,
      positionShares: -1200,
    },
    "disagree on KO: the portfolio says 40, the positions say -1,200 (contract 8894)",
    /late/,
  ],
  [
    { kind: "exchange-rate-missing", symbol: "SAP", currency: "EUR", baseCurrency: "USD" },
    "no exchange rate for SAP: it is in EUR, the account in USD",
    /EUR/,
  ],
  [
    { kind: "net-liquidation-not-positive", netLiquidation: money("-12.5", "USD") },
    "the account's net liquidation is not positive: -12.50 USD",
    /at once/,
  ],
  [
    { kind: "holding-unknown", symbol: "OLD", conId: 77, detail: "no such contract" },
    "the holding OLD is not known to the broker: contract 77: no such contract",
    /delisted/,
  ],
  [
    {
      kind: "quote-refused",
      symbol: "KO",
      code: 10197,
      text: "competing session",
      advice: "competing-session",
    },
    "no quote for KO: the gateway refused it: 10197 competing session",
    /logged in elsewhere/,
  ],
  [
    {
      kind: "quote-refused",
      symbol: "KO",
      code: 354,
      text: "not subscribed",
      advice: "market-data-not-subscribed",
    },
    "354 not subscribed",
    /Subscribe/,
  ],
  [
    { kind: "quote-unanswered", symbol: "KO", deadlineSeconds: 15 },
    "no quote for KO: nothing came within 15 s",
    /next run/,
  ],
  [
    { kind: "quote-not-live", symbol: "KO", feed: "delayed-frozen" },
    "the quote for KO is delayed and frozen",
    /allow_delayed_quotes/,
  ],
  [
    { kind: "quote-side-missing", symbol: "KO", side: "ask", value: "-1" },
    'the quote for KO has no ask: the gateway gave "-1"',
    /halted/,
  ],
  [
    { kind: "quote-crossed", symbol: "KO", bid: 58.7, ask: 58.65 },
    "the quote for KO is crossed: bid 58.70 is above ask 58.65",
    /next run/,
  ],
  [
    { kind: "feed-silent", instruments: 12, ageMinutes: 46.8, limitMinutes: 15 },
    "the price feed is silent: none of 12 instruments has traded for 46 minutes, at most 15 are allowed",
    /feed_max_silence_minutes/,
  ],
  [
    { kind: "quote-stale", symbol: "KO", ageSeconds: 75, limitSeconds: 60 },
    "the quote for KO is stale: it is 75 s old, at most 60 s is allowed",
    /quote_max_age_seconds/,
  ],
  [{ kind: "holding-not-priced", symbol: "KO" }, "the holding KO has no price", /weight/],
  [
    { kind: "target-not-priced", symbol: "SAP" },
    "the target of SAP has no price: a number of shares cannot be weighed against portfolio.gross_cap and net_cap",
    /as a weight/,
  ],
  [
    { kind: "plan-input-missing", input: "turnover-today", symbol: undefined },
    "what was traded today is not known: portfolio.max_turnover_per_day needs it",
    /history/,
  ],
  [
    { kind: "plan-input-missing", input: "last-trades", symbol: undefined },
    "when instruments were last traded is not known: portfolio.cooldown_sessions needs it",
    /history/,
  ],
  [
    { kind: "plan-input-missing", input: "average-volume", symbol: "KO" },
    "how much of KO an average day trades is not known: portfolio.max_volume_share needs it",
    /average_daily_volume/,
  ],
  [
    { kind: "limit-price-impossible", symbol: "PNNY", side: "sell", mid: 0.0001 },
    "no limit price for PNNY: nothing is left of a mid of 0.0001 to sell at",
    /collar_bps/,
  ],
  [
    {
      kind: "check-failed",
      check: aCheck({ name: "gross-leverage", value: 1.61, present: 1.2, limit: 1.5 }),
      isNew: true,
    },
    "a check failed: gross leverage: 1.61 planned, 1.2 now, at most 1.5; nothing is sent",
    /limits\.gross_leverage\..*trader override gross-leverage --until/,
  ],
  [
    {
      kind: "check-failed",
      check: aCheck({ subject: "KO", value: 0.2501, present: 0.11, limit: 0.25 }),
      isNew: true,
    },
    "a check failed: weight KO: 25.01 % planned, 11.0 % now, at most 25.0 %; nothing is sent",
    /weight_per_instrument\..*trader override weight KO/,
  ],
  [
    {
      kind: "check-failed",
      check: aCheck({ name: "order-value", subject: "KO", value: 60_000, limit: 50_000, currency: "USD" }),
      isNew: true,
    },
    "a check failed: order value KO: 60,000 USD, at most 50,000 USD; nothing is sent",
    /order_value/,
  ],
  [
    { kind: "check-failed", check: aCheck({ name: "cushion", value: 0.031, limit: 0.05 }), isNew: false },
    "a check failed: cushion: 3.1 %, at least 5.0 %; only reductions are sent",
    /limits\.cushion\.$/,
  ],
  [
    {
      kind: "check-failed",
      check: aCheck({ name: "price-jump", subject: "KO", value: 0.42, limit: 0.3 }),
      isNew: true,
    },
    "a check failed: price against the last known KO: 42.0 %, at most 30.0 %; it is left alone",
    /a split/,
  ],
  [
    {
      kind: "check-failed",
      check: aCheck({ name: "strategy-loss", subject: "slow trend", value: 0.1604, limit: 0.15 }),
      isNew: true,
    },
    "a check failed: fall of strategy slow trend: 16.04 %, at most 15.0 %; its targets count as nothing",
    /stop_loss/,
  ],
  [
    {
      kind: "check-failed",
      check: aCheck({ name: "strategy-profit", subject: "trend", value: 0.51, limit: 0.5 }),
      isNew: true,
    },
    "a check failed: rise of strategy trend: 51.0 %, at most 50.0 %; its targets count as nothing",
    /trader accept strategy trend\. The limit is the strategy's take_profit\.$/,
  ],
  [
    {
      kind: "strategy-value-unknown",
      strategy: "slow trend",
      symbols: ["KO", "PG"],
      knownAt: undefined,
      isNew: true,
    },
    "what strategy slow trend is worth is not known: no price to be believed of KO, PG: its stop loss and take profit cannot be judged",
    /trader accept strategy "slow trend"/,
  ],
  [
    { kind: "file-not-written", file: "/data/orders/x.csv", detail: "ENOSPC" },
    "the file x.csv could not be written: /data/orders/x.csv: ENOSPC",
    /free space/,
  ],
  [
    { kind: "file-not-read", file: "/data/state/contracts.json", detail: "permission denied (EACCES)" },
    "the file contracts.json could not be read: /data/state/contracts.json: permission denied (EACCES)",
    /owner and mode/,
  ],
  ...(
    [
      ["damaged", "the history is damaged", /docs\/restore\.md/],
      ["not-ours", "the history is not this program's", /data\.folder/],
      ["empty", "the history is empty", /docs\/restore\.md/],
      ["newer", "the history was written by a newer version", /Update the program/],
      ["locked", "the history is locked by another process", /End the program/],
      ["behind", "the history has lost what is newest", /-wal/],
      ["out-of-reach", "the history cannot be used", /free space/],
    ] as const
  ).map(
    ([trouble, title, remedy]) =>
      [
        { kind: "history-unusable", file: "/data/history.db", trouble, detail: `is ${trouble}` },
        `${title}: /data/history.db: is ${trouble}`,
        remedy,
      ] as const,
  ),
  [
    { kind: "order-unknown", orderRef, symbol: "AAPL", orderId: 42 },
    `nobody knows whether the AAPL order was accepted: ${orderRef} was not acknowledged`,
    /do not enter it again/,
  ],
  [
    {
      kind: "order-rejected",
      orderRef,
      symbol: "AAPL",
      code: 201,
      text: "no margin",
      advice: "margin-or-permission",
    },
    `the AAPL order was rejected: 201 no margin (${orderRef})`,
    /margin/,
  ],
  [
    { kind: "protection-too-large", orderRef: stopRef, symbol: "AAPL", side: "sell", shares: 1_120 },
    `a protective order of AAPL would close more than is held: sell 1,120 (${stopRef}) was not sent`,
    /mistake of the program/,
  ],
  [
    { kind: "position-unprotected", symbol: "AAPL", shares: 1_120, reason: "beyond-market", isNew: true },
    "AAPL is not protected: 1,120 shares: the market is beyond the stop already",
    /distance_bps/,
  ],
  [
    { kind: "position-unprotected", symbol: "AAPL", shares: 7, reason: "frozen", isNew: true },
    "7 shares: what is held is not explained",
    /trader accept/,
  ],
  [
    { kind: "position-unprotected", symbol: "AAPL", shares: 7, reason: "foreign-order", isNew: true },
    "an order of a person or another program works on the same side",
    /kind = "none"/,
  ],
  [
    {
      kind: "protection-filled",
      orderRef: stopRef,
      symbol: "AAPL",
      side: "sell",
      shares: 400,
      averagePrice: 44.6,
    },
    `protection filled: AAPL: its stop was reached: sold 400 at 44.60 on average (${stopRef})`,
    /rest_sessions/,
  ],
  [
    {
      kind: "protection-filled",
      orderRef: stopRef,
      symbol: "AAPL",
      side: "buy",
      shares: 40,
      averagePrice: 99.5,
    },
    "bought back 40 at 99.50",
    /rest_sessions/,
  ],
  [
    { kind: "protection-gone", orderRef: stopRef, symbol: "AAPL", side: "sell", shares: 350 },
    `a protective order of AAPL is gone: sell 350 (${stopRef}) worked`,
    /trader accept/,
  ],
  [
    { kind: "protection-in-the-way", orderRef, symbol: "AAPL", shares: 60 },
    "an order of AAPL was not sent: its protective order did not give way",
    /next run/,
  ],
  [
    { kind: "order-rejected", orderRef, symbol: "AAPL", code: 19_999, text: "who knows" },
    "19999 who knows",
    /Look the code up/,
  ],
  [
    {
      kind: "order-not-sent",
      orderRef,
      symbol: "AAPL",
      code: 1100,
      text: "Not sent: no link.",
      advice: "link-down",
    },
    `the AAPL order was not sent: 1100 Not sent: no link. (${orderRef})`,
    /internet line/,
  ],
];

const named = sentences.map(([finding, ...rest]) => [finding.kind, finding, ...rest] as const);

it.each(named)("%s: says what is wrong with its values, and what to do", (_kind, finding, said, remedy) => {
  const text = findingText(finding, "America/New_York");
  expect(text.what).toContain(said);
  expect(text.what.startsWith(text.title)).toBe(true);
  expect(text.title.length).toBeLessThan(90);
  expect(text.remedy).toMatch(remedy);
  expect(text.remedy).toMatch(/[.]$/);
});

it("shows what came from outside on one line, without control characters", () => {
  const value = "\u001b[2J\r\nX";
  const { what } = findingText(
    { kind: "forecast-malformed", file: "a\nb.csv", line: 2, value, expected: "a number" },
    "UTC",
  );
  expect(what).toBe('forecast a b.csv is malformed: a b.csv:2 has " [2J X", expected a number');
});
