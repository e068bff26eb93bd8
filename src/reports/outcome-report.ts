import type { Execution } from "../trading/execution.ts";
import type { Finding } from "../trading/finding.ts";
import { absolute, add, type Money, totals, zero } from "../trading/money.ts";
import type { OrderReport } from "../trading/order.ts";
import type { Outcome } from "../trading/outcome.ts";
import type { Plan, Trade, Untouched } from "../trading/planner/plan.ts";
import { notional } from "../trading/price.ts";
import type { Review } from "../trading/risk/review.ts";
import { spokenTime } from "../trading/session.ts";
import { accountSection, noAccountSection, positionsSection } from "./account-sections.ts";
import { acceptedText, checksTable, checksTitle, notKnownLine, overrideText } from "./checks-section.ts";
import { findingText } from "./finding-text.ts";
import { moneyListText, moneyText, priceOf, sharesText } from "./numbers.ts";
import { fateText, limitText, orderName } from "./order-text.ts";
import type { Tone } from "./paint.ts";
import { counted, listed, plainText, shortened } from "./plain-text.ts";
import { actionText, nothing } from "./plan-table.ts";
import { protectionSection } from "./protection-section.ts";
import { reasonText, untouchedTitle } from "./reason-text.ts";
import { left, right, type Table } from "./table.ts";
import { sessionText } from "./time-text.ts";
import { verdictText, verdictTone } from "./verdict-text.ts";
import { tradesText, waveReasonText } from "./wave-text.ts";

/** What a run has to say, before it is text or HTML: the terminal and the mails tell the same. */
export interface Report {
  readonly headline: string;
  readonly tone: Tone;
  readonly sections: readonly Section[];
}

export type Section = { readonly title: string } & (
  | { readonly kind: "lines"; readonly lines: readonly string[] }
  | { readonly kind: "facts"; readonly facts: readonly Fact[] }
  | { readonly kind: "table"; readonly table: Table }
  | {
      readonly kind: "problems";
      readonly problems: readonly { readonly what: string; readonly remedy: string }[];
    }
);

interface Problem {
  readonly what: string;
  readonly remedy: string;
}

/** What it is, and what it says. */
export type Fact = readonly [string, string];

export interface ReportOptions {
  /** IANA zone in which times are told. */
  readonly zone: string;
  /** As part of an update: named as one run of the session, and with all positions, too much after every hourly run. */
  readonly inUpdate?: boolean;
}

/** The run in the order in which a person asks: what happened, what is wrong, what was traded, what was not, how it stands. */
export function outcomeReport(outcome: Outcome, { zone, inUpdate = false }: ReportOptions): Report {
  const { verdict, findings, crash, plan, orders, settledOrders, foreignOrders, account } = outcome;
  const sections: (Section | undefined)[] = [
    {
      kind: "lines",
      title: inUpdate ? "this run" : "",
      lines: [runLine(outcome, zone), ...lookedOnLines(outcome)],
    },
    crash === undefined
      ? undefined
      : { kind: "lines", title: "What broke", lines: crash.split("\n").map(plainText) },
    findings.length === 0
      ? undefined
      : {
          kind: "problems",
          title: counted(findings.length, "problem"),
          problems: problemsOf(findings, zone),
        },
    linesSection(
      "Let trade again by a person",
      outcome.accepted.map((accepted) => acceptedText(accepted, zone)),
    ),
    linesSection("Waves", wavesLines(outcome)),
    ...(orders.length > 0
      ? [
          ordersSection(orders, plansOf(outcome)),
          plannedSection("Planned, and not among these orders", unsentOf(outcome)),
        ]
      : [plannedSection(verdict === "held" ? "Planned, not sent" : "Planned", plan?.trades ?? [])]),
    fillsSection(outcome.executions),
    protectionSection(outcome.protection),
    untouchedSection(plan),
    linesSection(
      "Orders of earlier runs",
      settledOrders.map((order) => `${orderName(order)}: ${fateText(order)}`),
    ),
    linesSection(
      "Working orders that are not ours, left alone",
      foreignOrders.map((order) => `${orderName(order)}${limitText(order)}: ${fateText(order)}`),
    ),
    ...checkSections(outcome.review, zone),
    account ? accountSection(account) : noAccountSection(outcome),
    inUpdate && account ? positionsSection(account) : undefined,
    nextSection(outcome, zone),
  ];
  const trouble = findings.length > 0 ? `, ${counted(findings.length, "problem")}` : "";
  const traded =
    orders.length > 0
      ? `, ${ordersText(orders)}${inWavesText(outcome)}`
      : verdict === "done" || verdict === "attention"
        ? ", no orders"
        : "";
  return {
    headline: `${verdictText(verdict)}${traded}${trouble}`,
    tone: verdictTone(verdict),
    sections: sections.filter((section) => section !== undefined),
  };
}

/** "3 orders, 1 working, 1 rejected", "2 orders filled", "no orders": what became of a run's orders, in a few words. */
export function ordersText(orders: readonly OrderReport[]): string {
  if (orders.length === 0) return "no orders";
  const total = counted(orders.length, "order");
  const count = (fits: (order: OrderReport) => boolean) => orders.filter(fits).length;
  const others = [
    [count(({ state }) => state.life === "working"), "working"],
    [count(({ state }) => state.life === "done" && state.status === "cancelled"), "cancelled"],
    [count(({ state }) => state.life === "done" && state.status === "rejected"), "rejected"],
    [count(({ state }) => state.life === "done" && state.status === "not-sent"), "NOT SENT"],
    [count(({ state }) => state.life === "done" && state.status === "void"), "void"],
    [count(({ state }) => state.life === "unknown"), "UNKNOWN"],
  ] as const;
  const told = others.filter(([number]) => number > 0).map(([number, what]) => `${number} ${what}`);
  return told.length === 0 ? `${total} filled` : [total, ...told].join(", ");
}

/** Of one kind this many are told in full: five hundred missing quotes are one trouble, not five hundred. */
const toldOfAKind = 5;

function problemsOf(findings: readonly Finding[], zone: string): readonly Problem[] {
  const kinds = [...new Set(findings.map(({ kind }) => kind))];
  return kinds.flatMap((kind): readonly Problem[] => {
    const texts = findings.filter((finding) => finding.kind === kind).map((each) => findingText(each, zone));
    const [more, ...others] = texts.slice(toldOfAKind);
    if (!more) return texts;
    const what =
      others.length === 0 ? more.what : `${others.length + 1} more like these, among them: ${more.what}`;
    return [...texts.slice(0, toldOfAKind), { what, remedy: more.remedy }];
  });
}

/** Where the verdict does not say it itself: who sees "attention" must not look for orders. */
function lookedOnLines({ verdict, lookedOn }: Outcome): readonly string[] {
  if (lookedOn === undefined || lookedOn === verdict) return [];
  return lookedOn === "closed"
    ? ["nothing was planned: the market is closed"]
    : ["nothing was planned: an earlier run has sent this hour's orders (--again trades it once more)"];
}

function runLine({ run, endedAt, session }: Outcome, zone: string): string {
  const day = session ? `, session of ${session.on}` : "";
  const ended = `account ${plainText(run.account)}, ended ${spokenTime(endedAt, zone)}${day}`;
  return run.id.endsWith("-not-recorded") ? `${ended}, not on record` : `run ${run.id} of ${ended}`;
}

/** The plans of all waves; of the usual run there is one. */
function plansOf({ plan, earlierWaves }: Outcome): readonly Plan[] {
  return [...earlierWaves.map((wave) => wave.plan), ...(plan ? [plan] : [])];
}

/** A wave that the gate held, or of which nothing left for another reason, is none. */
function inWavesText(outcome: Outcome): string {
  const sent = plansOf(outcome).filter((plan) => unsentIn(plan, outcome).length < plan.trades.length);
  return outcome.earlierWaves.length === 0 || sent.length < 2 ? "" : ` in ${counted(sent.length, "wave")}`;
}

/** Orders of a run that has sent others: its gate held a later wave, or something had broken the sending off. */
function unsentOf(outcome: Outcome): readonly Trade[] {
  return plansOf(outcome).flatMap((plan) => unsentIn(plan, outcome));
}

function unsentIn({ trades }: Plan, { orders }: Outcome): readonly Trade[] {
  const refs = new Set(orders.map(({ orderRef }) => orderRef));
  return trades.filter(({ order }) => !refs.has(order.orderRef));
}

/** What each wave wanted sent, and why the next one followed; nothing to tell of a run of one. */
function wavesLines(outcome: Outcome): readonly string[] {
  const { earlierWaves } = outcome;
  if (earlierWaves.length === 0) return [];
  return plansOf(outcome).map((plan, index) => {
    const then = earlierWaves[index]?.nextBecause;
    const unsent = unsentIn(plan, outcome).length;
    const isAll = unsent > 0 && unsent === plan.trades.length;
    const stayed = isAll ? ", not sent" : unsent > 0 ? `, ${unsent} of them not sent` : "";
    return `${index + 1}: ${tradesText(plan)}${stayed}${then ? `; then ${waveReasonText(then)}` : ""}`;
  });
}

function ordersSection(orders: readonly OrderReport[], plans: readonly Plan[]): Section {
  const isInWaves = plans.length > 1;
  const waveOf = new Map(
    plans.flatMap(({ trades }, index) =>
      trades.map((trade) => [trade.order.orderRef, { trade, wave: String(index + 1) }] as const),
    ),
  );
  const rows = orders.map((order) => {
    const { trade, wave = nothing } = waveOf.get(order.orderRef) ?? {};
    return [
      ...(isInWaves ? [wave] : []),
      plainText(order.symbol),
      order.side === "buy" ? "Buy" : "Sell",
      sharesText(order.orderedShares),
      order.limitPrice === undefined ? nothing : priceOf(order.limitPrice),
      shortened(fateText(order), 48),
      trade ? reasonText(trade) : nothing,
    ];
  });
  return {
    kind: "table",
    title: "Orders",
    table: {
      columns: [...(isInWaves ? [right("Wave")] : []), ...tradeColumns, left("Outcome"), left("Why")],
      rows,
    },
  };
}

/** Orders that were planned and did not leave. */
function plannedSection(title: string, trades: readonly Trade[]): Section | undefined {
  if (trades.length === 0) return undefined;
  const rows = trades.map((trade) => [
    plainText(trade.symbol),
    actionText(trade),
    sharesText(trade.order.shares),
    priceOf(trade.order.limitPrice),
    reasonText(trade),
  ]);
  return { kind: "table", title, table: { columns: [...tradeColumns, left("Why")], rows } };
}

const tradeColumns = [left("Instrument"), left("Action"), right("Quantity"), right("Limit")];

/** New executions, of earlier orders too, by currency. */
function fillsSection(executions: readonly Execution[]): Section | undefined {
  if (executions.length === 0) return undefined;
  const facts = [...new Set(executions.map(({ currency }) => currency))].map((currency): Fact => {
    const ours = executions.filter((execution) => execution.currency === currency);
    const turnover = (side: Execution["side"]): Money =>
      ours
        .filter((execution) => execution.side === side)
        .reduce(
          (sum, { shares, price }) => add(sum, absolute(notional(shares, price, 1, currency))),
          zero(currency),
        );
    const told = ours.flatMap(({ commission }) => (commission ? [commission] : []));
    const charged = commissionText(totals(told), ours.length - told.length);
    return [
      counted(ours.length, "execution"),
      `bought ${moneyText(turnover("buy"))}, sold ${moneyText(turnover("sell"))}, commission ${charged}`,
    ];
  });
  return { kind: "facts", title: "New fills", facts };
}

/** "1.00 USD (2 not told yet)": a commission that was not told yet is not a commission of zero (O38). */
export function commissionText(sums: readonly Money[], missing: number): string {
  if (sums.length === 0) return "not told yet";
  return `${moneyListText(sums)}${missing > 0 ? ` (${missing} not told yet)` : ""}`;
}

/** Few are told one by one; many are gathered by their reason. The order file has every line. */
const toldOneByOne = 12;

function untouchedSection(plan: Plan | undefined): Section | undefined {
  if (!plan || plan.untouched.length === 0) return undefined;
  const title = "Left alone";
  if (plan.untouched.length <= toldOneByOne)
    return {
      kind: "facts",
      title,
      facts: plan.untouched.map((line) => [plainText(line.symbol), reasonText(line)]),
    };
  const kinds = [...new Set(plan.untouched.map(({ reason }) => reason.kind))];
  const lines = kinds.map((kind) => {
    const ours = plan.untouched.filter(({ reason }: Untouched) => reason.kind === kind);
    const names = ours.map(({ symbol }) => symbol);
    return `${untouchedTitle(kind)}: ${counted(ours.length, "instrument")} (${listed(names, 10)})`;
  });
  return { kind: "lines", title, lines };
}

function checkSections(review: Review | undefined, zone: string): readonly (Section | undefined)[] {
  if (!review || review.checks.length === 0) return [];
  const notKnown = notKnownLine(review);
  return [
    linesSection(
      "Overrides in force",
      review.overrides.map((override) => overrideText(override, zone)),
    ),
    { kind: "table", title: checksTitle(review), table: checksTable(review, zone) },
    notKnown === undefined ? undefined : { kind: "lines", title: "", lines: [notKnown] },
  ];
}

/** An alert at noon that names tomorrow's session alone reads as if today were over. */
function nextSection(outcome: Outcome, zone: string): Section | undefined {
  const { session, nextSession, orderFile, endedAt } = outcome;
  const open = session !== undefined && session.openAt <= endedAt && endedAt < session.closeAt;
  const facts: Fact[] = [
    ...(orderFile === undefined ? [] : [["Order file", plainText(orderFile)] as const]),
    ...(open ? [["This session", `${sessionText(session, zone)}, still open`] as const] : []),
    ...(nextSession === undefined ? [] : [["Next session", sessionText(nextSession, zone)] as const]),
  ];
  return facts.length === 0 ? undefined : { kind: "facts", title: "Next", facts };
}

function linesSection(title: string, lines: readonly string[]): Section | undefined {
  if (lines.length === 0) return undefined;
  const most = 20;
  const more = lines.length > most ? [`and ${lines.length - most} more`] : [];
  return { kind: "lines", title, lines: [...lines.slice(0, most), ...more] };
}
