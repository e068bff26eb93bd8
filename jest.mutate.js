import jest from "./jest.config.js";

/** The tests of src/trading alone, with the same few draws each time: a mutant lives or dies by itself, not by luck. */
export default {
  ...jest,
  roots: ["<rootDir>/src/trading"],
  globalSetup: undefined,
  setupFiles: [...jest.setupFiles, "<rootDir>/jest.mutate-draws.js"],
};
