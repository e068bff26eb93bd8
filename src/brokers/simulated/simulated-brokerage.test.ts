import type { ConnectionRequest } from "../../ports.ts";
import { simulatedClock } from "../../simulation/simulated-clock.ts";
import type { SimulatedAccount } from "../../simulation/simulated-venue.ts";
import type { Venue } from "../../simulation/venue.ts";
import { clearedForSure } from "../../testing/cleared-for-sure.ts";
import { jobOf } from "../../testing/job-of.ts";
import { aPlannedOrder } from "../../testing/outcome-builder.ts";
import { sendAll } from "../../testing/send-all.ts";
import { account, orderFor, smallVenue } from "../../testing/small-venue.ts";
import { instant, later } from "../../trading/instant.ts";
import { toNumber } from "../../trading/money.ts";
import { brokerContract } from "../broker.contract.ts";
import { contractVenue } from "../testing/contract-venue.ts";
import type { OpenedBroker } from "../testing/trial.ts";
import { simulatedBrokerage } from "./simulated-brokerage.ts";

const request: ConnectionRequest = { ...jobOf().connection, account };

async function overVenue(): Promise<OpenedBroker> {
  const venue = await contractVenue(account);
  return {
    ...brokerageOver(venue),
    request,
    advance: async (ms) => venue.advanceTo(later(venue.now(), ms)),
    close: async () => {},
  };
}

function brokerageOver(venue: Venue, skewMs = 0) {
  const highestOrderIds = new Map<number, number>();
  const clock = simulatedClock(venue, () => skewMs);
  const journal = { append: () => {} };
  return { brokerage: simulatedBrokerage({ venue, clock, journal, highestOrderIds }), highestOrderIds };
}

brokerContract("Simulated, straight over a venue", overVenue);

/** A connection to a small venue that an order of client 7 has been placed at. */
async function connected(changed: Partial<ConnectionRequest> = {}, over: Partial<SimulatedAccount> = {}) {
  const venue = smallVenue({
    accounts: [{ id: account, cash: 20_000, baseCurrency: "USD", positions: [], ...over }],
  });
  const { brokerage, highestOrderIds } = brokerageOver(venue);
  const answer = await brokerage.connect({ ...request, clientId: 7, ...changed });
  if (!answer.ok) throw new Error(JSON.stringify(answer.findings));
  return { venue, broker: answer.value, highestOrderIds };
}

describe("what a cash account's sale has brought (A10)", () => {
  it.each([
    ["later", false],
    ["at-once", true],
  ] as const)("is cash at once, and available where it settles %s: %s", async (salesSettle, isAvailable) => {
    const positions = [{ symbol: "AAPL", shares: 300, averageCost: 140 }];
    const { venue, broker } = await connected({}, { kind: "cash", salesSettle, positions });
    const market = { orderType: "MKT", limitPrice: undefined } as const;
    venue.place(orderFor(venue, { side: "sell", shares: 300, ...market }));
    venue.advanceTo(later(venue.now(), 60_000));
    const told = await broker.account();
    if (!told.ok) throw new Error(JSON.stringify(told.findings));
    expect(toNumber(told.value.cash)).toBeGreaterThan(60_000);
    expect(toNumber(told.value.availableFunds) > 60_000).toBe(isAvailable);
  });
});

describe("what is told as the real gateway tells it", () => {
  it("is nothing of an order that the connection did not place, and its executions all the same", async () => {
    const { venue, broker } = await connected();
    venue.place(orderFor(venue, { shares: 100 }));
    const { orders, executions } = broker.progress();
    expect(orders).toEqual([]);
    expect(executions.map(({ shares, symbol }) => [shares, symbol])).toEqual([[100, "AAPL"]]);
  });

  it("is no execution of another client before it is asked for", async () => {
    const { venue, broker } = await connected({ clientId: 8 });
    venue.place(orderFor(venue));
    expect(broker.progress().executions).toEqual([]);
    expect(await broker.executions()).toMatchObject({ ok: true, value: [{ clientId: 7, orderId: 31 }] });
    expect(broker.progress().executions).toHaveLength(1);
  });

  it("is, of completed orders, the part that was left unfilled and no id of a client (C01)", async () => {
    const { venue, broker } = await connected();
    const { permId } = venue.place(orderFor(venue, { limitPrice: 20, shares: 60 }));
    venue.cancel(permId);
    venue.place(orderFor(venue, { shares: 40 }));
    expect(await broker.completedOrders()).toMatchObject({
      ok: true,
      value: [
        { permId, clientId: 0, orderId: 0, orderedShares: 60, filledShares: 0 },
        { clientId: 0, orderId: 0, orderedShares: 40, filledShares: 40 },
      ],
    });
  });

  it("is nothing of yesterday: neither executions nor completed orders", async () => {
    const { venue, broker } = await connected();
    venue.place(orderFor(venue));
    venue.advanceTo(instant("2022-11-23T04:59:00Z"));
    expect(await broker.executions()).toMatchObject({ value: [{ shares: 100 }] });
    venue.advanceTo(instant("2022-11-23T05:00:00Z"));
    expect(await broker.executions()).toEqual({ ok: true, value: [] });
    expect(await broker.completedOrders()).toEqual({ ok: true, value: [] });
  });

  it("ends with the connection: what happens later is heard by the next one, when it asks", async () => {
    const { venue, broker } = await connected();
    await broker[Symbol.asyncDispose]();
    venue.place(orderFor(venue));
    expect(broker.progress()).toEqual({ connected: false, linkWasCut: false, orders: [], executions: [] });
  });
});

it("an order that ended after it was listed is told as it ended, when it is to be changed", async () => {
  const { venue, broker } = await connected();
  const { permId, orderRef } = venue.place(orderFor(venue, { limitPrice: 20 }));
  expect(await broker.openOrders()).toMatchObject({ value: [{ orderRef }] });
  venue.cancel(permId);
  const changed = aPlannedOrder({ orderRef, account, shares: 60 });
  expect(await broker.modify(clearedForSure([changed]), sendAll)).toMatchObject({
    value: [{ permId, orderedShares: 100, state: { life: "done", status: "cancelled" } }],
  });
});

it("new order ids are above every id that the client was shown, others' included (O01)", async () => {
  const { venue, broker, highestOrderIds } = await connected({ clientId: 9 });
  venue.place(orderFor(venue, { orderId: 31, limitPrice: 20 }));
  await broker.openOrders();
  expect(highestOrderIds.get(9)).toBe(31);
});

it("a live account whose host's clock is off is refused; a paper account takes the broker's time", async () => {
  const venue = smallVenue({
    accounts: [
      { id: account, cash: 1000, baseCurrency: "USD", positions: [] },
      { id: "U1", cash: 1000, baseCurrency: "USD", positions: [] },
    ],
  });
  const { brokerage } = brokerageOver(venue, 60_000);
  expect(await brokerage.connect({ ...request, account: "U1", live: true })).toMatchObject({
    findings: [{ kind: "clock-skew", skewSeconds: -60, limitSeconds: 5 }],
  });
  const paper = await brokerage.connect(request);
  expect(paper.ok && paper.value.marketTime()).toBe(venue.now());
});

it("sleeping moves the market, also by a fraction of a millisecond", async () => {
  const venue = smallVenue();
  const startAt = venue.now();
  const clock = simulatedClock(venue, () => 500);
  await clock.sleep(0.2);
  await clock.sleep(1000);
  expect([venue.now() - startAt, clock.monotonicMs(), clock.now() - venue.now()]).toEqual([1001, 1001, 500]);
});
