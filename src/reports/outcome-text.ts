import { unreachable } from "../trading/invariant.ts";
import type { Outcome } from "../trading/outcome.ts";
import { outcomeReport, type Report, type Section } from "./outcome-report.ts";
import { noPaint, type Paint } from "./paint.ts";
import { capitalized } from "./plain-text.ts";
import { tableLines, wrapped } from "./table.ts";

export interface OutcomeTextOptions {
  /** IANA zone in which times are told. */
  readonly zone: string;
  readonly width?: number;
  readonly paint?: Paint;
}

/** The end-of-run summary for the terminal and the log: what happened, what was traded and why, problems, account. */
export function outcomeText(outcome: Outcome, options: OutcomeTextOptions): string {
  return reportText(outcomeReport(outcome, options), options);
}

/** A report as plain lines of at most `width` characters. */
export function reportText(
  { headline, tone, sections }: Report,
  { width = 100, paint = noPaint }: Pick<OutcomeTextOptions, "width" | "paint">,
): string {
  const blocks = sections.map((section) => {
    const title = section.title === "" ? [] : [paint("bold", capitalized(section.title))];
    return [...title, ...sectionLines(section, width, paint)].join("\n");
  });
  const [first, ...rest] = blocks;
  const head = paint(tone, wrapped(capitalized(headline), width).join("\n"));
  return `${[first === undefined ? head : `${head}\n${first}`, ...rest].join("\n\n")}\n`;
}

function sectionLines(section: Section, width: number, paint: Paint): string[] {
  switch (section.kind) {
    case "lines":
      return section.lines.flatMap((line) => hanging(line, section.title === "" ? "" : "  ", width));
    case "facts": {
      const labels = Math.max(...section.facts.map(([label]) => label.length));
      return section.facts.flatMap(([label, value]) =>
        wrapped(value, Math.max(width - labels - 4, 20)).map((line, at) =>
          at === 0 ? `  ${label.padEnd(labels)}  ${line}` : `${" ".repeat(labels + 4)}${line}`,
        ),
      );
    }
    case "table":
      return tableLines(section.table, width - 2, paint).map((line) => `  ${line}`);
    case "problems":
      return section.problems.flatMap(({ what, remedy }, at) => {
        const number = `${at + 1}.`.padStart(4);
        const [first = "", ...rest] = wrapped(capitalized(what), width - 5);
        return [
          paint("bad", `${number} ${first}`),
          ...rest.map((line) => `     ${line}`),
          ...wrapped(`What to do: ${remedy}`, width - 5).map((line) => `     ${line}`),
        ];
      });
    default:
      return unreachable(section);
  }
}

function hanging(text: string, indent: string, width: number): string[] {
  return wrapped(text, width - indent.length - 2).map(
    (line, at) => `${indent}${at === 0 ? "" : "  "}${line}`,
  );
}
