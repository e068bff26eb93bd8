import { BrokenStream } from "./frame.ts";

/**
 * The newest server version we speak. It is the highest that all clients of the text protocol know, the first two at which
 * @stoqey/ib reads completed orders rightly are 177 and 178, and from 201 on messages are no text any more.
 */
export const serverVersionMax = 178;
/** The oldest: below it placeOrder and openOrder have layouts that we do not write. */
export const serverVersionMin = 151;

/** The first bytes of every connection. */
export const greeting = Buffer.from("API\0", "latin1");

/** What a client offers. */
export interface VersionRange {
  readonly min: number;
  readonly max: number;
  /** It connected with the option "+PACEAPI": it would rather be throttled than rejected. */
  readonly wantsPacing: boolean;
}

/** Do the bytes so far agree with the greeting? */
export function beginsLikeGreeting(bytes: Buffer): boolean {
  const length = Math.min(bytes.length, greeting.length);
  return bytes.subarray(0, length).equals(greeting.subarray(0, length));
}

/** Reads "v100..178", with or without options after a blank. A single version ("v157") is both ends. Throws BrokenStream on anything else. */
export function readVersionRange(payload: Buffer): VersionRange {
  const match = /^v(\d{1,6})(?:\.\.(\d{1,6}))?(?: (.*))?$/.exec(payload.toString("utf8"));
  const [, min, max = min, options = ""] = match ?? [];
  if (min === undefined || max === undefined || Number(min) > Number(max))
    throw new BrokenStream("a version range that is none");
  return { min: Number(min), max: Number(max), wantsPacing: /(^|[ ,;])\+PACEAPI\b/.test(options) };
}

/**
 * The one version that is spoken from here on: the newest that both know. A client that wants more than we have is told ours
 * and takes its leave itself, as with a real gateway; undefined when the client is too old for us.
 */
export function agreedVersion(range: VersionRange): number | undefined {
  const version = Math.min(serverVersionMax, range.max);
  return version < serverVersionMin ? undefined : version;
}
