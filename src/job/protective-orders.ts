import type { Account } from "../trading/account.ts";
import { type Instant, minutesBetween } from "../trading/instant.ts";
import type { Instrument } from "../trading/instrument.ts";
import { type OrderReport, roleOf, type UnsettledOrder } from "../trading/order.ts";
import type { TakenAway } from "../trading/protection/plan-protection.ts";
import type { ProtectionDecision, ProtectiveOrder } from "../trading/protection/protection-plan.ts";
import { judgeRestart } from "../trading/restarts.ts";
import { ok, type Result, valueOf } from "../trading/result.ts";
import { ClearedOrders } from "../trading/risk/gate.ts";
import { cancelAsPlaced } from "./clear-open-orders.ts";
import type { Desk } from "./desk.ts";
import { orderFindings } from "./order-findings.ts";
import { namedBy } from "./recover.ts";
import { lastWord } from "./work.ts";

/** What works in the account and what is held, told after it: a fill in between makes positions smaller, never larger. */
export interface ProtectionLook {
  readonly protecting: readonly ProtectiveOrder[];
  readonly others: readonly OrderReport[];
  readonly account: Account;
}

/**
 * Everything that works is asked for once more, then the account. An order on record that no list tells and of whose end
 * nothing was heard is among the `others`: it may still come to work (O11, O12). One whose change to more nobody confirmed
 * counts there with the larger size: the change may still arrive.
 */
export async function lookAtProtection(desk: Desk): Promise<Result<ProtectionLook>> {
  const { broker, books } = desk;
  const listed = await listOnRecord(desk);
  if (!listed.ok) return listed;
  const account = await broker.account();
  if (!account.ok) return account;
  const { open, nameless } = listed.value;
  const protective = open.filter(isProtective);
  await books.book(protective, broker.progress().executions);
  const untold = untoldOf(await books.unsettledOrders(), open);
  const ours = open.filter(({ orderRef }) => roleOf(orderRef) !== undefined);
  const intents = await books.intentsOf(ours.map(({ orderRef }) => orderRef));
  const mayBecome = ({ orderRef }: OrderReport): number | undefined => {
    const last = intents.get(orderRef)?.lastChange;
    return last && mayStillArrive(last.at, desk) ? last.shares : undefined;
  };
  return ok({
    protecting: protective.map((report) => ({
      report,
      // One that lost its name can be withdrawn by its number, and not be changed under its name (O43).
      intent: nameless.has(report.permId) ? undefined : intents.get(report.orderRef),
      mayBecome: mayBecome(report),
    })),
    others: [
      ...open
        .filter((order) => !isProtective(order))
        .map((order) => ({
          ...order,
          orderedShares: Math.max(order.orderedShares, mayBecome(order) ?? 0),
        })),
      ...untold.map((order) => asUnknown(order, broker.identity)),
    ],
    account: account.value,
  });
}

/** As long as an order that nobody answered for is none that never arrived. */
function mayStillArrive(sentAt: Instant, { broker, voidAfterMinutes }: Desk): boolean {
  return minutesBetween(sentAt, broker.marketTime()) < voidAfterMinutes;
}

interface Listed {
  /** Under the names that we gave them, also where the broker has dropped those. */
  readonly open: readonly OrderReport[];
  /** By permanent id. */
  readonly nameless: ReadonlySet<number>;
}

/** What works in the account; asked for twice when an order on record is missing: a list may come short. */
async function listOnRecord({ broker, books }: Desk): Promise<Result<Listed>> {
  for (let isAgain = false; ; isAgain = true) {
    const told = await broker.openOrders();
    if (!told.ok) return told;
    const here = told.value.filter((order) => order.account === broker.identity.account);
    const unsettled = await books.unsettledOrders();
    const open = here.map(namedBy(unsettled));
    const nameless = new Set(here.filter(({ orderRef }) => orderRef === "").map(({ permId }) => permId));
    if (isAgain || untoldOf(unsettled, open).length === 0) return ok({ open, nameless });
  }
}

/** Orders of ours that may have left, are not filled, and are not listed. */
function untoldOf(
  unsettled: readonly UnsettledOrder[],
  open: readonly OrderReport[],
): readonly UnsettledOrder[] {
  const listed = new Set(open.map(({ orderRef }) => orderRef));
  return unsettled.filter(
    (order) =>
      order.life !== "planned" && order.filledShares < order.orderedShares && !listed.has(order.orderRef),
  );
}

function asUnknown(
  { orderRef, permId, conId, symbol, side, orderedShares, filledShares }: UnsettledOrder,
  { account, clientId }: Desk["broker"]["identity"],
): OrderReport {
  return {
    orderRef,
    clientId,
    orderId: 0,
    permId,
    account,
    conId,
    symbol,
    side,
    orderedShares,
    limitPrice: undefined,
    state: { life: "unknown" },
    filledShares,
    averageFillPrice: undefined,
    messages: [],
  };
}

export function isProtective({ orderRef }: Pick<OrderReport, "orderRef">): boolean {
  return roleOf(orderRef) === "protect";
}

/** What came of a step. */
export interface Carried {
  /** Orders that were sent, with what the broker said of them. */
  readonly placed: readonly OrderReport[];
  /** Stops that work no longer because of it, by conId. */
  readonly takenAway: ReadonlyMap<number, TakenAway>;
}

const nothingCarried: Carried = { placed: [], takenAway: new Map() };

/**
 * Does what was decided: withdrawals by themselves, because what takes their place must wait for their end; else changes,
 * then new orders, each on record before its bytes leave. A change that is refused ends as a withdrawal. An end that is
 * not confirmed is a finding, and the next look tells what works; held when a change is not. Close to a restart of the gateway
 * nothing is sent (C02).
 */
export async function carryOut(
  decisions: readonly ProtectionDecision[],
  look: ProtectionLook,
  frozen: ReadonlySet<number>,
  desk: Desk,
): Promise<Result<Carried>> {
  const { broker } = desk;
  const calm = judgeRestart(broker.marketTime(), desk.connection.restarts);
  if (!calm.ok) return calm;
  const withdrawn = decisions.flatMap((each) => (each.kind === "withdraw" ? [each.report] : []));
  if (withdrawn.length > 0) {
    const { ended, findings } = await cancelAsPlaced(withdrawn, desk);
    desk.findings.add(...findings);
    return ok({ placed: [], takenAway: endedOf(ended, look) });
  }
  const changed = decisions.flatMap((each) => (each.kind === "replace" ? [each.order] : []));
  const fresh = decisions.flatMap((each) => (each.kind === "new" ? [each.order] : []));
  if (changed.length + fresh.length === 0) return ok(nothingCarried);
  const cleared = ClearedOrders.protect([...changed, ...fresh], {
    positions: look.account.positions,
    frozen,
    working: [...look.others, ...look.protecting.map(({ report }) => report)],
  });
  if (!cleared.ok) return cleared;
  const isChange = new Set(changed.map(({ orderRef }) => orderRef));
  const modified = await change(
    cleared.value.only(({ orderRef }) => isChange.has(orderRef)),
    desk,
  );
  if (!modified.ok) return modified;
  const placed = await place(
    cleared.value.only(({ orderRef }) => !isChange.has(orderRef)),
    desk,
  );
  return ok({ placed, takenAway: endedOf(modified.value, look) });
}

/**
 * One after the other, each confirmed before the next is begun, and none once the brake is pulled. It is asked out here: a no
 * to the broker's last question would have the order withdrawn.
 */
async function change(
  orders: ClearedOrders,
  { broker, books, brake }: Desk,
): Promise<Result<readonly OrderReport[]>> {
  const changed: OrderReport[] = [];
  for (const { orderRef } of orders.orders) {
    if (await brake.pulled()) break;
    const modified = await broker.modify(
      orders.only((order) => order.orderRef === orderRef),
      async (order) => {
        await books.markChanging(order, broker.marketTime());
        return undefined;
      },
    );
    await books.book(valueOf(modified) ?? [], broker.progress().executions);
    if (!modified.ok) return modified;
    changed.push(...modified.value);
  }
  return ok(changed);
}

async function place(orders: ClearedOrders, desk: Desk): Promise<readonly OrderReport[]> {
  const { broker, books, findings } = desk;
  if (orders.orders.length === 0) return [];
  await books.recordIntents(orders);
  const placed = await broker.place(orders, lastWord(desk));
  await books.book(placed, broker.progress().executions);
  findings.add(...orderFindings(placed, new Set()));
  return placed;
}

/** Where the stops stood that have ended, as far as they were ours to know. */
function endedOf(reports: readonly OrderReport[], { protecting }: ProtectionLook): Carried["takenAway"] {
  const ended = reports.filter(({ state }) => state.life === "done");
  return new Map(
    ended.flatMap(({ orderRef, conId, side }) => {
      const before = protecting.find(({ report }) => report.orderRef === orderRef);
      const [stopPrice, terms] = [before?.report.stopPrice, before?.intent?.protection];
      return stopPrice === undefined || !terms ? [] : [[conId, { side, stopPrice, terms }] as const];
    }),
  );
}

/** Contracts of holdings: as the market was read for the plan, else as any earlier run knew them, else asked for. */
export async function instrumentsOfHoldings(
  { positions }: Account,
  known: readonly Instrument[],
  { broker, contracts, findings, listings }: Desk,
): Promise<ReadonlyMap<number, Instrument>> {
  const held = positions.filter(({ shares, securityType }) => shares !== 0 && securityType === "STK");
  const found = new Map([...(await contracts.load()), ...known].map((each) => [each.conId, each]));
  const missing = held.filter(({ conId }) => !found.has(conId));
  if (missing.length === 0) return found;
  const exchangeOf = new Map(listings.map(({ symbol, primaryExchange }) => [symbol, primaryExchange]));
  const answers = findings.note(
    await broker.contracts(
      missing.map(({ symbol, currency }) => {
        const primaryExchange = exchangeOf.get(symbol);
        return { symbol, currency, ...(primaryExchange !== undefined && { primaryExchange }) };
      }),
    ),
  );
  const asked = (valueOf(answers) ?? []).flatMap((answer) =>
    answer.found === true && missing.some(({ conId }) => conId === answer.instrument.conId)
      ? [answer.instrument]
      : [],
  );
  if (asked.length > 0) await contracts.save(asked);
  for (const instrument of asked) found.set(instrument.conId, instrument);
  return found;
}
