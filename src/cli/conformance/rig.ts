import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type PaperGatewayOptions, startPaperGateway } from "../../brokers/paper/gateway.ts";
import { withMadeListings } from "../../simulation/made-listings.ts";
import { type SimulatedVenueOptions, simulatedVenue } from "../../simulation/simulated-venue.ts";
import { readShippedPrices } from "../../storage/price-history-file.ts";
import { RawTwsClient } from "../../testing/raw-tws-client.ts";
import { TypedGateway } from "../../testing/typed-gateway.ts";
import { instant, later } from "../../trading/instant.ts";
import type { PriceHistory } from "../../trading/price-history.ts";
import { readScenario } from "../scenario/read-scenario.ts";
import { packageFolder } from "../version.ts";
import type { Driver } from "./driver.ts";
import { RawDriver } from "./raw-driver.ts";
import { StoqeyClient } from "./stoqey-client.ts";
import { StoqeyDriver } from "./stoqey-driver.ts";
import { TwsApiClient } from "./tws-api-client.ts";
import { TwsApiDriver } from "./tws-api-driver.ts";

export const account = "DU1234567";

/** What a behaviour needs to be different from the usual gateway. */
export interface RigOptions
  extends Partial<Omit<PaperGatewayOptions, "venue" | "port" | "log" | "trace" | "scenario">> {
  /** The simulated present; Monday, 14 March 2022, ten in New York, when not said. */
  readonly at?: string;
  readonly accounts?: SimulatedVenueOptions["accounts"];
  /** When trading stands still. */
  readonly market?: Pick<SimulatedVenueOptions, "halts" | "priceBand">;
  readonly contracts?: SimulatedVenueOptions["contracts"];
  /** The name of a scenario in the folder of scenarios. */
  readonly scenario?: string;
  /** Arguments: then it is `trader gateway` itself that serves, with a state file, and with none of the options above. */
  readonly command?: readonly string[];
}

/** One gateway with a fresh venue, made for one row and one client, and the clients that the row opens. */
export interface Rig extends AsyncDisposable {
  readonly port: number;
  readonly controlPort: number | undefined;
  advance(seconds: number): Promise<void>;
  /** Ends the gateway and starts it again with what it has kept. */
  restart(): Promise<void>;
  raw(clientId?: number, versions?: string): Promise<RawTwsClient>;
  stoqey(clientId?: number): Promise<StoqeyClient>;
  twsApi(clientId?: number): TwsApiClient;
  /** Drivers are there when they were let in, refused, or not answered for a moment. */
  rawDriver(clientId: number): Promise<Driver>;
  stoqeyDriver(clientId: number): Promise<Driver>;
  twsApiDriver(clientId: number): Promise<Driver>;
}

/** A gateway that serves a rig. */
export interface Served {
  readonly port: number;
  readonly controlPort: number | undefined;
  advance(seconds: number): Promise<void>;
  restart(): Promise<void>;
  close(): Promise<void>;
}

let shipped: Promise<PriceHistory> | undefined;

/** The shipped prices, a million in cash and 120 shares of MSFT sold short at 290.5, on a free port. */
export async function openRig(options: RigOptions = {}): Promise<Rig> {
  const served = options.command ? await servedByCommand(options.command) : await servedHere(options);
  const patienceMs = options.scenario === undefined ? greetingMs : silentGreetingMs;
  const orderIds = new Map<number, Map<number, number>>();
  const orderIdsOf = (clientId: number): Map<number, number> => {
    const known = orderIds.get(clientId) ?? new Map<number, number>();
    orderIds.set(clientId, known);
    return known;
  };
  const opened: { end(): void }[] = [];
  const kept = <T extends { end(): unknown }>(client: T): T => {
    opened.push(client);
    return client;
  };
  return {
    get port() {
      return served.port;
    },
    get controlPort() {
      return served.controlPort;
    },
    advance: (seconds) => served.advance(seconds),
    restart: () => served.restart(),
    raw: async (clientId, versions) => kept(await RawTwsClient.start(served.port, clientId, versions)),
    stoqey: async (clientId = 1) => {
      const client = kept(new StoqeyClient(served.port, clientId));
      await client.ready();
      return client;
    },
    twsApi: (clientId = 1) => new TwsApiClient(served.port, clientId),
    rawDriver: async (clientId) => {
      const driver = kept(new RawDriver(new RawTwsClient(served.port), clientId));
      await isHeard(driver, ["nextId", "closed", "error"], patienceMs);
      return driver;
    },
    stoqeyDriver: async (clientId) => {
      const driver = kept(new StoqeyDriver(new StoqeyClient(served.port, clientId)));
      await isHeard(driver, ["nextId", "closed", "error"], patienceMs);
      return driver;
    },
    twsApiDriver: async (clientId) => {
      const driver = kept(new TwsApiDriver(new TwsApiClient(served.port, clientId), orderIdsOf(clientId)));
      await Promise.race([driver.ready, isHeard(driver, ["closed", "error"], patienceMs)]);
      return driver;
    },
    [Symbol.asyncDispose]: async () => {
      for (const client of opened) client.end();
      await served.close();
    },
  };
}

/** How long a driver waits to be let in: of a gateway with a scenario silence may be the answer. */
const greetingMs = 10_000;
const silentGreetingMs = 1500;

async function isHeard(driver: Driver, kinds: readonly string[], atMostMs: number): Promise<void> {
  const deadline = process.hrtime.bigint() + BigInt(atMostMs) * 1_000_000n;
  while (process.hrtime.bigint() < deadline) {
    if (driver.heard.some(({ kind }) => kinds.includes(kind))) return;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

async function servedHere(options: RigOptions): Promise<Served> {
  const { at = "2022-03-14T10:00:00-04:00", accounts = [usualAccount], scenario, ...over } = options;
  const { market, contracts = [], ...gatewayOptions } = over;
  shipped ??= readShippedPrices(join(packageFolder, "data")).then((all) =>
    since("2021-10-01", withMadeListings(all)),
  );
  const gateway = await startPaperGateway({
    venue: simulatedVenue({
      history: await shipped,
      startAt: instant(at),
      seed: 7,
      accounts,
      contracts,
      ...market,
    }),
    port: 0,
    clock: { kind: "stepped" },
    snapshotEndsAfterMs: 0,
    pacing: "off",
    log: () => {},
    ...(scenario !== undefined && {
      scenario: readScenario(join(packageFolder, "scenarios", `${scenario}.toml`)),
    }),
    ...gatewayOptions,
  });
  return {
    port: gateway.port,
    controlPort: gateway.controlPort,
    advance: (seconds) => gateway.advanceTo(later(gateway.venue.now(), seconds * 1000)),
    restart: () => Promise.reject(new RangeError("a gateway that comes back is one of the command")),
    close: () => gateway.close(),
  };
}

/** The days that rows live in, and some before them: decades of prices would be checked again for every row. */
function since(first: string, { dates, closes }: PriceHistory): PriceHistory {
  const from = dates.findIndex((date) => date >= first);
  const cut = [...closes].map(([symbol, series]) => [symbol, series.slice(from)] as const);
  return { dates: dates.slice(from), closes: new Map(cut) };
}

const usualAccount: SimulatedVenueOptions["accounts"][number] = {
  id: account,
  cash: 1_000_000,
  baseCurrency: "USD",
  positions: [{ symbol: "MSFT", shares: -120, averageCost: 290.5 }],
};

/** `trader gateway` with a state file in a folder of its own. */
async function servedByCommand(args: readonly string[]): Promise<Served> {
  const folder = await mkdtemp(join(tmpdir(), "trader-conformance-"));
  const all = ["--at", "2022-03-14T10:00", "--seed", "7", "--state", "state.json", ...args];
  let gateway = new TypedGateway(folder, all);
  let [port, controlPort] = [await gateway.port(), await gateway.controlPort()];
  return {
    get port() {
      return port;
    },
    get controlPort() {
      return controlPort;
    },
    advance: async (seconds) => void (await gateway.tell(`advance ${seconds}`)),
    restart: async () => {
      await gateway.end();
      gateway = new TypedGateway(folder, all.slice(2));
      [port, controlPort] = [await gateway.port(), await gateway.controlPort()];
    },
    close: async () => {
      await gateway.end();
      await rm(folder, { recursive: true });
    },
  };
}
