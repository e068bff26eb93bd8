import type { Behaviour } from "../behaviour.ts";
import { played } from "../play.ts";
import type { RigOptions } from "../rig.ts";
import { type AskedOrder, ask, type Expected, hear, market, never, order, wait } from "../step.ts";

const area = "order kinds";

const works = hear("status", { orderId: 1, status: /^(Pre)?Submitted$/, filled: 0, remaining: 100 });
const isGone = hear("status", { orderId: 1, status: "Cancelled", remaining: 100 });
const isFilled = hear("status", { orderId: 1, status: "Filled", filled: 100, remaining: 0 });

/** An order of this kind is taken, works, and is listed with everything that was said of it. */
function taken(name: string, fields: Partial<AskedOrder>, shown: Expected = {}): Behaviour {
  const { orderId = 1, algoParams: _, ...said } = fields;
  const echoed = { orderId, totalQuantity: 100, ...(said as Expected), ...shown };
  const steps = [order(fields), works, ask("openOrders", {}), hear("order", echoed), hear("ordersEnd")];
  return played(area, name, steps);
}

/** An order is refused with this code on its id and with this reason, and is not in the book afterwards. */
function refused(
  code: number,
  reason: RegExp,
  name: string,
  fields: Partial<AskedOrder>,
  gateway?: RigOptions,
): Behaviour {
  const steps = [
    order(fields),
    hear("error", { id: 1, code, text: reason }),
    ask("openOrders", {}),
    hear("ordersEnd"),
    never("status", { status: /Submitted/ }),
  ];
  return played(area, `${name}: ${code}`, steps, gateway && { gateway });
}

const algo = (
  algoStrategy: string,
  ...params: readonly (readonly [string, string])[]
): Partial<AskedOrder> => ({
  algoStrategy,
  algoParams: params.map(([tag, value]) => ({ tag, value })),
});
const window = [
  ["startTime", "20220314 10:30:00 US/Eastern"],
  ["endTime", "20220314 14:00:00 US/Eastern"],
] as const;

const types: readonly Behaviour[] = [
  taken("LMT", {}, { orderType: "LMT", lmtPrice: 120, action: "BUY", tif: "DAY", symbol: "AAPL" }),
  taken("STP", { orderType: "STP", lmtPrice: 0, auxPrice: 200 }),
  taken("STP LMT", { orderType: "STP LMT", lmtPrice: 205, auxPrice: 200 }),
  taken("TRAIL by an amount", { action: "SELL", orderType: "TRAIL", lmtPrice: 0, auxPrice: 5 }),
  taken("TRAIL by a percentage", { action: "SELL", orderType: "TRAIL", trailingPercent: 4 }, { lmtPrice: 0 }),
  // Stop and limit are those of the market's highest by the time they are shown.
  taken(
    "TRAIL LIMIT",
    { action: "SELL", orderType: "TRAIL LIMIT", lmtPrice: 139, auxPrice: 5, trailStopPrice: 140 },
    { lmtPrice: /^14\d\./, trailStopPrice: /^14\d\./ },
  ),
  taken("MIDPRICE", { orderType: "MIDPRICE" }),
  taken("MOC", { orderType: "MOC", lmtPrice: 0 }),
  taken("LOC", { orderType: "LOC" }),
];

const timesInForce: readonly Behaviour[] = [
  taken("DAY is what an empty time in force means", { tif: "" }, { tif: "DAY" }),
  taken("GTC", { tif: "GTC" }),
  taken("GTD", { tif: "GTD", goodTillDate: "20220315 11:00:00 US/Eastern" }),
  taken("OPG with LMT: limit on open", { tif: "OPG" }),
  taken("OPG with MKT: market on open", { tif: "OPG", orderType: "MKT", lmtPrice: 0 }),
  ...(["IOC", "FOK"] as const).map((tif) =>
    played(area, `${tif}: what is not filled at once is cancelled`, [order({ tif }), wait(2), isGone]),
  ),
  played(area, "IOC that the market takes is filled", [order({ tif: "IOC", lmtPrice: 170 }), isFilled]),
  played(area, "FOK larger than what is displayed is cancelled whole", [
    order({ tif: "FOK", symbol: "RRC", totalQuantity: 6000, lmtPrice: 40 }),
    wait(2),
    hear("status", { status: "Cancelled", filled: 0, remaining: 6000 }),
  ]),
  played(area, "DAY ends at the close", [order(), works, wait(7 * 3600), isGone]),
  played(area, "GTC is there the next day", [
    order({ tif: "GTC" }),
    works,
    wait(24 * 3600),
    ask("openOrders", {}),
    hear("order", { orderId: 1, tif: "GTC", status: /^(Pre)?Submitted$/ }),
    hear("ordersEnd"),
    never("status", { status: "Cancelled" }),
  ]),
  played(area, "GTD works until its time and not longer", [
    order({ tif: "GTD", goodTillDate: "20220314 11:00:00 US/Eastern" }),
    works,
    wait(50 * 60),
    never("status", { status: "Cancelled" }),
    wait(20 * 60),
    isGone,
  ]),
  refused(111, /incompatible/, "MIDPRICE with GTC", { orderType: "MIDPRICE", tif: "GTC" }),
  refused(113, /DAY for MOC/, "MOC with GTC", { orderType: "MOC", lmtPrice: 0, tif: "GTC" }),
];

const algorithms: readonly Behaviour[] = [
  ...["Urgent", "Normal", "Patient"].map((priority) =>
    taken(`Adaptive ${priority} is echoed`, algo("Adaptive", ["adaptivePriority", priority]), {
      algo: `adaptivePriority ${priority}`,
    }),
  ),
  taken(
    "Twap is echoed",
    algo("Twap", ["strategyType", "Marketable"], ...window, ["allowPastEndTime", "1"]),
    {
      algo: /strategyType Marketable startTime 20220314 10:30:00 US\/Eastern endTime .* allowPastEndTime 1/,
    },
  ),
  taken("Vwap is echoed", algo("Vwap", ["maxPctVol", "0.1"], ...window, ["noTakeLiq", "0"]), {
    algo: /maxPctVol 0\.1 startTime 20220314 10:30:00 US\/Eastern .*noTakeLiq 0/,
  }),
  refused(441, /./, "Adaptive with a priority that is none", algo("Adaptive", ["adaptivePriority", "Hasty"])),
  refused(443, /Unknown algo attribute/, "Adaptive with an attribute that it has not", {
    ...algo("Adaptive", ["adaptivePriority", "Normal"], ["speed", "9"]),
  }),
  refused(439, /not found/, "an algorithm that does not exist", algo("Fast", ["speed", "9"])),
  refused(442, /not allowed/, "Adaptive with an order that is neither MKT nor LMT", {
    orderType: "STP",
    auxPrice: 200,
    ...algo("Adaptive", ["adaptivePriority", "Normal"]),
  }),
];

const slices: readonly Behaviour[] = [
  played(area, "Twap trades in even slices over its window", [
    market({
      totalQuantity: 300,
      ...algo("Twap", ["strategyType", "Marketable"], ["endTime", "10:03:00 US/Eastern"]),
    }),
    hear("status", { status: "Submitted", filled: 100, remaining: 200 }),
    wait(60),
    hear("status", { status: "Submitted", filled: 200, remaining: 100 }),
    wait(60),
    hear("status", { status: "Filled", filled: 300, remaining: 0 }),
  ]),
  played(area, "Vwap trades below its part of the volume", [
    market({ totalQuantity: 6000, ...algo("Vwap", ["maxPctVol", "0.01"], ["noTakeLiq", "0"]) }),
    wait(120),
    hear("status", { status: "Submitted", filled: /^[1-9]/, remaining: /^[1-9]/ }),
  ]),
];

const precautions = { precautions: { sizeMax: 500, valueMax: 65_000, percentMax: 10 } };
const precautionRows: readonly Behaviour[] = [
  refused(383, /./, "precautionary limit of size (O20)", { totalQuantity: 501 }, precautions),
  refused(451, /./, "precautionary limit of value (O20)", { lmtPrice: 140, totalQuantity: 500 }, precautions),
  refused(163, /./, "precautionary limit of percentage", { lmtPrice: 175, totalQuantity: 10 }, precautions),
  played(area, "precautionary limits let pass what keeps to them", [order(), works], {
    gateway: precautions,
  }),
];

const echoes: readonly Behaviour[] = [
  taken("outside regular hours is kept", { outsideRth: true }),
  taken("order reference, account and model code are echoed", {
    orderRef: "ref.7",
    account: "DU1234567",
    modelCode: "Growth",
  }),
  played(area, "order reference, account and model code are told with executions (O43)", [
    market({ orderRef: "ref.7", account: "DU1234567", modelCode: "Growth" }),
    hear("execution", { orderId: 1, orderRef: "ref.7", acctNumber: "DU1234567", modelCode: "Growth" }),
  ]),
  played(area, "order reference and account are told with completed orders", [
    market({ orderRef: "ref.7", account: "DU1234567" }),
    isFilled,
    ask("completedOrders", {}),
    hear("completed", { orderRef: "ref.7", account: "DU1234567", symbol: "AAPL" }),
    hear("completedEnd"),
  ]),
];

const refusals: readonly Behaviour[] = [
  refused(10243, /Fractional/, "half a share", { totalQuantity: 0.5 }),
  refused(10243, /Fractional/, "100 and a half share", { totalQuantity: 100.5 }),
  refused(434, /zero/, "no share", { totalQuantity: 0 }),
  refused(110, /minimum price variation/, "a limit between ticks", { lmtPrice: 120.003 }),
  refused(110, /minimum price variation/, "a stop between ticks", { orderType: "STP", auxPrice: 200.004 }),
  refused(200, /No security definition/, "an unknown contract", { symbol: "NOSUCH" }),
  refused(387, /Unsupported order type/, "an order type that does not exist", { orderType: "PEG SKY" }),
  refused(203, /^The security EUR\.USD is not available or allowed/, "an order in a currency pair", {
    symbol: "EUR",
    secType: "CASH",
    exchange: "IDEALPRO",
    totalQuantity: 20_000,
    lmtPrice: 1.08,
  }),
  refused(
    435,
    /account/,
    "no account where there are two",
    {},
    {
      accounts: [
        { id: "DU1234567", cash: 1e6, baseCurrency: "USD", positions: [] },
        { id: "DU7654321", cash: 2e6, baseCurrency: "USD", positions: [] },
      ],
    },
  ),
  refused(201, /Equity with Loan Value.*Initial Margin/, "more than the equity carries", {
    totalQuantity: 400_000,
  }),
  refused(201, /./, "a short sale in a cash account", { action: "SELL", lmtPrice: 160 }, cashAccount()),
  refused(201, /./, "more than the cash of a cash account", { totalQuantity: 9_000 }, cashAccount()),
  refused(10006, /parent/i, "a child whose parent is not there", { parentId: 77 }),
  played(area, "a refusal 201 leaves openOrder and status Inactive (O21, O22)", [
    order({ totalQuantity: 400_000 }),
    hear("error", { id: 1, code: 201, text: /^Order rejected - reason:/ }),
    hear("order", { orderId: 1, status: "Inactive" }),
    hear("status", { orderId: 1, status: "Inactive" }),
  ]),
];

function cashAccount(): RigOptions {
  return {
    accounts: [{ id: "DU1234567", cash: 1e6, baseCurrency: "USD", kind: "cash", positions: [] }],
  };
}

export const orderKindBehaviours: readonly Behaviour[] = [
  ...types,
  ...timesInForce,
  ...algorithms,
  ...slices,
  ...precautionRows,
  ...echoes,
  ...refusals,
];
