/* oxlint-disable no-underscore-dangle -- so do node and Stryker call what is their own */
import { readdirSync, readFileSync } from "node:fs";
import Module, { createRequire } from "node:module";
import { join } from "node:path";
import { declareFactoryPlugin, PluginKind } from "@stryker-mutator/api/plugin";
import { DryRunStatus, MutantRunStatus, TestStatus } from "@stryker-mutator/api/test-runner";
import { transformSync } from "@swc/core";
import { expect } from "expect";
import { bind } from "jest-each";
import jest from "../jest.config.js";

/**
 * Runs the tests of one folder for Stryker, all in one process that loads them once: a mutant is switched on while they run,
 * so that it costs the tests that reach it and nothing else (jest loads everything anew for each mutant, which takes ten times
 * as long). It knows what the tests of src/trading use: describe, it, it.each and expect.
 */
class Runner {
  #tests = [];

  capabilities() {
    return { reloadEnvironment: false };
  }

  async init() {
    const folder = join(process.cwd(), process.env.FOLDER);
    this.#tests = loadTests(folder);
  }

  async dryRun() {
    const tests = [];
    for (const test of this.#tests) {
      stryker().currentTestId = test.id;
      const startedAt = performance.now();
      const failureMessage = await failureOf(test);
      const status = failureMessage === undefined ? TestStatus.Success : TestStatus.Failed;
      const timeSpentMs = performance.now() - startedAt;
      tests.push({ id: test.id, name: test.id, timeSpentMs, status, failureMessage });
    }
    stryker().currentTestId = undefined;
    return { status: DryRunStatus.Complete, tests, mutantCoverage: coverage() };
  }

  /** Ends with the first test that notices the mutant. It must pass again without it, or the run has left something behind. */
  async mutantRun({ activeMutant, testFilter, hitLimit }) {
    const tests = testFilter ? this.#tests.filter(({ id }) => testFilter.includes(id)) : this.#tests;
    for (const [index, test] of tests.entries()) {
      Object.assign(stryker(), { activeMutant: activeMutant.id, hitLimit, hitCount: hitLimit && 0 });
      const failureMessage = await failureOf(test);
      const isEndless = hitLimit !== undefined && stryker().hitCount > hitLimit;
      Object.assign(stryker(), { activeMutant: undefined, hitLimit: undefined, hitCount: undefined });
      if (isEndless) return { status: MutantRunStatus.Timeout };
      if (failureMessage === undefined) continue;
      if ((await failureOf(test)) !== undefined)
        return { status: MutantRunStatus.Error, errorMessage: `${test.id} fails without the mutant too` };
      return { status: MutantRunStatus.Killed, killedBy: [test.id], failureMessage, nrOfTests: index + 1 };
    }
    return { status: MutantRunStatus.Survived, nrOfTests: tests.length };
  }
}

/** Where the changed lines look for which of the changes is on, and note who has reached them. */
function stryker() {
  globalThis.__stryker__ ??= {};
  return globalThis.__stryker__;
}

/**
 * Which lines each test reaches. What files that are loaded reach as well is not told: for such a line Stryker would begin a
 * process of its own.
 */
function coverage() {
  const { perTest, static: loaded } = stryker().mutantCoverage;
  const reached = new Set(Object.values(perTest).flatMap(Object.keys));
  return { perTest, static: Object.fromEntries(Object.entries(loaded).filter(([id]) => !reached.has(id))) };
}

async function failureOf({ run }) {
  try {
    await run();
    return undefined;
  } catch (error) {
    return String(error?.message ?? error);
  }
}

/** The tests of a folder, those that draw cases last: the quick ones notice most. */
function loadTests(folder) {
  const require = createRequire(import.meta.url);
  takeTypeScript(require);
  const tests = [];
  const names = [];
  const it = (name, run) => tests.push({ id: [...names, name].join(" "), run });
  const describe = (name, body) => {
    names.push(name);
    body();
    names.pop();
  };
  it.each = bind(it, false);
  describe.each = bind(describe, false);
  Object.assign(globalThis, { describe, it, test: it, expect });
  for (const name of readdirSync(folder)) if (name.endsWith(".test.ts")) require(join(folder, name));
  return tests.toSorted((a, b) => drawsCases(a) - drawsCases(b));
}

/** Is it a property? Its text says so. */
function drawsCases({ run }) {
  return Number(String(run).includes("fastcheck.default.assert("));
}

/** Lets node read our sources as jest does, and gives them a fast-check that draws the same few cases each time. */
function takeTypeScript(require) {
  const [[, options]] = Object.values(jest.transform);
  Module._extensions[".ts"] = (module, path) =>
    module._compile(transformSync(readFileSync(path, "utf8"), { ...options, filename: path }).code, path);
  const resolve = Module._resolveFilename;
  Module._resolveFilename = (request, ...rest) =>
    request === "fast-check" ? require.resolve("./draws.cjs") : resolve(request, ...rest);
}

export const strykerPlugins = [
  declareFactoryPlugin(PluginKind.TestRunner, "one-process", () => new Runner()),
];
