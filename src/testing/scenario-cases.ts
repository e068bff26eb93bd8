const farms = ["error -1 2104", "error -1 2107", "error -1 2158"];
const welcome = (next = 1): readonly string[] => ["15|1|DU1234567|", `next ${next}`, ...farms];

const unset = "1.7976931348623157E308";
/** Of the scripted week, from its Monday on. */
const hours =
  "20220314:0930-20220314:1600;20220315:0930-20220315:1600;20220316:0930-20220316:1300;20220317:CLOSED;20220318:0930-20220318:1600;20220319:CLOSED";

/** Prices of a quote, as request 6 and 7 are told them. */
const prices = ["price 6 1 196.48", "price 6 2 196.52", "price 6 4 196.5", "price 6 9 195.97"];

/** A case: its steps; lines that must be heard, in this order; and what must not be, in a line or in several. */
export interface ScenarioCase {
  readonly steps: string;
  readonly hears: readonly string[];
  readonly never?: RegExp;
}

/** By the name of the scenario's file. */
export const scenarioCases: Readonly<Record<string, ScenarioCase>> = {
  C01: { steps: "place1 place2 place3 place4 place5 dial", hears: ["closed", "-- dial", ...welcome(2)] },
  C02: {
    steps: "place1 place2 dial dial",
    hears: ["closed", "-- dial", "refused", ...welcome()],
    never: /^status/,
  },
  C03: {
    steps: "place1 fill1 fill2",
    hears: ["error -1 1100", "execution 1 01.01 60 ref-7", "error -1 1102", "execution 1 02.01 40 ref-7"],
  },
  C04: { steps: "dial", hears: ["silence", "-- dial", "silence"], never: /^next/ },
  C06: { steps: "dial dial", hears: ["error -1 326", "closed", "error -1 326", "closed", ...welcome()] },
  C07: { steps: "place1 dial", hears: ["silence", "-- dial", "error -1 326", "closed"] },
  C08: { steps: "dial", hears: ["closed", "-- dial", "closed"], never: /^(next|error)/ },
  C10: { steps: "positions positions", hears: ["-- positions", "-- positions", "62|1|"], never: /^62.*\n--/ },
  C11: { steps: "completed openOrders", hears: ["-- completed", "-- openOrders", "53|1|"], never: /^102/ },
  C12: { steps: "executions openOrders", hears: ["-- executions", "-- openOrders", "53|1|"], never: /^55/ },
  C13: {
    steps: "contract openOrders",
    hears: ["-- contract", "-- openOrders", "53|1|"],
    never: /^(contract|52)/,
  },
  C14: {
    steps: "openOrders time",
    hears: ["-- openOrders", "silence", "-- time", "silence"],
    never: /^(53|closed)/,
  },
  C15: { steps: "place1 dial openOrders", hears: ["closed", "-- openOrders", "53|1|"], never: /^order/ },
  C16: {
    steps: "stream time moves minute stream",
    hears: ["price 7 1 196.48", "-- time", "error -1 1101", "-- minute", "-- stream", "price 7 1 196.25"],
    never: /^error 7/,
  },
  C17: {
    steps: "quote",
    hears: ["error -1 2103", "error -1 2105", "error -1 2157", "57|1|6|"],
    never: /^(price|2\|)/,
  },
  C18: {
    steps: "positions dial dial dial",
    hears: ["error -1 1100", "error -1 1100", "error -1 2110", "closed", "refused", "refused", ...welcome()],
  },
  C19: { steps: "quote", hears: ["error 6 10197"], never: /^(price|57)/ },
  C21: {
    steps: "place1 place2 openOrders",
    hears: ["-- openOrders", "53|1|"],
    never: /^(order|status|error \d)/,
  },
  C20: {
    steps: "quote stream",
    hears: ["error 6 10197", "-- stream", "price 7 1 196.48"],
    never: /^(price 6|57)/,
  },
  C22: {
    steps: "place1 openOrders trigger-clicked place2",
    hears: [
      "-- place1",
      "-- openOrders",
      "53|1|",
      "-- trigger-clicked",
      "order 1 LMT ref-7",
      "status 1 PreSubmitted 0",
      "-- place2",
      "order 2 LMT ref-7",
    ],
  },
  C23: { steps: "place1 place2", hears: ["error 1 10268", "error 2 10268"], never: /^order/ },
  C24: { steps: "place1 place2", hears: ["5|1|8894|", "status 1 PreSubmitted 0", "order 2 LMT ref-7"] },
  C25: { steps: "place1", hears: ["error 1 201", "status 1 Inactive 0"] },
  C26: {
    steps: "place1 cancel1 openOrders",
    hears: ["error 1 321", "error 1 321", "53|1|"],
    never: /^order/,
  },
  O01: { steps: "place1 place2", hears: ["error 1 103", "order 2 LMT ref-7"] },
  O02: { steps: "place1 place2 dialAs8", hears: ["-- dialAs8", ...welcome(1)] },
  O03: { steps: "place1", hears: ["error 1 110"], never: /^(order|status)/ },
  O04: {
    steps: "rule placeAt99 placeAt100",
    hears: ["93|27|2|0|0.01|100|0.05|", "order 1 LMT ref-7", "-- placeAt100", "error 2 110"],
    never: /^order 2/,
  },
  O05: { steps: "contract", hears: [`contract TSLA 0.05 ${hours}`] },
  O06: {
    steps: "place1 change1 openOrders",
    hears: ["-- change1", "error 1 110", "-- openOrders", "order 1 LMT ref-7", "status 1 PreSubmitted 0"],
  },
  O07: { steps: "place1", hears: ["error 1 321"], never: /^(order|status)/ },
  O08: { steps: "place1 cancel1 cancel1", hears: ["error 1 10148", "-- cancel1", "error 1 10147"] },
  O09: { steps: "place1 cancel1", hears: ["error 1 10147"], never: /Cancelled/ },
  O10: {
    steps: "place1 cancel1 fill1",
    hears: ["status 1 PendingCancel 0", "status 1 Cancelled 0", "error 1 202", "execution 1 01.01 60 ref-7"],
  },
  O11: { steps: "place1 cancel1 openOrders", hears: ["-- cancel1", "-- openOrders", "order 1 LMT ref-7"] },
  O12: {
    steps: "place1 openOrders",
    hears: ["-- place1", "-- openOrders", "order 1 LMT ref-7", "53|1|"],
    never: /^-- place1\n(order|status)/,
  },
  O13: { steps: "place1", hears: ["error 1 10349", "order 1 LMT ref-7", "status 1 PreSubmitted 0"] },
  O14: {
    steps: "place1 change1 openOrders",
    hears: ["-- change1", "error 1 2109", "order 1 LMT ref-7", "-- openOrders", "order 1 LMT ref-7", "53|1|"],
  },
  O15: { steps: "place1", hears: ["error 1 404", "order 1 LMT ref-7", "status 1 PreSubmitted 0 locate"] },
  O16: { steps: "place1", hears: ["order 1 LMT ref-7", "status 1 Inactive 0"], never: /^error \d/ },
  O17: { steps: "place1", hears: ["status 1 Cancelled 0"], never: /^(order|error \d)/ },
  O18: { steps: "place1", hears: ["error -1 201"], never: /^(order|status)/ },
  O19: { steps: "place1 place2", hears: ["error 1 200", "error 2 460"], never: /^(order|status)/ },
  O20: { steps: "place1 place2", hears: ["error 1 451", "error 2 383"], never: /^(order|status)/ },
  O21: { steps: "place1", hears: ["error 1 201", "status 1 Inactive 0"] },
  O22: { steps: "place1", hears: ["error 1 201", "status 1 Inactive 0"] },
  O23: { steps: "place1", hears: ["order 1 IBALGO ref-7"], never: /^order 1 LMT/ },
  O24: {
    steps: "place1 echo1 change1",
    hears: [
      "order 1 LMT ref-7 in echo-1",
      "-- echo1",
      "error 1 105",
      "-- change1",
      "order 1 LMT ref-7 in echo-1",
    ],
  },
  O26: {
    steps: "place1 change1 change1 change1 openOrders",
    hears: ["error 1 2102", "error 1 2102", "error 1 2102", "-- openOrders", "order 1 LMT ref-7"],
  },
  O27: { steps: "place1 place1", hears: ["status 1 PreSubmitted 0", "-- place1", "error 1 104"] },
  O29: {
    steps: "place1 dialAs8 ownOrders openOrders",
    hears: ["-- ownOrders", "53|1|", "-- openOrders", "order 1 LMT ref-7", "53|1|"],
  },
  O30: {
    steps: "openOrders cancel0 openOrders",
    hears: ["order 0 LMT ", "53|1|", "-- cancel0", "error 0 10147", "order 0 LMT ", "53|1|"],
  },
  O31: {
    steps: "place1 openOrders",
    hears: ["status 1 PendingSubmit 0", "-- openOrders", "53|1|"],
    never: /^(order|status 1 [^P])/,
  },
  O32: { steps: "place1 fill1", hears: ["status 1 Submitted 60", "status 1 Submitted 0"] },
  O33: {
    steps: "fillsAtOnce place1",
    hears: ["-- place1", "execution 1 01.01 100 ref-7", "status 1 PreSubmitted 0", "status 1 Filled 100"],
    never: /^-- place1\norder/,
  },
  O34: {
    steps: "place1 fill1 fill2",
    hears: ["status 1 Submitted 60", "status 1 Submitted 60"],
    never: /Filled/,
  },
  O35: {
    steps: "place1 fill1",
    hears: ["order 1 LMT ref-7", "status 1 Submitted 60", "commission 1.0", "execution 1 01.01 60 ref-7"],
  },
  O37: { steps: "place1 fill1 fill2", hears: ["status 1 PendingSubmit 0"], never: /Filled/ },
  O38: { steps: "place1 fill1 fill2", hears: ["commission 1.7976931348623157E308", "commission -0.25"] },
  O39: {
    steps: "place1 fill1 executions",
    hears: ["execution 1 01.01 60 ref-7", "-- executions", "55|1|4|"],
    never: /^-- executions\nexecution/,
  },
  O41: {
    steps: "placeAdaptive openOrders",
    hears: ["order 1 LMT ref-7", "53|1|"],
    never: /^order.*Adaptive/,
  },
  O42: { steps: "placeOpening place2", hears: ["error 1 201", "status 1 Inactive 0", "order 2 LMT ref-7"] },
  O43: { steps: "place1 fill1", hears: ["order 1 LMT ", "execution 1 01.01 60 "], never: /ref-7/ },
  O44: { steps: "whatIf", hears: [`what-if ${unset} ${unset} `], never: /what-if \d+\.\d+ / },
  D01: { steps: "quote", hears: ["price 6 1 -1", "price 6 2 -1", "price 6 4 -1", "57|1|6|"] },
  D02: { steps: "quote waits", hears: [...prices, "-- waits", "57|1|6|"] },
  D04: {
    steps: "quote stream",
    hears: ["error 6 10167", "58|1|6|3|", "price 6 66 196.48", "-- stream", "price 7 66 196.48"],
    never: /^(58\|1\|7|error 7|price 7 1 )/,
  },
  D05: { steps: "quote", hears: ["error 6 354"], never: /^(price|57)/ },
  D06: { steps: "quote quoteKO", hears: [...prices, "57|1|6|", "57|1|8|"], never: /^(price 8|2\|6\|8)/ },
  D08: {
    steps: "contract contract contract",
    hears: ["error -1 100", `contract TSLA 0.01 ${hours}`, "error -1 100", "error -1 100", "closed"],
  },
  D09: {
    steps: "history history history",
    hears: ["error 10 162", "error 10 162", "bars 1 20220311 59 700 20220311"],
  },
  D10: { steps: "history", hears: ["bars 2 20220310 59.5 151200 20220311"] },
  D11: { steps: "history", hears: ["bars 3 20220310 585.5 151200 20991231"] },
  D12: { steps: "contract contract", hears: ["error 9 200", `contract TSLA 0.01 ${hours}`] },
  D13: { steps: "contractDotted", hears: ["error 9 200"] },
  D14: { steps: "contract", hears: ["error 9 200"], never: /^(contract|52)/ },
  D15: {
    steps: "placeKO fill1 positions dialAs8 positions quoteKO updates",
    hears: [
      "position KO STK 60",
      "-- dialAs8",
      "position KO STK 240",
      "price 8 1 49.12",
      "price 8 2 49.13",
      "price 8 4 49.125",
      "price 8 9 195.97",
      "portfolio KO 240",
    ],
  },
  D16: {
    steps: "placeKO fill1 positions dialAs8 positions executions updates",
    hears: [
      "position KO STK 60",
      "position KO STK 6",
      "execution 0 01.01 0.4 ",
      "execution 1 01.01 60 ref-7",
      "portfolio KO 6",
    ],
  },
  D17: { steps: "positions", hears: ["position BTC CRYPTO 0.25", "62|1|"] },
  D18: {
    steps: "place1 fill1 positions updates",
    hears: [
      "position TSLA STK 60",
      "position TSLA STK 60",
      "62|1|",
      "-- updates",
      "portfolio TSLA 60",
      "portfolio TSLA 60",
    ],
  },
  D19: { steps: "quoteKO", hears: ["price 8 1 196.48", "text 8 45 1647007198", "price 8 4 176.85"] },
  A01: {
    steps: "summary updates",
    hears: [
      "summary NetLiquidation 1000123.45 USD",
      "summary NetLiquidation 1520187.65 AUD",
      "value NetLiquidation 1000123.45 USD",
      "value NetLiquidation 1520187.65 AUD",
    ],
  },
  A02: {
    steps: "summary updates",
    hears: ["summary NetLiquidation 1520187.644 AUD", "value NetLiquidation 1520187.644 AUD"],
    never: /NetLiquidation .*USD/,
  },
  A04: {
    steps: "summary updates",
    hears: ["summary NetLiquidation 1000123.45 ", "64|1|5|", "value NetLiquidation 1000123.45 USD"],
    never: /^(summary.*USD|value Currency)/,
  },
  A05: {
    steps: "updates updates summary summary",
    hears: [
      "value AccountReady false ",
      "value NetLiquidation 0.00 USD",
      "value TotalCashValue  USD",
      "value AccountReady true ",
      "value NetLiquidation 1000123.45 USD",
      "value TotalCashValue 1000000.50 USD",
      "summary NetLiquidation 0.00 USD",
      "summary NetLiquidation 1000123.45 USD",
    ],
  },
  A06: { steps: "place1 fill1 updates positions", hears: ["position TSLA STK 60"], never: /^portfolio/ },
  A07: { steps: "positions", hears: ["-- positions"], never: /^62/ },
  A08: {
    steps: "summary updates",
    hears: ["summary NetLiquidation 1250123.45 USD", "value NetLiquidation 1250123.45 USD"],
  },
  A10: { steps: "place1", hears: ["error 1 201", "status 1 Inactive 0"] },
  A11: {
    steps: "openOrders fill1 executions positions",
    hears: ["error -1 2148", "order 0 MKT ", "execution 0 01.01 60 ", "position KO STK -60"],
  },
  Z02: { steps: "contract", hears: ["contract TSLA 0.01 20220314:0930-20220314:1600"] },
  Z06: { steps: "place1 fill1", hears: ["execution 1 01.01 60 ref-7 at 20220314 10:00:00"] },
  Z07: { steps: "time quote", hears: ["49|1|1647266520|", "text 6 45 1647266518"] },
  S02: { steps: "place1 fill1", hears: Array<string>(8).fill("execution 1 01.01 60 ref-7") },
  S22: {
    steps: "place1 fill1 executions positions",
    hears: ["status 1 Submitted 60", "-- executions", "55|1|4|", "position TSLA STK 60"],
    never: /^(execution|commission)/,
  },
  "corrected-execution": {
    steps: "place1 fill1",
    hears: ["execution 1 01.01 60 ref-7", "execution 1 01.02 60 ref-7"],
  },
  "kept-through-1100": {
    steps: "place1 trigger-lost place2 cancel1 openOrders trigger-back openOrders",
    hears: [
      "error -1 1100",
      "-- place2",
      "-- cancel1",
      "-- openOrders",
      "order 1 LMT ref-7",
      "53|1|",
      "error -1 1102",
      "order 2 LMT ref-7",
      "status 1 Cancelled 0",
      "-- openOrders",
      "order 2 LMT ref-7",
      "53|1|",
    ],
  },
  "nonsense-prices": {
    steps: "quote",
    hears: ["price 6 1 206.304", "price 6 2 196.52", "price 6 4 1965", "price 6 9 0"],
  },
  "port-reset": { steps: "positions dial", hears: ["error -1 1300", "closed", ...welcome()] },
  S05: { steps: "place1 fill1 fill2", hears: ["status 1 Filled 0"], never: /Filled [1-9]/ },
};
