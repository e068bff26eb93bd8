import type { Account } from "../account.ts";
import type { UnitValue } from "../quantity.ts";
import type { RiskMarket } from "./review.ts";

/** What one share of a contract is worth, and which contract that is. */
export interface ShareValue {
  readonly conId: number;
  readonly unit: UnitValue;
}

/**
 * What shares are worth by symbol, as net liquidation has them: at the mid, and at the broker's mark for what is held and
 * has no quote. Undefined for a symbol without a price, or without a rate to the base currency.
 */
export function shareValues(
  account: Account,
  market: RiskMarket,
): (symbol: string) => ShareValue | undefined {
  const instruments = new Map(market.instruments.map((instrument) => [instrument.symbol, instrument]));
  // An option's position bears its stock's symbol (D17).
  const stocks = account.positions.filter(({ securityType }) => securityType === "STK");
  const positions = new Map(stocks.map((position) => [position.symbol, position]));
  return (symbol) => {
    const [instrument, position] = [instruments.get(symbol), positions.get(symbol)];
    const contract = instrument ?? position;
    if (!contract) return undefined;
    const { currency, conId } = contract;
    const mark = position?.conId === conId ? position.marketPrice : undefined;
    const price = market.quotes.get(conId)?.mid ?? mark;
    const rate = currency === account.baseCurrency ? 1 : account.exchangeRates.get(currency);
    if (price === undefined || rate === undefined) return undefined;
    return { conId, unit: { price, multiplier: instrument?.multiplier ?? 1, rate } };
  };
}
