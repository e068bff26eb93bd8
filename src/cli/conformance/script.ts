import type { RawTwsClient } from "../../testing/raw-tws-client.ts";
import type { Proof } from "./behaviour.ts";
import { within } from "./within.ts";

const patienceMs = 3000;

/** Said when it is text, heard when it is a pattern, waited for when it is a number: seconds of the stepped clock. */
export type Step = string | RegExp | number;

/** A raw client's conversation at 178. Patterns must come in their order; what comes between them is passed over. */
export function script(...steps: readonly Step[]): Proof {
  return scriptAt("v100..178", ...steps);
}

/** The same for a client that speaks these versions. */
export function scriptAt(versions: string, ...steps: readonly Step[]): Proof {
  return async (rig) => {
    const client = await rig.raw(1, versions);
    client.messages.splice(0);
    await converse(client, steps, (seconds) => rig.advance(seconds));
  };
}

/** Goes through the steps with a client that is there already. */
export async function converse(
  client: RawTwsClient,
  steps: readonly Step[],
  advance: (seconds: number) => Promise<void>,
): Promise<void> {
  for (const step of steps) {
    if (typeof step === "string") client.send(step);
    else if (typeof step === "number") {
      // Time moves after all that was said before has been answered.
      await within(patienceMs, "current time", answered(client));
      await advance(step);
    } else await hear(client, step);
  }
}

async function answered(client: RawTwsClient): Promise<void> {
  client.send("49|1|");
  await client.until((message) => message.startsWith("49|"));
  client.messages.splice(
    client.messages.findIndex((message) => message.startsWith("49|")),
    1,
  );
}

/** Takes the first message that fits, and all before it. */
async function hear(client: RawTwsClient, pattern: RegExp): Promise<void> {
  const heard = client.until((message) => pattern.test(message));
  // The real gateway's order decides: what was passed over cannot be heard later.
  try {
    await within(patienceMs, String(pattern), heard);
  } catch (error) {
    heard.catch(() => {});
    throw new Error(`${(error as Error).message}; heard ${client.messages.join(" ") || "nothing"}`, {
      cause: error,
    });
  }
  client.messages.splice(0, client.messages.findIndex((message) => pattern.test(message)) + 1);
}
