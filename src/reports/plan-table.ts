import type { Plan, Trade, Untouched } from "../trading/planner/plan.ts";
import { percentCell, priceOf, sharesText } from "./numbers.ts";
import { noPaint, type Paint } from "./paint.ts";
import { plainText } from "./plain-text.ts";
import { reasonText } from "./reason-text.ts";
import { type Table, tableLines } from "./table.ts";

/** What is shown where there is no number. */
export const nothing = "-";

/** A plan as a table for the terminal: every instrument with what is to be done, and why. */
export function planTable(
  plan: Plan,
  options: { readonly width?: number; readonly paint?: Paint } = {},
): string {
  const { width = 100, paint = noPaint } = options;
  return tableLines(planRows(plan), width, paint).join("\n");
}

/** Trades in the order in which they are sent, then what is left alone. */
function planRows(plan: Plan): Table {
  const lines: readonly (Trade | Untouched)[] = [...plan.trades, ...plan.untouched];
  return {
    columns: [
      { title: "Instrument", align: "left" },
      { title: "Action", align: "left" },
      { title: "Quantity", align: "right" },
      { title: "Limit", align: "right" },
      { title: "Now", align: "right" },
      { title: "Target", align: "right" },
      { title: "Reason", align: "left" },
    ],
    rows: lines.map((line) => [
      plainText(line.symbol),
      actionText(line),
      "order" in line ? sharesText(line.order.shares) : nothing,
      "order" in line ? `${priceOf(line.order.limitPrice)} ${line.currency}` : nothing,
      percentCell(line.currentWeight),
      targetCell(line),
      reasonText(line),
    ]),
  };
}

/** "Buy", "Sell" or "Do nothing". */
export function actionText(line: Trade | Untouched): "Buy" | "Sell" | "Do nothing" {
  if (!("order" in line)) return "Do nothing";
  return line.order.side === "buy" ? "Buy" : "Sell";
}

/** A holding that no forecast names has no target, not one of zero. */
function targetCell(line: Trade | Untouched): string {
  const isUnlisted =
    !("order" in line) &&
    (line.reason.kind === "not-in-any-forecast" || line.reason.kind === "left-to-owner");
  return isUnlisted || line.targetWeight === undefined ? nothing : percentCell(line.targetWeight);
}
