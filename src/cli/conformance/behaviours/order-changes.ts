import type { Behaviour } from "../behaviour.ts";
import { as, ask, hear, market, never, order } from "../step.ts";
import { area, cancelled, filled, listed, nothingListed, row, wire, works } from "./order-steps.ts";

/** The permanent id in an openOrder. */
const permIdOf = (message: string): string | undefined => message.split("|")[25];

/** How orders are changed and cancelled. */
export const orderChangeBehaviours: readonly Behaviour[] = [
  row("modify: price and quantity change", [
    order(),
    works,
    order({ lmtPrice: 121, totalQuantity: 90 }),
    hear("order", { orderId: 1, lmtPrice: 121, totalQuantity: 90 }),
    hear("status", { orderId: 1, remaining: 90 }),
    ...listed({ orderId: 1, lmtPrice: 121 }),
  ]),
  {
    area,
    name: "modify: the permanent id stays",
    raw: async (rig) => {
      const client = await rig.raw();
      const [placed = ""] = await client.ask(wire());
      const [modified = ""] = await client.ask(wire({ lmtPrice: 121 }));
      if (permIdOf(placed) === undefined || permIdOf(placed) !== permIdOf(modified))
        throw new Error(`${placed} became ${modified}`);
    },
  },
  row("modify to a price between ticks: 110, the old order stays", [
    order(),
    works,
    order({ lmtPrice: 121.003 }),
    hear("error", { id: 1, code: 110 }),
    ...listed({ orderId: 1, lmtPrice: 120 }),
  ]),
  row("modify to a price that the market takes: it fills", [
    order(),
    works,
    order({ lmtPrice: 170 }),
    filled(),
  ]),
  row("modify to another side: 105", [
    order(),
    works,
    order({ action: "SELL" }),
    hear("error", { id: 1, code: 105 }),
  ]),
  row("modify to another contract: 105", [
    order(),
    works,
    order({ symbol: "KO" }),
    hear("error", { id: 1, code: 105 }),
    ...listed({ symbol: "AAPL" }),
  ]),
  row("modify of a filled order: 104 (O27)", [
    market(),
    filled(),
    order(),
    hear("error", { id: 1, code: 104 }),
  ]),
  row("cancel: status Cancelled, then 202", [
    order(),
    works,
    ask("cancel", { orderId: 1 }),
    cancelled(),
    hear("error", { id: 1, code: 202, text: /^Order Canceled - reason:/ }),
    ...nothingListed,
  ]),
  row("cancel of an unknown order: 10147 (O09)", [
    ask("cancel", { orderId: 902 }),
    hear("error", { id: 902, code: 10_147, text: /^OrderId 902 that needs to be cancelled is not found/ }),
  ]),
  row("cancel of a filled order: 10148 (O08)", [
    market(),
    filled(),
    ask("cancel", { orderId: 1 }),
    hear("error", { id: 1, code: 10_148, text: /state: Filled/ }),
  ]),
  row("cancel of a cancelled order: 10147 or 10148", [
    order(),
    works,
    ask("cancel", { orderId: 1 }),
    hear("error", { id: 1, code: 202 }),
    ask("cancel", { orderId: 1 }),
    hear("error", { id: 1, code: /^1014[78]$/ }),
  ]),
  row("cancel of another client's order: 10147", [
    order(),
    works,
    as(2),
    ask("cancel", { orderId: 1 }),
    hear("error", { id: 1, code: 10_147 }),
    as(1),
    never("status", { status: "Cancelled" }),
  ]),
  row("global cancel ends the orders of all clients", [
    order(),
    works,
    as(2),
    order({ symbol: "KO", lmtPrice: 40 }),
    works,
    ask("globalCancel", {}),
    cancelled(),
    as(1),
    cancelled(),
  ]),
];
