import { join } from "node:path";
import pino from "pino";
import type { Instant } from "../trading/instant.ts";

/** One file of JSON lines for one run. Each line is on its way to the disk when `write` returns. */
export interface RunLog {
  readonly file: string;
  write(line: Record<string, unknown>): void;
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
  const name = new Date(options.startedAt).toISOString().replace(/[-:]|\.\d+/g, "");
  const file = join(options.folder, `${name}.jsonl`);
  const destination = pino.destination({ dest: file, sync: true, mkdir: true });
  const logger = pino(
    {
      base: { pid: options.pid, version: options.version, config: options.configDigest },
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: { paths: ["password", "*.password", "*.*.password"], censor: "(not shown)" },
    },
    { write: (line: string) => void destination.write(without(options.secrets, line)) },
  );
  return { file, write: (line) => logger.info(line) };
}

/** Secrets of a few letters are left: taking them out would take the log's own words apart. */
function without(secrets: readonly string[], line: string): string {
  return secrets
    .filter((secret) => secret.length >= 4)
    .map((secret) => JSON.stringify(secret).slice(1, -1))
    .reduce((text, secret) => text.replaceAll(secret, "(not shown)"), line);
}
