// fast-check for `npm run mutate`: each mutant lives or dies by the same few cases, not by luck; what fails is not shrunk.
const { default: fc } = require("../node_modules/fast-check/lib/cjs/fast-check.js");

const most = 15;
const assert = (property, { numRuns = most, ...terms } = {}) =>
  fc.assert(property, {
    ...terms,
    seed: 20261121,
    numRuns: Math.min(numRuns, most),
    endOnFailure: true,
  });

module.exports = { __esModule: true, default: { ...fc, assert } };
