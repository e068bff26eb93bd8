import { sendAll } from "../../testing/send-all.ts";
import { later } from "../../trading/instant.ts";
import { brokerContract } from "../broker.contract.ts";
import { type PaperGateway, startPaperGateway } from "../paper/gateway.ts";
import { contractVenue } from "../testing/contract-venue.ts";
import type { OpenedBroker } from "../testing/trial.ts";
import { clearedOrders, instrumentOf } from "./testing/cleared-orders.ts";
import { journaled, requestTo, valueOf } from "./testing/connected.ts";
import { account } from "./testing/peer.ts";

/** The paper gateway on a stepped clock, over a real socket; the host's clock is another one, hours away. */
async function overPaperGateway(): Promise<OpenedBroker & { readonly gateway: PaperGateway }> {
  const venue = await contractVenue(account);
  const gateway = await startPaperGateway({
    venue,
    port: 0,
    clock: { kind: "stepped" },
    snapshotEndsAfterMs: 0,
    pacing: "off",
    log: () => {},
  });
  const { brokerage } = journaled({ quoteDeadlineSeconds: 5 });
  return {
    gateway,
    brokerage,
    request: requestTo(gateway.port, {
      connectDeadlineSeconds: 5,
      requestDeadlineSeconds: 5,
      messagesPerSecond: 500,
    }),
    advance: (ms) => gateway.advanceTo(later(venue.now(), ms)),
    close: () => gateway.close(),
  };
}

brokerContract("Interactive Brokers by way of the paper gateway", overPaperGateway);

test("a run with known contracts costs one message per quote and per order, and seven others", async () => {
  const opened = await overPaperGateway();
  const { gateway } = opened;
  const broker = valueOf(await opened.brokerage.connect(opened.request));
  await broker.openOrders();
  await broker.executions();
  await broker.account();
  const { orders } = clearedOrders(
    { limitPrice: 300 },
    { limitPrice: 20, orderRef: "trader.reb.x.RRC.B100.1.aaaa", instrument: instrumentOf("RRC", 3_000_001) },
  );
  const known = orders.map((order) => order.instrument);
  const instruments = known.map((instrument) => {
    const listed = gateway.venue.contracts().find(({ symbol }) => symbol === instrument.symbol);
    return { ...instrument, conId: listed?.conId ?? 0 };
  });
  valueOf(await broker.quotes(instruments));
  await broker.place(
    clearedOrders(
      ...orders.map((order, index) => ({ ...order, instrument: instruments[index] ?? order.instrument })),
    ),
    sendAll,
  );
  await opened.advance(60_000);
  valueOf(await broker.account());
  await broker[Symbol.asyncDispose]();
  // Start message not counted by the gateway: time, account updates, positions, open orders, executions, time again
  // before the first order; then 2 × (1 + 1).
  expect(Object.fromEntries(gateway.messages.receivedById)).toEqual({
    49: 2,
    6: 1,
    61: 1,
    16: 1,
    7: 1,
    1: 2,
    3: 2,
  });
  await opened.close();
});
