import { readFile } from "node:fs/promises";
import { systemErrorCode } from "../files/system-error.ts";
import { appendLineDurably } from "../files/write-durably.ts";

/**
 * How far a mail has come:
 * - `kept`: written to `waiting/`, to be sent now or by a later run;
 * - `handing-over`: the server has asked for the message and its first byte is about to leave;
 * - `sent`: the server has taken it, or it lies in the outbox;
 * - `uncertain`: it was handed over and nobody answered: perhaps delivered, never sent again;
 * - `failed`: refused for good, too often.
 */
export type MailState = "kept" | "handing-over" | "sent" | "uncertain" | "failed";

/** One line of `sent.jsonl`. The last line of a key is the truth. */
export interface MailMark {
  readonly key: string;
  readonly state: MailState;
  /** ISO 8601. */
  readonly at: string;
  readonly subject: string;
  readonly file: string;
  /** How often it was refused for good. */
  readonly refusals: number;
  readonly reason?: string;
  /** Keys of uncertain mails that this mail tells of. */
  readonly tellsOf?: readonly string[];
}

/**
 * The append-only record of what became of each mail. A torn line is passed over, and that is safe by the order in which
 * marks are made: a lost `kept` leaves its file in `waiting/`, where it is found; a lost `handing-over` means that no byte
 * has left; a lost `sent` leaves `handing-over` behind, which is read as uncertain, never as unsent.
 */
export class MailRecord {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  async append(mark: MailMark): Promise<void> {
    await appendLineDurably(this.#path, JSON.stringify(mark));
  }

  /** All marks, oldest first. */
  async read(): Promise<readonly MailMark[]> {
    const text = await this.#text();
    return text.split("\n").flatMap((line) => markIn(line) ?? []);
  }

  async #text(): Promise<string> {
    try {
      return await readFile(this.#path, "utf8");
    } catch (error) {
      if (systemErrorCode(error) === "ENOENT") return "";
      throw error;
    }
  }
}

/** The last mark of each key. */
export function latestMarks(marks: readonly MailMark[]): ReadonlyMap<string, MailMark> {
  return new Map(marks.map((mark) => [mark.key, mark]));
}

function markIn(line: string): MailMark | undefined {
  try {
    const mark = JSON.parse(line) as Partial<MailMark> | null;
    const isWhole = mark !== null && typeof mark.key === "string" && typeof mark.state === "string";
    return isWhole ? (mark as MailMark) : undefined;
  } catch {
    return undefined; // torn, see above
  }
}
