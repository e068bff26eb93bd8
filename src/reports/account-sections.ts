import type { Account } from "../trading/account.ts";
import { type Money, ratio } from "../trading/money.ts";
import type { Outcome } from "../trading/outcome.ts";
import {
  amountText,
  factorText,
  moneyText,
  percentCell,
  percentText,
  priceOf,
  sharesText,
} from "./numbers.ts";
import type { Fact, Section } from "./outcome-report.ts";
import { counted, plainText } from "./plain-text.ts";
import { nothing } from "./plan-table.ts";
import { left, right } from "./table.ts";

/** What the account has, in its base currency. */
export function accountSection(account: Account): Section {
  const { netLiquidation, cash, grossPositionValue, excessLiquidity, baseCurrency } = account;
  const leverage = grossLeverageOf(account);
  const cushion =
    leverage === undefined ? "" : ` (${percentText(ratio(excessLiquidity, netLiquidation))} cushion)`;
  const foreign = account.cashByCurrency.filter(({ currency, e6 }) => currency !== baseCurrency && e6 !== 0n);
  const facts: Fact[] = [
    ["Net liquidation", moneyText(netLiquidation)],
    ["Cash", moneyText(cash)],
    ...foreign.map((each): Fact => [`  of it in ${plainText(each.currency)}`, moneyText(each)]),
    ["Positions, gross", moneyText(grossPositionValue)],
    ["Leverage used, gross", leverage === undefined ? nothing : factorText(leverage)],
    ["Initial margin", moneyText(account.initialMargin)],
    ["Maintenance margin", moneyText(account.maintenanceMargin)],
    ["Available funds", moneyText(account.availableFunds)],
    ["Excess liquidity", `${moneyText(excessLiquidity)}${cushion}`],
  ];
  return { kind: "facts", title: `Account ${plainText(account.id)}`, facts };
}

/** Runs that did not connect were not told; in any other the missing account is worth a line. */
export function noAccountSection({ verdict, run }: Outcome): Section | undefined {
  if (verdict === "idle" || verdict === "busy") return undefined;
  const title = `Account ${plainText(run.account)}`;
  return { kind: "lines", title, lines: ["not known: the broker did not tell"] };
}

/** What is held, each with its share of net liquidation. */
export function positionsSection(account: Account): Section | undefined {
  const held = account.positions.filter(({ shares }) => shares !== 0);
  if (held.length === 0) return { kind: "lines", title: "Positions", lines: ["none: the account is flat"] };
  const rows = held
    .toSorted((a, b) => (a.symbol < b.symbol ? -1 : 1))
    .map((position) => {
      const { symbol, shares, marketPrice, marketValue, unrealizedPnl, currency, averageCost } = position;
      return [
        plainText(symbol),
        sharesText(shares),
        priceOf(Number(averageCost.toFixed(4))),
        marketPrice === undefined ? nothing : priceOf(marketPrice),
        marketValue ? amountText(marketValue) : nothing,
        unrealizedPnl ? amountText(unrealizedPnl) : nothing,
        plainText(currency),
        weightOf(marketValue, account),
      ];
    });
  const columns = [
    left("Instrument"),
    right("Shares"),
    right("Average cost"),
    right("Price"),
    right("Value"),
    right("Unrealized P&L"),
    left("Currency"),
    right("Weight"),
  ];
  return { kind: "table", title: counted(held.length, "position"), table: { columns, rows } };
}

function weightOf(
  marketValue: Money | undefined,
  { netLiquidation, baseCurrency, exchangeRates }: Account,
): string {
  if (!marketValue || netLiquidation.e6 <= 0n) return nothing;
  const rate = marketValue.currency === baseCurrency ? 1 : exchangeRates.get(marketValue.currency);
  if (rate === undefined) return nothing;
  return percentCell((Number(marketValue.e6) * rate) / Number(netLiquidation.e6));
}

/** Σ of absolute market values ÷ net liquidation; undefined when net liquidation is zero. */
function grossLeverageOf({ grossPositionValue, netLiquidation }: Account): number | undefined {
  return netLiquidation.e6 === 0n ? undefined : ratio(grossPositionValue, netLiquidation);
}
