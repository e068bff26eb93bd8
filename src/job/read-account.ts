import type { Broker, Journal } from "../ports.ts";
import type { Account } from "../trading/account.ts";
import type { Result } from "../trading/result.ts";
import type { Worked } from "./work.ts";

/** Net liquidation, margins and positions as the broker states them now. */
export async function readAccount(broker: Broker, journal: Journal): Promise<Result<Account>> {
  const account = await broker.account();
  if (account.ok) journal.append({ kind: "account-read", account: account.value });
  return account;
}

/** Lists that a silent gateway told before the orders show nothing of them: then there is no account, and why. */
export async function accountAfter(
  { lastLook }: Worked,
  broker: Broker,
  journal: Journal,
): Promise<Result<Account>> {
  return lastLook.ok ? await readAccount(broker, journal) : lastLook;
}
