import type { Journal } from "../ports.ts";
import type { Finding } from "../trading/finding.ts";
import type { Result } from "../trading/result.ts";

/** Gathers every reason of a run, each told to the journal the moment it is found. */
export class Findings {
  readonly #journal: Journal;
  readonly #all: Finding[] = [];

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  /** Passes a step's result through, and keeps its findings. */
  readonly note = <T>(result: Result<T>): Result<T> => {
    if (!result.ok) this.add(...result.findings);
    return result;
  };

  add(...findings: readonly Finding[]): void {
    for (const finding of findings) {
      this.#all.push(finding);
      this.#journal.append({ kind: "finding", finding });
    }
  }

  any(): boolean {
    return this.#all.length > 0;
  }

  all(): readonly Finding[] {
    return this.#all;
  }
}
