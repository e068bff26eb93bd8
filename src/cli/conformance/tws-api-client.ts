import { Client } from "ib-tws-api";

// oxlint-disable no-underscore-dangle -- the library's own names of what it does not show
/** ib-tws-api; it connects with its first request, and its requests reject when no answer comes within six seconds. */
export class TwsApiClient extends Client {
  constructor(port: number, clientId: number) {
    super({ host: "127.0.0.1", port, clientId, timeoutMs: 6000 });
  }

  /** Status, errors of no request and the end: the library reads them, and has no public way to hear of them. */
  onEvent(event: "orderStatus" | "error" | "close", listener: (value: unknown) => void): void {
    this._emitter.on(event, listener);
  }

  /** Errors of an order that nobody waits for. To be called in the turn in which the order was placed. */
  onOrderError(orderId: number, listener: (error: unknown) => void): void {
    this._incomeHandler.requestIdEmitter(orderId, () => {}).on("error", listener);
  }

  /**
   * The library reads one count too few behind the combination legs of an openOrder. For a plain order that spoils the rest
   * of it; for one with an algorithm it throws out of the socket's handler, which would end the process.
   */
  protected override _onMessageFieldset(fields: string[]): void {
    const isOpenOrder = fields[0] === "5";
    try {
      super._onMessageFieldset(fields);
    } catch (error) {
      if (!isOpenOrder || !(error instanceof ReferenceError)) throw error;
    }
  }

  /** It has no goodbye of its own. */
  end(): void {
    this._protocolBytes?.disconnect();
  }
}
