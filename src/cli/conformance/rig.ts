import { join } from "node:path";
import {
  type PaperGateway,
  type PaperGatewayOptions,
  startPaperGateway,
} from "../../brokers/paper/gateway.ts";
import { withMadeListings } from "../../simulation/made-listings.ts";
import { type SimulatedVenueOptions, simulatedVenue } from "../../simulation/simulated-venue.ts";
import { readShippedPrices } from "../../storage/price-history-file.ts";
import { RawTwsClient } from "../../testing/raw-tws-client.ts";
import { instant, later } from "../../trading/instant.ts";
import type { PriceHistory } from "../../trading/price-history.ts";
import { packageFolder } from "../version.ts";
import { StoqeyClient } from "./stoqey-client.ts";
import { TwsApiClient } from "./tws-api-client.ts";

export const account = "DU1234567";

/** What a behaviour needs to be different from the usual gateway. */
export interface RigOptions extends Partial<Omit<PaperGatewayOptions, "venue" | "port" | "log" | "trace">> {
  /** The simulated present; Monday, 14 March 2022, ten in New York, when not said. */
  readonly at?: string;
  /** When trading stands still. */
  readonly market?: Pick<SimulatedVenueOptions, "halts" | "priceBand">;
}

/** One gateway with a fresh venue, made for one row and one client, and the clients that the row opens. */
export interface Rig extends AsyncDisposable {
  readonly gateway: PaperGateway;
  /** Lines that the gateway wrote to its log. */
  readonly log: readonly string[];
  advance(seconds: number): Promise<void>;
  raw(clientId?: number, versions?: string): Promise<RawTwsClient>;
  stoqey(clientId?: number): Promise<StoqeyClient>;
  twsApi(clientId?: number): TwsApiClient;
}

let shipped: Promise<PriceHistory> | undefined;

/** The shipped prices, a million in cash and 120 shares of MSFT sold short at 290.5, on a free port. */
export async function openRig(options: RigOptions = {}): Promise<Rig> {
  const { at = "2022-03-14T10:00:00-04:00", market, ...over } = options;
  shipped ??= readShippedPrices(join(packageFolder, "data")).then(withMadeListings);
  const log: string[] = [];
  const gateway = await startPaperGateway({
    venue: simulatedVenue({
      history: await shipped,
      startAt: instant(at),
      seed: 7,
      ...market,
      accounts: [
        {
          id: account,
          cash: 1_000_000,
          baseCurrency: "USD",
          positions: [{ symbol: "MSFT", shares: -120, averageCost: 290.5 }],
        },
      ],
    }),
    port: 0,
    clock: { kind: "stepped" },
    snapshotEndsAfterMs: 0,
    pacing: "off",
    log: (line) => log.push(line),
    ...over,
  });
  const opened: { end(): void }[] = [];
  const kept = <T extends { end(): unknown }>(client: T): T => {
    opened.push(client);
    return client;
  };
  return {
    gateway,
    log,
    advance: (seconds) => gateway.advanceTo(later(gateway.venue.now(), seconds * 1000)),
    raw: async (clientId, versions) => kept(await RawTwsClient.start(gateway.port, clientId, versions)),
    stoqey: async (clientId = 1) => {
      const client = kept(new StoqeyClient(gateway.port, clientId));
      await client.ready();
      return client;
    },
    twsApi: (clientId = 1) => new TwsApiClient(gateway.port, clientId),
    [Symbol.asyncDispose]: async () => {
      for (const client of opened) client.end();
      await gateway.close();
    },
  };
}
