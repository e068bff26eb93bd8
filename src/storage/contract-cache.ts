import { readFile } from "node:fs/promises";
import { writeDurably } from "../files/write-durably.ts";
import type { ContractCache } from "../ports.ts";
import type { Instrument } from "../trading/instrument.ts";

/** Another format, or another number here, means: asked again. */
const format = 1;

/**
 * Contract details in a JSON file. What is saved joins what is there, by conId. A file that is missing, damaged or of
 * another format holds nothing: that is safe only because every contract can be asked again, and is asked when it is
 * not here. A file that exists and may not be read is thrown: then the next save would fail as well.
 */
export function contractCacheIn(file: string): ContractCache {
  const load = async (): Promise<readonly Instrument[]> => instrumentsIn(await textOf(file));
  return {
    load,
    async save(instruments) {
      const known = new Map((await load()).map((instrument) => [instrument.conId, instrument]));
      for (const instrument of instruments) known.set(instrument.conId, instrument);
      await writeDurably(file, `${JSON.stringify({ format, instruments: [...known.values()] })}\n`);
    },
  };
}

async function textOf(file: string): Promise<string | undefined> {
  return readFile(file, "utf8").catch((error: unknown) => {
    if ((error as { code?: unknown }).code === "ENOENT") return undefined;
    throw error;
  });
}

function instrumentsIn(text: string | undefined): readonly Instrument[] {
  if (text === undefined) return [];
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    return [];
  }
  if (!isRecord(content) || content["format"] !== format || !Array.isArray(content["instruments"])) return [];
  return content["instruments"].every(isInstrument) ? content["instruments"] : [];
}

function isInstrument(value: unknown): value is Instrument {
  if (!isRecord(value)) return false;
  const texts = ["symbol", "securityType", "primaryExchange", "currency", "timeZone", "hoursKnownThrough"];
  return (
    Number.isInteger(value["conId"]) &&
    isFiniteNumber(value["multiplier"]) &&
    texts.every((name) => typeof value[name] === "string") &&
    isListOf(
      value["priceSteps"],
      (step) => isFiniteNumber(step["lowEdge"]) && isFiniteNumber(step["increment"]),
    ) &&
    isListOf(
      value["sessions"],
      (session) =>
        typeof session["on"] === "string" &&
        ["openAt", "midAt", "closeAt"].every((name) => isFiniteNumber(session[name])),
    )
  );
}

function isListOf(value: unknown, isItem: (item: Record<string, unknown>) => boolean): boolean {
  return Array.isArray(value) && value.every((item: unknown) => isRecord(item) && isItem(item));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function isFiniteNumber(value: unknown): boolean {
  return Number.isFinite(value);
}
