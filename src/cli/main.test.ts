import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { smallConfig } from "../testing/small-config.ts";
import { typed } from "../testing/terminal.ts";
import type { Host } from "./host.ts";
import { packageFolder } from "./version.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "trader-main-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const trader = (args: readonly string[], env?: Host["env"]) => typed(folder, args, env);

it("--help names the commands and the exit codes, and is no mistake", async () => {
  const { code, out, err } = await trader(["--help"]);
  expect(code).toBe(0);
  expect(err).toBe("");
  for (const word of ["run ", "dry-run", "gateway", "5 another run is in progress"])
    expect(out).toContain(word);
});

it("--version says that of package.json", async () => {
  expect(await trader(["--version"])).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
  });
});

it("a program that was not built says how to build it", () => {
  cpSync(join(packageFolder, "bin"), join(folder, "bin"), { recursive: true });
  writeFileSync(join(folder, "package.json"), '{"type":"module"}');
  const { status, stderr } = spawnSync(process.execPath, [join(folder, "bin/trader.js"), "run"], {
    encoding: "utf8",
  });
  expect(status).toBe(1);
  expect(stderr).toContain("run: npm ci");
  expect(stderr.trim().split("\n")).toHaveLength(1);
});

describe("a wrong call exits 2 and says what is wrong on stderr", () => {
  it.each<[string, string[]]>([
    ["unknown option '--confg'", ["run", "--confg", "x"]],
    ["unknown command 'rnu'", ["rnu"]],
    ["Usage: trader", []],
    ["too many arguments", ["run", "now"]],
    ["argument missing", ["run", "--config"]],
    ["Expected a port", ["gateway", "--port", "70000"]],
    ["Expected a whole number", ["gateway", "--seed", "1.5"]],
    ["Expected an amount", ["gateway", "--cash", "-5"]],
    ["Expected an exchange time", ["gateway", "--at", "14:30"]],
    ["Expected a paper account", ["gateway", "--account", "U1234567"]],
    ["it needs --at", ["gateway", "--control-port", "0"]],
    ["no such file", ["gateway", "--data", "none.csv"]],
    ["expected 1990", ["gateway", "--at", "1980-03-14T09:30"]],
    ["no such time", ["gateway", "--at", "2022-03-14T29:30"]],
  ])("%s", async (message, args) => {
    const { code, out, err } = await trader(args);
    expect([code, out]).toEqual([2, ""]);
    expect(err).toContain(message);
    expect(err).not.toContain("    at ");
  });
});

describe("without a configuration a run exits 2 and names the three ways (S18)", () => {
  it.each<[string, string[], Host["env"], string]>([
    ["the working folder", ["run"], {}, "trader.toml"],
    ["--config", ["run", "--config", "a.toml"], { TRADER_CONFIG: "b.toml" }, "a.toml"],
    ["TRADER_CONFIG", ["dry-run"], { TRADER_CONFIG: "b.toml" }, "b.toml"],
  ])("looked for by %s", async (how, args, env, file) => {
    // What was asked for is missing; what was not asked for is not taken instead.
    if (file !== "trader.toml") writeFileSync(join(folder, "trader.toml"), "");
    const { code, out, err } = await trader(args, env);
    expect([code, out]).toEqual([2, ""]);
    expect(err).toContain(join(folder, file));
    expect(err).toContain(how);
    expect(err).toContain("--config FILE");
    expect(err).toContain("TRADER_CONFIG");
    expect(err).toContain("trader.example.toml");
  });
});

it("a wrong configuration exits 2 with all its mistakes, before anything is written", async () => {
  writeFileSync(join(folder, "trader.toml"), 'account = 1\n[data]\nfolder = "data"\n');
  const { code, err } = await trader(["run"]);
  expect(code).toBe(2);
  expect(err).toContain(`${join(folder, "trader.toml")}:1:1: account: expected an account id`);
  expect(err).toContain("gateway: missing");
});

it("what nobody foresaw exits 1 with its stack", async () => {
  const env = new Proxy({}, { get: () => Object.keys(undefined as never) });
  const { code, err } = await trader(["run"], env);
  expect(code).toBe(1);
  expect(err).toMatch(/^trader: crashed: TypeError/);
  expect(err).toContain("    at ");
});

it("a file system that refuses is told in one line, without a stack", async () => {
  writeFileSync(join(folder, "demo"), "a file where a folder should be");
  const { code, err } = await trader(["demo"]);
  expect(code).toBe(1);
  expect(err).toBe(`trader: ${join(folder, "demo")}: there is a file where a folder should be (ENOTDIR)\n`);
});

it("a log that cannot be made holds the run: it would leave no trace", async () => {
  mkdirSync(join(folder, "data"));
  writeFileSync(join(folder, "data/logs"), "a file where a folder should be");
  writeFileSync(
    join(folder, "trader.toml"),
    smallConfig({ 'folder = "."': 'folder = "data"', "port = 4002": "port = 1" }),
  );
  const { code, err } = await trader(["run"]);
  expect(code).toBe(3);
  expect(err).toContain("HELD: nothing was sent");
  expect(err).toMatch(/data\/logs\/\w+\.jsonl: something\s+else is in\s+its place\s+\(EEXIST\)/);
  expect(err).not.toContain("    at ");
  const [mail = ""] = readdirSync(join(folder, "data/mail/outbox"));
  expect(readFileSync(join(folder, "data/mail/outbox", mail), "utf8")).toContain("could not be written");
});
