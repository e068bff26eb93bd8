import type { Finding } from "./finding.ts";

/**
 * Thrown by what stands between the job and the world where its answer has no room for findings: a file or a database
 * that fails. The run ends with the finding instead of a crash.
 */
export class HeldError extends Error {
  override readonly name = "HeldError";
  readonly finding: Finding;
  /** Orders may have left before: then "nothing was sent" would be a lie. */
  readonly afterSending: boolean;

  constructor(
    finding: Finding,
    { afterSending = false, cause }: { afterSending?: boolean; cause?: unknown } = {},
  ) {
    super(finding.kind, { cause });
    this.finding = finding;
    this.afterSending = afterSending;
  }
}
