import type {
  CommissionReport,
  Contract,
  ContractDetails,
  Execution,
  Order,
  OrderState,
  PriceIncrement,
} from "@stoqey/ib";

/**
 * The events of @stoqey/ib that we hear, with what really comes in them: a number that the wire leaves out or sends as
 * the largest double arrives as undefined, which the package's own types do not say everywhere.
 */
export interface IbEvents {
  connected: [];
  server: [serverVersion: number, connectionTime: string];
  disconnected: [];
  error: [error: Error, code: number, id: number];
  info: [text: string, code: number];
  sent: [];
  received: [];
  all: [];
  nextValidId: [orderId: number];
  managedAccounts: [accounts: string];
  currentTime: [epochSeconds: number];
  updateAccountValue: [tag: string, value: string, currency: string, account: string];
  updatePortfolio: [
    contract: Contract,
    shares: number | undefined,
    marketPrice: number | undefined,
    marketValue: number | undefined,
    averageCost: number | undefined,
    unrealizedPnl: number | undefined,
    realizedPnl: number | undefined,
    account: string | undefined,
  ];
  accountDownloadEnd: [account: string];
  position: [
    account: string,
    contract: Contract,
    shares: number | undefined,
    averageCost: number | undefined,
  ];
  positionEnd: [];
  contractDetails: [id: number, details: ContractDetails];
  contractDetailsEnd: [id: number];
  marketRule: [ruleId: number, increments: readonly PriceIncrement[]];
  marketDataType: [id: number, type: number];
  tickPrice: [id: number, tickType: number, price: number | undefined];
  tickGeneric: [id: number, tickType: number, value: number | undefined];
  tickString: [id: number, tickType: number, text: string];
  tickSnapshotEnd: [id: number];
  openOrder: [orderId: number, contract: Contract, order: Order, state: OrderState];
  openOrderEnd: [];
  orderStatus: [
    orderId: number,
    status: string,
    filledShares: number | undefined,
    remainingShares: number | undefined,
    averageFillPrice: number | undefined,
    permId: number,
    parentId: number,
    lastFillPrice: number | undefined,
    clientId: number,
    whyHeld: string,
  ];
  completedOrder: [contract: Contract, order: Order, state: OrderState];
  completedOrdersEnd: [];
  execDetails: [id: number, contract: Contract, execution: Execution];
  execDetailsEnd: [id: number];
  commissionReport: [report: CommissionReport];
}

/** A field that the message cannot do without. Throws when it is missing: the connection is then not to be trusted. */
export function required<T>(value: T | undefined | null, what: string): T {
  if (value === undefined || value === null) throw new TypeError(`the gateway sent no ${what}`);
  return value;
}
