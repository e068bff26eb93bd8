import { readFileSync } from "node:fs";
import { parse, TomlError } from "smol-toml";
import type { Act, Fault, Scenario } from "../../brokers/paper/fault.ts";
import { instant } from "../../trading/instant.ts";
import { places } from "../config/locate.ts";
import { ConfigError, type Mistake, mistakesText } from "../config/mistake.ts";
import { checkFault } from "./check-fault.ts";
import { faultSchema, scenarioSchema, type WrittenFault } from "./schema.ts";

/** Reads and judges a scenario file (docs/scenarios.md). Throws ConfigError that names every mistake with its place. */
export function readScenario(file: string): Scenario {
  const text = textOf(file);
  const result = scenarioSchema.safeParse(parsed(file, text));
  const mistakes = result.success
    ? faultMistakes(result.data.fault)
    : result.error.issues.flatMap((issue) => mistakesOf(issue));
  if (!result.success || mistakes.length > 0)
    throw new ConfigError(mistakesText(file, text, mistakes, places(text)));
  return { about: result.data.about, faults: result.data.fault.map((fault) => faultOf(fault)) };
}

/** Reads one fault as the control port takes it: the keys of a table of a scenario file, as JSON. Throws RangeError. */
export function readFault(json: string): Fault {
  const result = faultSchema.safeParse(parsedJson(json));
  const mistakes = result.success
    ? checkFault(result.data, new Set([result.data.after ?? "", result.data.until ?? ""]))
    : result.error.issues.flatMap((issue) => mistakesOf(issue));
  if (!result.success || mistakes.length > 0)
    throw new RangeError(
      mistakes.map(({ path, what }) => `${path.map(String).join(".")}: ${what}`).join("; "),
    );
  return faultOf(result.data);
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new ConfigError(`${file}: cannot be read (${(error as NodeJS.ErrnoException).code ?? "unknown"})`);
  }
}

function parsed(file: string, text: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    throw new ConfigError(`${file}:${error.line}:${error.column}: not TOML: ${error.message.split("\n")[0]}`);
  }
}

function parsedJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    throw new RangeError(`not JSON: ${(error as Error).message}`);
  }
}

type Issue = NonNullable<ReturnType<typeof scenarioSchema.safeParse>["error"]>["issues"][number];

function mistakesOf(issue: Issue): readonly Mistake[] {
  if (issue.code === "unrecognized_keys")
    return issue.keys.map((key) => ({ path: [...issue.path, key], what: "no such key here" }));
  return [{ path: issue.path, what: issue.message }];
}

function faultMistakes(faults: readonly WrittenFault[]): readonly Mistake[] {
  const names = new Set(faults.flatMap(({ name }) => name ?? []));
  return faults.flatMap((fault, index) =>
    checkFault(fault, names).map(({ path, what }) => ({ path: ["fault", index, ...path], what })),
  );
}

function faultOf(written: WrittenFault): Fault {
  const { name, on, at, nth, times, for_seconds: forSeconds, where, after, until } = written;
  return {
    ...(name !== undefined && { name }),
    when: {
      on,
      nth,
      times: times === "always" ? Number.POSITIVE_INFINITY : times,
      where,
      ...(at !== undefined && { at: instant(at) }),
      ...(forSeconds !== undefined && { forSeconds }),
      ...(after !== undefined && { after }),
      ...(until !== undefined && { until }),
    },
    act: actOf(written),
  };
}

function actOf(written: WrittenFault): Act {
  switch (written.do) {
    case "repeat":
      return { do: "repeat", times: written.count, set: written.set };
    case "change":
      return { do: "change", set: written.set, add: written.add, multiply: written.multiply };
    case "hold":
      return { do: "hold", messages: written.messages };
    case "delay":
      return { do: "delay", milliseconds: written.milliseconds };
    case "reject":
    case "warn":
    case "notice":
      return { do: written.do, code: written.code, text: written.text };
    case "say":
      return { do: "say", messages: written.messages, instead: written.instead };
    case "disconnect":
      return { do: "disconnect", when: written.when, reset: written.reset };
    case "restart":
      return {
        do: "restart",
        downSeconds: written.down_seconds,
        downConnections: written.down_connections,
        rollBackIds: written.roll_back_ids,
      };
    case "order":
      return orderOf(written);
    case "delay-quotes":
      return { do: "delay-quotes", silent: written.silent };
    case "lose":
    case "freeze":
    case "keep":
    case "release":
    case "drop-algorithm":
    case "forget-quotes":
    default:
      return { do: written.do };
  }
}

function orderOf(written: WrittenFault & { do: "order" }): Act {
  const { symbol, action, shares, limit_price: limitPrice, account } = written;
  return {
    do: "order",
    symbol,
    side: action === "BUY" ? "buy" : "sell",
    shares,
    ...(limitPrice !== undefined && { limitPrice }),
    ...(account !== undefined && { account }),
  };
}
