import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { writeDurably } from "../files/write-durably.ts";
import { type Instant, isoSecondsOf } from "../trading/instant.ts";

/** A standing order of a person: no run trades while it stands. */
export interface Halt {
  readonly why: string;
  readonly by: string;
  /** When it was given, as it was written down. */
  readonly since: string;
}

/**
 * The halt of a data folder is a file, `state/halt.json`: it can be given and read when the history cannot, and by hand
 * (`touch halt.json`). That it is there halts; what it says is for people.
 */
export function haltFileIn(stateFolder: string) {
  const file = join(stateFolder, "halt.json");
  return {
    file,
    /** Undefined when no halt stands. Throws when the file cannot be read for another reason than that it is missing. */
    async read(): Promise<Halt | undefined> {
      const text = await readFile(file, "utf8").catch((error: unknown) => {
        if ((error as { code?: unknown }).code === "ENOENT") return undefined;
        throw error;
      });
      return text === undefined ? undefined : haltIn(text);
    },
    /** A second halt leaves the first as it is and answers with it. */
    async write(halt: { readonly why: string; readonly by: string; readonly at: Instant }): Promise<Halt> {
      const standing = await this.read();
      if (standing) return standing;
      const given = { why: halt.why, by: halt.by, since: isoSecondsOf(halt.at) };
      await writeDurably(file, `${JSON.stringify(given)}\n`);
      return given;
    },
    /** Answers whether there was one. */
    async remove(): Promise<Halt | undefined> {
      const standing = await this.read();
      await rm(file, { force: true });
      return standing;
    },
  };
}

/** Somebody's own words in the file, or none at all, halt as well. */
function haltIn(text: string): Halt {
  const unsaid = { why: text.trim() || "no reason given", by: "somebody", since: "an unknown time" };
  try {
    const told = JSON.parse(text) as Partial<Record<keyof Halt, unknown>>;
    const word = (key: keyof Halt): string => (typeof told[key] === "string" ? told[key] : unsaid[key]);
    return { why: word("why"), by: word("by"), since: word("since") };
  } catch (error) {
    if (error instanceof SyntaxError || (error as { name?: unknown }).name === "SyntaxError") return unsaid;
    throw error;
  }
}
