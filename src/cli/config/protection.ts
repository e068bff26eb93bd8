import type { ProtectionPolicy, ProtectionTerms } from "../../trading/protection/protection-policy.ts";
import type { Mistake } from "./mistake.ts";
import type { Written } from "./schema.ts";

type WrittenRule = Written["protect"][number];

/** The [[protect]] tables in the desk's words. */
export function protectionOf(written: Written["protect"]): ProtectionPolicy {
  return written.map((rule) => ({
    symbols: rule.symbols && new Set(rule.symbols),
    terms: termsOf(rule),
    restSessions: rule.rest_sessions,
  }));
}

function termsOf(rule: WrittenRule): ProtectionTerms | undefined {
  const { kind, distance_bps: distanceBps, reference = "average-cost" } = rule;
  if (kind === "none" || distanceBps === undefined) return undefined;
  return {
    kind,
    reference: kind === "trailing-stop" ? "price" : reference,
    distanceBps,
    limitOffsetBps: rule.limit_offset_bps,
    outsideRegularHours: rule.outside_regular_hours,
  };
}

/** What a [[protect]] table says must mean something, and each symbol have one. */
export function protectRules(
  rules: readonly { readonly [Key in keyof WrittenRule]?: WrittenRule[Key] | undefined }[],
): readonly Mistake[] {
  return rules.flatMap((rule, index) => {
    const mistake = (key: keyof WrittenRule, what: string): Mistake => ({
      path: ["protect", index, key],
      what,
    });
    const mistakes: Mistake[] = [];
    if (rule.kind !== undefined && rule.kind !== "none" && rule.distance_bps === undefined)
      mistakes.push(mistake("distance_bps", "missing: expected how far the stop lies away; 1000 is 10 %"));
    for (const key of ["reference", "limit_offset_bps"] as const)
      if (rule.kind === "trailing-stop" && rule[key] !== undefined)
        mistakes.push(
          mistake(key, `${key} is for kind = "stop": a trailing stop follows the market, at any price`),
        );
    const before = rules.slice(0, index);
    if (before.some(({ symbols }) => symbols === undefined))
      mistakes.push(mistake("kind", "this table is never read: the one without symbols before it fits all"));
    for (const symbol of rule.symbols ?? [])
      if (before.some(({ symbols }) => symbols?.includes(symbol)))
        mistakes.push(
          mistake("symbols", `"${symbol}" is in an earlier [[protect]] table already: expected it once`),
        );
    return mistakes;
  });
}

/** With `unlisted = "leave"` there are holdings that are not the program's: a stop for all would sell them. */
export function protectsOwners(
  rules: readonly { readonly kind?: string | undefined; readonly symbols?: unknown }[],
): readonly Mistake[] {
  return rules.flatMap(({ kind, symbols }, index) => {
    if (symbols !== undefined || kind === "none") return [];
    const what =
      'missing: with portfolio.unlisted = "leave" expected the symbols that are the program\'s to protect';
    return [{ path: ["protect", index, "symbols"], what }];
  });
}
