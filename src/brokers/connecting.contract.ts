import { sendAll } from "../testing/send-all.ts";
import { minutesBetween } from "../trading/instant.ts";
import { cleared, lifeOf, marketOf, pause, required, type Trial, tick } from "./testing/trial.ts";

/** Who is let in, as whom, and under which numbers. */
export function connectingContract(trial: Trial): void {
  test("connects as the configured client and account, and knows the market's time", async () => {
    const broker = await trial.connect();
    const { account, clientId } = trial.opened.request;
    expect(broker.identity).toMatchObject({ account, clientId });
    expect(broker.progress()).toEqual({ connected: true, linkWasCut: false, orders: [], executions: [] });
    const before = broker.marketTime();
    await trial.advance(600_000);
    const other = await trial.connect({ clientId: clientId + 1 });
    expect(minutesBetween(before, other.marketTime())).toBeCloseTo(10, 0);
  });

  test("refuses an account that the login does not manage", async () => {
    const account = "DU0000009";
    const refused = await trial.opened.brokerage.connect({ ...trial.opened.request, account });
    expect(refused).toMatchObject({ ok: false, findings: [{ kind: "account-not-managed", account }] });
  });

  test("refuses a live account that the owner has not allowed", async () => {
    const refused = await trial.opened.brokerage.connect({
      ...trial.opened.request,
      account: "U1234567",
      live: false,
    });
    expect(refused).toMatchObject({ ok: false, findings: [{ kind: "live-account-refused" }] });
  });

  test("gives a client id to one connection at a time, and again when that one has ended", async () => {
    const first = await trial.connect();
    const { clientId } = trial.opened.request;
    const second = await trial.opened.brokerage.connect({
      ...trial.opened.request,
      connectDeadlineSeconds: 0.5,
    });
    expect(second).toMatchObject({ ok: false, findings: [{ kind: "client-id-in-use", clientId }] });
    expect(first.progress().connected).toBe(true);
    await first[Symbol.asyncDispose]();
    expect(first.progress().connected).toBe(false);
    await trial.connect();
  });

  test("never gives an order id twice to a client id, over connections too", async () => {
    const first = await trial.connect();
    const [aapl] = await marketOf(first, "AAPL");
    const far = { ...trial.buy(aapl, 1), limitPrice: tick(required(aapl).bid * 0.5) };
    const before = await first.place(
      cleared(far, { ...far, orderRef: "trader.reb.c.AAPL.B1.2.aaaa" }),
      sendAll,
    );
    await first[Symbol.asyncDispose]();
    await pause(50);
    const second = await trial.connect();
    const after = await second.place(cleared({ ...far, orderRef: "trader.reb.c.AAPL.B1.3.aaaa" }), sendAll);
    const ids = [...before, ...after].map((report) => report.orderId);
    expect(new Set(ids).size).toBe(3);
    expect(after.map(lifeOf)).not.toContain("rejected");
  });
}
