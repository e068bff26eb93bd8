import { unreachable } from "../../trading/invariant.ts";
import { kindOf } from "../../trading/risk/check.ts";
import { asArgument, checkLabel, checkNumbers, checkRemedy, effectText } from "../check-text.ts";
import { priceOf } from "../numbers.ts";
import { plainText } from "../plain-text.ts";
import type { FindingOf, FindingWords, Words } from "./words.ts";

/** What keeps a plan from being made, and the checks that a made one fails. */
export const planWords = {
  "target-not-priced": (finding) => ({
    title: `the target of ${finding.symbol} has no price`,
    detail: "a number of shares cannot be weighed against portfolio.gross_cap and net_cap",
    remedy: "The next run asks again. Where its market keeps other hours, write its target as a weight.",
  }),
  "plan-input-missing": missingInputWords,
  "limit-price-impossible": (finding) => ({
    title: `no limit price for ${finding.symbol}`,
    detail: `nothing is left of a mid of ${priceOf(finding.mid)} to ${finding.side} at`,
    remedy: "Lower execution.collar_bps, or deal with the instrument by hand.",
  }),
  "check-failed": (finding) => {
    const { check } = finding;
    const { value, present, limit } = checkNumbers(check);
    const told = present === undefined ? value : `${value} planned, ${present} now`;
    return {
      title: `a check failed: ${checkLabel(check)}`,
      detail: `${told}, ${limit}; ${effectText(kindOf(check.name).effect)}`,
      remedy: checkRemedy(check),
    };
  },
  "strategy-value-unknown": ({ strategy, symbols }) => ({
    title: `what strategy ${plainText(strategy)} is worth is not known`,
    detail: `no price to be believed of ${symbols.join(", ")}: its stop loss and take profit cannot be judged`,
    remedy: `Compare with another source. Where there will be no price again: trader accept strategy ${asArgument(strategy)}, which begins its measure anew.`,
  }),
} satisfies Partial<FindingWords>;

function missingInputWords({ input, symbol }: FindingOf["plan-input-missing"]): Words {
  const history = "Look at what else this run found: the history could not be asked.";
  switch (input) {
    case "turnover-today":
      return {
        title: "what was traded today is not known",
        detail: "portfolio.max_turnover_per_day needs it",
        remedy: history,
      };
    case "last-trades":
      return {
        title: "when instruments were last traded is not known",
        detail: "portfolio.cooldown_sessions needs it",
        remedy: history,
      };
    case "average-volume":
      return {
        title: `how much of ${symbol ?? "an instrument"} an average day trades is not known`,
        detail: "portfolio.max_volume_share needs it",
        remedy: "Write its average_daily_volume in an [[instrument]] of trader.toml.",
      };
    default:
      return unreachable(input);
  }
}
