import type { Server } from "node:net";

/** Resolves when the server listens; rejects when the port is taken (EADDRINUSE). */
export function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
}

/** Resolves when the server and all its connections are closed; at once when it never listened. */
export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}

/** The port it got. Throws RangeError when it does not listen. */
export function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === "string") throw new RangeError("the gateway is closed");
  return address.port;
}
