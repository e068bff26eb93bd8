import { fieldNames, messageLayouts } from "../../brokers/paper/fault-messages.ts";
import type { Mistake } from "../config/mistake.ts";
import type { WrittenFault } from "./schema.ts";

const moments = ["connect", "start", "ready", "time", "command"];
/** What can be done to an answer, to a request, and at a moment that no message marks. */
const acts = {
  gateway: "lose repeat change hold delay notice say disconnect freeze restart forget-quotes order release",
  client: "lose change reject warn notice say disconnect freeze restart forget-quotes order release",
  connect: "disconnect freeze",
  start: "reject notice say disconnect freeze restart",
  moment: "notice say disconnect freeze restart forget-quotes order release",
};
/** What only some messages can suffer besides. */
const special: Readonly<Record<string, string>> = {
  reqMktData: " delay-quotes",
  placeOrder: " keep drop-algorithm",
  cancelOrder: " keep",
  openOrder: " drop-algorithm",
};
/** Values that every message has, or that are known of its order. */
const always = ["symbol", "clientId"];

/** What no single key shows: an act that does not go with its occasion, a field that the message does not have. */
export function checkFault(fault: WrittenFault, names: ReadonlySet<string>): readonly Mistake[] {
  const layout = messageLayouts.get(fault.on);
  if (!layout && !moments.includes(fault.on)) {
    const known = [...moments, ...messageLayouts.keys()].join(", ");
    return [{ path: ["on"], what: `no such message or moment: expected one of ${known}` }];
  }
  const possible = possibleActs(fault.on).split(" ");
  const mistakes: Mistake[] = [];
  if (!possible.includes(fault.do))
    mistakes.push({ path: ["do"], what: `at ${fault.on} expected one of ${possible.join(", ")}` });
  if ((fault.on === "time") !== (fault.at !== undefined))
    mistakes.push({ path: ["at"], what: 'expected with on = "time", and only there' });
  for (const key of ["after", "until"] as const) {
    const name = fault[key];
    if (name !== undefined && !names.has(name))
      mistakes.push({ path: [key], what: `no fault has the name ${name}` });
  }
  const fields = fieldNames(fault.on);
  const known = [...always, ...(fault.on === "placeOrder" ? ["isChange"] : []), ...fields];
  mistakes.push(...unknownFields("where", fault.where, known));
  if ("set" in fault) mistakes.push(...unknownFields("set", fault.set, fields));
  if ("add" in fault) mistakes.push(...unknownFields("add", fault.add, fields));
  if ("multiply" in fault) mistakes.push(...unknownFields("multiply", fault.multiply, fields));
  return mistakes;
}

function possibleActs(on: string): string {
  const from = messageLayouts.get(on)?.from;
  if (from) return `${acts[from]}${special[on] ?? ""}`;
  return on === "connect" || on === "start" ? acts[on] : acts.moment;
}

function unknownFields(key: string, table: object, known: readonly string[]): readonly Mistake[] {
  return Object.keys(table)
    .filter((field) => !known.includes(field))
    .map((field) => ({ path: [key, field], what: `no such field: expected one of ${known.join(", ")}` }));
}
