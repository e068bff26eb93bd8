import type { MarginPreview } from "../trading/margin.ts";
import { type MarginStep, marginSteps } from "../trading/planner/margin-steps.ts";
import type { Plan } from "../trading/planner/plan.ts";
import { amountText, moneyText, sharesText } from "./numbers.ts";
import { noPaint } from "./paint.ts";
import { plainText } from "./plain-text.ts";
import { type Table, tableLines } from "./table.ts";

/**
 * What the plan's orders take of the account's excess liquidity, one after the other, and who says so; empty where nobody has
 * said anything of any.
 */
export function marginTable(plan: Plan, width = 100): string {
  const steps = marginSteps(plan);
  const { excessLiquidity } = plan;
  if (!excessLiquidity || !steps.some(({ use }) => use)) return "";
  const table: Table = {
    columns: [
      { title: "Margin", align: "left" },
      { title: `Takes, ${plainText(excessLiquidity.currency)}`, align: "right" },
      { title: "Excess liquidity", align: "right" },
      { title: "Says", align: "left" },
    ],
    rows: [["now", "", amountText(excessLiquidity), "the account"], ...steps.map(rowOf)],
  };
  return tableLines(table, width, noPaint).join("\n");
}

function rowOf({ trade: { order, symbol, previewed }, use, after }: MarginStep): readonly string[] {
  return [
    `${order.side} ${sharesText(order.shares)} ${plainText(symbol)}`,
    use ? amountText(use.amount) : "",
    after ? amountText(after) : "not known",
    previewed
      ? `the broker, of ${sharesText(previewed.shares)}: ${previewText(previewed.preview)}`
      : sourceText(use),
  ];
}

function sourceText(use: MarginStep["use"]): string {
  return use ? "our estimate" : "";
}

/** "initial margin 30,000.00 to 45,000.00 USD, maintenance margin …, commission 1.25 USD". */
export function previewText({ before, after, commission, warning }: MarginPreview): string {
  const cost = commission && moneyText(commission.most);
  return [
    `initial margin ${amountText(before.initialMargin)} to ${moneyText(after.initialMargin)}`,
    `maintenance margin ${amountText(before.maintenanceMargin)} to ${moneyText(after.maintenanceMargin)}`,
    ...(cost ? [`commission at most ${cost}`] : []),
    ...(warning === "" ? [] : [plainText(warning)]),
  ].join(", ");
}
