import { type BrokerTerms, brokerTermsOf, type ExecutionStyle, keepsLimit } from "./execution-style.ts";
import { instant } from "./instant.ts";

const endAt = instant("2022-03-14T19:15:07Z");

it.each<[ExecutionStyle, BrokerTerms["orderType"], string, string]>([
  [{ kind: "adaptive", priority: "Patient" }, "LMT", "Adaptive", "adaptivePriority=Patient"],
  [{ kind: "limit" }, "LMT", "", ""],
  [{ kind: "marketable-limit" }, "LMT", "", ""],
  [{ kind: "midprice" }, "MIDPRICE", "", ""],
  [
    { kind: "vwap", endAt, volumePartMax: 0.07 },
    "LMT",
    "Vwap",
    "maxPctVol=0.07 endTime=15:15:07 US/Eastern allowPastEndTime=0 noTakeLiq=0",
  ],
  [
    { kind: "twap", endAt },
    "LMT",
    "Twap",
    "strategyType=Marketable endTime=15:15:07 US/Eastern allowPastEndTime=0",
  ],
  [{ kind: "market-on-close" }, "MOC", "", ""],
])("%j is sent as %s, worked by %p with %p", (style, orderType, algoStrategy, params) => {
  const terms = brokerTermsOf(style, "US/Eastern");
  const said = terms.algoParams.map(({ tag, value }) => `${tag}=${value}`).join(" ");
  expect({ ...terms, algoParams: said }).toEqual({ orderType, algoStrategy, algoParams: params });
});

it("keeps the limit in every style but the one that takes the auction's price", () => {
  expect(keepsLimit({ kind: "midprice" })).toBe(true);
  expect(keepsLimit({ kind: "twap", endAt })).toBe(true);
  expect(keepsLimit({ kind: "market-on-close" })).toBe(false);
});
