import { join } from "node:path";
import { systemErrorText } from "../files/system-error.ts";
import { writeDurably } from "../files/write-durably.ts";
import type { OrderFiles } from "../ports.ts";
import { type BrokerTerms, brokerTermsOf, keepsLimit, stopPriceOf } from "../trading/execution-style.ts";
import type { MarginPreview } from "../trading/margin.ts";
import { decimalOf, type Money } from "../trading/money.ts";
import { type PlannedOrder, sentLimitOf } from "../trading/order.ts";
import { type MarginStep, marginSteps } from "../trading/planner/margin-steps.ts";
import type { Plan, Trade, Untouched, WorkingTerms } from "../trading/planner/plan.ts";
import type { ProtectionDecision } from "../trading/protection/protection-plan.ts";
import { held, ok, type Result } from "../trading/result.ts";
import { type Cell, type Columns, csvText, priceCell, ratioCell } from "./csv/csv-text.ts";

/** A trade with what it leaves of the excess liquidity, or an instrument that is left alone; each in its wave. */
type Line = ((Trade & { readonly step: MarginStep }) | Untouched) & { readonly wave: number };

/**
 * The order file of each run, `<run id>.csv`, and the same text as `latest.csv`: one line per instrument, trades in the
 * order in which they are sent, then what is left alone. Both are on disk, whole, before the promise resolves; `write`
 * answers with the first one's path, or with a finding that names the file that could not be written.
 */
export function orderFilesIn(
  folder: string,
  words: { readonly reasonText: (line: Trade | Untouched) => string },
): OrderFiles {
  return {
    write: (run, waves) =>
      written(run.id, "", csvText(columnsWith(words.reasonText), waves.flatMap(linesOf))),
    writeProtection: (run, decisions) =>
      written(run.id, "-protection", csvText(protectionColumns, decisions)),
  };

  async function written(id: string, what: "" | "-protection", text: string): Promise<Result<string>> {
    const [file = "", latest = ""] = [id, "latest"].map((name) => join(folder, `${name}${what}.csv`));
    for (const path of [file, latest]) {
      try {
        await writeDurably(path, text);
      } catch (error) {
        return held({ kind: "file-not-written", file: path, detail: systemErrorText(error) });
      }
    }
    return ok(file);
  }
}

/** What is going to be done to protective orders: new ones, new terms, withdrawals. New columns only at the end. */
const protectionColumns: Columns<ProtectionDecision> = {
  symbol: (line) => (line.kind === "new" ? line.order.instrument.symbol : line.report.symbol),
  act: (line) => line.kind,
  action: (line) => ((line.kind === "new" ? line.order.side : line.report.side) === "buy" ? "Buy" : "Sell"),
  quantity: (line) => ("order" in line ? line.order.shares : undefined),
  stop_price: (line) => priceCell("order" in line ? stopPriceOf(line.order.style) : line.report.stopPrice),
  limit_price: (line) => priceCell("order" in line ? sentLimitOf(line.order) : line.report.limitPrice),
  style: (line) => ("order" in line ? line.order.style.kind : undefined),
  distance_bps: (line) => ("order" in line ? line.order.protection?.distanceBps : undefined),
  reason: (line) => (line.kind === "withdraw" ? line.because : undefined),
  order_ref: (line) => ("order" in line ? line.order.orderRef : line.report.orderRef),
  con_id: (line) => (line.kind === "new" ? line.order.instrument.conId : line.report.conId),
};

function linesOf(plan: Plan, index: number): Line[] {
  const wave = index + 1;
  return [
    ...marginSteps(plan).map((step) => ({ ...step.trade, step, wave })),
    ...plan.untouched.map((line) => ({ ...line, wave })),
  ];
}

/** New columns are only ever added at the end: other programs read these files. */
function columnsWith(reasonText: (line: Line) => string): Columns<Line> {
  return {
    symbol: (line) => line.symbol,
    action: (line) => actionOf(line),
    quantity: (line) => orderOf(line)?.shares ?? 0,
    limit_price: ofOrder((order) => (keepsLimit(order.style) ? priceCell(order.limitPrice) : undefined)),
    order_type: ofOrder((order) => termsOf(order).orderType),
    time_in_force: ofOrder((order) => order.timeInForce),
    current_shares: (line) => line.currentShares,
    target_shares: (line) => line.targetShares,
    current_weight: (line) => ratioCell(line.currentWeight),
    target_weight: (line) => ratioCell(line.targetWeight),
    reason: reasonText,
    order_ref: ofOrder((order) => order.orderRef),
    currency: (line) => line.currency,
    con_id: (line) => line.conId,
    price: (line) => priceCell(line.price),
    planned_weight: (line) => ratioCell(line.plannedWeight),
    algo: ofOrder((order) => termsOf(order).algoStrategy),
    adaptive_priority: ofOrder(({ style }) => (style.kind === "adaptive" ? style.priority : undefined)),
    decision_price: (line) => priceCell(orderOf(line)?.decisionPrice),
    value: (line) => ("value" in line ? decimalOf(line.value) : undefined),
    value_currency: (line) => ("value" in line ? line.value.currency : undefined),
    style: ofOrder((order) => order.style.kind),
    algo_parameters: ofOrder((order) =>
      termsOf(order)
        .algoParams.map(({ tag, value }) => `${tag}=${value}`)
        .join("; "),
    ),
    outside_regular_hours: ofOrder((order) => (order.outsideRegularHours ? "yes" : "no")),
    first_limit_price: ofOrder((order) => priceCell(sentLimitOf(order))),
    margin_use: ofStep(({ use }) => moneyCell(use?.amount)),
    margin_source: ofStep(({ use }) => use?.source),
    excess_liquidity_before: ofStep(({ before }) => moneyCell(before)),
    excess_liquidity_after: ofStep(({ after }) => moneyCell(after)),
    preview_quantity: ofStep(({ trade }) => trade.previewed?.shares),
    preview_initial_margin_before: ofPreview(({ before }) => before.initialMargin),
    preview_initial_margin_after: ofPreview(({ after }) => after.initialMargin),
    preview_maintenance_margin_before: ofPreview(({ before }) => before.maintenanceMargin),
    preview_maintenance_margin_after: ofPreview(({ after }) => after.maintenanceMargin),
    wave: ({ wave }) => wave,
    changed_from_quantity: (line) => changesOf(line)?.orderedShares,
    changed_from_limit: (line) => priceCell(changesOf(line)?.limitPrice),
    filled_before: (line) => changesOf(line)?.filledShares,
  };
}

function termsOf({ style, instrument }: PlannedOrder): BrokerTerms {
  return brokerTermsOf(style, instrument.timeZone);
}

function actionOf(line: Line): "Buy" | "Sell" | "Do nothing" {
  const order = orderOf(line);
  return !order ? "Do nothing" : order.side === "buy" ? "Buy" : "Sell";
}

function ofOrder(cellOf: (order: PlannedOrder) => Cell): (line: Line) => Cell {
  return (line) => {
    const order = orderOf(line);
    return order && cellOf(order);
  };
}

function ofStep(cellOf: (step: MarginStep) => Cell): (line: Line) => Cell {
  return (line) => ("step" in line ? cellOf(line.step) : undefined);
}

function ofPreview(amountOf: (preview: MarginPreview) => Money): (line: Line) => Cell {
  return ofStep(({ trade: { previewed } }) => moneyCell(previewed && amountOf(previewed.preview)));
}

function moneyCell(amount: Money | undefined): Cell {
  return amount && decimalOf(amount);
}

/** Of an order that works already and gets new terms: what it was before. */
function changesOf(line: Line): WorkingTerms | undefined {
  return "changes" in line ? line.changes : undefined;
}

function orderOf(line: Line): PlannedOrder | undefined {
  return "order" in line ? line.order : undefined;
}
