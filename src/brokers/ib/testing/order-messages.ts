import { account, type Field, type Peer, sendText, unset } from "./peer.ts";

export interface WireOrder {
  readonly orderId: number;
  readonly permId: number;
  readonly clientId?: number;
  readonly orderRef: string;
  readonly conId?: number;
  readonly symbol?: string;
  readonly action?: "BUY" | "SELL";
  readonly shares?: number;
  readonly limitPrice?: number;
  readonly status?: string;
  /** As it is shown: real gateways show an order that an algorithm works as IBALGO. */
  readonly orderType?: string;
  readonly algoStrategy?: string;
  readonly account?: string;
  /** Said of a what-if: nine margins, then commission, its least and most, its currency, a warning. */
  readonly whatIf?: { readonly margins: readonly Field[]; readonly costs: readonly Field[] };
}

/** Before, change and after of an order that is no what-if. */
export const unsetMargins: readonly Field[] = Array.from({ length: 9 }, () => unset);

/** An order of an earlier run, of this client id. */
export const earlierOrder: WireOrder = {
  orderId: 33,
  permId: 70_033,
  clientId: 7,
  orderRef: "trader.reb.2022031412.AAPL.S100.1.aaaa",
  action: "SELL",
};

export function sendOpenOrder(peer: Peer, order: WireOrder): void {
  const {
    orderId,
    permId,
    clientId = peer.clientId,
    orderRef,
    status = "Submitted",
    orderType = "LMT",
    algoStrategy = "Adaptive",
  } = order;
  const { conId = 265598, symbol = "AAPL", action = "BUY", shares = 100, limitPrice = 171.43 } = order;
  const algo = algoStrategy === "" ? "" : `${algoStrategy}|1|adaptivePriority|Normal`;
  const { whatIf } = order;
  const margins = (whatIf?.margins ?? unsetMargins).join("|");
  const costs = (whatIf?.costs ?? ["", "", "", "", ""]).join("|");
  sendText(
    peer,
    `5|${orderId}|${conId}|${symbol}|STK||0|?||SMART|USD|${symbol}|NMS|${action}|${shares}|${orderType}|${limitPrice}|0.0|DAY||` +
      `${order.account ?? account}||0|${orderRef}|${clientId}|${permId}|0|0|0||${permId}.0/${account}/100|||||||||0||-1|` +
      `0||||||2147483647|0|0|0||3|0|0||0|0||0|None||0||||?|0|0||0|0||||||0|0|0|2147483647|2147483647|||0||IB|0|0|` +
      `${algo}|0|${whatIf ? 1 : 0}|${status}|${margins}|${costs}|0|0|0|None|${unset}|${unset}|${unset}|${unset}|${unset}|${unset}|0||||0|1|0|0|0||` +
      "|0||100|0.02|||",
  );
}

export function sendStatus(
  peer: Peer,
  { orderId, permId, clientId = peer.clientId, shares = 100 }: WireOrder,
  status: string,
  filled = 0,
  whyHeld = "",
): void {
  peer.send(
    3,
    orderId,
    status,
    filled,
    shares - filled,
    filled > 0 ? 171.4 : 0,
    permId,
    0,
    filled > 0 ? 171.4 : 0,
    clientId,
    whyHeld,
    0,
  );
}

export interface WireExecution {
  readonly execId: string;
  readonly shares: number;
  readonly price?: number;
  /** −1 when it is told as it happens. */
  readonly requestId?: Field;
  readonly account?: string;
  readonly time?: string;
}

export function sendExecution(peer: Peer, order: WireOrder, execution: WireExecution): void {
  const {
    orderId,
    permId,
    clientId = peer.clientId,
    orderRef,
    conId = 265598,
    symbol = "AAPL",
    action = "BUY",
  } = order;
  const { execId, shares, price = 171.4, requestId = -1, time = "20220314 09:35:07 US/Eastern" } = execution;
  const side = action === "BUY" ? "BOT" : "SLD";
  sendText(
    peer,
    `11|${requestId}|${orderId}|${conId}|${symbol}|STK||0.0|||SMART|USD|${symbol}|NMS|${execId}|${time}|` +
      `${execution.account ?? account}|ISLAND|${side}|${shares}|${price}|${permId}|${clientId}|0|${shares}|${price}|` +
      `${orderRef}||||1|0|`,
  );
}

export function sendCommission(peer: Peer, execId: string, commission: Field, realized: Field = unset): void {
  peer.send(59, 1, execId, commission, "USD", realized, unset, "");
}

export function sendCompletedOrder(peer: Peer, order: WireOrder, filled: Field): void {
  const {
    permId,
    orderRef,
    conId = 265598,
    symbol = "AAPL",
    action = "BUY",
    shares = 100,
    limitPrice = 171.43,
  } = order;
  sendText(
    peer,
    `101|${conId}|${symbol}|STK||0|?||SMART|USD|${symbol}|NMS|${action}|${shares}|LMT|${limitPrice}|0.0|DAY||${account}||` +
      `0|${orderRef}|${permId}|0|0|0||||||||||0||-1||||||2147483647|0|0||3|0||0|None||0|0|0||0|0||||0|0|0|2147483647|` +
      `2147483647||||IB|0|0|Adaptive|1|adaptivePriority|Normal|0|${order.status ?? "Filled"}|0|0|0|${limitPrice + 1}|` +
      `${unset}|0|1|0||${filled}|2147483647|0|Not an insider or substantial shareholder|0|0|9223372036854775807|` +
      "20220314 09:36:00 US/Eastern|Filled Size: 100||||||",
  );
}
