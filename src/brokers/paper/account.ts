import type { Venue, VenuePosition } from "../../simulation/venue.ts";
import {
  type AccountValue,
  accountValues,
  ledgerAndNetLiquidation,
  summaryValues,
} from "./account-values.ts";
import type { Client } from "./client.ts";
import { noId, refuse } from "./client.ts";
import { contractOf, tradingClassOf } from "./contract-lookup.ts";
import { amountText, type Field, type FieldReader, row } from "./fields.ts";
import { invalid, unprocessable } from "./refusal.ts";
import { clockTime } from "./wall-time.ts";

/** The real gateway sends changed values every three minutes. */
const refreshMs = 180_000;
/** Account summaries that one client may have at a time. */
const summariesMax = 2;

/** Rows that were told already, so that only changes are told again. */
class ToldRows {
  readonly #told = new Map<string, string>();

  isNews({ key, currency, value }: AccountValue): boolean {
    const name = `${key}/${currency}`;
    if (this.#told.get(name) === value) return false;
    this.#told.set(name, value);
    return true;
  }
}

interface Subscription {
  readonly account: string;
  readonly told: ToldRows;
  toldAt: number;
}
/** By request id, of which a client may have many. */
interface MultiSubscription extends Subscription {
  /** Only the ledger and the net liquidation value. */
  readonly isLedgerOnly: boolean;
}
interface Summary {
  readonly tags: readonly string[];
  readonly told: ReadonlyMap<string, ToldRows>;
  toldAt: number;
}

/** Balances and positions: what a client asks for once, and what it is told from then on. */
export class Accounts {
  readonly #venue: Venue;
  readonly #updates = new Map<Client, Subscription>();
  readonly #summaries = new Map<Client, Map<number, Summary>>();
  readonly #multiUpdates = new Map<Client, Map<number, MultiSubscription>>();
  readonly #positions = new Set<Client>();
  /** Request id → account. */
  readonly #multiPositions = new Map<Client, Map<number, string>>();
  /** Instruments of each account whose books changed since clients were last told. */
  readonly #changed = new Map<string, Set<number>>();

  constructor(venue: Venue) {
    this.#venue = venue;
  }

  /** reqAccountUpdates (6): values, portfolio, time, end; then again what changes. A second subscription replaces the first. */
  updates(client: Client, reader: FieldReader): void {
    reader.skip("version");
    const subscribe = reader.flag("subscribe");
    const account = this.#named(reader.text("acctCode"));
    if (!subscribe) {
      this.#updates.delete(client);
      return;
    }
    if (account === undefined) return refuse(client, noId, invalid("Invalid account code."));
    const subscription = { account, told: new ToldRows(), toldAt: this.#venue.now() };
    this.#updates.set(client, subscription);
    this.#sendNews(client, subscription);
    for (const position of this.#venue.positions(account)) this.#sendPortfolio(client, account, position);
    this.#sendTime(client);
    client.send(54, 1, account);
  }

  /** reqAccountSummary (62): the tags asked for, then the end; changed ones every three minutes. */
  summary(client: Client, reader: FieldReader): void {
    reader.skip("version");
    const requestId = reader.id("reqId");
    const group = reader.text("group");
    const tags = reader
      .text("tags")
      .split(",")
      .filter((tag) => tag !== "");
    const mine = this.#summaries.get(client) ?? new Map<number, Summary>();
    if (group !== "All") return refuse(client, requestId, invalid(`Account group ${group} does not exist`));
    if (mine.size >= summariesMax && !mine.has(requestId))
      return refuse(client, requestId, unprocessable("Maximum number of account summary requests exceeded"));
    const told = new Map(this.#venue.accounts.map((account) => [account, new ToldRows()]));
    const summary = { tags, told, toldAt: this.#venue.now() };
    this.#summaries.set(client, mine.set(requestId, summary));
    this.#sendSummary(client, requestId, summary);
    client.send(64, 1, requestId);
  }

  /** cancelAccountSummary (63) */
  cancelSummary(client: Client, reader: FieldReader): void {
    reader.skip("version");
    this.#summaries.get(client)?.delete(reader.id("reqId"));
  }

  /** reqPositions (61): all of them, the end, and from then on each that changes. */
  positions(client: Client): void {
    for (const account of this.#venue.accounts)
      for (const position of this.#held(account)) this.#sendPosition(client, account, position);
    client.send(62, 1);
    this.#positions.add(client);
  }

  /** cancelPositions (64) */
  cancelPositions(client: Client): void {
    this.#positions.delete(client);
  }

  /** reqPositionsMulti (74): those of one account, the end, and from then on each that changes. No model holds any here. */
  positionsMulti(client: Client, reader: FieldReader): void {
    reader.skip("version");
    const requestId = reader.id("reqId");
    const account = this.#named(reader.text("account"));
    const modelCode = reader.text("modelCode");
    if (account === undefined) return refuse(client, requestId, invalid("Invalid account code."));
    if (modelCode === "") {
      for (const position of this.#held(account))
        this.#sendPositionMulti(client, requestId, account, position);
      const mine = this.#multiPositions.get(client) ?? new Map<number, string>();
      this.#multiPositions.set(client, mine.set(requestId, account));
    }
    client.send(72, 1, requestId);
  }

  /** cancelPositionsMulti (75) */
  cancelPositionsMulti(client: Client, reader: FieldReader): void {
    reader.skip("version");
    this.#multiPositions.get(client)?.delete(reader.id("reqId"));
  }

  /** reqAccountUpdatesMulti (76): the values, the end, and then again what changes. No model has any here. */
  updatesMulti(client: Client, reader: FieldReader): void {
    reader.skip("version");
    const requestId = reader.id("reqId");
    const account = this.#named(reader.text("account"));
    const modelCode = reader.text("modelCode");
    const isLedgerOnly = reader.flag("ledgerAndNLV");
    if (account === undefined) return refuse(client, requestId, invalid("Invalid account code."));
    if (modelCode === "") {
      const subscription = { account, isLedgerOnly, told: new ToldRows(), toldAt: this.#venue.now() };
      const mine = this.#multiUpdates.get(client) ?? new Map<number, MultiSubscription>();
      this.#multiUpdates.set(client, mine.set(requestId, subscription));
      this.#sendNewsMulti(client, requestId, subscription);
    }
    client.send(74, 1, requestId);
  }

  /** cancelAccountUpdatesMulti (77) */
  cancelUpdatesMulti(client: Client, reader: FieldReader): void {
    reader.skip("version");
    this.#multiUpdates.get(client)?.delete(reader.id("reqId"));
  }

  /** The books of an account are not what they were; clients are told by `tellChanges`. */
  onBooks(account: string, conIds: readonly number[]): void {
    const changed = this.#changed.get(account) ?? new Set();
    for (const conId of conIds) changed.add(conId);
    this.#changed.set(account, changed);
  }

  /** Tells subscribers what has changed: after each act of the venue what it changed, and all that moved every three minutes. */
  tellChanges(): void {
    for (const [account, conIds] of this.#changed) this.#tellBooks(account, conIds);
    this.#changed.clear();
    const isDue = (subscription: { readonly toldAt: number }): boolean =>
      this.#venue.now() - subscription.toldAt >= refreshMs;
    for (const [client, subscription] of this.#updates) {
      if (!isDue(subscription)) continue;
      this.#sendNews(client, subscription);
      for (const position of this.#held(subscription.account))
        this.#sendPortfolio(client, subscription.account, position);
      this.#sendTime(client);
      subscription.toldAt = this.#venue.now();
    }
    for (const [client, mine] of this.#multiUpdates)
      for (const [requestId, subscription] of mine) {
        if (!isDue(subscription)) continue;
        this.#sendNewsMulti(client, requestId, subscription);
        subscription.toldAt = this.#venue.now();
      }
    for (const [client, summaries] of this.#summaries)
      for (const [requestId, summary] of summaries) {
        if (!isDue(summary)) continue;
        this.#sendSummary(client, requestId, summary);
        summary.toldAt = this.#venue.now();
      }
  }

  #tellBooks(account: string, conIds: ReadonlySet<number>): void {
    const changed = [...conIds].map((conId) => this.#venue.position(account, conId) ?? this.#flat(conId));
    for (const client of this.#positions)
      for (const position of changed) this.#sendPosition(client, account, position);
    for (const [client, subscription] of this.#updates) {
      if (subscription.account !== account) continue;
      this.#sendNews(client, subscription);
      for (const position of changed) this.#sendPortfolio(client, account, position);
      this.#sendTime(client);
    }
    for (const [client, mine] of this.#multiPositions)
      for (const [requestId, wanted] of mine)
        if (wanted === account)
          for (const position of changed) this.#sendPositionMulti(client, requestId, account, position);
    for (const [client, mine] of this.#multiUpdates)
      for (const [requestId, subscription] of mine)
        if (subscription.account === account) this.#sendNewsMulti(client, requestId, subscription);
  }

  forget(client: Client): void {
    this.#updates.delete(client);
    this.#summaries.delete(client);
    this.#positions.delete(client);
    this.#multiUpdates.delete(client);
    this.#multiPositions.delete(client);
  }

  /** No account named means the only one. */
  #named(account: string): string | undefined {
    if (account === "") return this.#venue.accounts.length === 1 ? this.#venue.accounts[0] : undefined;
    return this.#venue.accounts.find((known) => known === account);
  }

  #held(account: string): readonly VenuePosition[] {
    return this.#venue.positions(account).filter((position) => position.shares !== 0);
  }

  /** A position that the books do not keep any more: closed. */
  #flat(conId: number): VenuePosition {
    const marketPrice = this.#venue.quote(conId).last;
    return { conId, shares: 0, averageCost: 0, marketPrice, realizedPnl: 0 };
  }

  #sendNews(client: Client, { account, told }: Subscription): void {
    for (const line of accountValues(this.#venue, account))
      if (told.isNews(line)) client.send(6, 2, line.key, line.value, line.currency, account);
  }

  /** accountUpdateMulti (73) */
  #sendNewsMulti(
    client: Client,
    requestId: number,
    { account, isLedgerOnly, told }: MultiSubscription,
  ): void {
    const values = isLedgerOnly ? ledgerAndNetLiquidation : accountValues;
    for (const line of values(this.#venue, account))
      if (told.isNews(line)) client.send(73, 1, requestId, account, "", line.key, line.value, line.currency);
  }

  #sendSummary(client: Client, requestId: number, { tags, told }: Summary): void {
    for (const [account, rows] of told)
      for (const { key, value, currency } of summaryValues(this.#venue, account, tags))
        if (rows.isNews({ key, value, currency }))
          client.send(63, 1, requestId, account, key, value, currency);
  }

  #sendTime(client: Client): void {
    client.send(8, 1, clockTime(this.#venue.now(), this.#venue.zone));
  }

  /** updatePortfolio (7) */
  #sendPortfolio(client: Client, account: string, position: VenuePosition): void {
    const contract = contractOf(this.#venue, position.conId);
    const { symbol, currency, primaryExchange } = contract;
    const { shares, marketPrice, averageCost } = position;
    client.send(
      ...row(7, 8, position.conId, symbol, "STK", "", "0", "0", "", primaryExchange, currency, symbol),
      ...row(tradingClassOf(contract), shares, marketPrice, amountText(shares * marketPrice), averageCost),
      ...row(amountText(shares * (marketPrice - averageCost)), amountText(position.realizedPnl), account),
    );
  }

  /** position (61) */
  #sendPosition(client: Client, account: string, position: VenuePosition): void {
    client.send(61, 3, ...this.#positionFields(account, position));
  }

  /** positionMulti (71) */
  #sendPositionMulti(client: Client, requestId: number, account: string, position: VenuePosition): void {
    client.send(71, 1, requestId, ...this.#positionFields(account, position), "");
  }

  #positionFields(account: string, position: VenuePosition): readonly Field[] {
    const contract = contractOf(this.#venue, position.conId);
    const { symbol, currency, primaryExchange } = contract;
    const tradingClass = tradingClassOf(contract);
    return [
      ...row(account, position.conId, symbol, "STK", "", "0.0", "", "", primaryExchange, currency, symbol),
      ...row(tradingClass, position.shares, position.averageCost),
    ];
  }
}
