/**
 * `npm run mutate`: changes the lines of src/trading one by one, and asks the tests of that folder which of the changes
 * they notice. `npm run mutate -- --mutate "src/trading/risk/*.ts"` looks at a part.
 */
export default {
  testRunner: "jest",
  // Tests reach the planner through the scenarios of src/testing, which the search for related tests does not follow.
  jest: { configFile: "jest.mutate.js", enableFindRelatedTests: false },
  mutate: ["src/trading/**/*.ts", "!src/trading/**/*.test.ts"],
  coverageAnalysis: "perTest",
  // A name that does not exist: the compiler that this step wants is not the one that we have.
  tsconfigFile: "none",
  checkers: [],
  ignoreStatic: true,
  concurrency: 2,
  timeoutMS: 15_000,
  tempDirName: ".stryker-tmp",
  incrementalFile: ".stryker-tmp/incremental.json",
  reporters: ["clear-text", "json", "progress-append-only"],
  jsonReporter: { fileName: ".stryker-tmp/mutation.json" },
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
};
