/** The part of ib-tws-api 1.3.0 that the conformance suite drives; the package ships no types. */
declare module "ib-tws-api" {
  interface TwsContract {
    readonly symbol?: string;
    readonly secType?: string;
    readonly exchange?: string;
    readonly primaryExchange?: string;
    readonly currency?: string;
    readonly conId?: number;
  }
  interface TwsOrder {
    readonly action: string;
    readonly totalQuantity: number;
    readonly orderType?: string;
    readonly lmtPrice?: number;
    readonly auxPrice?: number;
    readonly tif?: string;
    readonly orderRef?: string;
    readonly parentId?: number;
    readonly transmit?: boolean;
    readonly algoParams?: readonly { readonly tag: string; readonly value: string }[];
  }
  interface TwsOpenOrder {
    readonly contract: TwsContract;
    readonly order: TwsOrder & { readonly orderId: number; readonly permId: number };
    readonly orderState: { readonly status: string };
  }
  interface TwsEmitter {
    on(event: string, listener: (value: unknown) => void): void;
  }
  interface TwsTicks {
    on(event: "tick" | "marketDataType" | "error", listener: (value: unknown) => void): void;
    stop(): void;
  }
  interface TwsHistory {
    readonly contract: TwsContract;
    readonly endDateTime?: string;
    readonly duration?: string;
    readonly barSizeSetting?: string;
    readonly whatToShow: string;
    readonly useRth: number;
    readonly formatDate: number;
  }

  export class Client {
    constructor(parameters: {
      readonly host: string;
      readonly port: number;
      readonly clientId: number;
      readonly timeoutMs: number;
    });
    connect(): Promise<void>;
    getCurrentTime(): Promise<number>;
    getPositions(): Promise<
      Readonly<
        Record<
          string,
          { readonly contract: TwsContract; readonly position: number; readonly avgCost: number }
        >
      >
    >;
    cancelPositions(): Promise<void>;
    getContractDetails(contract: TwsContract): Promise<
      readonly {
        readonly contract: TwsContract & { readonly primaryExchange: string };
        readonly minTick: number;
        readonly timeZoneId: string;
        readonly liquidHours: string;
        readonly marketRuleIds: string;
      }[]
    >;
    getMarketDataSnapshot(request: {
      readonly contract: TwsContract;
    }): Promise<Readonly<Record<string, number>>>;
    streamMarketData(request: {
      readonly contract: TwsContract;
      readonly genericTickList?: string;
    }): Promise<TwsTicks>;
    reqMarketDataType(type: number): Promise<void>;
    placeOrder(request: { readonly contract: TwsContract; readonly order: TwsOrder }): Promise<number>;
    cancelOrder(orderId: number): Promise<{ readonly code: string; readonly message: string }>;
    getOpenOrders(): Promise<readonly TwsOpenOrder[]>;
    getAllOpenOrders(): Promise<readonly TwsOpenOrder[]>;
    reqGlobalCancel(): Promise<void>;
    reqAutoOpenOrders(bind: boolean): Promise<void>;
    getHistoricalData(request: TwsHistory): Promise<{
      readonly bars: readonly Readonly<Record<string, number | string>>[];
    }>;
    getHeadTimeStamp(request: TwsHistory): Promise<string>;
    protected _onMessageFieldset(fields: string[]): void;
    protected readonly _emitter: TwsEmitter;
    protected readonly _incomeHandler: { requestIdEmitter(id: number, stop: () => void): TwsEmitter };
    /** Undefined until it has connected. */
    protected readonly _protocolBytes: { disconnect(): void } | undefined;
  }
  export const Contract: { stock(symbol: string): TwsContract; forex(pair: string): TwsContract };
  export const Order: {
    limit(order: TwsOrder): TwsOrder;
    market(order: TwsOrder): TwsOrder;
    stop(order: TwsOrder): TwsOrder;
  };
}
