// Properties draw the same few cases for each mutant.
const { configureGlobal } = require("fast-check");

configureGlobal({ seed: 20261121, numRuns: 10 });
