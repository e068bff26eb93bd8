import { systemErrorText } from "../files/system-error.ts";
import type { Journal } from "../ports.ts";
import type { RunEvent } from "../trading/event.ts";
import type { Output } from "./host.ts";

/** One reader of the journal: the log, the terminal, a script. */
export interface Sink {
  readonly name: string;
  see(event: RunEvent): void;
}

/**
 * A journal that tells every sink. A sink that fails (a full disk, a word that cannot be rendered) is told about once
 * and left out from then on: orders may be on their way, and a run does not end because it cannot talk about them (S17).
 */
export function journalTo(sinks: readonly Sink[], stderr: Output): Journal {
  const broken = new Set<Sink>();
  return {
    append(event) {
      for (const sink of sinks) {
        if (broken.has(sink)) continue;
        try {
          sink.see(event);
        } catch (error) {
          broken.add(sink);
          stderr.write(`trader: ${sink.name} fails, the run goes on without it: ${systemErrorText(error)}\n`);
        }
      }
    },
  };
}
