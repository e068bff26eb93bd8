import { instant, later } from "./instant.ts";
import { judgeFeed, judgeQuote, type QuoteReading } from "./quote.ts";

const receivedAt = instant("2022-03-14T14:30:00Z");
const good: QuoteReading = { conId: 7, symbol: "AAA", bid: 99.98, ask: 100.03, receivedAt, feed: "live" };
const policy = { allowDelayedQuotes: false, quoteMaxAgeSeconds: 60, feedMaxSilenceMinutes: 15 };

const findings = (reading: Partial<QuoteReading>, ageSeconds = 5, allowDelayedQuotes = false) => {
  const now = later(receivedAt, ageSeconds * 1000);
  const judged = judgeQuote({ ...good, ...reading }, { ...policy, allowDelayedQuotes }, now);
  return judged.ok ? judged.value.mid : judged.findings.map((finding) => finding.kind);
};

describe("judgeQuote", () => {
  it("takes a live two-sided quote", () => {
    expect(findings({})).toBe(100.005);
  });

  it.each([-1, 0, Number.NaN])("does not take %p for a price, on either side (D01)", (value) => {
    expect(findings({ bid: value })).toEqual(["quote-side-missing"]);
    expect(findings({ ask: value })).toEqual(["quote-side-missing"]);
    expect(findings({ bid: value, ask: value })).toEqual(["quote-side-missing", "quote-side-missing"]);
  });

  it("refuses a crossed quote but not a locked one", () => {
    expect(findings({ bid: 100.04 })).toEqual(["quote-crossed"]);
    expect(findings({ bid: 100.03 })).toBe(100.03);
  });

  it("refuses delayed and frozen data unless delayed data was allowed (D04)", () => {
    for (const feed of ["delayed", "delayed-frozen", "frozen"] as const)
      expect(findings({ feed })).toEqual(["quote-not-live"]);
    expect(findings({ feed: "delayed" }, 5, true)).toBe(100.005);
    expect(findings({ feed: "frozen" }, 5, true)).toEqual(["quote-not-live"]);
  });

  it("counts age from the receipt, and a receipt in the future is no fresh quote (Z07)", () => {
    expect(findings({}, 60)).toBe(100.005);
    expect(findings({}, 61)).toEqual(["quote-stale"]);
    expect(findings({}, -61)).toEqual(["quote-stale"]);
  });

  it("says why the gateway gave none (C19, D05)", () => {
    expect(
      findings({ refusal: { code: 10197, text: "No market data during competing live session" } }),
    ).toEqual(["quote-refused"]);
  });
});

describe("judgeFeed", () => {
  const openAt = instant("2022-03-14T13:30:00Z");
  const tradedMinutesAgo = (minutes: number): QuoteReading => ({
    ...good,
    lastTradedAt: later(receivedAt, -minutes * 60_000),
  });
  const silence = (readings: readonly QuoteReading[], now = receivedAt) => {
    const judged = judgeFeed(readings, openAt, policy, now);
    return judged.ok ? "alive" : judged.findings;
  };

  it("is alive while any of our instruments trades: one quiet stock proves nothing", () => {
    expect(silence([tradedMinutesAgo(50), tradedMinutesAgo(15)])).toBe("alive");
  });

  it("is silent when none has traded for longer than the limit, though bids and asks look fresh (C16, C17)", () => {
    expect(silence([tradedMinutesAgo(50), tradedMinutesAgo(16)])).toEqual([
      { kind: "feed-silent", instruments: 2, ageMinutes: 16, limitMinutes: 15 },
    ]);
  });

  it("counts from the open before the session's first trade (D19)", () => {
    expect(silence([tradedMinutesAgo(1000)], later(openAt, 15 * 60_000))).toBe("alive");
    expect(silence([tradedMinutesAgo(1000)], later(openAt, 16 * 60_000))).toHaveLength(1);
  });

  it("takes no evidence from readings without a trade time, or of a delayed feed", () => {
    expect(silence([good])).toBe("alive");
    expect(silence([{ ...tradedMinutesAgo(50), feed: "delayed" }])).toBe("alive");
  });
});
