import type { Contract } from "@stoqey/ib";
import type { Account, Position } from "../../trading/account.ts";
import type { Finding } from "../../trading/finding.ts";
import { type Money, money, moneyFromNumber } from "../../trading/money.ts";
import { isPrice } from "../../trading/price.ts";
import { held, ok, type Result } from "../../trading/result.ts";
import type { Connection } from "./connection.ts";
import { deadlineIn } from "./deadline.ts";
import { required } from "./events.ts";
import type { OrderBook } from "./order-book.ts";

/** A line of the account-updates list. */
interface PortfolioLine {
  readonly shares: number;
  readonly marketPrice: number | undefined;
  readonly marketValue: number | undefined;
  readonly averageCost: number | undefined;
  readonly unrealizedPnl: number | undefined;
}

/** A line of the positions list, which is the one that positions are read from. */
interface PositionLine {
  readonly contract: Contract;
  readonly shares: number;
  readonly averageCost: number;
}

/** The sums that an account must tell, by their TWS tags. All come in the base currency. */
const sums = {
  netLiquidation: "NetLiquidation",
  cash: "TotalCashValue",
  grossPositionValue: "GrossPositionValue",
  initialMargin: "InitMarginReq",
  maintenanceMargin: "MaintMarginReq",
  availableFunds: "AvailableFunds",
  excessLiquidity: "ExcessLiquidity",
} as const;

/** Float noise in a number of shares is no difference. */
const tolerance = 1e-6;

/**
 * The account as the gateway's two subscriptions keep telling it. They stay open for the life of the connection, so a
 * second reading costs no message.
 */
export class AccountBook {
  /** The connection's count of cuts when the account was last read; undefined before. */
  cutsWhenRead: number | undefined;

  readonly #connection: Connection;
  readonly #orders: OrderBook;
  readonly #account: string;
  readonly #deadlineSeconds: number;

  /** By tag and currency: the same tag comes in several (A01). */
  #values = new Map<string, { readonly tag: string; readonly currency: string; readonly value: string }>();
  /** By conId: lines repeat (D18). */
  #portfolio = new Map<number, PortfolioLine & { readonly contract: Contract }>();
  #positions = new Map<number, PositionLine>();
  #isSubscribed = false;
  #wasSubscribed = false;
  #hasValues = false;
  #hasPositions = false;
  /** Positions when they were first complete, and the executions heard until then. */
  #baseline: { readonly shares: ReadonlyMap<number, number>; readonly mark: number } | undefined;

  constructor(connection: Connection, orders: OrderBook, account: string, deadlineSeconds: number) {
    this.#connection = connection;
    this.#orders = orders;
    this.#account = account;
    this.#deadlineSeconds = deadlineSeconds;
    this.#hear();
  }

  /**
   * Subscribes, once, and anew after a cut of the gateway's link: after 1101 it has forgotten us (C16), and after 1102 what
   * changed meanwhile comes sooner this way.
   */
  async subscribe(): Promise<void> {
    if (this.#isSubscribed) return;
    if (this.#wasSubscribed) {
      // Asked for again while they are open, subscriptions may pass for what they are already.
      await this.#connection.send((api) => api.reqAccountUpdates(false, this.#account));
      await this.#connection.send((api) => api.cancelPositions());
    }
    this.#isSubscribed = true;
    this.#wasSubscribed = true;
    this.#values = new Map();
    this.#portfolio = new Map();
    this.#positions = new Map();
    this.#hasValues = false;
    this.#hasPositions = false;
    // The list may be told anew because it had a gap: it is no baseline then. Once something was traded it must stay one.
    if (this.#baseline && this.#orders.sharesSince(this.#baseline.mark).size === 0)
      this.#baseline = undefined;
    await this.#connection.send((api) => api.reqAccountUpdates(true, this.#account));
    await this.#connection.send((api) => api.reqPositions());
  }

  /** Subscribes and waits until the positions are complete: what comes after can be told from what was before. */
  async positionsKnown(): Promise<void> {
    await this.subscribe();
    await this.#connection.until(() => this.#hasPositions, deadlineIn(this.#deadlineSeconds));
  }

  /**
   * The account, once values and both lists are complete, agree, and show the executions of this connection. Lists lag
   * fills, so they are given time, and asked for again at half of it, before they are found to disagree (A06).
   */
  async read(): Promise<Result<Account>> {
    const connection = this.#connection;
    const half = this.#deadlineSeconds / 2;
    const isGood = (): boolean =>
      !connection.isLinkCut && this.#isSubscribed && this.#troubles().length === 0 && !this.#looksUnready();
    const cutOff = await connection.linked("account", half);
    if (cutOff) return held(cutOff);
    await this.subscribe();
    if ((await connection.until(isGood, deadlineIn(half))) === "late") {
      this.#isSubscribed = false;
      await this.subscribe();
      await connection.until(isGood, deadlineIn(half));
    }
    if (connection.lost) return held(connection.lostDuring("account"));
    if (connection.isLinkCut || !this.#isSubscribed) return held(connection.cutDuring("account"));
    const troubles = this.#troubles();
    this.cutsWhenRead = connection.linkCuts;
    return troubles.length > 0 ? held(...troubles) : ok(this.#accountNow());
  }

  #hear(): void {
    const connection = this.#connection;
    connection.on("updateAccountValue", (tag, value, currency, account) => {
      if (account === this.#account) this.#values.set(`${tag} ${currency}`, { tag, currency, value });
    });
    connection.on(
      "updatePortfolio",
      (contract, shares, price, value, cost, unrealizedPnl, _realized, account) => {
        if (account !== this.#account) return;
        const conId = required(contract.conId, "contract of a portfolio line");
        this.#portfolio.set(conId, {
          contract,
          shares: required(shares, "shares of a portfolio line"),
          marketPrice: isPrice(price) ? price : undefined,
          marketValue: isPrice(price) ? value : undefined,
          averageCost: cost,
          unrealizedPnl: isPrice(price) ? unrealizedPnl : undefined,
        });
      },
    );
    connection.on("accountDownloadEnd", (account) => {
      if (account === this.#account || account === "") this.#hasValues = true;
    });
    connection.on("position", (account, contract, shares, averageCost) => {
      if (account !== this.#account) return;
      const conId = required(contract.conId, "contract of a position");
      this.#positions.set(conId, {
        contract,
        shares: required(shares, "shares of a position"),
        averageCost: averageCost ?? 0,
      });
    });
    connection.on("positionEnd", () => {
      this.#hasPositions = true;
      this.#baseline ??= {
        shares: new Map([...this.#positions].map(([conId, { shares }]) => [conId, shares])),
        mark: this.#orders.mark,
      };
    });
    connection.onLink((meaning) => {
      if (meaning.startsWith("link-restored")) this.#isSubscribed = false;
    });
  }

  /** Values of zero at first are a list that is still being filled (A05); a truly empty account only waits longer. */
  #looksUnready(): boolean {
    return Number(this.#valuesOf(sums.netLiquidation)[0]?.value) === 0;
  }

  #troubles(): readonly Finding[] {
    const unanswered = (request: string): Finding => {
      return { kind: "request-unanswered", request, deadlineSeconds: this.#deadlineSeconds };
    };
    if (!this.#hasValues || !this.#hasPositions) {
      return [
        ...(this.#hasValues ? [] : [unanswered("account updates")]),
        ...(this.#hasPositions ? [] : [unanswered("positions")]),
      ];
    }
    const ready = this.#values.get("AccountReady ")?.value ?? "true";
    if (ready !== "true") return [{ kind: "account-value-missing", tag: "AccountReady", value: ready }];
    return [...this.#missingValues(), ...this.#disagreements(), ...this.#executionsNotShown()];
  }

  #missingValues(): readonly Finding[] {
    const base = this.#baseCurrency();
    return Object.values(sums).flatMap((tag): Finding[] => {
      const told = this.#valuesOf(tag);
      const [first] = told;
      if (!first || amountOf(first.value, first.currency) === undefined) {
        return [{ kind: "account-value-missing", tag, value: first?.value ?? "" }];
      }
      const currencies = told.map((row) => row.currency);
      const isOneSum = currencies.length === 1 && currencies[0] === base;
      return isOneSum ? [] : [{ kind: "account-currencies-disagree", tag, currencies }];
    });
  }

  #disagreements(): readonly Finding[] {
    const conIds = new Set([...this.#portfolio.keys(), ...this.#positions.keys()]);
    return [...conIds].flatMap((conId): Finding[] => {
      const line = this.#portfolio.get(conId);
      const position = this.#positions.get(conId);
      const portfolioShares = line?.shares ?? 0;
      const positionShares = position?.shares ?? 0;
      const symbol = (position?.contract ?? line?.contract)?.symbol ?? "";
      return Math.abs(portfolioShares - positionShares) < tolerance
        ? []
        : [{ kind: "position-lists-disagree", symbol, conId, portfolioShares, positionShares }];
    });
  }

  /** What was held when the positions were first complete, and what was traded since, is what must be held now. */
  #executionsNotShown(): readonly Finding[] {
    const baseline = this.#baseline;
    if (!baseline) return [];
    return [...this.#orders.sharesSince(baseline.mark)].flatMap(([conId, { symbol, shares }]): Finding[] => {
      const expected = (baseline.shares.get(conId) ?? 0) + shares;
      const isShown = Math.abs((this.#positions.get(conId)?.shares ?? 0) - expected) < tolerance;
      const request = `positions that show the executions of ${symbol}`;
      return isShown ? [] : [{ kind: "request-unanswered", request, deadlineSeconds: this.#deadlineSeconds }];
    });
  }

  /** Rows of a real currency: BASE is the sum of the others in disguise (A03). */
  #valuesOf(tag: string): readonly { readonly currency: string; readonly value: string }[] {
    return [...this.#values.values()].filter((row) => row.tag === tag && isCurrency(row.currency));
  }

  #baseCurrency(): string {
    return this.#valuesOf(sums.netLiquidation)[0]?.currency ?? "";
  }

  #accountNow(): Account {
    const sum = (tag: string): Money => {
      const row = this.#valuesOf(tag)[0];
      return required(row && amountOf(row.value, row.currency), tag);
    };
    return {
      id: this.#account,
      baseCurrency: this.#baseCurrency(),
      netLiquidation: sum(sums.netLiquidation),
      cash: sum(sums.cash),
      grossPositionValue: sum(sums.grossPositionValue),
      initialMargin: sum(sums.initialMargin),
      maintenanceMargin: sum(sums.maintenanceMargin),
      availableFunds: sum(sums.availableFunds),
      excessLiquidity: sum(sums.excessLiquidity),
      cashByCurrency: this.#valuesOf("CashBalance").flatMap((row) => amountOf(row.value, row.currency) ?? []),
      exchangeRates: this.#exchangeRates(),
      positions: [...this.#positions].flatMap(([conId, line]) =>
        line.shares === 0 ? [] : positionOf(conId, line, this.#portfolio.get(conId)),
      ),
    };
  }

  /** A rate that is no number is left out: what needs it is then told as missing one. */
  #exchangeRates(): ReadonlyMap<string, number> {
    const told = this.#valuesOf("ExchangeRate").flatMap(({ currency, value }) => {
      const rate = Number(value);
      return isPrice(rate) ? [[currency, rate] as const] : [];
    });
    return new Map([...told, [this.#baseCurrency(), 1]]);
  }
}

function positionOf(
  conId: number,
  { contract, shares, averageCost }: PositionLine,
  line: PortfolioLine | undefined,
): Position {
  const currency = required(contract.currency, "currency of a position");
  const amount = (value: number | undefined): Money | undefined =>
    value === undefined ? undefined : moneyFromNumber(value, currency);
  return {
    conId,
    symbol: contract.symbol ?? "",
    securityType: contract.secType ?? "",
    currency,
    shares,
    averageCost: line?.averageCost ?? averageCost,
    marketPrice: line?.marketPrice,
    marketValue: amount(line?.marketValue),
    unrealizedPnl: amount(line?.unrealizedPnl),
  };
}

function isCurrency(currency: string): boolean {
  return /^[A-Z]{3}$/.test(currency);
}

/** An amount as the gateway writes it; undefined for empty text and anything else that is no number. */
function amountOf(text: string, currency: string): Money | undefined {
  if (/^-?\d+(\.\d{1,6})?$/.test(text)) return money(text, currency);
  const value = Number(text);
  const isAmount = text.trim() !== "" && Number.isFinite(value) && Math.abs(value) < 1e15;
  return isAmount ? moneyFromNumber(value, currency) : undefined;
}
