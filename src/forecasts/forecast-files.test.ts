import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ownFiles } from "../files/trust.ts";
import type { Finding } from "../trading/finding.ts";
import { instant } from "../trading/instant.ts";
import { forecastFiles, type StrategyFile } from "./forecast-files.ts";

const now = instant("2022-03-14T14:35:00Z");

const good = `# as_of: 2022-03-14T13:30:00Z
# leverage: 1.5
# rows: 3
symbol,weight
AAPL,0.25
RRC,-0.125
BRK B,0.5
`;

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "trader-forecasts-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function source(strategy: string, text?: string | Buffer, policy: Partial<StrategyFile> = {}): StrategyFile {
  const file = join(folder, `${strategy}.csv`);
  if (text !== undefined) writeFileSync(file, text);
  return { strategy, file, maxAgeMinutes: 90, grossMax: 1, futureToleranceMinutes: 2, ...policy };
}

const read = (...strategies: StrategyFile[]) => forecastFiles({ strategies, trust: ownFiles }).read(now);

/** What is found in one file, without the file's name. */
async function findingsIn(
  text: string | Buffer,
  policy: Partial<StrategyFile> = {},
): Promise<readonly object[]> {
  const result = await read(source("momentum", text, policy));
  return (result.ok ? [] : result.findings).map(withoutFile);
}

function withoutFile(finding: Finding): object {
  const { file, ...rest } = finding as Finding & { file?: string };
  expect(file).toBe(join(folder, "momentum.csv"));
  return rest;
}

const expected = {
  row: "a symbol and a weight, such as AAPL,0.25",
  weight: "a finite number such as 0.25, negative for a short",
  symbol: "a symbol in capital letters, such as AAPL or BRK B",
};

describe("a good file", () => {
  it("is read with its instant, leverage, signed weights and line numbers", async () => {
    const momentum = source("momentum", good);
    expect(await read(momentum)).toEqual({
      ok: true,
      value: [
        {
          strategy: "momentum",
          file: momentum.file,
          asOf: instant("2022-03-14T13:30:00Z"),
          leverage: 1.5,
          rows: [
            { symbol: "AAPL", weight: 0.25, line: 5 },
            { symbol: "RRC", weight: -0.125, line: 6 },
            { symbol: "BRK B", weight: 0.5, line: 7 },
          ],
        },
      ],
    });
  });

  it.each([
    ["Windows line ends", good.replaceAll("\n", "\r\n")],
    ["a byte order mark", `\uFEFF${good}`],
    ["quotes and blanks round cells", good.replace("AAPL,0.25", ' "AAPL" ,  "0.25" ')],
    ["free comments that take no line", good.replace("# rows", "# made by hand: rows follow\n# rows")],
    ["blank lines", good.replace("symbol", "\n\nsymbol")],
    ["an offset instead of Z", good.replace("13:30:00Z", "09:30:00-04:00")],
    ["weights as programs print them", good.replace("0.25", "2.5e-1").replace("0.5\n", "+.5\n")],
  ])("may have %s", async (_, text) => {
    const result = await read(source("momentum", text));
    const forecast = result.ok ? result.value[0] : undefined;
    expect(forecast?.asOf).toBe(instant("2022-03-14T13:30:00Z"));
    expect(forecast?.rows.map((row) => [row.symbol, "weight" in row ? row.weight : "?"])).toEqual([
      ["AAPL", 0.25],
      ["RRC", -0.125],
      ["BRK B", 0.5],
    ]);
    const lines = text.split("\n");
    for (const { symbol, line } of forecast?.rows ?? []) expect(lines[line - 1]).toContain(symbol);
  });

  it("may be empty when it says so: nothing shall be held", async () => {
    const result = await read(
      source("cash", "# as_of: 2022-03-14T13:30:00Z\n# leverage: 0\n# rows: 0\nsymbol,weight\n"),
    );
    expect(result).toMatchObject({ ok: true, value: [{ leverage: 0, rows: [] }] });
  });

  it("is as old as its limit allows, and ahead as far as the tolerance allows", async () => {
    expect(await findingsIn(good.replace("13:30:00Z", "13:05:00Z"))).toEqual([]);
    expect(await findingsIn(good.replace("13:30:00Z", "14:37:00Z"))).toEqual([]);
  });
});

const columnRule = "symbol,weight, or notional or quantity beside or instead of weight";

describe("one mistake", () => {
  it.each<[string, string, object]>([
    [
      "truncated: fewer rows than declared (S07)",
      good.replace("BRK B,0.5\n", ""),
      { kind: "forecast-truncated", line: 3, declaredRows: 3, foundRows: 2 },
    ],
    [
      "more rows than declared",
      `${good}MSFT,0.01\n`,
      { kind: "forecast-truncated", line: 3, declaredRows: 3, foundRows: 4 },
    ],
    [
      "cut within its last number, with the right count of rows (S07)",
      good.slice(0, -2),
      {
        kind: "forecast-malformed",
        line: 7,
        value: "BRK B,0.",
        expected: "a line end after the last line: the file may be cut off",
      },
    ],
    [
      "stale (S24)",
      good.replace("13:30:00Z", "13:04:00Z"),
      { kind: "forecast-stale", line: 1, ageMinutes: 91, limitMinutes: 90 },
    ],
    [
      "from the future (Z07)",
      good.replace("13:30:00Z", "14:38:00Z"),
      { kind: "forecast-from-future", line: 1, minutesAhead: 3, limitMinutes: 2 },
    ],
    [
      "a symbol twice",
      good.replace("BRK B", "AAPL"),
      { kind: "forecast-duplicate-symbol", line: 7, symbol: "AAPL", firstLine: 5 },
    ],
    [
      "gross beyond the limit, shorts counted, told at the row that goes beyond",
      good.replace("0.25", "0.5").replace("-0.125", "-0.625"),
      { kind: "forecast-gross-exceeded", line: 6, gross: 1.625, limit: 1 },
    ],
    [
      "a weight that is no number",
      good.replace("0.25", "NaN"),
      { kind: "forecast-malformed", line: 5, value: "NaN", expected: expected.weight },
    ],
    [
      "an infinite weight",
      good.replace("0.25", "inf"),
      { kind: "forecast-malformed", line: 5, value: "inf", expected: expected.weight },
    ],
    [
      "a weight too large for a number",
      good.replace("0.25", "1e999"),
      { kind: "forecast-malformed", line: 5, value: "1e999", expected: expected.weight },
    ],
    [
      "no weight at all, which is not 0",
      good.replace("0.25", ""),
      { kind: "forecast-malformed", line: 5, value: "", expected: expected.weight },
    ],
    [
      "percent",
      good.replace("0.25", "25%"),
      { kind: "forecast-malformed", line: 5, value: "25%", expected: expected.weight },
    ],
    [
      "a decimal comma",
      good.replace("0.25", "0,25"),
      { kind: "forecast-malformed", line: 5, value: "AAPL,0,25", expected: expected.row },
    ],
    [
      "a decimal comma in quotes",
      good.replace("0.25", '"0,25"'),
      { kind: "forecast-malformed", line: 5, value: "0,25", expected: expected.weight },
    ],
    [
      "a hexadecimal weight",
      good.replace("0.25", "0x1"),
      { kind: "forecast-malformed", line: 5, value: "0x1", expected: expected.weight },
    ],
    [
      "a row without a comma",
      good.replace("RRC,", "RRC;"),
      { kind: "forecast-malformed", line: 6, value: "RRC;-0.125", expected: expected.row },
    ],
    [
      "an open quote",
      good.replace("RRC,", '"RRC,'),
      { kind: "forecast-malformed", line: 6, value: '"RRC,-0.125', expected: expected.row },
    ],
    [
      "a stray quote",
      good.replace("RRC,", 'R"RC,'),
      { kind: "forecast-malformed", line: 6, value: 'R"RC,-0.125', expected: expected.row },
    ],
    [
      "a symbol in small letters",
      good.replace("AAPL", "aapl"),
      { kind: "forecast-malformed", line: 5, value: "aapl", expected: expected.symbol },
    ],
    [
      "no symbol",
      good.replace("AAPL", ""),
      { kind: "forecast-malformed", line: 5, value: "", expected: expected.symbol },
    ],
    [
      "other columns",
      good.replace("symbol,weight", "weight,symbol"),
      { kind: "forecast-malformed", line: 4, value: "weight,symbol", expected: columnRule },
    ],
    [
      "an instant without a zone",
      good.replace("00Z", "00"),
      {
        kind: "forecast-malformed",
        line: 1,
        value: "2022-03-14T13:30:00",
        expected: "an instant with its zone, such as 2022-03-14T13:30:00Z",
      },
    ],
    [
      "a day that does not exist",
      good.replace("03-14", "02-30"),
      {
        kind: "forecast-malformed",
        line: 1,
        value: "2022-02-30T13:30:00Z",
        expected: "an instant with its zone, such as 2022-03-14T13:30:00Z",
      },
    ],
    [
      "negative leverage",
      good.replace("1.5", "-1.5"),
      { kind: "forecast-malformed", line: 2, value: "-1.5", expected: "a number from 0 up, such as 1.0" },
    ],
    [
      "a count of rows that is none",
      good.replace("rows: 3", "rows: three"),
      { kind: "forecast-malformed", line: 3, value: "three", expected: "the number of rows, such as 20" },
    ],
    [
      "no count of rows",
      good.replace("# rows: 3\n", ""),
      {
        kind: "forecast-malformed",
        line: 1,
        value: "",
        expected: 'a header line "# rows: …" with the number of rows, such as 20',
      },
    ],
    [
      "a misspelt header",
      good.replace("leverage", "leverge"),
      {
        kind: "forecast-malformed",
        line: 1,
        value: "",
        expected: 'a header line "# leverage: …" with a number from 0 up, such as 1.0',
      },
    ],
    [
      "two instants",
      good.replace("# leverage", "# as_of: 2022-03-14T13:31:00Z\n# leverage"),
      {
        kind: "forecast-malformed",
        line: 2,
        value: "# as_of: 2022-03-14T13:31:00Z",
        expected: '"# as_of:" once; it stands on line 1 too',
      },
    ],
    [
      "a header among the rows",
      good.replace("# leverage: 1.5\n", "").replace("RRC", "# leverage: 1.5\nRRC"),
      {
        kind: "forecast-malformed",
        line: 5,
        value: "# leverage: 1.5",
        expected: '"# leverage:" above the line "symbol,weight"',
      },
    ],
  ])("%s", async (_, text, finding) => {
    expect(await findingsIn(text)).toEqual([finding]);
  });

  it("keeps its line number behind Windows line ends, a byte order mark and blank lines", async () => {
    const text = `\uFEFF${good.replace("symbol", "\nsymbol").replace("0.5\n", "x\n").replaceAll("\n", "\r\n")}`;
    expect(await findingsIn(text)).toEqual([
      { kind: "forecast-malformed", line: 8, value: "x", expected: expected.weight },
    ]);
  });
});

describe("targets in other units than weights", () => {
  const header = "# as_of: 2022-03-14T13:30:00Z\n# leverage: 1\n";

  it("stand in columns of their own, one target a row", async () => {
    const text = `${header}# rows: 3\nsymbol,quantity,weight,notional\nAAPL,120,,\nRRC,,-0.125,\nBRK B,,,-25000.5\n`;
    const result = await read(source("momentum", text));
    expect(result.ok && result.value[0]?.rows).toEqual([
      { symbol: "AAPL", quantity: 120, line: 5 },
      { symbol: "RRC", weight: -0.125, line: 6 },
      { symbol: "BRK B", notional: -25_000.5, line: 7 },
    ]);
  });

  it("may be all that a file has", async () => {
    const result = await read(source("momentum", `${header}# rows: 1\nsymbol,quantity\nAAPL,-120\n`));
    expect(result.ok && result.value[0]?.rows).toEqual([{ symbol: "AAPL", quantity: -120, line: 5 }]);
  });

  const one = "one of weight, quantity and no other";
  it.each([
    ["symbol,weight,quantity", "AAPL,0.5,120", "AAPL,0.5,120", one],
    ["symbol,weight,quantity", "AAPL,,", "AAPL,,", one],
    ["symbol,weight,quantity", "AAPL,0.5", "AAPL,0.5", "a symbol and a weight, quantity, such as AAPL,0.25,"],
    ["symbol,quantity", "AAPL,", "", "a whole number of shares such as 120, negative for a short"],
    ["symbol,quantity", "AAPL,1.5", "1.5", "a whole number of shares such as 120, negative for a short"],
    ["symbol,quantity", "AAPL,2e9", "2e9", "a whole number of shares such as 120, negative for a short"],
    [
      "symbol,notional",
      "AAPL,2e12",
      "2e12",
      "an amount of the account's base currency such as 25000, negative for a short",
    ],
    [
      "symbol,notional",
      "AAPL,1k",
      "1k",
      "an amount of the account's base currency such as 25000, negative for a short",
    ],
  ])("%s does not take %s", async (columns, row, value, rule) => {
    expect(await findingsIn(`${header}# rows: 1\n${columns}\n${row}\n`)).toEqual([
      { kind: "forecast-malformed", line: 5, value, expected: rule },
    ]);
  });

  it.each(["symbol", "symbol,weight,weight", "symbol,shares", "weight,symbol,quantity", "symbol,toString"])(
    "%s are no columns",
    async (columns) => {
      expect(await findingsIn(`${header}# rows: 0\n${columns}\n`)).toEqual([
        { kind: "forecast-malformed", line: 4, value: columns, expected: columnRule },
      ]);
    },
  );
});

it("refuses a file that was cut anywhere (S07)", async () => {
  for (let length = 0; length < good.length; length++)
    expect([length, (await findingsIn(good.slice(0, length))).length > 0]).toEqual([length, true]);
});

it("tells all mistakes of a file, in the order of its lines", async () => {
  const text = `# as_of: 2022-03-11T13:30:00Z
# leverage: much
# rows: 7
symbol,weight
AAPL,0.75
MSFT,nan
RRC
AAPL,-0.75
`;
  expect(await findingsIn(text)).toMatchObject([
    { kind: "forecast-stale", line: 1 },
    { kind: "forecast-malformed", line: 2 },
    { kind: "forecast-truncated", line: 3, foundRows: 4 },
    { kind: "forecast-malformed", line: 6 },
    { kind: "forecast-malformed", line: 7 },
    { kind: "forecast-duplicate-symbol", line: 8 },
    { kind: "forecast-gross-exceeded", line: 8, gross: 1.5 },
  ]);
});

it("tells the mistakes of all files together, and gives no forecast while one file is wrong", async () => {
  const result = await read(
    source("momentum", good.replace("0.25", "x")),
    source("value", good),
    source("carry"),
    source("trend", good.replace("13:30:00Z", "11:30:00Z")),
  );
  expect(result).toMatchObject({
    ok: false,
    findings: [
      { kind: "forecast-malformed", file: join(folder, "momentum.csv"), line: 5 },
      {
        kind: "forecast-unreadable",
        strategy: "carry",
        file: join(folder, "carry.csv"),
        detail: "there is no such file",
      },
      { kind: "forecast-stale", file: join(folder, "trend.csv") },
    ],
  });
});

describe("a file that is no text", () => {
  it.each<[string, string | Buffer, string]>([
    ["an empty file", "", "forecast-malformed"],
    ["UTF-16", Buffer.from(`\uFEFF${good}`, "utf16le"), "forecast-unreadable"],
    ["bytes", Buffer.from([0x80, 0xff, 0x0a]), "forecast-unreadable"],
  ])("%s", async (_, text, kind) => {
    const findings = await findingsIn(text);
    expect(new Set(findings.map((finding) => (finding as Finding).kind))).toEqual(new Set([kind]));
  });

  it("a folder, or a pipe that nobody writes to, is told at once instead of waited for", async () => {
    mkdirSync(join(folder, "momentum.csv"));
    execFileSync("mkfifo", [join(folder, "value.csv")]);
    const result = await read(source("momentum"), source("value"));
    expect(result).toMatchObject({
      ok: false,
      findings: [{ detail: "it is not a file" }, { detail: "it is not a file" }],
    });
  });
});

it("a file that others could write holds all, whatever it says; the others' mistakes are told with it", async () => {
  const open = source("momentum", good);
  chmodSync(open.file, 0o664);
  const result = await read(open, source("carry"));
  expect(result).toMatchObject({
    ok: false,
    findings: [
      {
        kind: "forecast-not-trusted",
        strategy: "momentum",
        faults: [{ path: open.file, mode: "0664", remedy: `chmod go-w ${open.file}` }],
      },
      { kind: "forecast-unreadable", strategy: "carry" },
    ],
  });
});
