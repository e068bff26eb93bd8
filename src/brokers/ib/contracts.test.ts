import { join } from "node:path";
import { withMadeListings } from "../../simulation/made-listings.ts";
import { simulatedVenue } from "../../simulation/simulated-venue.ts";
import { readShippedPrices } from "../../storage/price-history-file.ts";
import { instant } from "../../trading/instant.ts";
import { startPaperGateway } from "../paper/gateway.ts";
import { journaled, requestTo, valueOf } from "./testing/connected.ts";
import { account } from "./testing/peer.ts";

/** What the program learns of contracts that the paper gateway lists. */
test("an ETF, a rule of three ticks, and a symbol listed more than once (D12, O04)", async () => {
  const history = withMadeListings(await readShippedPrices(join(import.meta.dirname, "../../../data")));
  const books = { id: account, cash: 1_000_000, baseCurrency: "USD", positions: [] } as const;
  const venue = simulatedVenue({
    history,
    startAt: instant("2022-03-14T13:40:00Z"),
    seed: 7,
    accounts: [books],
  });
  const quietly = { clock: { kind: "stepped" }, snapshotEndsAfterMs: 0, pacing: "off" } as const;
  const gateway = await startPaperGateway({ venue, port: 0, ...quietly, log: () => {} });
  const broker = valueOf(await journaled().brokerage.connect(requestTo(gateway.port)));
  const usd = { currency: "USD" };
  const answers = valueOf(
    await broker.contracts([
      { symbol: "SPY", ...usd },
      { symbol: "TWIN", ...usd },
      { symbol: "TWIN", ...usd, primaryExchange: "NASDAQ" },
      { symbol: "TIERS", ...usd },
      { symbol: "TWIN", ...usd, primaryExchange: "ARCA" },
    ]),
  );
  const listed = venue.contracts().filter(({ symbol, currency }) => symbol === "TWIN" && currency === "USD");
  expect(answers).toMatchObject([
    { found: true, instrument: { conId: 756733, primaryExchange: "ARCA", securityType: "STK" } },
    {
      found: "ambiguous",
      listings: listed.map((one) => `TWIN USD on ${one.primaryExchange} (conId ${one.conId})`),
    },
    { found: true, instrument: { conId: listed[1]?.conId, primaryExchange: "NASDAQ" } },
    {
      found: true,
      instrument: {
        priceSteps: [
          { lowEdge: 0, increment: 0.01 },
          { lowEdge: 20, increment: 0.02 },
          { lowEdge: 50, increment: 0.05 },
        ],
      },
    },
    { found: false, symbol: "TWIN" },
  ]);
  await broker[Symbol.asyncDispose]();
  await gateway.close();
});
