import type { Instant } from "../trading/instant.ts";
import { unreachable } from "../trading/invariant.ts";
import type { Notice } from "../trading/notice.ts";
import type { Outcome } from "../trading/outcome.ts";
import { type Session, spokenTime } from "../trading/session.ts";
import type { SessionSoFar } from "../trading/session-so-far.ts";
import { acceptedText, overrideText } from "./checks-section.ts";
import { findingText } from "./finding-text.ts";
import { type Html, html } from "./html.ts";
import { moneyText } from "./numbers.ts";
import { ordersText, outcomeReport, type Report, type Section } from "./outcome-report.ts";
import { reportText } from "./outcome-text.ts";
import { capitalized, plainText, shortened } from "./plain-text.ts";
import { sessionChange, sessionSection, sessionWords } from "./session-section.ts";
import type { Table } from "./table.ts";
import { verdictText } from "./verdict-text.ts";

export interface NoticeMail {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

export interface NoticeMailOptions {
  /** IANA zone in which times are told. */
  readonly zone: string;
  /** Earlier mails of which nobody knows whether they arrived; they are not sent again. */
  readonly uncertain?: readonly UncertainMail[];
}

export interface UncertainMail {
  readonly subject: string;
  readonly at: Instant;
}

/** Lines of mails that are read on a telephone and quoted in answers. */
const mailWidth = 92;
const subjectLength = 180;

/** The words of a mail: a subject that tells all in one glance, and the same report as text and as HTML. */
export function noticeMail(notice: Notice, options: NoticeMailOptions): NoticeMail {
  const { outcome } = notice;
  const told = outcomeReport(outcome, { zone: options.zone, inUpdate: notice.kind === "update" });
  const report = {
    ...told,
    headline: headlineOf(notice, told),
    sections: [...openingSections(notice, options), ...told.sections],
  };
  const about = subjectOf(notice, options.zone);
  const subject = shortened(plainText(`[trader ${outcome.run.account}] ${about}`), subjectLength);
  return { subject, text: reportText(report, { width: mailWidth }), html: page(subject, report).markup };
}

function subjectOf(notice: Notice, zone: string): string {
  switch (notice.kind) {
    case "alert":
      return alertSubject(notice.outcome, zone);
    case "override":
      return `override in force: ${overrideText(notice.override, zone)}`;
    case "accepted":
      return acceptedText(notice.accepted, zone);
    case "update":
      return updateSubject(notice, zone);
    default:
      return unreachable(notice);
  }
}

/** "No orders" over a day of many would be true of the closing run and wrong of the day. */
function headlineOf(notice: Notice, { headline }: Report): string {
  if (notice.kind !== "update" || notice.slot !== "close" || notice.outcome.verdict !== "closed")
    return headline;
  return `the session is over: ${sessionWords(notice.soFar)}`;
}

function alertSubject({ verdict, findings, crash }: Outcome, zone: string): string {
  const [first, ...more] = findings.map((finding) => findingText(finding, zone).title);
  const reason = first ?? crash?.split("\n")[0];
  if (reason === undefined) return verdictText(verdict);
  return `${verdictWord(verdict)}: ${reason}${more.length > 0 ? ` (+${more.length} more)` : ""}`;
}

/** The close tells the whole session's orders: its own run comes after them and has none. */
function updateSubject({ slot, session, outcome, soFar }: Notice & { kind: "update" }, zone: string): string {
  const { account, orders, verdict, findings } = outcome;
  const change = sessionChange(soFar, outcome);
  const traded = orders.length > 0 || verdict === "done" ? [ordersText(orders)] : [];
  const parts = [
    account ? moneyText(account.netLiquidation) : "account not known",
    ...(change === undefined ? [] : [`${change} since ${firstLook(soFar, session)}`]),
    ...(slot === "close" ? [sessionWords(soFar)] : traded),
    ...(findings.length > 0 || isTrouble(verdict) ? [alertSubject(outcome, zone)] : []),
  ];
  return `${slot} update ${session.on}: ${parts.join(", ")}`;
}

/** Where the morning's runs did not see the account, what is compared with is not the open. */
function firstLook({ firstSnapshot }: SessionSoFar, { midAt }: Session): string {
  return firstSnapshot && firstSnapshot.takenAt < midAt ? "open" : "the first run";
}

function isTrouble(verdict: Outcome["verdict"]): boolean {
  return verdict === "held" || verdict === "attention" || verdict === "unreachable" || verdict === "crashed";
}

function verdictWord(verdict: Outcome["verdict"]): string {
  return isTrouble(verdict) ? verdict.toUpperCase() : verdict;
}

function openingSections(notice: Notice, { zone, uncertain = [] }: NoticeMailOptions): readonly Section[] {
  const notes = uncertain.map(
    ({ subject, at }) => `"${plainText(subject)}" of ${spokenTime(at, zone)}; it is not sent again`,
  );
  return [
    ...(notice.kind === "update"
      ? [
          { kind: "lines", title: "", lines: [updateLine(notice)] } as const,
          sessionSection(notice.soFar, notice.outcome, zone),
        ]
      : []),
    ...(notes.length > 0
      ? [{ kind: "lines", title: "Mails that perhaps arrived, perhaps not", lines: notes } as const]
      : []),
  ];
}

function updateLine({ slot, session, missed }: Notice & { kind: "update" }): string {
  const stands =
    missed.length > 0 ? ` It stands for ${missed.join(" and ")} too, which no run served in time.` : "";
  return `${capitalized(slot)} update of the session of ${session.on}.${stands}`;
}

// Styles are inline, since mail clients drop everything else. No colours but borders: text keeps the reader's own, so
// that it can be read on light and dark ground.
const fontStyle =
  "font-family:system-ui,-apple-system,'Segoe UI',Roboto,Arial,sans-serif;font-size:14px;line-height:1.45";
const titleStyle = "font-size:15px;margin:20px 0 6px";
const cellStyle = "padding:3px 10px 3px 0;border-bottom:1px solid #8884;vertical-align:top";
const edges = { good: "#2e9e5b", bad: "#d64545", warn: "#d99a1c", dim: "#888888", bold: "#888888" } as const;

function page(subject: string, { headline, tone, sections }: Report): Html {
  return html`<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"><title>${subject}</title></head>
<body style="${fontStyle}">
<p style="font-size:17px;font-weight:bold;margin:0 0 8px;padding:6px 12px;border-left:5px solid ${edges[tone]}">${capitalized(headline)}</p>
${sections.map(sectionHtml)}
</body>
</html>
`;
}

function sectionHtml(section: Section): Html {
  const title =
    section.title === "" ? html`` : html`<h2 style="${titleStyle}">${capitalized(section.title)}</h2>`;
  return html`${title}${bodyHtml(section)}\n`;
}

function bodyHtml(section: Section): Html {
  switch (section.kind) {
    case "lines":
      return html`${section.lines.map((line) => html`<p style="margin:0 0 2px">${line}</p>`)}`;
    case "facts":
      return html`<table role="presentation" style="border-collapse:collapse">${section.facts.map(
        ([label, value]) =>
          html`<tr><td style="${cellStyle}">${label}</td><td style="${cellStyle}">${value}</td></tr>`,
      )}</table>`;
    case "table":
      return tableHtml(section.table);
    case "problems":
      return html`<ol style="margin:0;padding-left:22px">${section.problems.map(
        ({ what, remedy }) =>
          html`<li style="margin-bottom:8px"><strong>${capitalized(what)}</strong><br>What to do: ${remedy}</li>`,
      )}</ol>`;
    default:
      return unreachable(section);
  }
}

function tableHtml({ columns, rows }: Table): Html {
  const styleOf = (at: number) => `${cellStyle};text-align:${columns[at]?.align ?? "left"}`;
  const head = columns.map(({ title }, at) => html`<th style="${styleOf(at)}">${title}</th>`);
  const body = rows.map(
    (row) => html`<tr>${row.map((cell, at) => html`<td style="${styleOf(at)}">${cell}</td>`)}</tr>`,
  );
  return html`<table style="border-collapse:collapse"><tr>${head}</tr>${body}</table>`;
}
