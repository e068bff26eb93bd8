import { join } from "node:path";
import { doubles, ourOrders, untruths } from "../../testing/books-agree.ts";
import { type CronDesk, cronDesk } from "../../testing/cron-desk.ts";
import { leaveOrder } from "../../testing/left-over.ts";
import { impatient } from "../../testing/small-config.ts";
import { readScenario } from "../scenario/read-scenario.ts";

/** What became of an incident that the built program lived through. */
export interface Lived {
  /** Each run in a few words: its exit code, how many of its orders reached the gateway, and what it found. */
  readonly runs: readonly string[];
  /** Orders or executions twice, books that do not agree, no end of the trouble; empty when all is well. */
  readonly violations: readonly string[];
}

const repository = join(import.meta.dirname, "../../..");

/**
 * Of each hour: what was bought before, what is traded in the two hours that go wrong, and in the healthy ones after
 * them. RRC's market is too thin for what is wanted of it: its order is filled in part, and works when the run ends.
 */
const forecasts = {
  before: { MSFT: 0.1, KO: 0.04, AAPL: 0.1 },
  first: { MSFT: 0.05, KO: 0.04, AAPL: 0.15, RRC: 0.55 },
  second: { MSFT: 0.12, KO: 0.04, AAPL: 0.1, RRC: 0.5 },
  healthy: { MSFT: 0.08, KO: 0.06, AAPL: 0.12, RRC: 0.05 },
};

/** More healthy runs than these are never needed until one ends with 0. */
const healthyRunsMax = 3;

/**
 * A healthy run; an order that is left working; two runs, an hour apart, at a gateway of which `scenarios/<id>.toml` says what goes wrong; then healthy
 * ones until all is well. Runs that a person must help are followed by `trader accept` of what they name.
 */
export async function liveThrough(id: string): Promise<Lived> {
  await using desk = await deskBefore();
  const runs: string[] = [];
  const violations: string[] = [];
  const isInvented = (violation: string) => inventors.includes(id) && violation.startsWith("execution");
  const hour = async (weights: Readonly<Record<string, number>>) => {
    await desk.nextHour();
    desk.writeForecast(weights);
    const told = await runInWords(desk);
    runs.push(told);
    violations.push(...doubles(desk).filter((violation) => !isInvented(violation)));
  };
  await hour(forecasts.before);
  if (!runs.pop()?.startsWith("exit 0")) violations.push("the run before did not end well");
  await desk.restartGateway(0, readScenario(join(repository, `scenarios/${id}.toml`)));
  leaveOrder(desk.venue, { clientId: 17, orderId: 5_000 });
  await hour(forecasts.first);
  await hour(forecasts.second);
  await desk.restartGateway(0);
  for (let run = 0; run < healthyRunsMax; run += 1) {
    await hour(forecasts.healthy);
    if (runs.at(-1)?.startsWith("exit 0"))
      return { runs, violations: [...violations, ...untruths(desk).filter((each) => !isInvented(each))] };
    const accepted = run > 0 ? await accept(desk) : undefined;
    if (accepted) runs.push(accepted);
  }
  return { runs, violations: [...violations, `after ${healthyRunsMax} healthy runs: ${runs.at(-1)}`] };
}

/** These tell executions that the exchange has never had, and never take them back: that they are booked is right. */
const inventors = ["D16", "corrected-execution"];

async function deskBefore(): Promise<CronDesk> {
  return await cronDesk({
    overWire: true,
    positions: [
      { symbol: "MSFT", shares: 300, averageCost: 251.5 },
      { symbol: "KO", shares: 240, averageCost: 55.1 },
    ],
    config: impatient,
    idleSeconds: 5,
  });
}

async function runInWords(desk: CronDesk): Promise<string> {
  const before = ourOrders(desk.venue).length;
  const { code, signal, stdout } = await desk.run({ args: ["run", "--json"] });
  const outcome = JSON.parse(stdout.trim().split("\n").at(-1) ?? "{}") as {
    findings?: readonly { readonly kind: string }[];
  };
  // A run that does not hear the broker's time goes by the host's, which is years ahead of the gateway's here.
  const isTrue = (kind: string) => !(code === 4 && kind === "runs-missed");
  const kinds = [...new Set(outcome.findings?.map(({ kind }) => kind))].filter(isTrue);
  const sent = ourOrders(desk.venue).length - before;
  const orders = `${sent} ${sent === 1 ? "order" : "orders"}`;
  return [`exit ${code ?? signal}`, orders, ...kinds].join(", ");
}

/** A person looks at what the runs name, finds that the broker is right, and says so. */
async function accept(desk: CronDesk): Promise<string | undefined> {
  const open = desk
    .rows("SELECT iif(kind = 'position', symbol, kind) AS name FROM breaks WHERE settled_at IS NULL")
    .map(({ name }) => String(name));
  if (open.length === 0) return undefined;
  const { code, stderr } = await desk.run({ args: ["accept", ...open, "--note", "looked at"] });
  return code === 0 ? `accept ${open.join(" ")}` : `accept: ${stderr}`;
}
