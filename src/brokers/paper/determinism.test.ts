import { placeOrderMessage, RawTwsClient } from "../../testing/raw-tws-client.ts";
import { smallVenue } from "../../testing/small-venue.ts";
import { later } from "../../trading/instant.ts";
import { startPaperGateway } from "./gateway.ts";

function order(fields: Parameters<typeof placeOrderMessage>[0]): string {
  const stock = { secType: "STK", exchange: "SMART", currency: "USD", transmit: 1 };
  return placeOrderMessage({ ...stock, orderType: "LMT", ...fields });
}

function stream(requestId: number, symbol: string): string {
  return `1|11|${requestId}|0|${symbol}|STK||0|||SMART||USD|||0||0|0||`;
}

/** Three clients: one watches quotes and the account, one buys a thin stock in parts, one cancels what it placed. */
async function morning(seed: number): Promise<readonly string[]> {
  const trace: string[] = [];
  const gateway = await startPaperGateway({
    venue: smallVenue({ seed }),
    port: 0,
    clock: { kind: "stepped" },
    snapshotEndsAfterMs: 0,
    pacing: "off",
    log: () => {},
    trace: (line) => trace.push(line),
  });
  try {
    const [watcher, buyer, canceller] = [
      await RawTwsClient.start(gateway.port, 3, "v100..163"),
      await RawTwsClient.start(gateway.port, 11, "v100..178"),
      await RawTwsClient.start(gateway.port, 19, "v100..151"),
    ];
    const advance = (seconds: number): Promise<void> =>
      gateway.advanceTo(later(gateway.venue.now(), seconds * 1000));
    for (const request of [stream(41, "AAPL"), stream(42, "RRC"), "61|1|", "6|2|1|DU1234567|"])
      await watcher.ask(request);
    await buyer.ask(
      order({ orderId: 5, symbol: "RRC", action: "BUY", totalQuantity: 9000, lmtPrice: 40, orderRef: "a" }),
    );
    for (let minute = 0; minute < 5; minute += 1) await advance(60);
    await buyer.ask(
      order({ orderId: 6, symbol: "AAPL", action: "SELL", totalQuantity: 70, lmtPrice: 100, tif: "GTC" }),
    );
    await canceller.ask("1|11|7|0|AAPL|STK||0|||SMART||USD|||0||1|0||");
    await buyer.ask(
      order({ orderId: 7, symbol: "AAPL", action: "BUY", totalQuantity: 30, lmtPrice: 90, tif: "GTC" }),
    );
    await canceller.ask("58|1|");
    await advance(1800);
    for (const request of ["7|3|9||||||||", "99|0|", "16|1|"]) await buyer.ask(request);
    for (const client of [watcher, buyer, canceller]) await client.end();
    return trace;
  } finally {
    await gateway.close();
  }
}

test("same seed, same requests: streams, partial fills and three clients give the same log, byte for byte", async () => {
  const [once, again, other] = [await morning(178), await morning(178), await morning(151)];
  expect(once.filter((line) => line.startsWith("3 > 1|6|41|")).length).toBeGreaterThan(5);
  expect(once.filter((line) => line.startsWith("11 > 11|-1|5|")).length).toBeGreaterThan(2);
  expect(once.join("\n")).toContain("|Cancelled|");
  expect(again.join("\n")).toBe(once.join("\n"));
  expect(other).not.toEqual(once);
});
