import { type Field, type Peer, sendText } from "./peer.ts";

export function sendContract(
  peer: Peer,
  requestId: Field,
  contract: {
    conId: number;
    symbol: string;
    currency?: string;
    primaryExchange?: string;
    rules?: string;
    hours?: string;
  },
): void {
  const { conId, symbol, currency = "USD", primaryExchange = "NASDAQ", rules = "557,26,32" } = contract;
  const { hours = "20220314:0930-20220314:1600;20220315:0930-20220315:1300;20220316:CLOSED" } = contract;
  sendText(
    peer,
    `10|${requestId}|${symbol}|STK||0||SMART|${currency}|${symbol}|NMS|NMS|${conId}|0.01||LMT,MKT|AMEX,SMART,NYSE|1|0|` +
      `${symbol} Inc|${primaryExchange}||Technology|Computers|Computers|US/Eastern|${hours}|${hours}||0|1|ISIN|` +
      `US0378331005|1|||${rules}||COMMON|1|1|100|`,
  );
}
