import type { VenueContract } from "../../simulation/venue.ts";
import { tradingClassOf } from "./contract-lookup.ts";
import type { Refusal } from "./refusal.ts";

/** What the login's market data subscriptions give of stocks: quotes of now, quotes of a quarter of an hour ago, or nothing. */
export type Feed = "live" | "delayed" | "none";

/** What a client asked for by reqMarketDataType (59): live, frozen, delayed, delayed and frozen. */
export type WantedType = 1 | 2 | 3 | 4;

/** Is this client's request answered with delayed quotes, or why is it not answered? Live ones go before what was asked for. */
export function judgeFeed(
  feed: Feed,
  wanted: WantedType,
  contract: VenueContract,
): { readonly isDelayed: boolean } | { readonly refusal: Refusal } {
  if (feed === "live") return { isDelayed: false };
  const takesDelayed = wanted >= 3;
  if (feed === "delayed" && takesDelayed) return { isDelayed: true };
  if (takesDelayed) return { refusal: noDelayedData };
  return { refusal: feed === "delayed" ? onlyDelayedData(contract) : notSubscribed(contract) };
}

export const displayingDelayed: Refusal = {
  code: 10167,
  text: "Requested market data is not subscribed. Displaying delayed market data.",
};

const noDelayedData: Refusal = {
  code: 10168,
  text: "Requested market data is not subscribed. Delayed market data is not enabled.",
};

function onlyDelayedData(contract: VenueContract): Refusal {
  return {
    code: 10089,
    text: `Requested market data requires additional subscription for API. See link in 'Market Data Connections' dialog for more details.Delayed market data is available.${sourceOf(contract)}`,
  };
}

function notSubscribed(contract: VenueContract): Refusal {
  return {
    code: 354,
    text: `Requested market data is not subscribed. Check API status by selecting the Account menu then under Management choose Market Data Subscription Manager and/or availability of delayed data.${sourceOf(contract)}`,
  };
}

/** "SPY ARCA/TOP/ALL", "AAPL NASDAQ.NMS/TOP/ALL" */
function sourceOf(contract: VenueContract): string {
  const { symbol, primaryExchange } = contract;
  const tradingClass = tradingClassOf(contract);
  return `${symbol} ${primaryExchange}${tradingClass === symbol ? "" : `.${tradingClass}`}/TOP/ALL`;
}
