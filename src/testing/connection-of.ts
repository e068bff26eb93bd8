import type { ConnectionRequest } from "../ports.ts";

/** How the tests connect: to a paper gateway on this machine, as client 11. */
export function connectionOf(changes: Partial<ConnectionRequest> = {}): ConnectionRequest {
  return {
    host: "127.0.0.1",
    port: 4002,
    clientId: 11,
    account: "DU1234567",
    live: false,
    maxClockSkewSeconds: 5,
    connectDeadlineSeconds: 30,
    requestDeadlineSeconds: 15,
    messagesPerSecond: 40,
    marketDataLines: 90,
    ...changes,
  };
}
