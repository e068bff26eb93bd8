import type { Broker, ForecastSource, Journal } from "../ports.ts";
import { blend, type Forecast } from "../trading/forecast.ts";
import { ok, type Result } from "../trading/result.ts";
import type { Job } from "./job.ts";

/** Every strategy's forecast, judged at market time, then blended by capital share with its leverage capped. */
export async function readForecast(
  job: Job,
  { broker, forecasts, journal }: { broker: Broker; forecasts: ForecastSource; journal: Journal },
): Promise<Result<Forecast>> {
  const read = await forecasts.read(broker.marketTime());
  if (!read.ok) return read;
  for (const { strategy, file, asOf, rows, leverage } of read.value) {
    journal.append({
      kind: "forecast-read",
      strategy,
      file,
      asOf,
      rows: rows.length,
      leverage: Math.min(leverage, job.leverageMax),
      leverageAsWritten: leverage,
    });
  }
  return ok(blend(read.value, job.strategies, job.leverageMax));
}
