// Told to the runner too.
process.env.FOLDER ??= "src/trading/planner";
const folder = process.env.FOLDER;

/**
 * `FOLDER=src/trading/risk npm run mutate`: changes the lines of that folder one by one, and asks its own tests which of
 * the changes they notice (docs/mutation.md). `-- --mutate "src/trading/risk/gate.ts"` looks at a part of it.
 */
export default {
  testRunner: "one-process",
  plugins: ["./mutation/runner.js"],
  mutate: [`${folder}/*.ts`, `!${folder}/*.test.ts`],
  coverageAnalysis: "perTest",
  // A name that does not exist: the compiler that this step wants is not the one that we have.
  tsconfigFile: "none",
  checkers: [],
  ignoreStatic: true,
  concurrency: 2,
  timeoutMS: 5_000,
  tempDirName: ".stryker-tmp",
  reporters: ["clear-text", "json", "progress-append-only"],
  jsonReporter: { fileName: `.stryker-tmp/${folder.split("/").at(-1)}.json` },
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
};
