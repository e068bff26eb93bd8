import type { Journal } from "../ports.ts";
import type { Finding } from "../trading/finding.ts";
import type { Result } from "../trading/result.ts";
import { nameOf as nameOfCheck } from "../trading/risk/check.ts";

/** Gathers every reason of a run, each once, told to the journal the moment it is found. */
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
      if (this.#all.some((known) => nameOf(known) === nameOf(finding))) continue;
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

/**
 * Two findings with the same data are one: asking twice for the account does not make its fault two. A later wave finds what
 * the first one found: it is no news any more, and a check that fails again has other numbers.
 */
function nameOf(finding: Finding): string {
  if (finding.kind === "check-failed") return `${finding.kind} ${nameOfCheck(finding.check)}`;
  return JSON.stringify({ ...finding, isNew: undefined }, (_key, value) =>
    typeof value === "bigint" ? `${value}n` : value,
  );
}
