import type { Account } from "../trading/account.ts";
import type { Money } from "../trading/money.ts";

/** An account in which every sum is this one, without positions. */
export function accountWorth(sum: Money, changes: Partial<Account> = {}): Account {
  return {
    id: "DU1234567",
    baseCurrency: sum.currency,
    netLiquidation: sum,
    cash: sum,
    grossPositionValue: sum,
    initialMargin: sum,
    maintenanceMargin: sum,
    availableFunds: sum,
    excessLiquidity: sum,
    cashByCurrency: [sum],
    exchangeRates: new Map(),
    positions: [],
    ...changes,
  };
}
