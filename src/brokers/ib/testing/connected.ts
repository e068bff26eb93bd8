import type { Broker, Clock, ConnectionRequest } from "../../../ports.ts";
import { connectionOf } from "../../../testing/connection-of.ts";
import type { RunEvent } from "../../../trading/event.ts";
import type { Result } from "../../../trading/result.ts";
import { type IbBrokerageOptions, ibBrokerage } from "../brokerage.ts";
import { account, marketAt } from "./peer.ts";
import { type Script, type ScriptedGateway, scriptedGateway } from "./scripted-gateway.ts";

const opened: { close(): PromiseLike<void> }[] = [];
afterEach(async () => {
  for (const connection of opened.splice(0)) await connection.close();
});

/** A connection to a gateway that answers so (by message id; else as usual), until the test ends. */
export async function connected(
  on: Script["on"] = {},
  changed: Partial<ConnectionRequest> = {},
  options: Partial<IbBrokerageOptions> = {},
): Promise<{
  readonly gateway: ScriptedGateway;
  readonly broker: Broker;
  readonly events: readonly RunEvent[];
}> {
  const gateway = await scriptedGateway({ on });
  opened.push(gateway);
  const { brokerage, events } = journaled(options);
  const broker = valueOf(await brokerage.connect(requestTo(gateway.port, changed)));
  opened.unshift({ close: () => broker[Symbol.asyncDispose]() });
  return { gateway, broker, events };
}

/** Long enough for what was written to a loopback socket to have been heard. */
export async function moment(): Promise<void> {
  await new Promise((resolve) => {
    setTimeout(resolve, 60);
  });
}

/** The value of a good result; throws with the findings of any other. */
export function valueOf<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(JSON.stringify(result.findings));
  return result.value;
}

/** The host's clock of a test: it stands still, and its `sleep` returns at once. */
const testClock: Clock = {
  now: () => marketAt,
  monotonicMs: () => 0,
  sleep: async () => {},
};

export function requestTo(port: number, changed: Partial<ConnectionRequest> = {}): ConnectionRequest {
  const impatient = { connectDeadlineSeconds: 1, requestDeadlineSeconds: 1, messagesPerSecond: 1000 };
  return connectionOf({ port, clientId: 7, account, ...impatient, ...changed });
}

/** A brokerage over the adapter, with what it wrote to the journal. */
export function journaled(options: Partial<IbBrokerageOptions> = {}) {
  const events: RunEvent[] = [];
  const brokerage = ibBrokerage({
    clock: testClock,
    journal: { append: (event) => events.push(event) },
    quoteDeadlineSeconds: 0.5,
    ...options,
  });
  return { brokerage, events };
}
