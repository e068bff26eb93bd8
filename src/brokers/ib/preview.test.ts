import { sendAll } from "../../testing/send-all.ts";
import { excessOf } from "../../trading/margin.ts";
import { money } from "../../trading/money.ts";
import { clearedOrders, instrumentOf, plannedOrder } from "./testing/cleared-orders.ts";
import { connected as connectedTo, moment, valueOf } from "./testing/connected.ts";
import { sendExecution, sendOpenOrder, sendStatus, unsetMargins } from "./testing/order-messages.ts";
import { account, type Peer, unset } from "./testing/peer.ts";
import type { Script } from "./testing/scripted-gateway.ts";
import { whatIfOrderOf } from "./wire-preview.ts";

type Answers = NonNullable<Script["on"]>;

const connected = (on: Answers) => connectedTo(on, { requestDeadlineSeconds: 0.3 });

/** Before, change and after: initial margin, maintenance margin, equity with loan. */
const margins = [
  "25672.78",
  "12836.39",
  "1012345.67",
  "8563.0",
  "4281.5",
  "-1.25",
  "34235.78",
  "17117.89",
  "1012344.42",
];
const costs = ["1.25", unset, unset, "USD", ""];
const sell = plannedOrder({
  orderRef: "trader.reb.2022031413.BRK-B.S37.1.aaaa",
  instrument: instrumentOf("BRK B", 72063691),
  side: "sell",
  shares: 37,
  limitPrice: 318.07,
  decisionPrice: 318.39,
  approach: [318.31],
  timeInForce: "IOC",
  style: { kind: "limit" },
  outsideRegularHours: true,
});

/** What an order's message says of being a what-if: behind its algorithm's parameters, if it has any. */
function flagOf(fields: readonly string[]): string | undefined {
  return fields[82] === "" ? fields[84] : fields[85 + 2 * Number(fields[83])];
}

/** Says of the order that a message asks about what it would do. */
function tell(
  peer: Peer,
  fields: readonly string[],
  said: Partial<Parameters<typeof sendOpenOrder>[1]>,
): void {
  const [, orderId = ""] = fields;
  sendOpenOrder(peer, {
    orderId: Number(orderId),
    permId: 0,
    orderRef: fields[26] ?? "",
    status: "PreSubmitted",
    algoStrategy: "",
    ...said,
  });
}

test("a what-if says on the wire that it is one, as a plain limit order behind the market, under a name that no order has", async () => {
  const { broker, gateway, events } = await connected({
    3: (fields, peer) => tell(peer, fields, { whatIf: { margins, costs } }),
  });
  const [preview] = await broker.preview([sell], "USD");
  const [fields = []] = gateway.got(3);
  const said = Object.fromEntries([...fields.entries()].filter(([, value]) => value !== ""));
  expect(said).toMatchObject({
    0: "3",
    1: "41",
    2: "72063691",
    16: "SELL",
    17: "37",
    18: "LMT",
    // Half a percent behind the mid: 319.98195, on the step that is further from the market.
    19: "319.99",
    21: "DAY",
    23: account,
    26: "trader.reb.2022031413.BRK-B.S37.0.aaaa",
    27: "1",
    84: "1",
  });
  // No algorithm, and not outside regular hours.
  expect([fields[33], fields[82]]).toEqual(["0", ""]);
  expect(preview).toEqual({
    ok: true,
    value: {
      before: {
        initialMargin: money("25672.78", "USD"),
        maintenanceMargin: money("12836.39", "USD"),
        equityWithLoan: money("1012345.67", "USD"),
      },
      after: {
        initialMargin: money("34235.78", "USD"),
        maintenanceMargin: money("17117.89", "USD"),
        equityWithLoan: money("1012344.42", "USD"),
      },
      commission: { least: money("1.25", "USD"), most: money("1.25", "USD") },
      warning: "",
    },
  });
  expect(broker.progress().orders).toEqual([]);
  expect(events.map(({ kind }) => kind)).not.toContain("order-sent");
});

test("an order is never a what-if, and a what-if never without its flag", async () => {
  const { broker, gateway } = await connected({});
  await broker.place(clearedOrders({}), sendAll);
  expect(gateway.got(3).map(flagOf)).toEqual([""]);
  expect(whatIfOrderOf(sell)).toMatchObject({ whatIf: true, transmit: true });
});

test("an empty answer is not the answer: the real one may follow, in the currency of the account (O44)", async () => {
  const { broker } = await connected({
    3: (fields, peer) => {
      const nothing = { margins: unsetMargins, costs: [unset, unset, unset, "", "Your order is large"] };
      tell(peer, fields, { whatIf: nothing });
      const later = { margins, costs: [unset, "0.32", "0.39", "EUR", ""] };
      setTimeout(() => tell(peer, fields, { whatIf: later }), 50);
    },
  });
  const [preview] = await broker.preview([sell], "EUR");
  const told = preview && valueOf(preview);
  expect(told && excessOf(told.after)).toEqual(money("995226.53", "EUR"));
  expect(told?.commission).toEqual({ least: money("0.32", "EUR"), most: money("0.39", "EUR") });
});

test.each<[string, Answers, object]>([
  ["nothing is said", {}, { kind: "preview-unanswered", why: "silence", deadlineSeconds: 0.3 }],
  [
    "all that is said is unset (O44)",
    { 3: (fields, peer) => tell(peer, fields, { whatIf: { margins: unsetMargins, costs } }) },
    { kind: "preview-unanswered", why: "no-margins" },
  ],
  [
    "one of the margins is empty",
    { 3: (fields, peer) => tell(peer, fields, { whatIf: { margins: margins.with(7, ""), costs } }) },
    { kind: "preview-unanswered", why: "no-margins" },
  ],
  [
    "it is refused: a price off the step ends it, though not a change (O06)",
    { 3: (fields, peer) => peer.send(4, 2, fields[1] ?? "", 110, "The price does not conform", "") },
    {
      kind: "preview-refused",
      code: 110,
      advice: "price-off-step",
      symbol: "BRK B",
      side: "sell",
      shares: 37,
    },
  ],
  [
    "the API is read-only (C26)",
    {
      3: (fields, peer) =>
        peer.send(4, 2, fields[1] ?? "", 321, "The API interface is in Read-Only mode.", ""),
    },
    { kind: "preview-refused", code: 321, advice: "read-only-api" },
  ],
  ["the connection breaks", { 3: (_fields, peer) => peer.destroy() }, { kind: "connection-lost" }],
  [
    "the link to the broker is cut",
    { 3: (_fields, peer) => peer.send(4, 2, -1, 1100, "Connectivity lost", "") },
    { kind: "link-cut" },
  ],
])("no margin is never read out of it when %s", async (_what, on, finding) => {
  const { broker } = await connected(on);
  const previews = await broker.preview([sell], "USD");
  expect(previews).toMatchObject([{ ok: false, findings: [finding] }]);
});

test("a warning ends nothing, and an answer that comes too late is about no order", async () => {
  const { broker, gateway } = await connected({
    3: (fields, peer) => peer.send(4, 2, fields[1] ?? "", 399, "Warning: it will not be placed", ""),
    16: (_fields, peer) => {
      sendOpenOrder(peer, {
        orderId: 41,
        permId: 0,
        orderRef: "trader.reb.x.AAPL.B9.0.aaaa",
        whatIf: { margins, costs },
      });
      sendOpenOrder(peer, { orderId: 5, clientId: 99, permId: 0, orderRef: "", whatIf: { margins, costs } });
      peer.send(53, 1);
    },
  });
  const [late] = await broker.preview([sell], "USD");
  expect(late).toMatchObject({ findings: [{ kind: "preview-unanswered", why: "silence" }] });
  expect(await broker.openOrders()).toEqual({ ok: true, value: [] });
  expect(broker.progress().orders).toEqual([]);
  expect(gateway.got(4)).toEqual([]);
});

describe("a what-if that the broker takes for an order", () => {
  test.each<[string, (peer: Peer, fields: readonly string[]) => void]>([
    [
      "listed without the flag",
      (peer, fields) => tell(peer, fields, { permId: 70_041, status: "Submitted" }),
    ],
    [
      "given a status",
      (peer, fields) => {
        tell(peer, fields, { whatIf: { margins: unsetMargins, costs } });
        sendStatus(peer, { orderId: Number(fields[1]), permId: 70_041, orderRef: "" }, "Submitted");
      },
    ],
  ])("because it is %s is cancelled at once, and says so", async (_what, answer) => {
    const { broker, gateway } = await connected({ 3: (fields, peer) => answer(peer, fields) });
    const [taken] = await broker.preview([sell], "USD");
    await moment();
    expect(taken).toMatchObject({
      findings: [
        {
          kind: "preview-taken-for-order",
          symbol: "BRK B",
          orderId: 41,
          orderRef: "trader.reb.2022031413.BRK-B.S37.0.aaaa",
        },
      ],
    });
    expect(gateway.got(4).map((fields) => fields[2])).toEqual(["41"]);
  });

  test("also when that shows only after it was answered; what it filled is heard as ours", async () => {
    const { broker, gateway } = await connected({
      3: (fields, peer) => tell(peer, fields, { whatIf: { margins, costs } }),
    });
    const [preview] = await broker.preview([sell], "USD");
    expect(preview?.ok).toBe(true);
    const order = { orderId: 41, permId: 70_041, orderRef: "trader.reb.2022031413.BRK-B.S37.0.aaaa" };
    const peer = gateway.peer();
    sendOpenOrder(peer, order);
    sendStatus(peer, order, "Submitted");
    sendExecution(peer, order, { execId: "0000e0d5.1.01", shares: 7 });
    await moment();
    expect(gateway.got(4).map((fields) => fields[2])).toEqual(["41"]);
    expect(broker.progress().executions).toMatchObject([{ orderRef: order.orderRef, shares: 7 }]);
    // Nothing is sent any more, and why is told of each order.
    const [unsent] = await broker.place(clearedOrders({}), sendAll);
    expect(unsent?.state).toEqual({ life: "done", status: "not-sent" });
    expect(unsent?.messages[0]?.text).toBe("Not sent: the broker took a question for an order (number 41).");
    expect(gateway.got(3)).toHaveLength(1);
  });
});

test("an order of another client under the same number is that one's order", async () => {
  const theirs = { orderId: 41, permId: 90_041, clientId: 99, orderRef: "" };
  const { broker, gateway } = await connected({
    3: (fields, peer) => tell(peer, fields, { whatIf: { margins, costs } }),
    16: (_fields, peer) => {
      sendOpenOrder(peer, theirs);
      sendStatus(peer, theirs, "Submitted");
      peer.send(53, 1);
    },
  });
  await broker.preview([sell], "USD");
  expect(valueOf(await broker.openOrders())).toMatchObject([{ clientId: 99, orderId: 41, permId: 90_041 }]);
  expect(gateway.got(4)).toEqual([]);
  const [again] = await broker.preview([sell], "USD");
  expect(again?.ok).toBe(true);
});

test("an order of another client under the same number hides no answer", async () => {
  const { broker } = await connected({
    3: (fields, peer) => {
      tell(peer, fields, { clientId: 99, whatIf: { margins: margins.with(6, "1.0"), costs } });
      sendStatus(peer, { orderId: Number(fields[1]), permId: 90_041, clientId: 99, orderRef: "" }, "Filled");
      setTimeout(() => tell(peer, fields, { whatIf: { margins, costs } }), 30);
    },
  });
  const [preview] = await broker.preview([sell], "USD");
  expect(preview).toMatchObject({ ok: true, value: { after: { initialMargin: money("34235.78", "USD") } } });
});

test("numbers rise over what-ifs and orders, and none is used twice (O01)", async () => {
  const { broker, gateway } = await connected({
    3: (fields, peer) => {
      if (flagOf(fields) === "1") tell(peer, fields, { whatIf: { margins, costs } });
      else
        tell(peer, fields, {
          permId: 70_000 + Number(fields[1]),
          status: "Submitted",
          algoStrategy: "Adaptive",
        });
    },
  });
  await broker.preview([sell, plannedOrder()], "USD");
  await broker.place(clearedOrders({}), sendAll);
  await broker.preview([sell], "USD");
  expect(gateway.got(3).map((fields) => [fields[1], flagOf(fields)])).toEqual([
    ["41", "1"],
    ["42", "1"],
    ["43", ""],
    ["44", "1"],
  ]);
});
