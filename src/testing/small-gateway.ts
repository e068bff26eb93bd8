import { type PaperGatewayOptions, startPaperGateway } from "../brokers/paper/gateway.ts";
import type { Venue } from "../simulation/venue.ts";
import type { Instant } from "../trading/instant.ts";
import { RawTwsClient } from "./raw-tws-client.ts";
import { smallVenue } from "./small-venue.ts";

/** A paper gateway over the small venue, where orders trade by themselves; all of it closed with the scope. */
export interface SmallGateway extends AsyncDisposable {
  readonly venue: Venue;
  advanceTo(at: Instant): Promise<void>;
  client(clientId?: number): Promise<RawTwsClient>;
}

export async function smallGateway(
  over: Parameters<typeof smallVenue>[0] = {},
  options: Partial<PaperGatewayOptions> = {},
): Promise<SmallGateway> {
  const venue = smallVenue(over);
  const gateway = await startPaperGateway({
    venue,
    port: 0,
    clock: { kind: "stepped" },
    snapshotEndsAfterMs: 0,
    pacing: "off",
    log: () => {},
    ...options,
  });
  return {
    venue,
    advanceTo: (at) => gateway.advanceTo(at),
    client: (clientId) => RawTwsClient.start(gateway.port, clientId),
    [Symbol.asyncDispose]: () => gateway.close(),
  };
}

/** "id code" of each error, and what the others say of an order: "open 1 Submitted", "status 1 Filled 100/0", "executed 1 100". */
export function orderLines(messages: readonly string[]): readonly string[] {
  return messages.flatMap((message) => {
    const fields = message.split("|");
    if (fields[0] === "4") return fields[2] === "-1" ? [] : `error ${fields[2]} ${fields[3]}`;
    if (fields[0] === "3") return `status ${fields[1]} ${fields[2]} ${fields[3]}/${fields[4]}`;
    const state = /\|(PreSubmitted|Submitted|Filled|Inactive)\|1\.7976/.exec(message)?.[1];
    if (fields[0] === "5") return `open ${fields[1]} ${state}`;
    return fields[0] === "11" ? `executed ${fields[2]} ${fields[19]}` : [];
  });
}
