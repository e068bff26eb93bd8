import { type FileHandle, open, readFile } from "node:fs/promises";
import { writeDurably } from "../../files/write-durably.ts";

/** One line of the file, without its line end, and the key that its first field stands for. */
interface CsvLine {
  readonly key: string;
  readonly text: string;
}

/** Where the lines of a growing file come from: the database, in an order that only ever grows at its end. */
export interface CsvSource {
  /** The first line of the file, without its line end. */
  readonly header: string;
  /** The key that a line's first field stands for. */
  keyOf(firstField: string): string;
  /** The lines behind the one with this key; undefined when the database does not know the key. */
  linesAfter(key: string): readonly CsvLine[] | undefined;
  allLines(): readonly CsvLine[];
}

/** Enough for the last whole line and a torn one behind it. */
const tailBytes = 16_384;

/**
 * Adds to the file what the database has and the file has not, looking only at the file's end: half a line that a power
 * loss left there is cut off, then come the missing lines, then fsync. Whatever does not look as expected is left to
 * `mendCsv`. Throws what the file system throws.
 */
export async function appendCsv(file: string, source: CsvSource): Promise<void> {
  const end = await endOf(file, source);
  const missing = end && source.linesAfter(end.lastKey);
  if (!missing) return mendCsv(file, source);
  const handle = await open(file, "r+");
  try {
    await handle.truncate(end.wholeBytes);
    if (missing.length > 0)
      await handle.write(missing.map((line) => `${line.text}\n`).join(""), end.wholeBytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Goes through the whole file: lines of the database are written as the database has them now, each once, missing ones
 * are added, half lines fall away. Lines that the database does not know (it was lost, or is an older copy) stay, for
 * nobody else has them. Throws when the file begins with another header than ours, and what the file system throws.
 */
export async function mendCsv(file: string, source: CsvSource): Promise<void> {
  const lines = source.allLines();
  const textOf = new Map(lines.map((line) => [line.key, line.text]));
  const written = new Set<string>();
  const kept = wholeLinesOf(await readIfThere(file), file, source.header).flatMap((line) => {
    const key = source.keyOf(firstFieldOf(line));
    if (written.has(key)) return [];
    written.add(key);
    return [textOf.get(key) ?? line];
  });
  const missing = lines.filter((line) => !written.has(line.key)).map((line) => line.text);
  await writeDurably(file, [source.header, ...kept, ...missing, ""].join("\n"));
}

/** Where the last whole line ends and its key; undefined when the file does not end as one of ours does. */
async function endOf(
  file: string,
  source: CsvSource,
): Promise<{ wholeBytes: number; lastKey: string } | undefined> {
  const handle = await open(file, "r").catch((error: unknown) => {
    if ((error as { code?: unknown }).code === "ENOENT") return undefined;
    throw error;
  });
  if (!handle) return undefined;
  try {
    const { size } = await handle.stat();
    const header = Buffer.from(`${source.header}\n`);
    if (!(await bytesAt(handle, 0, header.length)).equals(header)) return undefined;
    const start = Math.max(0, size - tailBytes);
    const tail = await bytesAt(handle, start, size - start);
    const lineEnd = tail.lastIndexOf(0x0a);
    const lineStart = lineEnd <= 0 ? -1 : tail.lastIndexOf(0x0a, lineEnd - 1);
    if (lineStart < 0) return undefined;
    const lastLine = tail.toString("utf8", lineStart + 1, lineEnd);
    return { wholeBytes: start + lineEnd + 1, lastKey: source.keyOf(firstFieldOf(lastLine)) };
  } finally {
    await handle.close();
  }
}

async function bytesAt(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}

function wholeLinesOf(text: string, file: string, header: string): string[] {
  const lines = text.replace(/^\uFEFF/, "").split(/\r?\n/);
  // What stands behind the last line end is empty, or half a line. A power loss may also leave zeros where data was due.
  lines.pop();
  const whole = lines.filter((line) => line !== "" && !line.includes("\0"));
  const first = whole.shift();
  if (first !== undefined && first !== header)
    throw new Error(
      `${file} begins with "${first}", not with our header. Move it away: it is made anew from history.db.`,
    );
  return whole;
}

function firstFieldOf(line: string): string {
  return (line.split(",", 1)[0] ?? "").replace(/^"(.*)"$/, "$1");
}

async function readIfThere(file: string): Promise<string> {
  return readFile(file, "utf8").catch((error: unknown) => {
    if ((error as { code?: unknown }).code === "ENOENT") return "";
    throw error;
  });
}
