import { ansiPaint } from "./paint.ts";
import { tableLines, wrapped } from "./table.ts";

const columns = [
  { title: "Instrument", align: "left" },
  { title: "Shares", align: "right" },
  { title: "Why", align: "left" },
] as const;

it("sets numbers on the right and text on the left", () => {
  const rows = [
    ["AAPL", "1,234", "open"],
    ["KO", "-5", "close"],
  ];
  expect(tableLines({ columns, rows })).toEqual([
    "Instrument  Shares  Why",
    "----------  ------  -----",
    "AAPL         1,234  open",
    "KO              -5  close",
  ]);
});

it("wraps the last column so that the table fits, and leaves the others alone", () => {
  const lines = tableLines({ columns, rows: [["AAPL", "7", "word ".repeat(40).trim()]] }, 60);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(60);
  expect(lines[3]).toMatch(/^ {20}word/);
  expect(lines.join(" ").match(/word/g)).toHaveLength(40);
});

it("wraps the first column too where the last one alone does not make it fit", () => {
  const wide = ["hours outside the exchange's calendar AAPL", "1".repeat(40), "FAIL: nothing is sent at all"];
  expect(tableLines({ columns, rows: [wide] }, 92)).toEqual([
    `Instrument                    ${" ".repeat(34)}Shares  Why`,
    `${"-".repeat(28)}  ${"-".repeat(40)}  ${"-".repeat(20)}`,
    `hours outside the exchange's  ${"1".repeat(40)}  FAIL: nothing is`,
    `calendar AAPL                 ${" ".repeat(40)}  sent at all`,
  ]);
});

it("colours only when asked", () => {
  const plain = tableLines({ columns, rows: [] }).join("");
  const painted = tableLines({ columns, rows: [] }, 100, ansiPaint).join("");
  expect(plain).not.toContain("\u001b");
  expect(painted).toContain("\u001b[1m");
});

it("breaks lines between words, too long a word anywhere, and never before a percent sign", () => {
  expect(wrapped("now 12.0 % held", 8)).toEqual(["now", "12.0 %", "held"]);
  expect(wrapped("abcdefgh ij", 5)).toEqual(["abcde", "fgh", "ij"]);
  expect(wrapped("", 5)).toEqual([""]);
});
