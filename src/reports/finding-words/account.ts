import { moneyText, sharesText } from "../numbers.ts";
import { listed } from "../plain-text.ts";
import { because, type FindingWords } from "./words.ts";

/** The account as the broker tells it. */
export const accountWords = {
  "account-value-missing": (finding) => ({
    title: `the account's ${finding.tag} is missing`,
    detail: `the gateway answered "${finding.value}"`,
    remedy: "Nothing is calculated without it. If the next run meets the same, restart the gateway.",
  }),
  "account-currencies-disagree": (finding) => ({
    title: `the account's ${finding.tag} comes in several currencies`,
    detail: listed(finding.currencies, 8),
    remedy: "Check the account's base currency at the broker; nothing is calculated on a guess.",
  }),
  "position-lists-disagree": (finding) => ({
    title: `the broker's two position lists disagree on ${finding.symbol}`,
    detail: `the portfolio says ${sharesText(finding.portfolioShares)}, the positions say ${sharesText(
      finding.positionShares,
    )} (contract ${finding.conId})`,
    remedy:
      "Usually one list is late and the next run finds them equal. If not, compare with the broker's own screen and restart the gateway.",
  }),
  "exchange-rate-missing": (finding) => ({
    title: `no exchange rate for ${finding.symbol}`,
    detail: `it is in ${finding.currency}, the account in ${finding.baseCurrency}`,
    remedy: `Hold some cash in ${finding.currency}, so that the broker tells its rate, or take the instrument out of the forecast.`,
  }),
  "net-liquidation-not-positive": (finding) => ({
    title: "the account's net liquidation is not positive",
    detail: moneyText(finding.netLiquidation),
    remedy: "No target can be calculated. Look at the account at the broker at once.",
  }),
  "holding-unknown": (finding) => ({
    title: `the holding ${finding.symbol} is not known to the broker`,
    detail: `contract ${finding.conId}${because(finding.detail)}`,
    remedy:
      "It may have been renamed, merged or delisted. Compare with the broker's own screen and deal with it by hand.",
  }),
  "margin-deficit": (finding) => ({
    title: "the account is in a margin deficit",
    detail: `excess liquidity is ${moneyText(finding.excessLiquidity)}`,
    remedy:
      "The broker may liquidate positions at any moment. Add cash or reduce positions by hand; nothing is traded until it is positive.",
  }),
  "margin-called": (finding) => ({
    title: "the broker warns that it will liquidate",
    detail: `${finding.code} ${finding.text}`,
    remedy:
      "Add cash or reduce positions by hand. Nothing is traded while the gateway says so: what the broker sells would be bought back.",
  }),
} satisfies Partial<FindingWords>;
