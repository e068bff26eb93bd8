import { type PaperGateway, type PaperGatewayOptions, startPaperGateway } from "../brokers/paper/gateway.ts";
import { RawTwsClient } from "./raw-tws-client.ts";
import { ScriptedVenue } from "./scripted-venue.ts";

/** A paper gateway over a scripted venue, its clients, and the lines it logs; all of it closed with the scope. */
export interface PaperRig extends AsyncDisposable {
  readonly gateway: PaperGateway;
  readonly venue: ScriptedVenue;
  readonly log: readonly string[];
  client(clientId?: number, versions?: string): Promise<RawTwsClient>;
}

export async function paperRig(
  options: Partial<Omit<PaperGatewayOptions, "venue">> & { readonly venue?: ScriptedVenue } = {},
): Promise<PaperRig> {
  const venue = options.venue ?? new ScriptedVenue();
  const log: string[] = [];
  const gateway = await startPaperGateway({
    port: 0,
    clock: { kind: "stepped" },
    snapshotEndsAfterMs: 0,
    pacing: "off",
    log: (line) => log.push(line),
    ...options,
    venue,
  });
  return {
    gateway,
    venue,
    log,
    client: (clientId, versions) => RawTwsClient.start(gateway.port, clientId, versions),
    [Symbol.asyncDispose]: () => gateway.close(),
  };
}
