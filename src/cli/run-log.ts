import { closeSync, fsyncSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import pino from "pino";
import { makeFolder, syncFolderNow } from "../files/make-folder.ts";
import type { Instant } from "../trading/instant.ts";

/** One file of JSON lines for one run. Each line has left this process when `write` returns. */
export interface RunLog {
  readonly file: string;
  /** Throws what the file system throws. */
  write(line: Record<string, unknown>): void;
  /** Waits until all of it is on disk. Nothing is written afterwards. */
  close(): void;
}

export interface RunLogOptions {
  readonly folder: string;
  readonly startedAt: Instant;
  readonly pid: number;
  readonly version: string;
  readonly configDigest: string;
  /** Never to be written, wherever they turn up (S13). */
  readonly secrets: readonly string[];
}

/** Opens `logs/20220314T143500Z.jsonl`. Throws when it cannot be made: a run that leaves no trace does not start. */
export function openRunLog(options: RunLogOptions): RunLog {
  const file = logFileOf(options);
  makeFolder(options.folder);
  const descriptor = openSync(file, "a", 0o644);
  syncFolderNow(options.folder);
  const logger = pino(
    {
      base: { pid: options.pid, version: options.version, config: options.configDigest },
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: { paths: ["password", "*.password", "*.*.password"], censor: "(not shown)" },
    },
    { write: (line: string) => writeWhole(descriptor, Buffer.from(without(options.secrets, line))) },
  );
  return {
    file,
    write: (line) => logger.info(line),
    close() {
      try {
        fsyncSync(descriptor);
      } finally {
        closeSync(descriptor);
      }
    },
  };
}

/** The name that the log of a run has or would have. */
export function logFileOf({ folder, startedAt }: Pick<RunLogOptions, "folder" | "startedAt">): string {
  const name = new Date(startedAt).toISOString().replace(/[-:]|\.\d+/g, "");
  return join(folder, `${name}.jsonl`);
}

/** A nearly full disk takes a part first and refuses the rest. */
function writeWhole(descriptor: number, bytes: Buffer): void {
  for (let written = 0; written < bytes.length; ) written += writeSync(descriptor, bytes, written);
}

/** Secrets of a few letters are left: taking them out would take the log's own words apart. */
function without(secrets: readonly string[], line: string): string {
  return secrets
    .filter((secret) => secret.length >= 4)
    .map((secret) => JSON.stringify(secret).slice(1, -1))
    .reduce((text, secret) => text.replaceAll(secret, "(not shown)"), line);
}
