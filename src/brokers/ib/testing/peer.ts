import { instant } from "../../../trading/instant.ts";

export type Field = string | number;

/** A client that is connected to a scripted gateway, as the gateway sees it. */
export interface Peer {
  readonly clientId: number;
  send(...fields: Field[]): void;
  destroy(): void;
}

export const account = "DU1234567";
/** 09:35 in New York. */
export const marketAt = instant("2022-03-14T13:35:00Z");
/** What stands on the wire where there is no number. */
export const unset = "1.7976931348623157E308";

/** A frame as such frames are usually written down: "|" ends a field. */
export function sendText(peer: Peer, text: string): void {
  peer.send(...text.split("|").slice(0, -1));
}
