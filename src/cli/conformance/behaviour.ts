import type { Rig, RigOptions } from "./rig.ts";

/** How one client shows a behaviour: it returns when it has seen it and throws when it has not. */
export type Proof = (rig: Rig) => Promise<void>;

/** The clients that drive the gateway, in the order of the tables. */
export const clientNames = {
  raw: "raw bytes, server versions 151 to 178",
  stoqey: "@stoqey/ib, server version 178",
  twsApi: "ib-tws-api 1.3.0, server version 151",
} as const;

export type ClientName = keyof typeof clientNames;

/** One request or behaviour that a real gateway has, and how each client shows it; a client that cannot is left out. */
export type Behaviour = Readonly<Partial<Record<ClientName, Proof>>> & {
  readonly area: string;
  readonly name: string;
  /** The gateway that it needs, where that is not the usual one. */
  readonly gateway?: RigOptions;
};
