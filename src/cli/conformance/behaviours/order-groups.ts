import type { Behaviour } from "../behaviour.ts";
import { type AskedOrder, ask, hear, market, order, type Step, wait } from "../step.ts";
import { cancelled, filled, row, works } from "./order-steps.ts";

const take = { orderId: 2, action: "SELL", parentId: 1, lmtPrice: 180 } as const;
const stop = {
  orderId: 3,
  action: "SELL",
  parentId: 1,
  orderType: "STP",
  lmtPrice: 0,
  auxPrice: 110,
} as const;
const bracket = (parent: Partial<AskedOrder> = {}): readonly Step[] => [
  order({ ...parent, transmit: false }),
  order({ ...take, tif: "GTC", transmit: false }),
  order({ ...stop, tif: "GTC" }),
];

const groups: readonly Behaviour[] = [
  row("bracket: children wait for their parent", [
    ...bracket(),
    hear("status", { orderId: 2, status: "PreSubmitted", parentId: 1, remaining: 100 }),
    hear("status", { orderId: 3, status: "PreSubmitted", parentId: 1 }),
  ]),
  row("bracket: a filled parent sets its children to work, one child's end ends the other", [
    ...bracket({ lmtPrice: 170 }),
    filled(1),
    hear("status", { orderId: 2, status: "Submitted", remaining: 100 }),
    ask("cancel", { orderId: 2 }),
    hear("status", { orderId: 3, status: "Cancelled" }),
  ]),
  row("bracket: a cancelled parent takes its children along", [
    ...bracket(),
    hear("status", { orderId: 3, status: "PreSubmitted" }),
    ask("cancel", { orderId: 1 }),
    hear("status", { orderId: 2, status: "Cancelled" }),
    hear("status", { orderId: 3, status: "Cancelled" }),
  ]),
  ...[1, 2, 3].map((ocaType) =>
    row(
      `one cancels all, type ${ocaType}: a whole fill ${ocaType === 1 ? "cancels" : "uses up"} the rest of the group`,
      [
        order({ ocaGroup: "either", ocaType }),
        works,
        order({ orderId: 2, symbol: "KO", lmtPrice: 70, ocaGroup: "either", ocaType }),
        filled(2),
        cancelled(1),
      ],
    ),
  ),
  row("one cancels all, type 1: a partial fill cancels the others", ocaPartial(1, cancelled(1))),
  row("one cancels all, type 2: a partial fill makes the others smaller", ocaPartial(2, smaller())),
  row("one cancels all, type 3: a partial fill makes the others smaller", ocaPartial(3, smaller())),
];

const partialBracket: readonly Behaviour[] = [
  row("bracket: a parent cancelled after a partial fill leaves children for what it was filled", [
    order({ lmtPrice: 200, totalQuantity: 9000, transmit: false }),
    order({ ...take, lmtPrice: 400, totalQuantity: 9000 }),
    hear("status", { orderId: 2, status: "PreSubmitted", remaining: 9000 }),
    ask("cancel", { orderId: 1 }),
    hear("status", { orderId: 2, status: "Submitted", filled: 0, remaining: /^[1-8]?\d{1,3}$/ }),
  ]),
];

/** 6000 RRC at the market, which fill in parts, in one group with 6000 AAPL far below it. */
function ocaPartial(ocaType: number, then: Step): readonly Step[] {
  const group = { ocaGroup: "either", ocaType, totalQuantity: 6000 };
  return [
    order({ ...group, lmtPrice: 20 }),
    hear("status", { orderId: 1, remaining: 6000 }),
    market({ ...group, orderId: 2, symbol: "RRC" }),
    hear("status", { orderId: 2, status: /Submitted/ }),
    wait(5),
    hear("status", { orderId: 2, filled: /^[1-9]\d*$/, remaining: /^[1-9]\d*$/ }),
    wait(1),
    then,
  ];
}

function smaller(): Step {
  return hear("status", { orderId: 1, status: /Submitted/, remaining: /^[1-5]?\d{1,3}$/ });
}

/** Brackets, and orders of which one cancels the others. */
export const orderGroupBehaviours: readonly Behaviour[] = [...groups, ...partialBracket];
