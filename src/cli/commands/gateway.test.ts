import { RawTwsClient } from "../../testing/raw-tws-client.ts";
import { TypedGateway } from "../../testing/typed-gateway.ts";

/** What a client is answered to a snapshot by `trader gateway`, at a waiting clock and with these options. */
async function snapshot(...options: readonly string[]): Promise<readonly string[]> {
  const at = ["--at", "2022-03-14T10:00", "--seed", "7"];
  const gateway = new TypedGateway(import.meta.dirname, [...at, ...options]);
  try {
    const client = await RawTwsClient.start(await gateway.port(), 7);
    return await client.ask("1|11|9|0|AAPL|STK||0.0|||SMART||USD|||0||1|0||");
  } finally {
    await gateway.end();
  }
}

test("a snapshot ends at once at a waiting clock, and --snapshot-seconds after its request where they are said", async () => {
  const atOnce = await snapshot();
  expect(atOnce.at(-1)).toBe("57|1|9|");
  await expect(snapshot("--snapshot-seconds", "600")).resolves.toEqual(atOnce.slice(0, -1));
});
