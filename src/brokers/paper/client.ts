import { escapedText, type Field } from "./fields.ts";
import type { Refusal } from "./refusal.ts";

/** An API client that has introduced itself, as the message families see it. */
export interface Client {
  readonly clientId: number;
  readonly serverVersion: number;
  /** Sends one message: its id, then its fields. */
  send(...fields: readonly Field[]): void;
  /** Reads nothing more of what this client says until the answer is called. */
  hold(): () => void;
}

/** The id of an error that belongs to no request. */
export const noId = -1;

/** Sends error 4 about a request or order; about none with `noId`. */
export function refuse(client: Client, id: number, { code, text }: Refusal): void {
  const version = client.serverVersion;
  // From 166 on a last field could hold JSON about an advanced reject. We have none, and nothing is what clients can parse.
  client.send(4, 2, id, code, escapedText(text, version), ...(version >= 166 ? [""] : []));
}
