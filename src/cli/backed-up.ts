import { systemErrorText } from "../files/system-error.ts";
import type { Journal, Store } from "../ports.ts";
import { backUp } from "../storage/sqlite/back-up.ts";

export interface Backups {
  /** The history that is copied. */
  readonly file: string;
  readonly folder: string;
  /** Hears of a copy that could not be made: that changes nothing of what the run did. */
  readonly journal: Journal | undefined;
}

/** A store whose file is copied whenever a day has gone on record. */
export function backedUp(store: Store, { file, folder, journal }: Backups): Store {
  return {
    ...store,
    async commitDay(outcome, session) {
      const isNew = await store.commitDay(outcome, session);
      if (!isNew) return false;
      try {
        backUp(file, folder, session.on);
      } catch (error) {
        const detail = `the day's copy of the history: ${systemErrorText(error)}`;
        journal?.append({ kind: "finding", finding: { kind: "file-not-written", file: folder, detail } });
      }
      return true;
    },
  };
}
