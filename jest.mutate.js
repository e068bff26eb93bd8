import jest from "./jest.config.js";

/** The tests of src/trading alone, whose properties draw few cases. */
export default {
  ...jest,
  roots: ["<rootDir>/src/trading"],
  globalSetup: undefined,
  moduleNameMapper: { "^fast-check$": "<rootDir>/jest.mutate-draws.js" },
};
