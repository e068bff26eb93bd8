/**
 * Layouts of the gateway's messages, written down from the protocol's facts and not from the gateway's code: what is
 * recorded from real gateways and what ours sends are both held against them.
 *
 * A layout is words with blanks between them, one for each field: `name:kind`, or `name:kind|kind`, or `=literal`. Before a
 * word may stand the server versions that have the field: `166-/`, `-176/`, `163-163/`. `*( … )` is a count and then so many
 * groups; `?( … )` stands behind a field and is there when that field is not empty.
 */
export type Layout = readonly Part[];

type Part = Value | Repeated | Conditional;
interface Value {
  readonly what: "value";
  readonly name: string;
  readonly kinds: readonly string[];
  readonly since: number;
  readonly until: number;
}
interface Repeated {
  readonly what: "repeated";
  readonly group: Layout;
}
interface Conditional {
  readonly what: "conditional";
  readonly group: Layout;
}

const decimal = String.raw`-?\d+(\.\d+)?`;
const day = String.raw`\d{8}`;
const time = String.raw`\d\d:\d\d:\d\d`;
const zone = String.raw`([A-Za-z_]+/[A-Za-z_/]+|UTC)`;

/** What a field can be. `execTime` depends on the version, see below. */
const kinds = {
  none: "",
  text: "[^]*",
  word: "[^]+",
  bool: "[01]",
  int: String.raw`-?\d+`,
  /** A number as it comes: no exponent. */
  number: decimal,
  /** A double as Java prints it: always with a point. */
  java: String.raw`-?\d+\.\d+`,
  /** Money, two places. */
  amount: String.raw`-?\d+\.\d\d`,
  /** A price of a bar: at least four places. */
  barPrice: String.raw`-?\d+\.\d{4,}`,
  noNumber: String.raw`1\.7976931348623157E308`,
  noInt: "2147483647",
  noLong: "9223372036854775807",
  execId: String.raw`[0-9a-f]{8}\.[0-9a-f]{8}\.\d\d\.\d\d`,
  account: "[A-Z]+[0-9]+",
  accounts: "[A-Z]+[0-9]+(,[A-Z]+[0-9]+)*,?",
  list: "[A-Z0-9.]+(,[A-Z0-9.]+)*",
  ids: String.raw`\d+(,\d+)*`,
  clock: String.raw`\d\d:\d\d`,
  day,
  epoch: String.raw`\d{9,10}`,
  zone,
  zonedTime: `${day} ${time} ${zone}`,
  utcTime: `${day}-${time}`,
  doubleBlankTime: `${day}  ${time}`,
  hours: String.raw`(\d{8}:(CLOSED|\d{4}-\d{8}:\d{4}(,\d{8}:\d{4}-\d{8}:\d{4})*)(;|$))+`,
} as const;

const compiled = new Map<string, RegExp>(
  Object.entries(kinds).map(([kind, pattern]) => [kind, new RegExp(`^(?:${pattern})$`)]),
);

/** From this version on times of executions and bars name their zone. */
const zonedSince = 174;

/** Throws RangeError on what is no layout. */
export function layout(text: string): Layout {
  const words = text.trim().split(/\s+/);
  const parts = partsOf(words);
  if (words.length > 0) throw new RangeError(`a group too many is closed: ${words.join(" ")}`);
  return parts;
}

function partsOf(words: string[]): Part[] {
  const parts: Part[] = [];
  for (let word = words.shift(); word !== undefined && word !== ")"; word = words.shift()) {
    if (word === "*(") parts.push({ what: "repeated", group: partsOf(words) });
    else if (word === "?(") parts.push({ what: "conditional", group: partsOf(words) });
    else parts.push(valueOf(word));
  }
  return parts;
}

function valueOf(word: string): Value {
  const [, since = "", until = "", rest = ""] = /^(?:(\d*)-(\d*)\/)?(.+)$/.exec(word) ?? [];
  const [, name = "", said = ""] = /^(?:(\w+):)?(.+)$/.exec(rest) ?? [];
  const wanted = said.split("|");
  for (const kind of wanted)
    if (!kind.startsWith("=") && !compiled.has(kind) && kind !== "execTime")
      throw new RangeError(`no such kind of field: ${kind} in ${word}`);
  return {
    what: "value",
    name: name || said,
    kinds: wanted,
    since: Number(since || 0),
    until: Number(until || Number.POSITIVE_INFINITY),
  };
}

/** What is wrong with a message ("3|1|Filled|…|") at a server version; undefined when it has the layout. */
export function mismatchOf(message: string, wanted: Layout, version: number): string | undefined {
  const fields = message.split("|").slice(0, -1);
  const walk = new Walk(fields, version);
  walk.through(wanted);
  if (walk.mismatch === undefined && walk.at < fields.length)
    return `${fields.length - walk.at} fields too many, of ${fields.length}`;
  return walk.mismatch;
}

class Walk {
  at = 0;
  mismatch: string | undefined;
  readonly #fields: readonly string[];
  readonly #version: number;

  constructor(fields: readonly string[], version: number) {
    this.#fields = fields;
    this.#version = version;
  }

  through(parts: Layout): void {
    for (const part of parts) {
      if (this.mismatch !== undefined) return;
      if (part.what === "value") this.#value(part);
      else if (part.what === "repeated") this.#repeated(part);
      else if (this.#fields[this.at - 1] !== "") this.through(part.group);
    }
  }

  #value({ name, kinds: wanted, since, until }: Value): void {
    if (this.#version < since || this.#version > until) return;
    const field = this.#fields[this.at];
    if (field === undefined) this.mismatch = `field ${this.at}, ${name}, is missing`;
    else if (!wanted.some((kind) => this.#is(field, kind)))
      this.mismatch = `field ${this.at}, ${name}, is "${field}" and not ${wanted.join(" or ")}`;
    this.at += 1;
  }

  #repeated({ group }: Repeated): void {
    const count = Number(this.#fields[this.at] || Number.NaN);
    if (!Number.isSafeInteger(count) || count < 0) {
      this.mismatch = `field ${this.at} is "${this.#fields[this.at]}" and no count`;
      return;
    }
    this.at += 1;
    for (let done = 0; done < count && this.mismatch === undefined; done += 1) this.through(group);
  }

  #is(field: string, kind: string): boolean {
    if (kind.startsWith("=")) return field === kind.slice(1);
    const known =
      kind === "execTime" ? (this.#version >= zonedSince ? "zonedTime" : "doubleBlankTime") : kind;
    return compiled.get(known)?.test(field) ?? false;
  }
}
