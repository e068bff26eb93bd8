import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { packageFolder } from "../../version.ts";
import type { Behaviour } from "../behaviour.ts";
import { played } from "../play.ts";
import { account } from "../rig.ts";
import {
  as,
  ask,
  control,
  type Expected,
  hear,
  leave,
  market,
  never,
  order,
  pause,
  type Step,
  silent,
  wait,
} from "../step.ts";

const area = "incidents";

/** Connects again with the same client id. */
const dial: readonly Step[] = [leave, as(1)];
const closed = hear("closed");
const error = (code: number, id?: number): Step => hear("error", id === undefined ? { code } : { id, code });
const status = (fields: Expected): Step => hear("status", { orderId: 1, ...fields });
const works = status({ status: /Submitted/, filled: 0, remaining: 100 });
const filled = status({ status: "Filled", filled: 100 });
const cancel = ask("cancel", { orderId: 1 });
const open: readonly Step[] = [ask("allOpenOrders", {}), hear("ordersEnd")];
const listed: readonly Step[] = [ask("allOpenOrders", {}), hear("order", { orderId: 1 }), hear("ordersEnd")];
const positions = ask("positions", {});
const executions = ask("executions", { reqId: 4 });
const updates = ask("updates", { subscribe: true, account });
const summary = ask("summary", { reqId: 5, tags: "NetLiquidation" });
const quote = (symbol = "AAPL", reqId = 6): Step => ask("quote", { reqId, symbol, snapshot: true });
const stream = ask("quote", { reqId: 7, symbol: "AAPL" });
const details = ask("details", { reqId: 9, symbol: "AAPL" });
const bars = ask("bars", {
  reqId: 10,
  symbol: "AAPL",
  barSize: "1 day",
  duration: "5 D",
  whatToShow: "TRADES",
});
const bid = (reqId: number): Step => hear("tick", { reqId, type: 1, value: /^1\d\d/ });
const refusedOrder = (code: number): readonly Step[] => [
  order(),
  error(code, 1),
  never("status", { status: /Submitted/ }),
];

/** 40 KO, and the next connection. */
const fortyKo: readonly Step[] = [market({ symbol: "KO", totalQuantity: 40 }), status({ status: "Filled" })];
const overnight = dial;

/** The name of a scenario's file → what a client lives through with it: the fault must be seen, not only survived. */
const lived: Readonly<Record<string, readonly Step[]>> = {
  A01: [
    summary,
    hear("summary", { currency: "USD" }),
    hear("summary", { currency: "AUD", value: "1520187.65" }),
    hear("summaryEnd"),
  ],
  A02: [
    summary,
    hear("summary", { currency: "AUD" }),
    hear("summaryEnd"),
    never("summary", { currency: "USD" }),
  ],
  A04: [summary, hear("summary", { tag: "NetLiquidation", currency: "" }), hear("summaryEnd")],
  A05: [
    updates,
    hear("value", { key: "AccountReady", value: "false" }),
    hear("value", { key: "NetLiquidation", value: "0.00" }),
    hear("valuesEnd"),
    updates,
    hear("value", { key: "AccountReady", value: "true" }),
    hear("value", { key: "NetLiquidation", value: /^[1-9]/ }),
  ],
  A06: [updates, hear("valuesEnd"), never("portfolio"), positions, hear("position", { symbol: "MSFT" })],
  A07: [positions, never("positionsEnd")],
  A08: [summary, hear("summary", { value: /^12\d{5}(\.\d+)?$/ }), hear("summaryEnd")],
  A10: [order(), error(201, 1)],
  A11: [hear("error", { id: -1, code: 2148 }), positions, hear("position", { symbol: "KO", position: -40 })],
  C01: [
    ...[1, 2, 3, 4, 5].map((orderId) => order({ orderId })),
    closed,
    ...dial,
    hear("nextId", { orderId: 2 }),
  ],
  C02: [order(), order({ orderId: 2 }), closed, ...dial, closed, ...dial, hear("nextId", { orderId: 1 })],
  C03: [market(), error(1100), error(1102)],
  C04: [as(1), silent("nextId"), silent("closed")],
  C06: [as(1), error(326), ...dial, error(326), ...dial, hear("nextId")],
  C07: [order(), silent("status"), silent("closed")],
  C08: [as(1), closed, ...dial, closed],
  C10: [positions, never("positionsEnd"), positions, hear("positionsEnd")],
  C11: [ask("completedOrders", {}), never("completedEnd")],
  C12: [executions, never("executionsEnd")],
  C13: [details, never("detailsEnd")],
  C14: [ask("allOpenOrders", {}), silent("ordersEnd"), silent("closed")],
  C15: [order(), closed, ...dial, ...open, never("order")],
  C16: [stream, bid(7), ask("time", {}), error(1101), pause(20)],
  C17: [as(1), error(2103), error(2105), error(2157)],
  C18: [positions, error(1100), error(1100), error(2110), closed, ...dial, closed],
  C19: [quote(), error(10_197, 6), never("snapshotEnd")],
  C20: [quote(), error(10_197, 6), stream, bid(7)],
  C21: [order(), order({ orderId: 2 }), ...open, never("order"), never("status")],
  C22: [order(), ...open, never("order"), never("status"), control("trigger clicked"), works],
  C23: refusedOrder(10_268),
  C24: [order(), works, order({ orderId: 2 }), hear("status", { orderId: 2 })],
  C25: [order(), hear("error", { id: 1, code: 201, text: /UNZUREICHENDE/ }), status({ status: "Inactive" })],
  C26: [order(), error(321, 1), ...open, never("order")],
  D01: [quote(), hear("tick", { type: 1, value: -1 }), hear("tick", { type: 2, value: -1 })],
  D02: [quote(), ask("time", {}), hear("time"), hear("snapshotEnd", { reqId: 6 })],
  D04: [
    stream,
    error(10_167, 7),
    hear("quoteType", { type: 3 }),
    hear("tick", { type: 66, value: /^1\d\d/ }),
  ],
  D05: [quote(), error(354, 6), never("tick")],
  D06: [quote("KO", 8), never("tick", { reqId: 8, type: 1 }), quote(), bid(6)],
  D08: [details, error(100), hear("details"), details, error(100), details, error(100), closed],
  D09: [bars, error(162, 10)],
  D10: [bars, hear("bar", { date: "20220310", close: 58.5 })],
  D11: [bars, hear("bar", { high: 585.5 })],
  D12: [
    details,
    hear("error", { id: 9, code: 200, text: /ambiguous/ }),
    details,
    hear("details", { symbol: "AAPL" }),
  ],
  D13: [details, hear("details"), hear("detailsEnd")],
  D14: [details, error(200, 9), never("detailsEnd")],
  D15: [
    ...fortyKo,
    ...overnight,
    positions,
    hear("position", { symbol: "KO", position: 160 }),
    quote("KO", 8),
    hear("tick", { reqId: 8, type: 1, value: /^1[45]\./ }),
  ],
  D16: [
    ...fortyKo,
    ...overnight,
    positions,
    hear("position", { symbol: "KO", conId: 99_008_894, position: 4 }),
  ],
  D17: [
    positions,
    hear("position", { symbol: "BTC", secType: "CRYPTO", position: 0.25 }),
    hear("positionsEnd"),
  ],
  D18: [
    ask("positionsMulti", { reqId: 3, account }),
    hear("positionsMultiEnd"),
    updates,
    twice("portfolio"),
    hear("valuesEnd"),
  ].flat(),
  D19: [quote("KO", 8), hear("tick", { reqId: 8, type: 4, value: /^[45]\d/ }), hear("snapshotEnd")],
  O01: [order(), error(103, 1)],
  O02: [order(), order({ orderId: 2 }), as(8), hear("nextId", { orderId: 1 }), order(), works],
  O03: refusedOrder(110),
  O04: [
    ask("rule", { ruleId: 26 }),
    hear("rule", { steps: /0\.01.*100.*0\.05/ }),
    order({ lmtPrice: 100.03 }),
    error(110, 1),
  ],
  O05: [details, hear("details", { minTick: 0.05 })],
  O06: [order(), works, order({ lmtPrice: 121 }), error(110, 1), ...listed],
  O07: refusedOrder(321),
  O08: [order(), works, cancel, error(10_148, 1), cancel, error(10_147, 1)],
  O09: [order(), works, cancel, error(10_147, 1), never("status", { status: "Cancelled" })],
  O10: [
    order(),
    works,
    cancel,
    status({ status: "PendingCancel" }),
    status({ status: "Cancelled" }),
    error(202, 1),
  ],
  O11: [order(), works, cancel, ...listed, never("status", { status: "Cancelled" })],
  O12: [order(), never("status"), ...listed],
  O13: [order(), error(10_349, 1), works],
  O14: [order(), works, order({ lmtPrice: 121 }), error(2109, 1), hear("order", { lmtPrice: 121 })],
  O15: [order(), error(404, 1), status({ whyHeld: "locate" })],
  O16: [order(), status({ status: "Inactive" }), never("error", { id: 1 })],
  O17: [order(), status({ status: "Cancelled" })],
  O18: [order(), hear("error", { id: -1, code: 201 }), never("status")],
  O19: [...refusedOrder(200), order({ orderId: 2 }), error(460, 2)],
  O20: [...refusedOrder(451), order({ orderId: 2 }), error(383, 2)],
  O21: [order(), error(201, 1), status({ status: "Inactive" })],
  O22: [order(), error(201, 1), status({ status: "Inactive" })],
  O23: [order(), works, ask("openOrders", {}), hear("order", { orderType: "IBALGO" })],
  O24: [order(), works, ask("openOrders", {}), hear("order", { ocaGroup: "echo-1" })],
  O26: [order(), works, order({ lmtPrice: 121 }), error(2102, 1), ...listed],
  O27: [order(), works, order(), error(104, 1)],
  O29: [
    order(),
    works,
    as(2),
    ask("openOrders", {}),
    hear("ordersEnd"),
    never("order"),
    ask("allOpenOrders", {}),
    hear("order", { clientId: 1 }),
    hear("ordersEnd"),
  ],
  O30: [ask("allOpenOrders", {}), hear("order", { symbol: "KO", totalQuantity: 30 }), hear("ordersEnd")],
  O31: [order(), status({ status: "PendingSubmit" }), ...open, never("order")],
  O32: [market(), filled, status({ status: "Submitted", filled: 0 })],
  O33: [market(), hear("execution"), hear("order"), status({ status: "Filled" })],
  O34: [market(), works, wait(1), never("status", { status: "Filled" })],
  O35: [market(), filled, hear("execution")],
  O37: [
    market(),
    status({ status: "PendingSubmit", filled: 0, remaining: 100 }),
    never("status", { status: "Filled" }),
  ],
  O38: [
    market(),
    hear("commission", { commission: /^$|^1\.797/ }),
    market({ orderId: 2 }),
    hear("commission", { commission: -0.25 }),
  ],
  O39: [market(), filled, executions, hear("executionsEnd", { reqId: 4 }), never("execution", { reqId: 4 })],
  O41: [
    order({ algoStrategy: "Adaptive", algoParams: [{ tag: "adaptivePriority", value: "Normal" }] }),
    works,
    ask("openOrders", {}),
    hear("order", { orderId: 1, orderType: "LMT" }),
    never("order", { algoStrategy: "Adaptive" }),
  ],
  O42: [order({ tif: "OPG" }), error(201, 1)],
  O43: [market({ orderRef: "ref.7" }), hear("execution", { orderRef: "" })],
  O44: [order({ whatIf: true }), hear("order", { initMarginBefore: /^$|^1\.797/ })],
  S02: [market(), ...Array.from({ length: 8 }, () => hear("execution", { orderId: 1, shares: 100 }))],
  S05: [market(), status({ status: "Filled", filled: 0 })],
  S22: [market(), filled, executions, hear("executionsEnd"), never("execution"), never("commission")],
  Z02: [details, hear("details", { liquidHours: /^20220314:0930-20220314:1600$/ })],
  Z06: [market(), hear("execution", { time: /^20220314[ -]+10:00:0\d$/ })],
  Z07: [ask("time", {}), hear("time", { seconds: 1_647_266_520 })],
  "corrected-execution": [
    market(),
    hear("execution", { execId: /\.01$/ }),
    hear("execution", { execId: /\.02$/, price: 196.25 }),
  ],
  "kept-through-1100": [
    order(),
    works,
    control("trigger lost"),
    error(1100),
    order({ orderId: 2 }),
    never("status", { orderId: 2 }),
    control("trigger back"),
    error(1102),
    hear("status", { orderId: 2 }),
  ],
  "nonsense-prices": [quote(), hear("tick", { type: 1 }), hear("tick", { type: 4, value: /^1\d{3}/ })],
  "port-reset": [positions, error(1300), closed],
};

function twice(what: string): readonly Step[] {
  return [hear(what, { symbol: "MSFT" }), hear(what, { symbol: "MSFT" })];
}

/** What a scenario says of itself. */
function aboutOf(name: string): string {
  const text = readFileSync(join(packageFolder, "scenarios", `${name}.toml`), "utf8");
  return /^about = "(.*)"$/m.exec(text)?.[1] ?? "a scenario that says nothing of itself";
}

/** One row for each scenario there is: one that nobody has written steps for fails. */
export const incidentBehaviours: readonly Behaviour[] = readdirSync(join(packageFolder, "scenarios"))
  .filter((file) => file.endsWith(".toml"))
  .map((file) => file.replace(".toml", ""))
  .toSorted()
  .map((name) => {
    const steps = lived[name] ?? [hear(`steps for ${name} in this table`)];
    return played(area, `${name}: ${aboutOf(name)}`, steps, { gateway: { scenario: name, controlPort: 0 } });
  });
