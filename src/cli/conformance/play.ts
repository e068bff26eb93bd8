import { tellControlPort } from "../../testing/control-port.ts";
import { type Behaviour, type ClientName, clientNames, type Proof } from "./behaviour.ts";
import { type Driver, indexOfHeard, lineOf, spoken } from "./driver.ts";
import type { Rig, RigOptions } from "./rig.ts";
import type { Expected, Step } from "./step.ts";
import { within } from "./within.ts";

const patienceMs = 6000;

/** How long a gateway on this machine takes to see that a client has gone. */
const goodbyeMs = 20;

/** How long a silence is listened to. */
const silenceMs = 60;

/** The client that speaks before a row names one. */
const firstClientId = 1;

/** What a row may say beside its steps. */
export interface PlayOptions {
  readonly gateway?: RigOptions;
  /** Clients for which the row is not, with the reason in the row's file. */
  readonly except?: readonly ClientName[];
}

/** A row whose steps are the same for all clients: each plays it that can ask everything in it and hear some of it. */
export function played(
  area: string,
  name: string,
  steps: readonly Step[],
  options: PlayOptions = {},
): Behaviour {
  const { gateway, except = [] } = options;
  const able = (Object.keys(clientNames) as ClientName[]).filter(
    (client) => !except.includes(client) && canPlay(client, steps),
  );
  const proofs = Object.fromEntries(able.map((client) => [client, proofOf(client, steps)]));
  return { area, name, ...(gateway && { gateway }), ...proofs };
}

type MakeRow = (
  name: string,
  steps: readonly Step[],
  gateway?: RigOptions,
  except?: readonly ClientName[],
) => Behaviour;

/** Makes the rows of one area. */
export function rowsOf(area: string): MakeRow {
  return (name, steps, gateway, except = []) =>
    played(area, name, steps, { except, ...(gateway && { gateway }) });
}

/** What ib-tws-api has a request for. */
const twsApiAsks = new Set(
  "place cancel globalCancel openOrders allOpenOrders autoOpenOrders positions cancelPositions details quote cancelQuote quoteType bars head time".split(
    " ",
  ),
);
/** What it tells when it comes. */
const twsApiHears = new Set(
  "status error closed positionsEnd detailsEnd quoteType tick snapshotEnd bar barsEnd head time ordersEnd".split(
    " ",
  ),
);

function canPlay(client: ClientName, steps: readonly Step[]): boolean {
  if (client !== "twsApi") return true;
  const placed = steps.flatMap((step) =>
    step.kind === "ask" && step.verb === "place" ? [spoken(step.args["orderId" as keyof object])] : [],
  );
  const asks = steps.every((step) => step.kind !== "ask" || twsApiAsks.has(step.verb));
  const isAnyClient = steps.every((step) => step.kind !== "as" || step.clientId > 0);
  // It takes the ids of its orders itself, so it cannot place one again to change it.
  return asks && isAnyClient && new Set(placed).size === placed.length && heardBy(client, steps).size > 0;
}

/**
 * What it tells only as the answer to a question, the question, and fields that it does not tell or spoils (see
 * tws-api-client.ts). An order with an algorithm it loses altogether.
 */
const twsApiAnswers: Readonly<Record<string, { readonly to: RegExp; readonly without: readonly string[] }>> =
  {
    order: { to: /^(o|allO)penOrders$/, without: ["status", "whatIf", "trailStopPrice", "warningText"] },
    position: { to: /^positions$/, without: ["account"] },
    // Later versions than its own have these.
    details: { to: /^details$/, without: ["stockType", "minSize", "sizeIncrement"] },
  };

/** The steps of hearing that are for this client, as it can hear them. */
function heardBy(client: ClientName, steps: readonly Step[]): ReadonlyMap<Step, Listening> {
  const heard = new Map<Step, Listening>();
  let asked = "";
  for (const step of steps) {
    if (step.kind === "ask") asked = step.verb;
    if (step.kind !== "hear" && step.kind !== "never" && step.kind !== "silent") continue;
    const answer = twsApiAnswers[step.what];
    if (client !== "twsApi" || twsApiHears.has(step.what)) heard.set(step, step);
    else if (answer?.to.test(asked) && !("algoStrategy" in step.fields))
      heard.set(step, { ...step, fields: without(step.fields, answer.without) });
  }
  return heard;
}

function without(fields: Expected, names: readonly string[]): Expected {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)));
}

const openers: Readonly<Record<ClientName, (rig: Rig, clientId: number) => Promise<Driver> | Driver>> = {
  raw: (rig, clientId) => rig.rawDriver(clientId),
  stoqey: (rig, clientId) => rig.stoqeyDriver(clientId),
  twsApi: (rig, clientId) => rig.twsApiDriver(clientId),
};

function proofOf(client: ClientName, steps: readonly Step[]): Proof {
  const heardSteps = heardBy(client, steps);
  return async (rig) => {
    const drivers = new Map<number, Driver>();
    let clientId = firstClientId;
    const current = async (): Promise<Driver> => {
      const driver = drivers.get(clientId) ?? (await openers[client](rig, clientId));
      drivers.set(clientId, driver);
      return driver;
    };
    const settleAll = async (): Promise<void> => {
      for (const driver of drivers.values()) await within(patienceMs, "current time", driver.settled());
    };
    const leave = (id: number): void => {
      drivers.get(id)?.end();
      drivers.delete(id);
    };
    for (const step of steps) {
      if (step.kind === "as") {
        clientId = step.clientId;
        await current();
      } else if (step.kind === "ask") await step.say(await current());
      else if (step.kind === "pause") await new Promise((resolve) => setTimeout(resolve, step.ms));
      else if (step.kind === "control") {
        await settleAll();
        await tellControlPort(rig.controlPort ?? 0, step.words);
      } else if (step.kind === "passOver") {
        await settleAll();
        (await current()).heard.splice(0);
      } else if (step.kind === "leave") {
        leave(clientId);
        // The id is free when the gateway has seen the end.
        await new Promise((resolve) => setTimeout(resolve, goodbyeMs));
      } else if (step.kind === "wait") {
        await settleAll();
        await rig.advance(step.seconds);
      } else if (step.kind === "restart") {
        await settleAll();
        for (const id of drivers.keys()) leave(id);
        await rig.restart();
      } else {
        const listening = heardSteps.get(step);
        if (listening?.kind === "hear") await hear(await current(), listening);
        else if (listening) await hearNothing(await current(), listening);
      }
    }
    for (const id of drivers.keys()) leave(id);
  };
}

type Listening = Extract<Step, { readonly kind: "hear" | "never" | "silent" }>;

async function hear(driver: Driver, { what, fields }: Listening): Promise<void> {
  const deadline = process.hrtime.bigint() + BigInt(patienceMs) * 1_000_000n;
  for (;;) {
    const at = indexOfHeard(driver.heard, what, fields);
    if (at !== -1) {
      driver.heard.splice(0, at + 1);
      return;
    }
    if (process.hrtime.bigint() > deadline) break;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  throw new Error(
    `not heard: ${wanted(what, fields)}; heard ${driver.heard.map(lineOf).join(" ") || "nothing"}`,
  );
}

async function hearNothing(driver: Driver, { kind, what, fields }: Listening): Promise<void> {
  if (kind === "silent") await new Promise((resolve) => setTimeout(resolve, silenceMs));
  else await within(patienceMs, "current time", driver.settled());
  const at = indexOfHeard(driver.heard, what, fields);
  const found = driver.heard[at];
  if (found) throw new Error(`heard, and should not: ${lineOf(found)}`);
}

function wanted(what: string, fields: Listening["fields"]): string {
  return `${what} ${Object.entries(fields)
    .map(([name, value]) => `${name}=${String(value)}`)
    .join(" ")}`;
}
