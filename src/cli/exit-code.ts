/**
 * How the program ends, beside the codes of a run (`exitCodeOf` in trading/outcome.ts). docs/exit-codes.md is the
 * reader's version of both.
 */
export const exitCode = { done: 0, crash: 1, usage: 2, held: 3 } as const;
