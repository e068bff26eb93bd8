import type { OrderRequest } from "./order-request.ts";
import { algoAttributes, type Refusal, refusals } from "./refusal.ts";

const time = /^(\d{8}[ -])?\d\d:\d\d:\d\d( \S+)?$/;
const flag = /^[01]$/;

/** Strategy → its attributes and the values they take, as IB documents them. */
const algos: ReadonlyMap<string, ReadonlyMap<string, RegExp>> = new Map([
  ["Adaptive", new Map([["adaptivePriority", /^(Urgent|Normal|Patient)$/]])],
  [
    "Twap",
    new Map([
      ["strategyType", /^(Marketable|Matching Midpoint|Matching Same Side|Matching Last)$/],
      ["startTime", time],
      ["endTime", time],
      ["allowPastEndTime", flag],
    ]),
  ],
  [
    "Vwap",
    new Map([
      ["maxPctVol", /^0?\.\d+$/],
      ["startTime", time],
      ["endTime", time],
      ["allowPastEndTime", flag],
      ["noTakeLiq", flag],
      ["speedUp", flag],
    ]),
  ],
]);

/** Algorithms work on market and limit orders of the day. */
export function judgeAlgo(request: OrderRequest): Refusal | undefined {
  const { algoStrategy, algoParams, orderType, timeInForce } = request;
  if (algoStrategy === "") return undefined;
  const attributes = algos.get(algoStrategy);
  if (!attributes) return refusals.unknownAlgo;
  if (!/^(DAY)?$/.test(timeInForce) || !/^(LMT|MKT)$/.test(orderType)) return refusals.algoNotHere;
  for (const { tag, value } of algoParams) {
    const values = attributes.get(tag);
    if (!values) return refusals.unknownAlgoAttribute;
    if (value !== "" && !values.test(value)) return algoAttributes(`${tag} cannot be ${value}`);
  }
  const isPriorityMissing = algoStrategy === "Adaptive" && algoParams.length === 0;
  return isPriorityMissing ? algoAttributes("adaptivePriority is missing") : undefined;
}
