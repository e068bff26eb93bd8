import { type Behaviour, type ClientName, clientNames } from "./behaviour.ts";
import { openRig } from "./rig.ts";
import { within } from "./within.ts";

/** No row may take longer, whatever the gateway does. */
const rowMs = 15_000;

/** What one client has seen of one behaviour. */
export interface Verdict {
  readonly client: ClientName;
  readonly area: string;
  readonly name: string;
  /** Undefined when it passed. */
  readonly failure: string | undefined;
}

/** Every behaviour with every client that can show it, one after the other, each with a gateway of its own. */
export async function runConformance(
  behaviours: readonly Behaviour[],
  told: (verdict: Verdict) => void = () => {},
): Promise<readonly Verdict[]> {
  const verdicts: Verdict[] = [];
  for (const client of Object.keys(clientNames) as ClientName[])
    for (const behaviour of behaviours) {
      if (!behaviour[client]) continue;
      const { area, name } = behaviour;
      const verdict = { client, area, name, failure: await failureOf(behaviour, client) };
      verdicts.push(verdict);
      told(verdict);
    }
  return verdicts;
}

async function failureOf(behaviour: Behaviour, client: ClientName): Promise<string | undefined> {
  try {
    await using rig = await openRig(behaviour.gateway);
    const proof = behaviour[client]?.(rig) ?? Promise.resolve();
    await within(rowMs, "the row's end", proof);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
