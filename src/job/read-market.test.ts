import type { ConnectionRequest, ContractAnswer } from "../ports.ts";
import { rebalance } from "../rebalance.ts";
import { jobOf } from "../testing/job-of.ts";
import { scenarioNow, stock } from "../testing/scenario.ts";
import { scriptedWorld } from "../testing/scripted-world.ts";
import { forecastOf } from "../testing/world-script.ts";
import { later } from "../trading/instant.ts";
import type { ContractRequest, Instrument } from "../trading/instrument.ts";
import { ok } from "../trading/result.ts";

/** Runs once with a cache and answers with what was asked of the broker and what was kept. */
async function lookUps(
  cached: readonly Instrument[],
  weights: Readonly<Record<string, number>>,
  job = jobOf(),
  holdings: Readonly<Record<string, number>> = {},
) {
  const asked: ContractRequest[] = [];
  const saved: Instrument[] = [];
  const contracts = async (requests: readonly ContractRequest[]) => {
    asked.push(...requests);
    return ok(requests.map(({ symbol }): ContractAnswer => ({ found: true, instrument: stock(symbol) })));
  };
  const { world } = scriptedWorld({
    forecasts: ok([forecastOf(weights)]),
    holdings,
    broker: { contracts },
    world: { contracts: { load: async () => cached, save: async (found) => void saved.push(...found) } },
    handled: ["2022-03-14 open"],
  });
  const outcome = await rebalance(job, world);
  return {
    asked,
    saved: saved.map(({ symbol }) => symbol),
    verdict: outcome.verdict,
    findings: outcome.findings,
  };
}

describe("contract details", () => {
  it("are asked only for what the cache does not have, and kept", async () => {
    const { asked, saved, verdict } = await lookUps([stock("AAA")], { AAA: 0.1, BBB: 0.1 });
    expect(asked).toEqual([{ symbol: "BBB", currency: "USD" }]);
    expect(saved).toEqual(["BBB"]);
    expect(verdict).toBe("done");
  });

  it("are good until the last day that their hours cover, and asked again after it", async () => {
    const last = stock("AAA", { hoursKnownThrough: "2022-03-14" });
    expect((await lookUps([last], { AAA: 0.1 })).asked).toEqual([]);
    const over = stock("AAA", { hoursKnownThrough: "2022-03-13" });
    expect((await lookUps([over], { AAA: 0.1 })).asked).toEqual([{ symbol: "AAA", currency: "USD" }]);
  });

  it("of another listing of the same symbol are not taken for it (D12)", async () => {
    const listings = [{ symbol: "AAA", primaryExchange: "NYSE", currency: undefined }];
    const { asked } = await lookUps([stock("AAA")], { AAA: 0.1 }, jobOf({ listings }));
    expect(asked).toEqual([{ symbol: "AAA", currency: "USD", primaryExchange: "NYSE" }]);
    const euro = [{ symbol: "AAA", primaryExchange: undefined, currency: "EUR" }];
    expect((await lookUps([stock("AAA")], { AAA: 0.1 }, jobOf({ listings: euro }))).asked).toEqual([
      { symbol: "AAA", currency: "EUR" },
    ]);
  });

  it("of a holding are asked for where the cache has another contract under its symbol", async () => {
    const closing = jobOf({ plan: { ...jobOf().plan, unlisted: "close" } });
    const cached = [stock("AAA"), stock("BBB", { conId: 77 })];
    const { asked, verdict } = await lookUps(cached, { AAA: 0.1 }, closing, { BBB: 10 });
    expect(asked).toEqual([{ symbol: "BBB", currency: "USD" }]);
    expect(verdict).toBe("done");
  });

  it("of holdings are asked for only when they may be closed", async () => {
    const holdings = { BBB: 10 };
    expect((await lookUps([], { AAA: 0.1 }, jobOf(), holdings)).asked.map((r) => r.symbol)).toEqual(["AAA"]);
    const closing = jobOf({ plan: { ...jobOf().plan, unlisted: "close" } });
    expect((await lookUps([], { AAA: 0.1 }, closing, holdings)).asked.map((r) => r.symbol)).toEqual([
      "AAA",
      "BBB",
    ]);
  });

  it("of a holding whose mode is close are asked for, and it is closed, whatever becomes of the others", async () => {
    const instruments = new Map([["BBB", { mode: "close", boardLot: 1 } as const]]);
    const closing = jobOf({ plan: { ...jobOf().plan, unlisted: "report", instruments } });
    const { asked } = await lookUps([], { AAA: 0.1 }, closing, { BBB: 10, CCC: 5 });
    expect(asked.map(({ symbol }) => symbol)).toEqual(["AAA", "BBB"]);
    const { world } = scriptedWorld({
      forecasts: ok([forecastOf({ AAA: 0.1 })]),
      holdings: { BBB: 10 },
      handled: ["2022-03-14 open"],
    });
    const outcome = await rebalance(closing, world);
    expect(outcome.plan?.trades.map(({ symbol, reason }) => [symbol, reason])).toEqual([
      ["BBB", "close-by-mode"],
      ["AAA", "open"],
    ]);
  });

  it("of holdings that are no stocks are never asked for: an option bears its stock's symbol (D17)", async () => {
    const scripted = scriptedWorld({
      forecasts: ok([forecastOf({ AAA: 0.1 })]),
      holdings: { BBB: 10 },
      handled: ["2022-03-14 open"],
    });
    const brokerage = {
      async connect(request: ConnectionRequest) {
        const connected = await scripted.world.brokerage.connect(request);
        if (!connected.ok) return connected;
        const account = async () => {
          const told = await connected.value.account();
          if (!told.ok) return told;
          const positions = told.value.positions.map((held) => ({ ...held, securityType: "OPT" }));
          return ok({ ...told.value, positions });
        };
        const contracts = async (requests: readonly ContractRequest[]) => {
          expect(requests.map(({ symbol }) => symbol)).toEqual(["AAA"]);
          return connected.value.contracts(requests);
        };
        return ok({ ...connected.value, account, contracts });
      },
    };
    const closing = jobOf({ plan: { ...jobOf().plan, unlisted: "close" } });
    const outcome = await rebalance(closing, { ...scripted.world, brokerage });
    expect(outcome.verdict).toBe("done");
    expect(outcome.plan?.untouched).toMatchObject([{ symbol: "BBB", reason: { kind: "not-tradable" } }]);
  });
});

describe("quotes", () => {
  it("are not asked for where the contract's own market is closed, and their absence is no finding", async () => {
    const { world } = scriptedWorld({
      forecasts: ok([forecastOf({ AAA: 0.1 })]),
      broker: {
        contracts: async () => ok([{ found: true, instrument: stock("AAA", { sessions: [] }) }]),
        quotes: () => Promise.reject(new Error("asked for a quote of a closed market")),
      },
      handled: ["2022-03-14 open"],
    });
    const outcome = await rebalance(jobOf(), world);
    expect(outcome.verdict).toBe("closed");
    expect(outcome.findings).toEqual([]);
    expect(outcome.plan?.untouched.map(({ reason }) => reason.kind)).toEqual(["market-closed"]);
  });

  it("of a feed that has fallen silent hold the run (C16)", async () => {
    const { world } = scriptedWorld({
      now: later(scenarioNow, 3_600_000),
      broker: {
        quotes: async (instruments) =>
          ok(
            instruments.map(({ conId, symbol }) => ({
              conId,
              symbol,
              bid: 49.95,
              ask: 50.05,
              feed: "live" as const,
              receivedAt: later(scenarioNow, 3_600_000),
              lastTradedAt: scenarioNow,
            })),
          ),
      },
      handled: ["2022-03-14 open"],
    });
    const outcome = await rebalance(jobOf(), world);
    expect(outcome.findings).toEqual([
      { kind: "feed-silent", instruments: 1, ageMinutes: 60, limitMinutes: 15 },
    ]);
  });
});
