import type { BeforeSend, Broker, Brokerage, ConnectionRequest } from "../ports.ts";
import { clearedForSure } from "../testing/cleared-for-sure.ts";
import { sendAll } from "../testing/send-all.ts";
import type { ExecutionStyle } from "../trading/execution-style.ts";
import { later, minutesBetween } from "../trading/instant.ts";
import type { Instrument } from "../trading/instrument.ts";
import { toNumber } from "../trading/money.ts";
import type { OrderReport, PlannedOrder } from "../trading/order.ts";
import { isOnTick } from "../trading/price.ts";
import type { QuoteReading } from "../trading/quote.ts";
import type { Result } from "../trading/result.ts";
import type { ClearedOrders } from "../trading/risk/gate.ts";
import { sessionOpenAt } from "../trading/session.ts";

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

/** One suite that every broker passes: what the job relies on, whoever stands behind it. */
export function brokerContract(name: string, start: () => Promise<OpenedBroker>): void {
  describe(name, () => {
    let opened: OpenedBroker;
    let brokers: Broker[];
    beforeEach(async () => {
      opened = await start();
      brokers = [];
    });
    afterEach(async () => {
      for (const broker of brokers) await broker[Symbol.asyncDispose]();
      await opened.close();
    });

    const connect = async (changed: Partial<ConnectionRequest> = {}): Promise<Broker> => {
      const broker = valueOf(await opened.brokerage.connect({ ...opened.request, ...changed }));
      brokers.push(broker);
      return broker;
    };
    /** What is told arrives a moment later. */
    const advance = async (ms: number): Promise<void> => {
      await opened.advance(ms);
      await pause(50);
    };
    test("connects as the configured client and account, and knows the market's time", async () => {
      const broker = await connect();
      const { account, clientId } = opened.request;
      expect(broker.identity).toMatchObject({ account, clientId });
      expect(broker.progress()).toEqual({ connected: true, linkWasCut: false, orders: [], executions: [] });
      const before = broker.marketTime();
      await advance(600_000);
      const other = await connect({ clientId: clientId + 1 });
      expect(minutesBetween(before, other.marketTime())).toBeCloseTo(10, 0);
    });

    test("refuses an account that the login does not manage", async () => {
      const account = "DU0000009";
      const refused = await opened.brokerage.connect({ ...opened.request, account });
      expect(refused).toMatchObject({ ok: false, findings: [{ kind: "account-not-managed", account }] });
    });

    test("refuses a live account that the owner has not allowed", async () => {
      const refused = await opened.brokerage.connect({ ...opened.request, account: "U1234567", live: false });
      expect(refused).toMatchObject({ ok: false, findings: [{ kind: "live-account-refused" }] });
    });

    test("has no open orders, executions or completed orders at first: empty answers, not missing ones", async () => {
      const broker = await connect();
      expect(await broker.openOrders()).toEqual({ ok: true, value: [] });
      expect(await broker.executions()).toEqual({ ok: true, value: [] });
      expect(await broker.completedOrders()).toEqual({ ok: true, value: [] });
    });

    test("tells the account with long and short positions, and sums that fit together", async () => {
      const broker = await connect();
      const account = valueOf(await broker.account());
      const shares = Object.fromEntries(
        account.positions.map((position) => [position.symbol, position.shares]),
      );
      expect(shares).toEqual({ AAPL: 300, MSFT: -120 });
      const values = account.positions.map((position) => toNumber(required(position.marketValue)));
      const stocks = values.reduce((sum, value) => sum + value, 0);
      const gross = values.reduce((sum, value) => sum + Math.abs(value), 0);
      expect(account.baseCurrency).toBe("USD");
      expect(toNumber(account.cash)).toBeCloseTo(1_000_000, 0);
      expect(toNumber(account.netLiquidation)).toBeCloseTo(1_000_000 + stocks, 0);
      expect(toNumber(account.grossPositionValue)).toBeCloseTo(gross, 0);
      expect(toNumber(account.initialMargin)).toBeGreaterThan(toNumber(account.maintenanceMargin));
      expect(toNumber(account.excessLiquidity)).toBeGreaterThan(toNumber(account.availableFunds));
      expect(account.exchangeRates.get("USD")).toBe(1);
    });

    test("finds contracts with their ticks and today's hours, and tells one that does not exist", async () => {
      const broker = await connect();
      const answers = valueOf(
        await broker.contracts(["MSFT", "NOSUCH", "AAPL"].map((symbol) => ({ symbol, currency: "USD" }))),
      );
      expect(answers.map((answer) => answer.found)).toEqual([true, false, true]);
      const [msft, , aapl] = answers.map((answer) => (answer.found === true ? answer.instrument : undefined));
      expect(required(msft)).toMatchObject({
        symbol: "MSFT",
        currency: "USD",
        securityType: "STK",
        multiplier: 1,
      });
      expect(required(aapl).conId).not.toBe(required(msft).conId);
      expect(sessionOpenAt(required(aapl).sessions, broker.marketTime())).toBeDefined();
      expect(isOnTick(123.45, required(aapl).priceSteps)).toBe(true);
      expect(isOnTick(123.456, required(aapl).priceSteps)).toBe(false);
    });

    test("quotes bid under ask, live, each instrument its own", async () => {
      const broker = await connect();
      const [aapl, msft] = await marketOf(broker, "AAPL", "MSFT");
      for (const { bid, ask, reading } of [required(aapl), required(msft)]) {
        expect(bid).toBeLessThan(ask);
        expect(reading.feed).toBe("live");
        expect(reading.receivedAt).toBeLessThanOrEqual(broker.marketTime());
        expect(required(reading.lastTradedAt)).toBeLessThanOrEqual(broker.marketTime());
      }
      expect(required(msft).bid).toBeGreaterThan(required(aapl).ask);
    });

    test("acknowledges orders, fills what the market reaches, and shows it in the positions", async () => {
      const broker = await connect();
      await broker.account();
      const [aapl, msft] = await marketOf(broker, "AAPL", "MSFT");
      const placed = await broker.place(
        cleared(
          { ...buy(aapl, 25), shares: 25 },
          { ...buy(msft, 100), side: "sell", limitPrice: tick(required(msft).bid * 0.99) },
        ),
        sendAll,
      );
      expect(placed.map(({ side, orderedShares }) => [side, orderedShares])).toEqual([
        ["buy", 25],
        ["sell", 100],
      ]);
      for (const { permId, orderId, state } of placed) {
        expect(permId).toBeGreaterThan(0);
        expect(orderId).toBeGreaterThan(0);
        expect(state.life).not.toBe("unknown");
      }
      await advance(120_000);
      const { orders, executions } = broker.progress();
      expect(orders.map(lifeOf)).toEqual(["filled", "filled"]);
      expect(orders.map((order) => order.filledShares)).toEqual([25, 100]);
      for (const { side, price } of executions) {
        if (side === "buy") expect(price).toBeLessThanOrEqual(required(aapl).ask * 1.01);
        else expect(price).toBeGreaterThanOrEqual(tick(required(msft).bid * 0.99));
      }
      const after = valueOf(await broker.account());
      expect(
        Object.fromEntries(after.positions.map((position) => [position.symbol, position.shares])),
      ).toEqual({
        AAPL: 325,
        MSFT: -220,
      });
    });

    test("refuses an order off the tick and says why", async () => {
      const broker = await connect();
      const [aapl] = await marketOf(broker, "AAPL");
      const [report] = await broker.place(cleared({ ...buy(aapl, 10), limitPrice: 100.001 }), sendAll);
      expect(required(report)).toMatchObject({
        state: { life: "done", status: "rejected" },
        filledShares: 0,
      });
      expect(required(report).messages[0]?.code).toBe(110);
    });

    test("takes every style of execution, each with its limit where it has one", async () => {
      const broker = await connect();
      const [aapl] = await marketOf(broker, "AAPL");
      const endAt = later(broker.marketTime(), 30 * 60_000);
      const styles: readonly ExecutionStyle[] = [
        { kind: "adaptive", priority: "Urgent" },
        { kind: "limit" },
        { kind: "marketable-limit" },
        { kind: "midprice" },
        { kind: "twap", endAt },
        { kind: "vwap", endAt, volumePartMax: 0.1 },
        { kind: "market-on-close" },
      ];
      const limits = styles.map((_style, index) => tick(required(aapl).ask * 1.01 + index * 0.03));
      const placed = await broker.place(
        cleared(
          ...styles.map((style, index) => ({
            ...buy(aapl, 60),
            orderRef: `trader.reb.c.AAPL.B60.${index + 1}.aaaa`,
            limitPrice: required(limits[index]),
            style,
          })),
        ),
        sendAll,
      );
      for (const { state, permId, messages } of placed) {
        expect(messages).toEqual([]);
        expect(permId).toBeGreaterThan(0);
        expect(state.life).not.toBe("unknown");
      }
      await advance(60 * 60_000);
      const { orders, executions } = broker.progress();
      // The auction is hours away.
      expect(orders.map(lifeOf)).toEqual([...Array(6).fill("filled"), "pre-submitted"]);
      for (const { orderRef, price } of executions)
        expect(price).toBeLessThanOrEqual(required(limits[Number(orderRef.split(".")[5]) - 1]));
      const slices = (attempt: number) =>
        executions.filter(({ orderRef }) => orderRef.split(".")[5] === String(attempt));
      expect(slices(5).length).toBeGreaterThan(20);
    });

    test("ends an order that trades at once or not at all, and what the broker says is its end", async () => {
      const broker = await connect();
      const [aapl] = await marketOf(broker, "AAPL");
      const far = tick(required(aapl).bid * 0.98);
      const [report] = await broker.place(
        cleared({ ...buy(aapl, 60), limitPrice: far, style: { kind: "limit" }, timeInForce: "IOC" }),
        sendAll,
      );
      await advance(1_000);
      expect(broker.progress().orders).toMatchObject([
        {
          orderRef: required(report).orderRef,
          state: { life: "done", status: "cancelled" },
          filledShares: 0,
        },
      ]);
    });

    test("fills a large order of a thin stock in parts; the rest can be cancelled", async () => {
      const broker = await connect();
      await broker.account();
      const [rrc] = await marketOf(broker, "RRC");
      await broker.place(cleared(buy(rrc, 30_000)), sendAll);
      await advance(5_000);
      const [working] = broker.progress().orders;
      expect(required(working).state.life).toBe("working");
      expect(required(working).filledShares).toBeGreaterThan(0);
      expect(required(working).filledShares).toBeLessThan(30_000);

      const [ended] = valueOf(await broker.cancel([required(working)]));
      expect(required(ended)).toMatchObject({ state: { life: "done", status: "cancelled" } });
      expect(valueOf(await broker.openOrders())).toEqual([]);
      const executions = valueOf(await broker.executions());
      expect(sharesOf(executions)).toBe(required(ended).filledShares);
      const { positions } = valueOf(await broker.account());
      expect(positions.find((position) => position.symbol === "RRC")?.shares).toBe(
        required(ended).filledShares,
      );
    });

    test("tells an order of an earlier connection as open, cancels it, and then as completed", async () => {
      const first = await connect();
      const [aapl] = await marketOf(first, "AAPL");
      const [placed] = await first.place(
        cleared({ ...buy(aapl, 40), limitPrice: tick(required(aapl).bid * 0.5) }),
        sendAll,
      );
      await first[Symbol.asyncDispose]();
      await pause(50);

      const second = await connect();
      const open = valueOf(await second.openOrders());
      const { orderRef, permId, orderId, clientId } = required(placed);
      expect(open).toMatchObject([
        { orderRef, permId, orderId, clientId, orderedShares: 40, state: { life: "working" } },
      ]);
      expect(valueOf(await second.cancel(open))).toMatchObject([
        { orderRef, state: { life: "done", status: "cancelled" } },
      ]);
      expect(await second.openOrders()).toEqual({ ok: true, value: [] });
      expect(valueOf(await second.completedOrders())).toMatchObject([
        { orderRef, permId, state: { life: "done", status: "cancelled" }, filledShares: 0 },
      ]);
    });

    test("does not cancel what another client id placed", async () => {
      const first = await connect();
      const [aapl] = await marketOf(first, "AAPL");
      await first.place(cleared({ ...buy(aapl, 40), limitPrice: tick(required(aapl).bid * 0.5) }), sendAll);
      const other = await connect({ clientId: opened.request.clientId + 1 });
      const open = valueOf(await other.openOrders());
      expect(open).toHaveLength(1);
      expect(await other.cancel(open)).toMatchObject({
        ok: false,
        findings: [{ kind: "order-of-other-client" }],
      });
      expect(valueOf(await first.openOrders())).toHaveLength(1);
    });

    describe("a working order with new terms", () => {
      test("keeps its numbers and its name, and fills at the new terms alone", async () => {
        const broker = await connect();
        const [aapl] = await marketOf(broker, "AAPL");
        const order = { ...buy(aapl, 40), limitPrice: below(aapl, 0.5) };
        const [placed] = await broker.place(cleared(order), sendAll);
        const { orderId, permId, orderRef } = required(placed);
        const asked: string[] = [];
        const terms = { shares: 55, limitPrice: below(aapl, 0.6) };
        const [modified] = valueOf(
          await broker.modify(cleared({ ...order, ...terms }), async ({ orderRef: ref }) => {
            asked.push(ref);
            return undefined;
          }),
        );
        const known = { orderId, permId, orderRef, orderedShares: 55, limitPrice: terms.limitPrice };
        expect(required(modified)).toMatchObject({ ...known, state: { life: "working" } });
        expect(asked).toEqual([orderRef]);
        expect(await openTerms(broker)).toEqual([known]);

        const bid = tick(required(aapl).ask * 1.01);
        valueOf(await broker.modify(cleared({ ...order, shares: 55, limitPrice: bid }), sendAll));
        await advance(60_000);
        const { orders, executions } = broker.progress();
        expect(orders.map(lifeOf)).toEqual(["filled"]);
        expect(sharesOf(executions)).toBe(55);
        expect(new Set(executions.map((execution) => execution.permId))).toEqual(new Set([permId]));
      });

      test("is changed by a later connection of its client id, and by no other id", async () => {
        const first = await connect();
        const [aapl] = await marketOf(first, "AAPL");
        const order = { ...buy(aapl, 40), limitPrice: below(aapl, 0.5) };
        await first.place(cleared(order), sendAll);
        const before = await openTerms(first);
        await first[Symbol.asyncDispose]();
        await pause(50);
        const other = await connect({ clientId: opened.request.clientId + 1 });
        await other.openOrders();
        const terms = { ...order, shares: 33, limitPrice: below(aapl, 0.55) };
        expect(await other.modify(cleared(terms), sendAll)).toMatchObject({
          ok: false,
          findings: [{ kind: "order-of-other-client", orderRef: order.orderRef }],
        });
        expect(await openTerms(other)).toEqual(before);

        const second = await connect();
        await second.openOrders();
        valueOf(await second.modify(cleared(terms), sendAll));
        const changed = { orderedShares: 33, limitPrice: terms.limitPrice };
        expect(await openTerms(second)).toEqual(before.map((open) => ({ ...open, ...changed })));
      });

      test.each<[string, (order: PlannedOrder) => PlannedOrder, BeforeSend]>([
        ["the broker refuses the price (O06)", (order) => ({ ...order, limitPrice: 71.003 }), sendAll],
        [
          "the broker refuses another algorithm",
          (order) => ({ ...order, style: { kind: "adaptive", priority: "Urgent" } }),
          sendAll,
        ],
        [
          "the last word is no",
          (order) => ({ ...order, shares: 33 }),
          async () => ({ code: 0, text: "Not sent: halted." }),
        ],
      ])("is cancelled when %s: the old terms do not work on", async (_why, change, beforeSend) => {
        const broker = await connect();
        const [aapl] = await marketOf(broker, "AAPL");
        const order = { ...buy(aapl, 40), limitPrice: below(aapl, 0.5) };
        await broker.place(cleared(order), sendAll);
        const [ended] = valueOf(await broker.modify(cleared(change(order)), beforeSend));
        expect(required(ended)).toMatchObject({
          state: { life: "done", status: "cancelled" },
          orderedShares: 40,
          filledShares: 0,
        });
        expect(await openTerms(broker)).toEqual([]);
      });

      test("counts what is filled: never more than the whole order's new size, and cancelled when that is reached", async () => {
        const broker = await connect();
        await broker.account();
        const [rrc] = await marketOf(broker, "RRC");
        const order = buy(rrc, 30_000);
        await broker.place(cleared(order), sendAll);
        await advance(5_000);
        const filled = required(broker.progress().orders[0]).filledShares;
        expect(filled).toBeGreaterThan(0);
        const more = { ...order, shares: filled + 100 };
        expect(valueOf(await broker.modify(cleared(more), sendAll))).toMatchObject([
          { orderedShares: filled + 100, state: { life: "working" } },
        ]);
        const less = { ...order, shares: filled };
        const [ended] = valueOf(await broker.modify(cleared(less), sendAll));
        expect(required(ended).state.life).toBe("done");
        await advance(600_000);
        const shares = sharesOf(valueOf(await broker.executions()));
        expect(shares).toBeGreaterThanOrEqual(filled);
        expect(shares).toBeLessThanOrEqual(filled + 100);
        const { positions } = valueOf(await broker.account());
        expect(positions.find(({ symbol }) => symbol === "RRC")?.shares).toBe(shares);
      });

      test("that was filled before they could reach it stays filled", async () => {
        const broker = await connect();
        const [aapl] = await marketOf(broker, "AAPL");
        const order = buy(aapl, 75);
        await broker.place(cleared(order), sendAll);
        await advance(60_000);
        const [report] = valueOf(await broker.modify(cleared({ ...order, shares: 90 }), sendAll));
        expect(required(report)).toMatchObject({
          state: { life: "done", status: "filled" },
          orderedShares: 75,
          filledShares: 75,
        });
        await advance(60_000);
        expect(sharesOf(valueOf(await broker.executions()))).toBe(75);
      });
    });

    test("books executions once, heard live and asked for, with commissions, for every client", async () => {
      const broker = await connect();
      const [aapl] = await marketOf(broker, "AAPL");
      const [placed] = await broker.place(cleared(buy(aapl, 75)), sendAll);
      await advance(60_000);
      const asked = valueOf(await broker.executions());
      expect(sharesOf(asked)).toBe(75);
      expect(broker.progress().executions).toEqual(asked);
      for (const execution of asked) {
        expect(execution).toMatchObject({
          orderRef: placed?.orderRef,
          side: "buy",
          symbol: "AAPL",
          currency: "USD",
        });
        expect(toNumber(required(execution.commission))).toBeGreaterThan(0);
        expect(execution.executedAt).toBeLessThanOrEqual(broker.marketTime() + 61_000);
      }
      const other = await connect({ clientId: opened.request.clientId + 1 });
      expect(valueOf(await other.executions()).map(({ execId }) => execId)).toEqual(
        asked.map(({ execId }) => execId),
      );
    });

    test("gives a client id to one connection at a time, and again when that one has ended", async () => {
      const first = await connect();
      const { clientId } = opened.request;
      const second = await opened.brokerage.connect({ ...opened.request, connectDeadlineSeconds: 0.5 });
      expect(second).toMatchObject({ ok: false, findings: [{ kind: "client-id-in-use", clientId }] });
      expect(first.progress().connected).toBe(true);
      await first[Symbol.asyncDispose]();
      expect(first.progress().connected).toBe(false);
      await connect();
    });

    test("never gives an order id twice to a client id, over connections too", async () => {
      const first = await connect();
      const [aapl] = await marketOf(first, "AAPL");
      const far = { ...buy(aapl, 1), limitPrice: tick(required(aapl).bid * 0.5) };
      const before = await first.place(
        cleared(far, { ...far, orderRef: "trader.reb.c.AAPL.B1.2.aaaa" }),
        sendAll,
      );
      await first[Symbol.asyncDispose]();
      await pause(50);
      const second = await connect();
      const after = await second.place(cleared({ ...far, orderRef: "trader.reb.c.AAPL.B1.3.aaaa" }), sendAll);
      const ids = [...before, ...after].map((report) => report.orderId);
      expect(new Set(ids).size).toBe(3);
      expect(after.map(lifeOf)).not.toContain("rejected");
    });

    function buy(market: Quoted | undefined, shares: number): PlannedOrder {
      const { instrument, ask } = required(market);
      return {
        orderRef: `trader.reb.c.${instrument.symbol}.B${shares}.1.aaaa`,
        role: "rebalance",
        account: opened.request.account,
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
  });
}

interface Quoted {
  readonly instrument: Instrument;
  readonly bid: number;
  readonly ask: number;
  readonly reading: QuoteReading;
}

async function marketOf(broker: Broker, ...symbols: readonly string[]): Promise<readonly Quoted[]> {
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

function cleared(...orders: readonly PlannedOrder[]): ClearedOrders {
  return clearedForSure(orders);
}

function valueOf<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(JSON.stringify(result.findings));
  return result.value;
}

function required<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("something is missing that this test relies on");
  return value;
}

function lifeOf({ state }: OrderReport): string {
  return "status" in state ? state.status : state.life;
}

function sharesOf(executions: readonly { readonly shares: number }[]): number {
  return executions.reduce((sum, { shares }) => sum + shares, 0);
}

/** Where the market does not come. */
function below(market: Quoted | undefined, part: number): number {
  return tick(required(market).bid * part);
}

async function openTerms(broker: Broker) {
  return valueOf(await broker.openOrders()).map(
    ({ orderId, permId, orderRef, orderedShares, limitPrice }) => {
      return { orderId, permId, orderRef, orderedShares, limitPrice };
    },
  );
}

/** On the cent. */
function tick(price: number): number {
  return Math.round(price * 100) / 100;
}

async function pause(ms: number): Promise<void> {
  await new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
