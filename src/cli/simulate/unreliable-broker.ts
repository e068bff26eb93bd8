import { venueOrderOf } from "../../brokers/simulated/venue-order.ts";
import type { BeforeSend, Broker, ConnectionRequest, NotSentReason, Progress } from "../../ports.ts";
import { clearedForSure } from "../../testing/cleared-for-sure.ts";
import type { Account } from "../../trading/account.ts";
import type { Execution } from "../../trading/execution.ts";
import type { Finding } from "../../trading/finding.ts";
import type { Instrument } from "../../trading/instrument.ts";
import type { OrderReport, OrderState, PlannedOrder } from "../../trading/order.ts";
import type { QuoteReading } from "../../trading/quote.ts";
import { findingsOf, held, ok, okUnless, type Result, valueOf } from "../../trading/result.ts";
import type { ClearedOrders } from "../../trading/risk/gate.ts";
import { sessionOpenAt } from "../../trading/session.ts";
import type { Holder } from "./gateway.ts";
import { OrderStories } from "./order-stories.ts";
import type { Trouble } from "./trouble.ts";
import { keyOf } from "./truth.ts";
import { changeUnreliably } from "./unreliable-changes.ts";

/** One connection on which requests fail, answers are late, doubled or have gaps, and orders get lost. */
export class UnreliableBroker implements Broker {
  readonly #inner: Broker;
  readonly #request: ConnectionRequest;
  readonly #holder: Holder;
  readonly #generation: number;
  readonly #stories: OrderStories;
  /** Executions that this connection has not been told of (yet), by key. */
  readonly #untold = new Set<string>();
  /** Executions younger than this come without their commission. */
  readonly #commissionLagMs: number;
  #lost: string | undefined;
  #linkWasCut: boolean;

  constructor(inner: Broker, request: ConnectionRequest, holder: Holder & { readonly wasLinkCut: boolean }) {
    this.#inner = inner;
    this.#request = request;
    this.#holder = holder;
    this.#generation = holder.gateway.generation;
    this.#stories = new OrderStories(holder.gateway.truth);
    this.#linkWasCut = holder.wasLinkCut;
    const { trouble } = holder.gateway;
    this.#commissionLagMs = trouble.strikes("commissions late") ? trouble.draws.between(1000, 600_000) : 0;
  }

  get identity(): Broker["identity"] {
    return this.#inner.identity;
  }

  marketTime(): ReturnType<Broker["marketTime"]> {
    return this.#inner.marketTime();
  }

  openOrders(): Promise<Result<readonly OrderReport[]>> {
    return this.#ask("open orders", async () => {
      const { trouble, missedOnce } = this.#holder.gateway;
      const told = await this.#inner.openOrders();
      if (!told.ok) return told;
      const before = this.#holder.gateway.lastOpenOrders;
      this.#holder.gateway.lastOpenOrders = told.value;
      const gone = before.filter(({ permId }) => !told.value.some((order) => order.permId === permId));
      if (gone.length > 0 && trouble.strikes("ended order still listed")) return ok([...told.value, ...gone]);
      const missable = told.value.filter(({ permId }) => !missedOnce.has(permId));
      if (missable.length > 0 && trouble.strikes("open order missing once")) {
        const missing = trouble.draws.pick(missable);
        missedOnce.add(missing.permId);
        return ok(told.value.filter((order) => order !== missing));
      }
      return told;
    });
  }

  completedOrders(): Promise<Result<readonly OrderReport[]>> {
    return this.#ask("completed orders", async () => {
      const { trouble, isCompletedSilent } = this.#holder.gateway;
      if (isCompletedSilent && !trouble.isOver) return await this.#silence("completed orders");
      return await this.#inner.completedOrders();
    });
  }

  async executions(): Promise<Result<readonly Execution[]>> {
    const answer = await this.#ask("executions", async () => {
      const { trouble, missedOnce } = this.#holder.gateway;
      const told = await this.#inner.executions();
      if (!told.ok) return told;
      this.#untold.clear();
      this.#stories.forgetNumbered();
      const missable = told.value.map(({ execId }) => keyOf(execId)).filter((key) => !missedOnce.has(key));
      if (missable.length > 0 && trouble.strikes("execution missing once")) {
        const missing = trouble.draws.pick(missable);
        missedOnce.add(missing);
        this.#untold.add(missing);
      }
      const heard = told.value.filter(({ execId }) => !this.#untold.has(keyOf(execId)));
      const earlier = this.#holder.gateway.executionsTold.filter(
        ({ execId }) => !told.value.some((known) => keyOf(known.execId) === keyOf(execId)),
      );
      this.#holder.gateway.executionsTold = [...earlier, ...heard];
      const isAgain = earlier.length > 0 && trouble.strikes("executions of earlier days told again");
      return ok([...(isAgain ? earlier : []), ...heard].map((execution) => this.#asTold(execution)));
    });
    if (answer.ok) this.#holder.gateway.answeredForExecutions();
    return answer;
  }

  account(): Promise<Result<Account>> {
    return this.#ask("account", async () => {
      const { trouble, truth } = this.#holder.gateway;
      const told = await this.#inner.account();
      this.#holder.gateway.accountToldAt = truth.now;
      if (told.ok) this.#holder.gateway.netLiquidationTold = told.value.netLiquidation;
      const [position] = told.ok ? told.value.positions : [];
      if (!position || !trouble.strikes("positions lag")) return told;
      await this.#holder.clock.sleep(this.#request.requestDeadlineSeconds * 1000);
      const { symbol, conId, shares } = position;
      const finding: Finding = {
        kind: "position-lists-disagree",
        symbol,
        conId,
        portfolioShares: shares,
        positionShares: 0,
      };
      return held(finding);
    });
  }

  contracts(requests: Parameters<Broker["contracts"]>[0]): ReturnType<Broker["contracts"]> {
    return this.#ask("contracts", () => this.#inner.contracts(requests));
  }

  quotes(instruments: readonly Instrument[]): Promise<Result<readonly QuoteReading[]>> {
    return this.#ask("quotes", async () => {
      const told = await this.#inner.quotes(instruments);
      if (!told.ok || told.value.length === 0) return told;
      const { trouble } = this.#holder.gateway;
      if (!trouble.strikes("quote missing")) return told;
      const missing = trouble.draws.pick(told.value);
      return ok(
        told.value.map((reading) => (reading === missing ? { ...reading, bid: -1, ask: -1 } : reading)),
      );
    });
  }

  cancel(orders: readonly OrderReport[]): Promise<Result<readonly OrderReport[]>> {
    return this.#ask("cancel", async () => {
      const { clock, gateway } = this.#holder;
      const { trouble } = gateway;
      if (orders.length > 0 && trouble.strikes("cancel comes late"))
        await clock.sleep(trouble.draws.between(500, 5000));
      const heardBefore = this.#heardKeys();
      const late = orders.length > 0 && trouble.strikes("fill told after the cancel");
      if (late) await clock.sleep(trouble.draws.between(500, 3000));
      if (orders.length > 0 && trouble.strikes("cancel unconfirmed")) {
        if (trouble.draws.chance(0.5)) await this.#inner.cancel(orders);
        await clock.sleep(this.#request.requestDeadlineSeconds * 1000);
        return held(...orders.map(unconfirmed));
      }
      const ended = await this.#inner.cancel(orders);
      if (!late || !ended.ok) return ended;
      for (const key of this.#heardKeys()) if (!heardBefore.has(key)) this.#untold.add(key);
      return ok(ended.value.map((order, index) => this.#toldUnfilled(order, orders[index] ?? order)));
    });
  }

  /** The cancel is confirmed as if nothing had been filled since the order was listed. */
  #toldUnfilled(ended: OrderReport, listed: OrderReport): OrderReport {
    const { filledShares, averageFillPrice } = listed;
    const report: OrderReport = {
      ...ended,
      filledShares,
      averageFillPrice,
      state: { life: "done", status: "cancelled" },
    };
    this.#stories.tell(report, Number.POSITIVE_INFINITY);
    return report;
  }

  async place(cleared: ClearedOrders, beforeSend: BeforeSend): Promise<readonly OrderReport[]> {
    const { trouble } = this.#holder.gateway;
    for (const order of cleared.orders) {
      if (trouble.strikes("connection lost while placing")) await this.#lose("closed by the gateway");
      await this.#placeOne(order, beforeSend);
    }
    const known = (): readonly OrderReport[] => cleared.orders.map((order) => this.#toldOf(order));
    if (known().some(({ state }) => state.life === "unknown") && this.#lost === undefined)
      await this.#holder.clock.sleep(this.#request.requestDeadlineSeconds * 1000);
    return known();
  }

  modify(cleared: ClearedOrders, beforeSend: BeforeSend): Promise<Result<readonly OrderReport[]>> {
    return this.#ask("changes", async () => {
      const { trouble } = this.#holder.gateway;
      const link = {
        inner: this.#inner,
        holder: this.#holder,
        deadlineSeconds: this.#request.requestDeadlineSeconds,
        cancel: (orders: readonly OrderReport[]) => this.cancel(orders),
        lose: (detail: string) => this.#lose(detail),
        isLost: () => this.#lost !== undefined,
      };
      const heardBefore = this.#heardKeys();
      const changed: Result<OrderReport>[] = [];
      for (const order of cleared.orders) changed.push(await changeUnreliably(order, beforeSend, link));
      if (changed.length > 0 && trouble.strikes("fill told after the change"))
        for (const key of this.#heardKeys()) if (!heardBefore.has(key)) this.#untold.add(key);
      return okUnless(changed.flatMap(findingsOf), () => changed.flatMap((each) => valueOf(each) ?? []));
    });
  }

  #heardKeys(): ReadonlySet<string> {
    return new Set(this.#inner.progress().executions.map(({ execId }) => keyOf(execId)));
  }

  /** Simulated weeks ask none yet. */
  async preview(): Promise<never> {
    throw new Error("the unreliable broker gives no previews");
  }

  async #placeOne(order: PlannedOrder, beforeSend: BeforeSend): Promise<void> {
    const { gateway, die } = this.#holder;
    const { trouble } = gateway;
    await this.#loseWithGateway();
    if (this.#lost !== undefined) return this.#notSent(order, { code: 504, text: this.#lost });
    if (gateway.isLinkCut) return this.#notSent(order, { code: 1100, text: "Not sent: the link is cut." });
    const isMarketOpen = sessionOpenAt(order.instrument.sessions, this.marketTime()) !== undefined;
    const fate = isMarketOpen ? fateIn(trouble, order.orderRef) : "arrives";
    if (fate === "arrives" || fate === "unheard") {
      await this.#inner.place(clearedForSure([order]), (asked) => this.#beforeSend(asked, beforeSend));
      const isSent = this.#inner
        .progress()
        .orders.some(({ orderRef, permId }) => orderRef === order.orderRef && permId !== 0);
      if (isSent && fate === "unheard") this.#hide(order);
    } else {
      const whyNot = await this.#beforeSend(order, beforeSend);
      if (whyNot) return this.#notSent(order, whyNot);
      if (fate === "rejected" || fate === "refused") return this.#reject(order, fate);
      this.#hide(order);
      if (fate === "later") {
        const { clientId } = this.identity;
        const orderId = (gateway.highestOrderIds.get(clientId) ?? 0) + 1;
        gateway.highestOrderIds.set(clientId, orderId);
        const sent = venueOrderOf(order, clientId, orderId);
        // What it is given while its link is cut the gateway keeps, and sends when the link is back (C15).
        if (trouble.strikes("link cut while placing", order.orderRef)) {
          this.#linkWasCut = true;
          gateway.cutLink(trouble.draws.between(2000, longestCutMs));
          gateway.keep(sent);
        } else gateway.truth.arriveIn(trouble.draws.between(2000, latestArrivalMs), sent);
      }
    }
    if (fate !== "arrives" && trouble.draws.chance(0.5))
      await this.#lose("cut while an order was on its way");
    if (trouble.strikes("crash between wire and record", order.orderRef)) await die();
  }

  async #beforeSend(order: PlannedOrder, beforeSend: BeforeSend): ReturnType<BeforeSend> {
    const whyNot = await beforeSend(order);
    if (whyNot) return whyNot;
    const { gateway, die, onSend } = this.#holder;
    if (gateway.trouble.strikes("crash between record and wire", order.orderRef)) return await die();
    onSend(order);
    return undefined;
  }

  progress(): Progress {
    const { connected, orders, executions } = this.#inner.progress();
    const told = this.#stories.toldOver(orders, this.#lost !== undefined);
    return {
      connected: connected && this.#lost === undefined,
      linkWasCut: this.#linkWasCut,
      orders: told.orders,
      executions: executions
        .filter(({ execId, orderRef }) => !this.#untold.has(keyOf(execId)) && !told.hidden.has(orderRef))
        .map((execution) => this.#asTold(execution)),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#inner[Symbol.asyncDispose]();
  }

  #toldOf({ orderRef }: PlannedOrder): OrderReport {
    const report = this.progress().orders.find((order) => order.orderRef === orderRef);
    if (!report) throw new Error(`nothing is told of ${orderRef}`);
    return report;
  }

  /** Nobody is told that it arrived, for some time or as long as this connection lives. */
  #hide(order: PlannedOrder): void {
    const { draws } = this.#holder.gateway.trouble;
    const hiddenMs = draws.chance(0.5) ? draws.between(500, 60_000) : Number.POSITIVE_INFINITY;
    this.#tell(order, { life: "unknown" }, hiddenMs);
  }

  #reject(order: PlannedOrder, fate: "rejected" | "refused"): void {
    const mendable = this.#holder.gateway.trouble.draws.pick([110, 440]);
    const why = { code: fate === "refused" ? mendable : 201, text: "Order rejected - reason: drawn" };
    this.#tell(order, { life: "done", status: "rejected" }, Number.POSITIVE_INFINITY, why);
  }

  #notSent(order: PlannedOrder, why: NotSentReason): void {
    this.#tell(order, { life: "done", status: "not-sent" }, Number.POSITIVE_INFINITY, why);
  }

  #tell(order: PlannedOrder, state: OrderState, forMs: number, why?: NotSentReason): void {
    const { orderRef, account, side, shares, limitPrice, instrument } = order;
    const report: OrderReport = {
      orderRef,
      clientId: this.identity.clientId,
      orderId: 0,
      permId: 0,
      account,
      conId: instrument.conId,
      symbol: instrument.symbol,
      side,
      orderedShares: shares,
      limitPrice,
      state,
      filledShares: 0,
      averageFillPrice: undefined,
      messages: why ? [why] : [],
    };
    this.#stories.tell(report, forMs);
  }

  #asTold(execution: Execution): Execution {
    const { truth } = this.#holder.gateway;
    const isYoung = truth.now - execution.executedAt < this.#commissionLagMs;
    return isYoung ? { ...execution, commission: undefined, realizedPnl: undefined } : execution;
  }

  /** A request as it goes on a bad day: not sent, sent and not answered, or answered into a broken connection. */
  async #ask<T>(request: string, act: () => Promise<Result<T>>): Promise<Result<T>> {
    const { trouble } = this.#holder.gateway;
    if (trouble.strikes("gateway restarts", request)) this.#holder.gateway.restart();
    await this.#loseWithGateway();
    if (trouble.strikes("disconnected before a request", request)) await this.#lose("reset by peer");
    if (this.#lost !== undefined)
      return held({ kind: "connection-lost", during: request, detail: this.#lost });
    if (trouble.strikes("link cut", request))
      this.#holder.gateway.cutLink(trouble.draws.between(1000, 300_000));
    if (this.#holder.gateway.isLinkCut) return await this.#waitForLink(request);
    const isSilent = trouble.strikes("request unanswered", request);
    if (isSilent && trouble.draws.chance(0.5)) return await this.#silence(request);
    const answer = await act();
    if (isSilent) return await this.#silence(request);
    if (!trouble.strikes("disconnected after a request", request)) return answer;
    await this.#lose("reset by peer");
    return held({ kind: "connection-lost", during: request, detail: "reset by peer" });
  }

  /** What the gateway tells meanwhile is not believed, also when the link is back in time (C16). */
  async #waitForLink(during: string): Promise<Result<never>> {
    const { clock, gateway } = this.#holder;
    this.#linkWasCut = true;
    await clock.sleep(Math.min(gateway.linkCutForMs, this.#request.requestDeadlineSeconds * 1000));
    return held({ kind: "link-cut", during, isBack: !gateway.isLinkCut });
  }

  async #silence(request: string): Promise<Result<never>> {
    const deadlineSeconds = this.#request.requestDeadlineSeconds;
    await this.#holder.clock.sleep(deadlineSeconds * 1000);
    return held({ kind: "request-unanswered", request, deadlineSeconds });
  }

  async #loseWithGateway(): Promise<void> {
    const { gateway } = this.#holder;
    if (gateway.generation !== this.#generation) await this.#lose("the gateway has gone");
  }

  /** From now on nothing is heard here; what was heard stays known. */
  async #lose(detail: string): Promise<void> {
    this.#lost ??= detail;
    await this.#inner[Symbol.asyncDispose]();
  }
}

/** Later than this nothing arrives that was sent: what the desk's patience must cover. */
const latestArrivalMs = 8 * 60_000;

/** How long the gateway may be without its link to the broker. */
const longestCutMs = 70 * 60_000;

type Fate = "arrives" | "unheard" | "never" | "later" | "rejected" | "refused";

function fateIn(trouble: Trouble, orderRef: string): Fate {
  if (trouble.strikes("order unheard", orderRef)) return "unheard";
  if (trouble.strikes("order never arrives", orderRef)) return "never";
  if (trouble.strikes("order arrives later", orderRef)) return "later";
  if (trouble.strikes("order rejected for what can be mended", orderRef)) return "refused";
  return trouble.strikes("order rejected", orderRef) ? "rejected" : "arrives";
}

function unconfirmed({ orderRef, symbol, orderId, clientId }: OrderReport): Finding {
  const detail = "no end told";
  return { kind: "cancel-unconfirmed", orderRef, symbol, orderId, clientId, detail };
}
