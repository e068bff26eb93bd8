import type { Broker, Brokerage, ConnectionRequest } from "../../ports.ts";
import { clearedForSure } from "../../testing/cleared-for-sure.ts";
import type { Instrument } from "../../trading/instrument.ts";
import type { OrderReport, PlannedOrder } from "../../trading/order.ts";
import type { QuoteReading } from "../../trading/quote.ts";
import type { Result } from "../../trading/result.ts";
import type { ClearedOrders } from "../../trading/risk/gate.ts";

/**
 * A market in which the contract is tried: open for some minutes already and for an hour more; stocks AAPL, MSFT and the
 * thinly traded RRC in USD; an account with a million dollars in cash, 300 AAPL, and a short position of 120 MSFT.
 */
export interface OpenedBroker {
  readonly brokerage: Brokerage;
  /** For the first connection, with a client id of its own. */
  readonly request: ConnectionRequest;
  /** Lets the market's time pass; resolves when its clients have been told what came of it. */
  advance(ms: number): Promise<void>;
  close(): Promise<void>;
}

/** The broker of the test that runs: what every part of the contract begins with. */
export class Trial {
  #opened: OpenedBroker | undefined;
  #brokers: Broker[] = [];

  begin(opened: OpenedBroker): void {
    this.#opened = opened;
    this.#brokers = [];
  }

  get opened(): OpenedBroker {
    return required(this.#opened);
  }

  /** Until the test ends. */
  async connect(changed: Partial<ConnectionRequest> = {}): Promise<Broker> {
    const broker = valueOf(await this.opened.brokerage.connect({ ...this.opened.request, ...changed }));
    this.#brokers.push(broker);
    return broker;
  }

  /** Lets the market's time pass. What is told arrives a moment later. */
  async advance(ms: number): Promise<void> {
    await this.opened.advance(ms);
    await pause(50);
  }

  /** A purchase at a limit that the market has reached. */
  buy(market: Quoted | undefined, shares: number): PlannedOrder {
    const { instrument, ask } = required(market);
    return {
      orderRef: `trader.reb.c.${instrument.symbol}.B${shares}.1.aaaa`,
      role: "rebalance",
      account: this.opened.request.account,
      instrument,
      side: "buy",
      shares,
      limitPrice: tick(ask * 1.01),
      decisionPrice: ask,
      style: { kind: "adaptive", priority: "Normal" },
      timeInForce: "DAY",
      outsideRegularHours: false,
    };
  }

  async end(): Promise<void> {
    for (const broker of this.#brokers) await broker[Symbol.asyncDispose]();
    await this.opened.close();
  }
}

export interface Quoted {
  readonly instrument: Instrument;
  readonly bid: number;
  readonly ask: number;
  readonly reading: QuoteReading;
}

export async function marketOf(broker: Broker, ...symbols: readonly string[]): Promise<readonly Quoted[]> {
  const instruments = await instrumentsOf(broker, symbols);
  const quotes = valueOf(await broker.quotes(instruments));
  return instruments.map((instrument, index) => quoted(instrument, quotes[index]));
}

async function instrumentsOf(broker: Broker, symbols: readonly string[]): Promise<readonly Instrument[]> {
  const answers = valueOf(await broker.contracts(symbols.map((symbol) => ({ symbol, currency: "USD" }))));
  return answers.map((answer) => required(answer.found === true ? answer.instrument : undefined));
}

function quoted(instrument: Instrument, reading: QuoteReading | undefined): Quoted {
  const { bid, ask } = required(reading);
  expect(reading).toMatchObject({ conId: instrument.conId, symbol: instrument.symbol });
  return { instrument, bid: required(bid), ask: required(ask), reading: required(reading) };
}

export function cleared(...orders: readonly PlannedOrder[]): ClearedOrders {
  return clearedForSure(orders);
}

export function valueOf<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(JSON.stringify(result.findings));
  return result.value;
}

export function required<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("something is missing that this test relies on");
  return value;
}

export function lifeOf({ state }: OrderReport): string {
  return "status" in state ? state.status : state.life;
}

export function sharesOf(executions: readonly { readonly shares: number }[]): number {
  return executions.reduce((sum, { shares }) => sum + shares, 0);
}

/** Where the market does not come. */
export function below(market: Quoted | undefined, part: number): number {
  return tick(required(market).bid * part);
}

export async function openTerms(broker: Broker) {
  return valueOf(await broker.openOrders()).map(
    ({ orderId, permId, orderRef, orderedShares, limitPrice }) => {
      return { orderId, permId, orderRef, orderedShares, limitPrice };
    },
  );
}

/** On the cent. */
export function tick(price: number): number {
  return Math.round(price * 100) / 100;
}

export async function pause(ms: number): Promise<void> {
  await new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
