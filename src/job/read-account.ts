import type { Broker, Journal } from "../ports.ts";
import type { Account } from "../trading/account.ts";
import type { Result } from "../trading/result.ts";

/** Net liquidation, margins and positions as the broker states them now. */
export async function readAccount(broker: Broker, journal: Journal): Promise<Result<Account>> {
  const account = await broker.account();
  if (account.ok) journal.append({ kind: "account-read", account: account.value });
  return account;
}
