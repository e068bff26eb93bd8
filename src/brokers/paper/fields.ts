import { BrokenStream } from "./frame.ts";

/** What a field of an answer may be. Booleans go out as 1 and 0, missing things as "". */
export type Field = string | number | boolean;

/** "No value" of a decimal number on the wire: the largest double, as Java prints it. */
export const unsetDecimal = "1.7976931348623157E308";
/** "No value" of a whole number on the wire. */
export const unsetInteger = 2147483647;
/** "No value" of a long whole number on the wire. */
export const unsetLong = "9223372036854775807";

/** A request whose fields are missing or cannot be read; the connection itself is sound. */
export class MalformedRequest extends Error {}

/** Fields that belong on one line of the code that writes a long message. */
export function row(...fields: readonly Field[]): readonly Field[] {
  return fields;
}

/** Fields as recordings write them, with "|" behind each: "0||-1|" is 0, empty, -1. */
export function recorded(text: string): readonly Field[] {
  return text.split("|").slice(0, -1);
}

/** The fields of one request, read in order. Every field is followed by a NUL. */
export class FieldReader {
  readonly #fields: readonly string[];
  #at = 0;
  #requestId: number | undefined;

  /** Throws BrokenStream when the payload does not end in a NUL: then it is no message at all. */
  constructor(payload: Buffer) {
    if (payload.at(-1) !== 0) throw new BrokenStream("a message that does not end in NUL");
    this.#fields = payload.toString("utf8", 0, payload.length - 1).split("\0");
  }

  /** Fields that have not been read. */
  get left(): number {
    return this.#fields.length - this.#at;
  }

  /** All fields, for the log. */
  get all(): readonly string[] {
    return this.#fields;
  }

  text(name: string): string {
    const text = this.#fields[this.#at];
    if (text === undefined) throw new MalformedRequest(`${name} is missing`);
    this.#at += 1;
    return text;
  }

  skip(...names: readonly string[]): void {
    for (const name of names) this.text(name);
  }

  /** A decimal number, undefined when the client left it unset. */
  decimal(name: string): number | undefined {
    const text = this.text(name);
    if (isUnset(text)) return undefined;
    const value = Number(text);
    if (!Number.isFinite(value)) throw new MalformedRequest(`${name} is not a number: "${text}"`);
    return value;
  }

  /** A whole number, undefined when the client left it unset. "7.0" is one too: some clients print all numbers alike. */
  integer(name: string): number | undefined {
    const value = this.decimal(name);
    if (value !== undefined && !Number.isSafeInteger(value))
      throw new MalformedRequest(`${name} is not a whole number: ${value}`);
    return value;
  }

  /** The request's own id, as soon as it has been read: what is wrong with the rest is answered on it. */
  get requestId(): number | undefined {
    return this.#requestId;
  }

  /** A whole number that must be there. */
  id(name: string): number {
    const value = this.integer(name);
    if (value === undefined) throw new MalformedRequest(`${name} is missing`);
    if (name === "reqId") this.#requestId = value;
    return value;
  }

  /** Empty is no: a client that leaves `transmit` out has not said yes. */
  flag(name: string): boolean {
    const text = this.text(name).toLowerCase();
    if (text === "1" || text === "true") return true;
    if (text === "" || text === "0" || text === "false") return false;
    throw new MalformedRequest(`${name} is neither 1 nor 0: "${text}"`);
  }
}

/** Is this one of the ways in which clients say that a field has no value? */
export function isUnset(text: string): boolean {
  return text === "" || /^(1\.7976931348623157e\+?308|2147483647|9223372036854775807)$/i.test(text);
}

/** The payload of an answer. */
export function payloadOf(fields: readonly Field[]): string {
  return fields.map((field) => `${fieldText(field)}\0`).join("");
}

function fieldText(field: Field): string {
  if (typeof field === "boolean") return field ? "1" : "0";
  return typeof field === "number" ? decimalText(field) : field;
}

/** A number without exponent and without float noise beyond eight places: "350", "0.0001". Throws RangeError unless it is finite. */
export function decimalText(value: number): string {
  if (!Number.isFinite(value)) throw new RangeError(`not a number for the wire: ${value}`);
  if (Number.isInteger(value)) return value.toFixed(0);
  const text = value.toFixed(8).replace(/0+$/, "").replace(/\.$/, "");
  return text === "-0" ? "0" : text;
}

/** A number as Java prints a double, which is how orders show their prices: "350.0". */
export function javaDecimal(value: number): string {
  const text = decimalText(value);
  return text.includes(".") ? text : `${text}.0`;
}

/** The price of a bar, with four places at least: "182.9400". */
export function barPrice(value: number): string {
  const [whole = "", places = ""] = decimalText(value).split(".");
  return `${whole}.${places.padEnd(4, "0")}`;
}

/** An amount with two places, as account values are shown. */
export function amountText(value: number): string {
  if (!Number.isFinite(value)) throw new RangeError(`not an amount for the wire: ${value}`);
  const text = value.toFixed(2);
  return text === "-0.00" ? "0.00" : text;
}

/** Text of messages and names: beyond ASCII it is written as \uXXXX from server version 153 on. */
export function escapedText(text: string, serverVersion: number): string {
  if (serverVersion < 153) return text;
  // oxlint-disable-next-line no-control-regex -- exactly what is not ASCII
  return text.replaceAll(/[^\x00-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
