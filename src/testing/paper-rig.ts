import { type PaperGateway, type PaperGatewayOptions, startPaperGateway } from "../brokers/paper/gateway.ts";
import { tellControlPort } from "./control-port.ts";
import { RawTwsClient } from "./raw-tws-client.ts";
import { ScriptedVenue } from "./scripted-venue.ts";

/** A paper gateway over a scripted venue, its clients, and the lines it logs; all of it closed with the scope. */
export interface PaperRig extends AsyncDisposable {
  readonly gateway: PaperGateway;
  readonly venue: ScriptedVenue;
  readonly log: readonly string[];
  client(clientId?: number, versions?: string): Promise<RawTwsClient>;
  /** One command to the control port, and its answer. */
  tell(command: string): Promise<unknown>;
}

export async function paperRig(
  options: Partial<Omit<PaperGatewayOptions, "venue">> & { readonly venue?: ScriptedVenue } = {},
): Promise<PaperRig> {
  const venue = options.venue ?? new ScriptedVenue();
  const log: string[] = [];
  const gateway = await startPaperGateway({
    port: 0,
    controlPort: 0,
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
    tell: async (command) => JSON.parse(await tellControlPort(gateway.controlPort ?? 0, command)) as unknown,
    [Symbol.asyncDispose]: () => gateway.close(),
  };
}
