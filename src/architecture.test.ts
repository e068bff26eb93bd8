import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";

/** Which of our folders a folder may import from; "trading" for all of it. `src/README.md` says why. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  trading: [],
  files: [],
  strategies: ["trading"],
  reports: ["trading"],
  "ports.ts": ["trading"],
  job: ["trading", "ports.ts"],
  "rebalance.ts": ["trading", "ports.ts", "job"],
  simulation: ["trading", "ports.ts"],
  brokers: ["trading", "ports.ts", "simulation"],
  forecasts: ["trading", "ports.ts", "files"],
  storage: ["trading", "ports.ts", "files"],
  mail: ["trading", "ports.ts", "reports", "files"],
  cli: [
    "trading",
    "ports.ts",
    "job",
    "rebalance.ts",
    "simulation",
    "brokers",
    "forecasts",
    "storage",
    "mail",
    "reports",
    "files",
  ],
};

/** Each package has one home. */
const homeOf: Readonly<Record<string, readonly string[]>> = {
  // The conformance suite drives the paper gateway with clients that we did not write.
  "@stoqey/ib": ["brokers/ib", "cli/conformance"],
  "ib-tws-api": ["cli/conformance"],
  "better-sqlite3": ["storage/sqlite"],
  "better-sqlite3-13": ["storage/sqlite"],
  "csv-stringify": ["storage"],
  "csv-parse": ["forecasts", "storage"],
  nodemailer: ["mail"],
  commander: ["cli"],
  zod: ["cli"],
  "smol-toml": ["cli"],
  "toml-eslint-parser": ["cli"],
  pino: ["cli"],
  luxon: ["trading/session.ts"],
};

/** Suites that run as programs and are not shipped: they may use what tests use. */
const suites = [
  "cli/bench/",
  "cli/conformance/",
  "cli/soak/",
  "cli/incidents/",
  "cli/kill-points/",
  "cli/simulate/",
];

/** Where the world leaks in unseen, and what to write instead. */
const banned: readonly { pattern: RegExp; except: readonly string[]; instead: string }[] = [
  {
    pattern: /\bDate\.now\(\)|\bnew Date\(\)/,
    except: ["cli"],
    instead: "hand in a Clock or an Instant (ports.ts)",
  },
  { pattern: /\bMath\.random\(/, except: [], instead: "hand in a seed" },
  { pattern: /\bprocess\.env\b/, except: ["cli"], instead: "hand in the value; cli reads the environment" },
  { pattern: /\bconsole\./, except: ["cli"], instead: "append to the Journal; cli prints" },
];

/** The desk is pure: nothing of the platform comes into it. */
const pure = ["trading", "simulation", "reports", "strategies"];

/** Words of the glossary's "not" column, and the word to use. */
const wordsToAvoid: Readonly<Record<string, string>> = {
  tif: "timeInForce",
  pos: "position",
  fee: "commission",
  entryPrice: "averageCost",
  staleness: "ageMinutes or ageSeconds",
};

const root = import.meta.dirname;
const specifier = /(?:\bfrom\s*|\bimport\s*\(?\s*|\brequire\s*\(\s*)["']([^"']+)["']/g;
const sources = readdirSync(root, { recursive: true, encoding: "utf8" })
  .map((file) => file.split(sep).join("/"))
  .filter((file) => file.endsWith(".ts"));
const isTest = (file: string) =>
  /\.(test|contract)\.ts$/.test(file) || file.startsWith("testing/") || /(^|\/)testing\//.test(file);
const production = sources.filter((file) => !isTest(file));
const topOf = (file: string) => file.split("/")[0] ?? "";
const textOf = (file: string) => readFileSync(join(root, file), "utf8");

/** Every import of a file: a path below src for ours, the package's name for others. */
function importsOf(file: string): { readonly ours: readonly string[]; readonly packages: readonly string[] } {
  const found = [...textOf(file).matchAll(specifier)].map(([, target = ""]) => target);
  const ours = found
    .filter((target) => target.startsWith("."))
    .map((target) =>
      relative(root, join(root, dirname(file), target))
        .split(sep)
        .join("/"),
    );
  const packages = found
    .filter((target) => !target.startsWith("."))
    .map((target) =>
      target
        .split("/")
        .slice(0, target.startsWith("@") ? 2 : 1)
        .join("/"),
    );
  return { ours, packages };
}

describe("the map", () => {
  it("is kept: every file imports only what its folder may", () => {
    const wrong = production.flatMap((file) => {
      const top = topOf(file);
      const allowed = mayImport[top];
      if (!allowed) return [`${file}: ${top} has no rule in mayImport`];
      const targets = importsOf(file).ours.filter((target) => topOf(target) !== top);
      return targets
        .filter((target) => !allowed.includes(topOf(target)))
        .filter((target) => topOf(target) !== "testing" || !suites.some((suite) => file.startsWith(suite)))
        .map((target) => `${file} → ${target}`);
    });
    expect(wrong).toEqual([]);
  });

  it("keeps the adapters apart: two of them speak for the simulation, and brokers do not import each other", () => {
    const brokers = production.filter((file) => file.startsWith("brokers/"));
    const wrong = brokers.flatMap((file) =>
      importsOf(file)
        .ours.filter((target) => {
          const otherBroker = /^brokers\/(ib|paper|simulated)\//.exec(target)?.[1];
          const own = /^brokers\/(ib|paper|simulated)\//.exec(file)?.[1];
          return (otherBroker && otherBroker !== own) || (topOf(target) === "simulation" && own === "ib");
        })
        .map((target) => `${file} → ${target}`),
    );
    expect(wrong).toEqual([]);
  });

  it("gives each package one home", () => {
    const wrong = production.flatMap((file) =>
      importsOf(file)
        .packages.filter((name) => !name.startsWith("node:"))
        .filter((name) => !homeOf[name]?.some((home) => file === home || file.startsWith(`${home}/`)))
        .map((name) => `${file} imports ${name}: its home is ${homeOf[name]?.join(" or ") ?? "not decided"}`),
    );
    expect(wrong).toEqual([]);
  });

  it("keeps the pure folders free of the platform", () => {
    const wrong = production
      .filter((file) => pure.includes(topOf(file)))
      .flatMap((file) =>
        importsOf(file)
          .packages.filter((name) => name.startsWith("node:"))
          .map((name) => `${file}: ${name}`),
      );
    expect(wrong).toEqual([]);
  });

  it("has a line in src/README.md for every entry of src", () => {
    const map = textOf("README.md");
    const entries = new Set(sources.map(topOf).filter((entry) => !isTest(entry)));
    expect([...entries].filter((entry) => !map.includes(`\`${entry.replace(/\/$/, "")}`))).toEqual([]);
  });
});

describe("the words", () => {
  it.each(banned)("$pattern is not used: $instead", ({ pattern, except }) => {
    const wrong = production
      .filter((file) => !except.includes(topOf(file)))
      .filter((file) => pattern.test(codeOf(file)));
    expect(wrong).toEqual([]);
  });

  it.each(Object.entries(wordsToAvoid))("trading does not say %s but %s", (word) => {
    const pattern = new RegExp(`\\b${word}\\b`);
    const wrong = production.filter((file) => topOf(file) === "trading" && pattern.test(codeOf(file)));
    expect(wrong).toEqual([]);
  });

  it("keeps every identifier that the glossary names", () => {
    const names = [...textOf("trading/GLOSSARY.md").matchAll(/^\|[^|]*\| `([A-Za-z]+)` \|/gm)].map(
      ([, name = ""]) => name,
    );
    expect(names.length).toBeGreaterThan(30);
    const all = production
      .filter((file) => topOf(file) === "trading")
      .map(textOf)
      .join("\n");
    expect(names.filter((name) => !new RegExp(`\\b${name}\\b`).test(all))).toEqual([]);
  });
});

/** The file without its comments: a rule may be named where it is explained. */
function codeOf(file: string): string {
  return textOf(file)
    .replace(/\/\*[\s\S]*?\*\//g, "")
    .replace(/^\s*\/\/.*$/gm, "");
}
