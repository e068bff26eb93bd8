import { type Behaviour, type ClientName, clientNames } from "./behaviour.ts";
import { openRig } from "./rig.ts";
import { within } from "./within.ts";

/** No row may take longer, whatever the gateway does. */
const rowMs = 30_000;

/** What one client has seen of one behaviour. */
export interface Verdict {
  readonly client: ClientName;
  readonly area: string;
  readonly name: string;
  /** Undefined when it passed. */
  readonly failure: string | undefined;
}

/** So many rows are played at a time: most of them wait for the host's clock or for a socket. */
const rowsAtOnce = 6;

/** Every behaviour with every client that can show it, each with a gateway of its own. The verdicts come in the order of the rows. */
export async function runConformance(behaviours: readonly Behaviour[]): Promise<readonly Verdict[]> {
  const rows = (Object.keys(clientNames) as ClientName[]).flatMap((client) =>
    behaviours.filter((behaviour) => behaviour[client]).map((behaviour) => ({ client, behaviour })),
  );
  const verdicts: Verdict[] = [];
  let next = 0;
  const play = async (): Promise<void> => {
    for (let at = next++; at < rows.length; at = next++) {
      const row = rows[at];
      if (!row) break;
      const { area, name } = row.behaviour;
      verdicts[at] = { client: row.client, area, name, failure: await failureOf(row.behaviour, row.client) };
    }
  };
  await Promise.all(Array.from({ length: rowsAtOnce }, play));
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
