import { startPaperGateway } from "../../brokers/paper/gateway.ts";
import { simulatedVenue } from "../../simulation/simulated-venue.ts";
import { syntheticHistory } from "../../simulation/synthetic-history.ts";
import { type Instant, instant, later, tradingDate } from "../../trading/instant.ts";
import { daysFrom, nyseSessions } from "../../trading/nyse-calendar.ts";
import { dateIn } from "../../trading/session.ts";

/** What the soak asks of its gateway: its heap and buffers after a collection, what it has worked, or the next trading day. */
export type SoakRequest = { readonly kind: "heap" | "work" } | { readonly kind: "next-day" };

/** What the gateway tells the soak. */
export type SoakWord =
  | { readonly kind: "listening"; readonly port: number }
  | { readonly kind: "heap"; readonly bytes: number }
  | { readonly kind: "work"; readonly cpuMs: number }
  | { readonly kind: "next-day" };

/** S0001 and so on; the account holds some of each. */
const symbols = 500;

/** The soak's gateway in a process of its own, so that its memory and its work are not mixed with the clients'. */
async function serve(): Promise<void> {
  const history = syntheticHistory({ symbols, days: 60, endOn: tradingDate("2022-04-29"), seed: 7 });
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
    if (request.kind === "work") return tell({ kind: "work", cpuMs: process.cpuUsage().user / 1000 });
    void gateway
      .advanceTo(nextDay(gateway.venue.now(), gateway.venue.zone))
      .then(() => tell({ kind: "next-day" }));
  });
  process.on("disconnect", () => process.exit());
  tell({ kind: "listening", port: gateway.port });
}

/** An hour into the next session. */
function nextDay(now: Instant, zone: string): Instant {
  const today = dateIn(zone, now);
  const [next] = nyseSessions(daysFrom(today, 1), daysFrom(today, 7));
  if (!next) throw new RangeError(`no session within a week of ${today}`);
  return later(next.openAt, 3_600_000);
}

function tell(word: SoakWord): void {
  process.send?.(word);
}

if (process.send) await serve();
