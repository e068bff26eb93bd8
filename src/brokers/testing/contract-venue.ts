import { join } from "node:path";
import { simulatedVenue } from "../../simulation/simulated-venue.ts";
import type { Venue } from "../../simulation/venue.ts";
import { readPriceHistory } from "../../storage/price-history-file.ts";
import { instant } from "../../trading/instant.ts";

const history = readPriceHistory(join(import.meta.dirname, "../../../data/sp500-20-daily.csv.gz"));

/** The market and the account of the contract (`OpenedBroker`), simulated. */
export async function contractVenue(account: string): Promise<Venue> {
  return simulatedVenue({
    history: await history,
    startAt: instant("2022-03-14T13:40:00Z"),
    seed: 7,
    accounts: [
      {
        id: account,
        cash: 1_000_000,
        baseCurrency: "USD",
        positions: [
          { symbol: "AAPL", shares: 300, averageCost: 140.25 },
          { symbol: "MSFT", shares: -120, averageCost: 290.5 },
        ],
      },
    ],
  });
}
