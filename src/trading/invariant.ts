/** Stops on a state that our own code must never reach. Not for bad input: that is a Finding. */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`This should be impossible: ${message}`);
}

/** The end of a switch over a closed union: a new member stops the build here. */
export function unreachable(value: never): never {
  throw new Error(`This should be impossible: no case for ${JSON.stringify(value)}`);
}
