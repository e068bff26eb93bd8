import { startPaperGateway } from "../../brokers/paper/gateway.ts";
import { simulatedVenue } from "../../simulation/simulated-venue.ts";
import { syntheticHistory } from "../../simulation/synthetic-history.ts";
import { instant, tradingDate } from "../../trading/instant.ts";
import type { BenchOptions } from "./hourly-run.ts";

/** What the gateway tells the bench: where it listens, then its message counts whenever it is asked. */
export type GatewayWord =
  | { readonly kind: "listening"; readonly port: number; readonly symbols: readonly string[] }
  | {
      readonly kind: "counts";
      readonly received: number;
      readonly byId: readonly (readonly [number, number])[];
    };

export const benchAccount = "DU1234567";
export const benchStartAt = instant("2022-03-14T10:30:00-04:00");

/**
 * The bench's gateway, in a process of its own as a real one is, so that its work is not counted as ours. Its time
 * stands still but for fills. Ends when the bench does.
 */
async function serve({ instruments, snapshotEndsAfterMs, marketDataLines }: BenchOptions): Promise<void> {
  const endOn = tradingDate("2022-03-14");
  const history = syntheticHistory({ symbols: instruments, days: 30, endOn, seed: 7 });
  const cash = instruments * 20_000;
  const gateway = await startPaperGateway({
    venue: simulatedVenue({
      history,
      startAt: benchStartAt,
      seed: 7,
      accounts: [{ id: benchAccount, cash, baseCurrency: "USD", positions: [] }],
    }),
    port: 0,
    clock: { kind: "stepped", idleAdvance: { afterQuietMs: 100, stepSeconds: 1, atMostSeconds: 60 } },
    snapshotEndsAfterMs,
    marketDataLines,
    pacing: "throttle",
    log: () => {},
  });
  process.on("message", () => {
    const { received, receivedById } = gateway.messages;
    tell({ kind: "counts", received, byId: [...receivedById] });
  });
  process.on("disconnect", () => process.exit());
  tell({ kind: "listening", port: gateway.port, symbols: [...history.closes.keys()] });
}

function tell(word: GatewayWord): void {
  process.send?.(word);
}

const [, , options] = process.argv;
if (process.send && options) await serve(JSON.parse(options) as BenchOptions);
