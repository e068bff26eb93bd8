import type { Venue } from "../../simulation/venue.ts";
import { type Client, refuse } from "./client.ts";
import type { FieldReader } from "./fields.ts";
import { type PositionPnl, pnlOf } from "./position-pnl.ts";
import { invalid } from "./refusal.ts";

/** P&L is told once a second at most. */
const tellEveryMs = 1000;

interface Subscription {
  readonly account: string;
  /** Undefined: that of the whole account. */
  readonly conId: number | undefined;
  told: string;
  toldAtMs: number;
}

/** Profit and loss: of an account and of single positions, again whenever it has changed. */
export class ProfitAndLoss {
  readonly #venue: Venue;
  readonly #subscriptions = new Map<Client, Map<number, Subscription>>();

  constructor(venue: Venue) {
    this.#venue = venue;
  }

  /** reqPnL (92) */
  account(client: Client, reader: FieldReader): void {
    const requestId = reader.id("reqId");
    const account = reader.text("account");
    reader.skip("modelCode");
    this.#subscribe(client, requestId, account, undefined);
  }

  /** reqPnLSingle (94). A contract that nobody knows is never answered, as with the real gateway. */
  single(client: Client, reader: FieldReader): void {
    const requestId = reader.id("reqId");
    const account = reader.text("account");
    reader.skip("modelCode");
    this.#subscribe(client, requestId, account, reader.id("conId"));
  }

  /** cancelPnL (93) and cancelPnLSingle (95) */
  cancel(client: Client, reader: FieldReader): void {
    this.#subscriptions.get(client)?.delete(reader.id("reqId"));
  }

  tellChanges(): void {
    for (const [client, mine] of this.#subscriptions)
      for (const [requestId, subscription] of mine)
        if (this.#venue.now() - subscription.toldAtMs >= tellEveryMs)
          this.#tell(client, requestId, subscription);
  }

  forget(client: Client): void {
    this.#subscriptions.delete(client);
  }

  #subscribe(client: Client, requestId: number, account: string, conId: number | undefined): void {
    if (!this.#venue.accounts.includes(account))
      return refuse(client, requestId, invalid(`Invalid account code '${account}'.`));
    const mine = this.#subscriptions.get(client) ?? new Map<number, Subscription>();
    if (mine.has(requestId)) return refuse(client, requestId, invalid("Duplicate PnL subscription id"));
    const subscription = { account, conId, told: "", toldAtMs: 0 };
    this.#subscriptions.set(client, mine.set(requestId, subscription));
    this.#tell(client, requestId, subscription);
  }

  #tell(client: Client, requestId: number, subscription: Subscription): void {
    const fields = this.#fields(subscription);
    const text = fields.join("|");
    if (fields.length === 0 || subscription.told === text) return;
    subscription.told = text;
    subscription.toldAtMs = this.#venue.now();
    client.send(subscription.conId === undefined ? 94 : 95, requestId, ...fields);
  }

  #fields({ account, conId }: Subscription): readonly number[] {
    const all = pnlOf(this.#venue, account);
    if (conId === undefined) {
      const sum = (of: (pnl: PositionPnl) => number): number =>
        all.reduce((total, pnl) => total + of(pnl), 0);
      return [sum((pnl) => pnl.daily), sum((pnl) => pnl.unrealized), sum((pnl) => pnl.realized)];
    }
    if (!this.#venue.contracts().some((contract) => contract.conId === conId)) return [];
    const one = all.find((pnl) => pnl.conId === conId);
    return one ? [one.shares, one.daily, one.unrealized, one.realized, one.value] : [0, 0, 0, 0, 0];
  }
}
