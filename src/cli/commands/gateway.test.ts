import { RawTwsClient } from "../../testing/raw-tws-client.ts";
import type { Host } from "../host.ts";
import { main } from "../main.ts";

/** What a client is answered to a snapshot by `trader gateway`, at a waiting clock and with these options. */
async function snapshot(...options: readonly string[]): Promise<readonly string[]> {
  const stop = new AbortController();
  let said = (_port: number): void => {};
  const port = new Promise<number>((resolve) => {
    said = resolve;
  });
  const host: Host = {
    env: {},
    cwd: import.meta.dirname,
    pid: 4711,
    stdout: {
      write: (text: string) => {
        const found = /127\.0\.0\.1:(\d+): account/.exec(text);
        if (found) said(Number(found[1]));
      },
    },
    stderr: { write: () => true },
    stopSignal: () => stop.signal,
  };
  const ends = main(
    ["node", "trader", "gateway", "--port", "0", "--at", "2022-03-14T10:00", "--seed", "7", ...options],
    host,
  );
  try {
    const client = await RawTwsClient.start(await port, 7);
    return await client.ask("1|11|9|0|AAPL|STK||0.0|||SMART||USD|||0||1|0||");
  } finally {
    stop.abort();
    await ends;
  }
}

test("a snapshot ends at once at a waiting clock, and --snapshot-seconds after its request where they are said", async () => {
  const atOnce = await snapshot();
  expect(atOnce.at(-1)).toBe("57|1|9|");
  await expect(snapshot("--snapshot-seconds", "600")).resolves.toEqual(atOnce.slice(0, -1));
});
