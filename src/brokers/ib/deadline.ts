/** A moment in real time after which nobody waits any longer. */
export interface Deadline {
  /** How long it was when it began: for findings. */
  readonly seconds: number;
  remainingMs(): number;
}

/**
 * A deadline from now on. It counts real time, not the run's clock: where that clock is a stepped one, a gateway that
 * hangs must still be noticed.
 */
export function deadlineIn(seconds: number): Deadline {
  const endsAtMs = performance.now() + seconds * 1000;
  return { seconds, remainingMs: () => Math.max(0, endsAtMs - performance.now()) };
}
