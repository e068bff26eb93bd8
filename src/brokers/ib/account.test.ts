import { sendAll } from "../../testing/send-all.ts";
import { toNumber } from "../../trading/money.ts";
import { sendPortfolio, sendPosition, sendValues } from "./testing/account-messages.ts";
import { clearedOrders } from "./testing/cleared-orders.ts";
import { connected, moment, valueOf } from "./testing/connected.ts";
import { sendExecution, sendOpenOrder } from "./testing/order-messages.ts";
import { account, type Peer } from "./testing/peer.ts";
import { type ScriptedGateway } from "./testing/scripted-gateway.ts";

/** How often values and positions were subscribed to. */
function subscriptions(gateway: ScriptedGateway): readonly number[] {
  return [gateway.got(6).filter((fields) => fields[2] === "1").length, gateway.got(61).length];
}

const apple = (shares: number) => ({ conId: 265598, symbol: "AAPL", shares });

function updates(peer: Peer, changed: Record<string, string | undefined>, shares = 300): void {
  sendValues(peer, changed);
  sendPortfolio(peer, apple(shares));
  peer.send(54, 1, account);
}

test("A01, A03, A09: each sum under its own name, in the base currency; BASE and segment rows are left aside", async () => {
  const { broker } = await connected();
  const told = valueOf(await broker.account());
  expect(told.baseCurrency).toBe("USD");
  const numbers = Object.fromEntries(
    Object.entries(told).flatMap(([name, value]) =>
      typeof value === "object" && "e6" in value ? [[name, `${toNumber(value)} ${value.currency}`]] : [],
    ),
  );
  expect(numbers).toEqual({
    netLiquidation: "1012345.67 USD",
    cash: "961000.11 USD",
    grossPositionValue: "51345.56 USD",
    initialMargin: "25672.78 USD",
    maintenanceMargin: "12836.39 USD",
    availableFunds: "986672.89 USD",
    excessLiquidity: "999509.28 USD",
  });
  expect(told.cashByCurrency.map((cash) => `${toNumber(cash)} ${cash.currency}`)).toEqual([
    "960000.11 USD",
    "1500 AUD",
  ]);
  expect([...told.exchangeRates]).toEqual([
    ["USD", 1],
    ["AUD", 0.66667],
  ]);
  expect(told.positions).toEqual([
    {
      conId: 265598,
      symbol: "AAPL",
      securityType: "STK",
      currency: "USD",
      shares: 300,
      averageCost: 160.5,
      marketPrice: 171.25,
      marketValue: { currency: "USD", e6: 51_375_000_000n },
      unrealizedPnl: { currency: "USD", e6: 3_225_000_000n },
    },
  ]);
});

test("A02: an account that is not in dollars keeps its own base currency, and says what a dollar is worth", async () => {
  const { broker } = await connected({
    6: (_fields, peer) => {
      for (const tag of [
        "NetLiquidation",
        "TotalCashValue",
        "GrossPositionValue",
        "InitMarginReq",
        "MaintMarginReq",
        "AvailableFunds",
        "ExcessLiquidity",
      ]) {
        peer.send(6, 2, tag, "150000.00", "AUD", account);
      }
      peer.send(6, 2, "ExchangeRate", "1.50", "USD", account);
      peer.send(6, 2, "ExchangeRate", "0.00", "EUR", account);
      peer.send(6, 2, "ExchangeRate", "n/a", "GBP", account);
      sendPortfolio(peer, apple(300));
      peer.send(54, 1, account);
    },
  });
  const told = valueOf(await broker.account());
  expect(told.baseCurrency).toBe("AUD");
  expect(told.exchangeRates.get("USD")).toBe(1.5);
  expect(told.exchangeRates.get("AUD")).toBe(1);
  // Zero and words are no rates: what needs one is then told as missing it.
  expect([...told.exchangeRates.keys()].toSorted()).toEqual(["AUD", "USD"]);
});

test("A01: one sum in two currencies is nobody's guess", async () => {
  const { broker } = await connected(
    {
      6: (_fields, peer) => {
        peer.send(6, 2, "NetLiquidation", "99.00", "AUD", account);
        updates(peer, {});
      },
    },
    { requestDeadlineSeconds: 0.2 },
  );
  const read = await broker.account();
  expect(read).toMatchObject({ ok: false });
  expect(JSON.stringify(read)).toContain(
    '"kind":"account-currencies-disagree","tag":"NetLiquidation","currencies":["AUD","USD"]',
  );
});

test.each<[string | undefined, string]>([
  ["", "empty"],
  [undefined, "absent"],
  ["1.7976931348623157E308", "unset"],
])("A05: a net liquidation of %p (%s) is missing, never a number", async (value) => {
  const { broker } = await connected(
    { 6: (_fields, peer) => updates(peer, { NetLiquidation: value }) },
    { requestDeadlineSeconds: 0.2 },
  );
  const read = await broker.account();
  expect(read.ok ? [] : read.findings).toContainEqual({
    kind: "account-value-missing",
    tag: "NetLiquidation",
    value: value ?? "",
  });
});

test("A05: values that are zero or not ready at first are waited for", async () => {
  const { broker, gateway } = await connected({
    6: (_fields, peer) => updates(peer, { AccountReady: "false", NetLiquidation: "0.00" }),
  });
  const reading = broker.account();
  setTimeout(() => sendValues(gateway.peer(), { NetLiquidation: "0.00" }), 50);
  setTimeout(() => sendValues(gateway.peer()), 100);
  expect(toNumber(valueOf(await reading).netLiquidation)).toBe(1_012_345.67);
  expect(gateway.got(6)).toHaveLength(1);
});

test("an account that stays unready says so", async () => {
  const { broker } = await connected(
    { 6: (_fields, peer) => updates(peer, { AccountReady: "false" }) },
    { requestDeadlineSeconds: 0.2 },
  );
  expect(await broker.account()).toMatchObject({
    findings: [{ kind: "account-value-missing", tag: "AccountReady", value: "false" }],
  });
});

test("A07: no answer is never an empty account; it is asked for twice", async () => {
  const { broker, gateway } = await connected({ 6: () => {}, 61: () => {} }, { requestDeadlineSeconds: 0.2 });
  expect(await broker.account()).toMatchObject({
    ok: false,
    findings: [
      { kind: "request-unanswered", request: "account updates", deadlineSeconds: 0.2 },
      { kind: "request-unanswered", request: "positions" },
    ],
  });
  expect(gateway.got(61)).toHaveLength(2);
});

test("a flat account is an answer", async () => {
  const { broker } = await connected({
    6: (_fields, peer) => {
      sendValues(peer);
      peer.send(54, 1, account);
    },
    61: (_fields, peer) => {
      sendPosition(peer, apple(0));
      sendPosition(peer, apple(250), "DU7654321");
      peer.send(62, 1);
    },
  });
  expect(valueOf(await broker.account()).positions).toEqual([]);
});

describe("A06: portfolio and positions", () => {
  test("that disagree are asked for again, and agree then", async () => {
    let asked = 0;
    const { broker, gateway } = await connected(
      { 6: (fields, peer) => (fields[2] === "1" ? updates(peer, {}, ++asked === 1 ? 280 : 300) : undefined) },
      { requestDeadlineSeconds: 0.4 },
    );
    expect(valueOf(await broker.account()).positions).toMatchObject([{ shares: 300 }]);
    expect(subscriptions(gateway)).toEqual([2, 2]);
  });

  test("that go on disagreeing hold, with both numbers", async () => {
    const { broker } = await connected(
      { 6: (_fields, peer) => updates(peer, {}, -280) },
      { requestDeadlineSeconds: 0.2 },
    );
    expect(await broker.account()).toEqual({
      ok: false,
      findings: [
        {
          kind: "position-lists-disagree",
          symbol: "AAPL",
          conId: 265598,
          portfolioShares: -280,
          positionShares: 300,
        },
      ],
    });
  });
});

test("a second reading costs no message and shows what was pushed meanwhile", async () => {
  const { broker, gateway } = await connected();
  await broker.account();
  sendPosition(gateway.peer(), apple(260));
  sendPortfolio(gateway.peer(), apple(260));
  await moment();
  expect(valueOf(await broker.account()).positions).toMatchObject([{ shares: 260 }]);
  expect(subscriptions(gateway)).toEqual([1, 1]);
});

test("after placing, it waits until the positions show the executions", async () => {
  const { broker, gateway } = await connected({
    3: (fields, peer) => {
      const order = { orderId: Number(fields[1]), permId: 9, orderRef: fields[26] ?? "" };
      sendOpenOrder(peer, order);
      sendExecution(peer, order, { execId: "0000e0d5.1.01.01", shares: 25 });
    },
  });
  await broker.account();
  await broker.place(clearedOrders({}), sendAll);
  await moment();
  const reading = broker.account();
  setTimeout(() => {
    sendPosition(gateway.peer(), apple(325));
    sendPortfolio(gateway.peer(), apple(325));
  }, 80);
  expect(valueOf(await reading).positions).toMatchObject([{ shares: 325 }]);
  expect(gateway.got(61)).toHaveLength(1);
});

test("A06: a list with a gap, told whole the second time, is no measure of what was traded since", async () => {
  let asked = 0;
  const { broker, gateway } = await connected(
    {
      61: (_fields, peer) => {
        if (++asked > 1) sendPosition(peer, apple(300));
        peer.send(62, 1);
      },
      3: (fields, peer) => {
        const order = { orderId: Number(fields[1]), permId: 9, orderRef: fields[26] ?? "" };
        sendOpenOrder(peer, order);
        sendExecution(peer, order, { execId: "0000e0d5.1.01.01", shares: 25 });
      },
    },
    { requestDeadlineSeconds: 0.4 },
  );
  expect(valueOf(await broker.account()).positions).toMatchObject([{ shares: 300 }]);
  await broker.place(clearedOrders({}), sendAll);
  sendPosition(gateway.peer(), apple(325));
  sendPortfolio(gateway.peer(), apple(325));
  expect(valueOf(await broker.account()).positions).toMatchObject([{ shares: 325 }]);
});

test("positions that never show an execution hold, by name", async () => {
  const { broker } = await connected(
    {
      3: (fields, peer) => {
        const order = { orderId: Number(fields[1]), permId: 9, orderRef: fields[26] ?? "" };
        sendExecution(peer, order, { execId: "0000e0d5.1.01.01", shares: 25 });
      },
    },
    { requestDeadlineSeconds: 0.3 },
  );
  await broker.account();
  await broker.place(clearedOrders({}), sendAll);
  const read = await broker.account();
  expect(read).toMatchObject({
    findings: [{ kind: "request-unanswered", request: expect.stringContaining("AAPL") }],
  });
});

test("C16: after 1101 the subscriptions are made again", async () => {
  const { broker, gateway } = await connected();
  await broker.account();
  gateway.peer().send(4, 2, -1, 1101, "Connectivity restored - data lost.", "");
  await moment();
  expect(valueOf(await broker.account()).positions).toMatchObject([{ shares: 300 }]);
  expect(subscriptions(gateway)).toEqual([2, 2]);
});

test("the connection breaks while waiting: told at once, as that", async () => {
  const { broker } = await connected(
    { 61: (_fields, peer) => peer.destroy() },
    { requestDeadlineSeconds: 60 },
  );
  expect(await broker.account()).toMatchObject({
    findings: [{ kind: "connection-lost", during: "account" }],
  });
});
