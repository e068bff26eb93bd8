import { startPaperGateway } from "../../brokers/paper/gateway.ts";
import { simulatedVenue } from "../../simulation/simulated-venue.ts";
import { syntheticHistory } from "../../simulation/synthetic-history.ts";
import { instant, later, tradingDate } from "../../trading/instant.ts";

/** What the soak asks of its gateway: its heap and buffers after a collection, or time that moves. */
export type SoakRequest = { readonly kind: "heap" } | { readonly kind: "advance"; readonly seconds: number };

/** What the gateway tells the soak. */
export type SoakWord =
  | { readonly kind: "listening"; readonly port: number }
  | { readonly kind: "heap"; readonly bytes: number }
  | { readonly kind: "advanced" };

/** S0001 and so on; the account holds some of each. */
const symbols = 500;

/** The soak's gateway in a process of its own, so that its memory and its work are not mixed with the clients'. */
async function serve(): Promise<void> {
  const history = syntheticHistory({ symbols, days: 30, endOn: tradingDate("2022-03-14"), seed: 7 });
  const held = [...history.closes.keys()];
  const gateway = await startPaperGateway({
    venue: simulatedVenue({
      history,
      startAt: instant("2022-03-14T10:30:00-04:00"),
      seed: 7,
      accounts: [
        {
          id: "DU1234567",
          cash: 1_000_000_000,
          baseCurrency: "USD",
          positions: held.map((symbol) => ({ symbol, shares: 10, averageCost: 50 })),
        },
      ],
    }),
    port: 0,
    clock: { kind: "stepped" },
    snapshotEndsAfterMs: 0,
    marketDataLines: 10_000,
    pacing: "off",
    log: () => {},
  });
  process.on("message", (request: SoakRequest) => {
    if (request.kind === "heap") {
      // The first collection lets finalizers run that free what the second finds.
      globalThis.gc?.();
      globalThis.gc?.();
      // Buffers live outside the heap.
      const { heapUsed, external } = process.memoryUsage();
      return tell({ kind: "heap", bytes: heapUsed + external });
    }
    void gateway
      .advanceTo(later(gateway.venue.now(), request.seconds * 1000))
      .then(() => tell({ kind: "advanced" }));
  });
  process.on("disconnect", () => process.exit());
  tell({ kind: "listening", port: gateway.port });
}

function tell(word: SoakWord): void {
  process.send?.(word);
}

if (process.send) await serve();
