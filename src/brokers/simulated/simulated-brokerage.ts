import type { Broker, Brokerage, Clock, ConnectionRequest, Journal } from "../../ports.ts";
import type { Venue } from "../../simulation/venue.ts";
import { held, ok, type Result } from "../../trading/result.ts";
import { SimulatedBroker } from "./simulated-broker.ts";

export interface SimulatedBrokerageOptions {
  readonly venue: Venue;
  /** The host's; its sleep must move the venue (`simulatedClock`). */
  readonly clock: Clock;
  readonly journal: Journal;
  /** How long a request takes, there and back. 20 ms unless told otherwise. */
  readonly latencyMs?: number;
  /**
   * The highest order id that each client id has used. It outlives connections and brokerages when it is handed in;
   * lowering one is what a gateway does that restarts and has not seen its last orders (C01).
   */
  readonly highestOrderIds?: Map<number, number>;
  /** Client ids that are connected; a gateway that several processes meet is one set handed to all of them. */
  readonly connectedClientIds?: Set<number>;
}

/** How long a client id that is still taken is waited for (C06). */
const clientIdPatienceMs = 3000;

/**
 * A broker straight over a venue, without sockets and in simulated time: what a run can learn and do is what the paper
 * gateway would let it, at a hundredth of the cost. It makes no faults of its own.
 */
export function simulatedBrokerage(options: SimulatedBrokerageOptions): Brokerage {
  const { venue, clock, latencyMs = 20 } = options;
  const connectedClientIds = options.connectedClientIds ?? new Set<number>();
  const highestOrderIds = options.highestOrderIds ?? new Map<number, number>();

  return {
    async connect(request: ConnectionRequest): Promise<Result<Broker>> {
      const { account, clientId, live, connectDeadlineSeconds } = request;
      if (!isPaper(account) && !live) return held({ kind: "live-account-refused", account });
      await clock.sleep(latencyMs);
      if (connectedClientIds.has(clientId))
        await clock.sleep(Math.min(clientIdPatienceMs, connectDeadlineSeconds * 1000));
      if (connectedClientIds.has(clientId)) return held({ kind: "client-id-in-use", clientId });
      if (!venue.accounts.includes(account))
        return held({ kind: "account-not-managed", account, managed: venue.accounts });
      const skewMs = venue.now() - clock.now();
      const skewSeconds = skewMs / 1000;
      const limitSeconds = request.maxClockSkewSeconds;
      if (!isPaper(account) && Math.abs(skewSeconds) > limitSeconds)
        return held({ kind: "clock-skew", skewSeconds, limitSeconds });
      return ok(
        new SimulatedBroker({
          venue,
          clock,
          journal: options.journal,
          latencyMs,
          request,
          skewMs,
          connectedClientIds,
          highestOrderIds,
        }),
      );
    },
  };
}

/** Paper accounts begin with D, live ones never do. */
function isPaper(account: string): boolean {
  return account.startsWith("D");
}
