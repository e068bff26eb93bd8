import { Client } from "ib-tws-api";

/** ib-tws-api; it connects with its first request, and its requests reject when no answer comes within three seconds. */
export class TwsApiClient extends Client {
  constructor(port: number, clientId: number) {
    super({ host: "127.0.0.1", port, clientId, timeoutMs: 3000 });
  }
}
