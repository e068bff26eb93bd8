import { readFileSync } from "node:fs";
import { join } from "node:path";
import { aCheck } from "../testing/risk-builder.ts";
import { checkNames, kindOf } from "../trading/risk/check.ts";
import { checkLabel, checkNumbers, checkRemedy, checkTitle } from "./check-text.ts";

const page = readFileSync(join(import.meta.dirname, "../../docs/risk.md"), "utf8");
const example = readFileSync(join(import.meta.dirname, "../../trader.example.toml"), "utf8");

describe("docs/risk.md", () => {
  const rows = new Map(
    [...page.matchAll(/^\| `([a-z-]+)` \|.*?\|.*?\| ([^|]*) \| ([^|]*) \|$/gm)].map(
      ([, name, fails, override]) => [name, { fails, override }],
    ),
  );

  it("has a line for each check and for no other, in their order", () => {
    expect([...rows.keys()]).toEqual(checkNames);
  });

  it.each(checkNames)("says of %s what its failure does, and whether it can be overridden", (name) => {
    const { effect, canBeOverridden } = kindOf(name);
    expect(rows.get(name)?.fails?.split(",")[0]).toBe(effect);
    expect(rows.get(name)?.override?.startsWith(canBeOverridden ? "yes" : "never")).toBe(true);
  });
});

it.each(checkNames)("%s has words, and the setting that it names exists", (name) => {
  expect(checkTitle(name)).toMatch(/^[a-z]/);
  const remedy = checkRemedy({ name, subject: "" });
  const [, setting] = /The limit is (?:\w+\.|the \w+'s )(\w+)\./.exec(remedy) ?? [];
  if (setting !== undefined) expect(example).toMatch(new RegExp(`^(?:# )?${setting} = `, "m"));
  expect(remedy.includes("trader override")).toBe(kindOf(name).canBeOverridden);
});

it("names what is meant so that it can be typed", () => {
  expect(checkLabel(aCheck({ name: "group-weight", subject: "big tech" }))).toBe("weight of group big tech");
  expect(checkRemedy({ name: "group-weight", subject: "big tech" })).toContain(
    'override group-weight "big tech" --until',
  );
  expect(checkRemedy({ name: "weight", subject: "BRK.B" })).toContain("override weight BRK.B --until");
});

it.each([
  [179_887.5, 100_000, "179,888 USD", "at most 100,000 USD"],
  [999.4, 1_000, "999.40 USD", "at most 1,000 USD"],
  [100_000.3, 100_000, "100,000.30 USD", "at most 100,000.00 USD"],
  [100_000, 100_000, "100,000 USD", "at most 100,000 USD"],
])("an amount of %d against %d is told in cents only where they matter", (value, limit, told, atMost) => {
  const check = aCheck({ name: "order-value", subject: "KO", value, limit, currency: "USD" });
  expect(checkNumbers(check)).toMatchObject({ value: told, limit: atMost });
});
