import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Database } from "../storage/sqlite/sqlite.ts";
import { openStore, type StoreOptions } from "../storage/store.ts";
import type { Instant } from "../trading/instant.ts";
import { windowOf } from "../trading/order.ts";
import type { Run } from "../trading/run.ts";
import { startedAt } from "./history-sample.ts";

/** A new folder with an open history for each test of a file, gone after it. Call it at the top of the file. */
export function historyFolder() {
  const here = {
    path: "",
    store: undefined as unknown as ReturnType<typeof openStore>,
    /** Closes the store and opens it again. */
    reopen(options: Partial<StoreOptions> = {}): void {
      here.store.close();
      here.store = openStore({ folder: here.path, version: "1.2.3", ...options });
    },
    begin(at: Instant = startedAt): Promise<Run> {
      return here.store.begin({ startedAt: at, window: windowOf(at), account: "DU1234567" });
    },
    /** Rows of a query over another connection, as a person sees them: numbers, not bigints. */
    query<Row = unknown>(sql: string): Row[] {
      const db = new Database(join(here.path, "history.db"), { readonly: true });
      try {
        return db.prepare<[], Row>(sql).all();
      } finally {
        db.close();
      }
    },
    file(name: string): string {
      return join(here.path, name);
    },
    /** The lines of a CSV file, which must end with a whole one. */
    lines(name: string): string[] {
      const text = readFileSync(here.file(name), "utf8");
      if (!text.endsWith("\n")) throw new Error(`${name} ends in the middle of a line`);
      return text.slice(0, -1).split("\n");
    },
    /** The first field of each line, the header's included. */
    keys(name: string): string[] {
      return here.lines(name).map((line) => line.split(",")[0] ?? "");
    },
  };
  beforeEach(() => {
    here.path = mkdtempSync(join(tmpdir(), "trader-history-"));
    here.store = openStore({ folder: here.path, version: "1.2.3" });
  });
  afterEach(() => {
    here.store.close();
    rmSync(here.path, { recursive: true });
  });
  return here;
}
