import type { Broker } from "../../ports.ts";
import { sendAll } from "../../testing/send-all.ts";
import type { Result } from "../../trading/result.ts";
import { sendPortfolio, sendPosition, sendValues } from "./testing/account-messages.ts";
import { clearedOrders, instrumentOf } from "./testing/cleared-orders.ts";
import { connected, moment, valueOf } from "./testing/connected.ts";
import { sendContract } from "./testing/contract-message.ts";
import { sendOpenOrder } from "./testing/order-messages.ts";
import { account, type Peer } from "./testing/peer.ts";
import { type Script } from "./testing/scripted-gateway.ts";

/** The gateway's own link to the broker, cut and restored at every step of a run (C03, C15, C16, C18). */

const impatient = (on: Script["on"], changed = {}) =>
  connected(on, { requestDeadlineSeconds: 0.3, ...changed });

type Notice = 1100 | 1101 | 1102 | 2110;
const notice = (peer: Peer, code: Notice): void => peer.send(4, 2, -1, code, "what it says is not read", "");

const bought = {
  orderId: 33,
  permId: 70_033,
  orderRef: "trader.reb.2022031412.AAPL.B100.1.aaaa",
} as const;

/** A step of a run, and what a gateway says to it: the same whether it is cut off or not. */
const steps: Readonly<
  Record<
    string,
    {
      readonly id: number;
      readonly answer: (fields: readonly string[], peer: Peer) => void;
      readonly ask: (broker: Broker) => Promise<Result<unknown>>;
    }
  >
> = {
  "open orders": { id: 16, answer: (_f, peer) => peer.send(53, 1), ask: (broker) => broker.openOrders() },
  "completed orders": {
    id: 99,
    answer: (_f, peer) => peer.send(102),
    ask: (broker) => broker.completedOrders(),
  },
  executions: {
    id: 7,
    answer: (fields, peer) => peer.send(55, 1, fields[2] ?? ""),
    ask: (broker) => broker.executions(),
  },
  contracts: {
    id: 9,
    answer: (fields, peer) => {
      sendContract(peer, fields[2] ?? "", { conId: 265598, symbol: "AAPL" });
      peer.send(52, 1, fields[2] ?? "");
    },
    ask: (broker) => broker.contracts([{ symbol: "AAPL", currency: "USD" }]),
  },
  quotes: {
    id: 1,
    answer: (fields, peer) => {
      peer.send(1, 6, fields[2] ?? "", 1, 171.21, 200, 0);
      peer.send(1, 6, fields[2] ?? "", 2, 171.27, 200, 0);
      peer.send(57, 1, fields[2] ?? "");
    },
    ask: (broker) => broker.quotes([instrumentOf()]),
  },
};

describe.each(Object.entries(steps))("%s", (during, { id, answer, ask }) => {
  test.each([
    [1100, 1101],
    [1100, 1102],
    [2110, 1102],
  ] as const)("told between %i and %i are not believed, and the next answer is", async (cut, back) => {
    let isFirst = true;
    const { broker } = await impatient({
      [id]: (fields, peer) => {
        if (isFirst) notice(peer, cut);
        answer(fields, peer);
        if (isFirst) notice(peer, back);
        isFirst = false;
      },
    });
    expect(broker.progress().linkWasCut).toBe(false);
    expect(await ask(broker)).toEqual({
      ok: false,
      findings: [{ kind: "link-cut", during: expect.stringContaining(during.slice(0, 8)), isBack: true }],
    });
    expect(await ask(broker)).toMatchObject({ ok: true });
    // Whoever settles orders must know of it also afterwards.
    expect(broker.progress().linkWasCut).toBe(true);
  });

  test("C15: are not asked for while the link is cut", async () => {
    const { broker, gateway } = await impatient({ [id]: answer });
    notice(gateway.peer(), 1100);
    await moment();
    expect(await ask(broker)).toMatchObject({ ok: false, findings: [{ kind: "link-cut", isBack: false }] });
    expect(gateway.got(id)).toEqual([]);
  });

  test.each([1101, 1102] as const)("wait for the link when it comes back in time (%i)", async (back) => {
    const { broker, gateway } = await impatient({ [id]: answer }, { requestDeadlineSeconds: 2 });
    notice(gateway.peer(), 1100);
    // Told again and again while it lasts.
    notice(gateway.peer(), 1100);
    await moment();
    setTimeout(() => notice(gateway.peer(), back), 80);
    expect(await ask(broker)).toMatchObject({ ok: true });
  });
});

test("many contracts wait for a link that does not come back once, not each for itself", async () => {
  const { broker, gateway } = await impatient({});
  const requests = Array.from({ length: 200 }, (_, index) => ({ symbol: `S${index}`, currency: "USD" }));
  notice(gateway.peer(), 1100);
  await moment();
  // It is not silent, it says the same again and again.
  const saying = setInterval(() => notice(gateway.peer(), 1100), 40);
  const startedMs = performance.now();
  expect(await broker.contracts(requests)).toEqual({
    ok: false,
    findings: [{ kind: "link-cut", during: "contracts", isBack: false }],
  });
  clearInterval(saying);
  expect(performance.now() - startedMs).toBeLessThan(700);
});

describe("the account", () => {
  /** Tells 300 shares at first and 340 from the second request on. */
  function tellingMore(first: (peer: Peer) => void): NonNullable<Script["on"]> {
    let lists = 0;
    const shares = () => (lists > 1 ? 340 : 300);
    return {
      61: (_fields, peer) => {
        lists++;
        sendPosition(peer, { conId: 265598, symbol: "AAPL", shares: shares() });
        peer.send(62, 1);
        if (lists === 1) first(peer);
      },
      6: (fields, peer) => {
        if (fields[2] === "0") return;
        // Account updates are asked for before positions: by then the list of the second round is due.
        const told = lists > 0 ? 340 : 300;
        sendValues(peer);
        sendPortfolio(peer, { conId: 265598, symbol: "AAPL", shares: told });
        peer.send(54, 1, account);
      },
    };
  }

  test.each([1101, 1102] as const)("is asked for anew after a cut while it was told (%i)", async (back) => {
    const { broker, gateway } = await impatient(
      tellingMore((peer) => {
        notice(peer, 1100);
        notice(peer, back);
      }),
    );
    expect(valueOf(await broker.account()).positions).toMatchObject([{ shares: 340 }]);
    expect(gateway.got(61)).toHaveLength(2);
  });

  test("is none while the link is cut, however complete", async () => {
    const { broker } = await impatient(tellingMore((peer) => notice(peer, 2110)));
    expect(await broker.account()).toEqual({
      ok: false,
      findings: [{ kind: "link-cut", during: "account", isBack: false }],
    });
  });
});

describe("orders", () => {
  const acknowledge: Script["on"] = {
    3: (fields, peer) =>
      sendOpenOrder(peer, { orderId: Number(fields[1]), permId: 90_000, orderRef: fields[26] ?? "" }),
  };

  test.each([1101, 1102] as const)(
    "C15: are not sent when the link was cut since the account was read, also when it is back (%i)",
    async (back) => {
      const { broker, gateway } = await impatient(acknowledge);
      valueOf(await broker.account());
      notice(gateway.peer(), 1100);
      notice(gateway.peer(), back);
      await moment();
      const [report] = await broker.place(clearedOrders({}), sendAll);
      expect(report).toMatchObject({
        state: { life: "done", status: "not-sent" },
        messages: [{ code: 1100, text: expect.stringContaining("since the account was read") }],
      });
      expect(gateway.got(3)).toEqual([]);
      // Read again, the account is today's word.
      valueOf(await broker.account());
      const again = clearedOrders({ orderRef: "trader.reb.2022031413.AAPL.B100.2.aaaa" });
      expect(await broker.place(again, sendAll)).toMatchObject([{ state: { life: "working" } }]);
    },
  );

  test("C15: the link is cut while the record is being written: the order stays here", async () => {
    const { broker, gateway } = await impatient(acknowledge);
    const beforeSend = async () => {
      notice(gateway.peer(), 1100);
      await moment();
      return undefined;
    };
    expect(await broker.place(clearedOrders({}), beforeSend)).toMatchObject([
      { state: { life: "done", status: "not-sent" }, messages: [{ code: 1100 }] },
    ]);
    expect(gateway.got(3)).toEqual([]);
  });

  test("are not cancelled over a cut link, and each is named", async () => {
    const { broker, gateway } = await impatient({
      16: (_fields, peer) => {
        sendOpenOrder(peer, bought);
        peer.send(53, 1);
      },
    });
    const orders = valueOf(await broker.openOrders());
    notice(gateway.peer(), 1100);
    await moment();
    expect(await broker.cancel(orders)).toMatchObject({
      findings: [
        { kind: "link-cut", during: "cancel", isBack: false },
        { kind: "cancel-unconfirmed", orderRef: bought.orderRef },
      ],
    });
    expect(gateway.got(4)).toEqual([]);
  });

  test("a cancel whose end is looked up across a cut is unconfirmed", async () => {
    let lists = 0;
    const { broker } = await impatient({
      4: (_fields, peer) => notice(peer, 1100),
      16: (_fields, peer) => {
        if (lists++ === 0) sendOpenOrder(peer, bought);
        peer.send(53, 1);
      },
    });
    const orders = valueOf(await broker.openOrders());
    expect(await broker.cancel(orders)).toMatchObject({
      findings: [{ kind: "link-cut" }, { kind: "cancel-unconfirmed", orderRef: bought.orderRef }],
    });
  });
});
