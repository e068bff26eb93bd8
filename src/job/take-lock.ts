import type { LockHeld, LockTaken, World } from "../ports.ts";

/** Nobody could say whether another run has the lock: disposing of this frees nothing. */
export interface LockUnknown extends AsyncDisposable {
  readonly taken: undefined;
  readonly error: unknown;
}

/** The data folder for this run alone, until it is disposed of. An error is part of the answer: the run ends with it. */
export async function takeLock({ lock, clock }: World): Promise<LockTaken | LockHeld | LockUnknown> {
  try {
    return await lock.take({ runStartedAt: clock.now() });
  } catch (error) {
    return { taken: undefined, error, [Symbol.asyncDispose]: async () => {} };
  }
}
