import { isResting } from "../../job/day.ts";
import { asArgument, checkTitle } from "../../reports/check-text.ts";
import { overrideText } from "../../reports/checks-section.ts";
import { findingText } from "../../reports/finding-text.ts";
import { percentPair, priceOf, sharesText } from "../../reports/numbers.ts";
import { counted, plainText } from "../../reports/plain-text.ts";
import { haltFileIn } from "../../storage/halt-file.ts";
import { openHistoryToRead, type ReadableHistory } from "../../storage/readable-history.ts";
import { findingOf } from "../../trading/reconciliation.ts";
import { isInForce } from "../../trading/risk/check.ts";
import { fallOf, measureStrategies, riseOf } from "../../trading/risk/strategy-value.ts";
import { spokenTime } from "../../trading/session.ts";
import type { Config } from "../config/config.ts";
import { findConfig } from "../config/find-config.ts";
import { readConfig } from "../config/read-config.ts";
import { exitCode } from "../exit-code.ts";
import type { Host } from "../host.ts";
import { refuseHistory } from "../refuse-history.ts";
import { systemClock } from "../system-clock.ts";
import { haltText } from "./halt.ts";

/**
 * `trader status`: what stands between now and the next trade, from our own records alone. Exit code 3 when a person must
 * do something. Throws ConfigError.
 */
export async function status(options: { readonly config?: string }, host: Host): Promise<number> {
  const config = readConfig(findConfig(options.config, host.env, host.cwd), host.env);
  const halt = await haltFileIn(config.paths.state).read();
  const isRefused = refuseHistory(config, host);
  const history = isRefused ? undefined : openHistoryToRead(config.paths.snapshots);
  try {
    const breaks = history?.openBreaks(config.job.connection.account) ?? [];
    const stopped = history ? stoppedStrategies(config, history) : [];
    const lines = [
      halt
        ? `HALTED: ${haltText(halt, config.mail.zone)}. \`trader resume\` lifts it.`
        : "Trading is not halted.",
      ...(history ? historyLines(config, history) : isRefused ? [] : ["There has been no run yet."]),
      ...(history ? overridesInForce(config, history) : []).map((text) => `Override in force: ${text}`),
      ...stopped,
      ...breaks.flatMap((open) => {
        const { what, remedy } = findingText(findingOf(open, config.job.maxNavMove), config.mail.zone);
        return [`! ${what}`, `  ${remedy}`];
      }),
    ];
    host.stdout.write(`${lines.join("\n")}\n`);
    return halt || isRefused || breaks.length > 0 || stopped.length > 0 ? exitCode.held : exitCode.done;
  } finally {
    history?.close();
  }
}

/** By this machine's clock, or where the gateway lives at another time by that of the last run. */
function overridesInForce({ job, mail }: Config, history: ReadableHistory): readonly string[] {
  const { account } = job.connection;
  const now = job.trustHostClock ? systemClock.now() : history.lastRun(account)?.startedAt;
  return history
    .overrides(account)
    .filter((each) => now === undefined || isInForce(each, now))
    .map((each) => overrideText(each, mail.zone));
}

/** Strategies whose targets count as nothing. */
function stoppedStrategies({ job, mail }: Config, history: ReadableHistory): readonly string[] {
  const measured = measureStrategies(job.strategies, history.strategies(job.connection.account), undefined);
  return measured.flatMap(({ strategy, mark }) => {
    if (!mark?.stopped) return [];
    const { by, limit } = mark.stopped;
    const [value, most] = percentPair(by === "strategy-loss" ? fallOf(mark) : riseOf(mark), limit);
    return [
      `! Strategy ${plainText(strategy)} was stopped ${spokenTime(mark.markedAt, mail.zone)}: ${checkTitle(by)} ${value}, at most ${most}; its targets count as nothing.`,
      `  \`trader accept strategy ${asArgument(strategy)}\` begins its measure anew.`,
    ];
  });
}

function historyLines({ job, mail }: Config, history: ReadableHistory): readonly string[] {
  const { account } = job.connection;
  const last = history.lastRun(account);
  const all = history.unsettledOrders(account);
  const resting = all.filter(isResting);
  const unsettled = all.filter((order) => !resting.includes(order));
  return [
    last
      ? `Last run: ${spokenTime(last.startedAt, mail.zone)}, ${last.verdict ?? "not ended: it works now, or it died"} (${last.id}).`
      : "There has been no run yet.",
    unsettled.length === 0
      ? "Every order has its end on record."
      : `${counted(unsettled.length, "order")} without an end on record; the next run settles them:`,
    ...unsettled.map(
      ({ orderRef, life, side, orderedShares, filledShares, symbol }) =>
        `  ${life.padEnd(12)} ${side} ${sharesText(orderedShares)} ${symbol}, ${sharesText(filledShares)} filled (${orderRef})`,
    ),
    ...(resting.length === 0
      ? []
      : [`${counted(resting.length, "protective order")} at the broker, as last told:`]),
    ...resting.map(
      ({ orderRef, side, orderedShares, filledShares, symbol, stopPrice }) =>
        `  ${side} ${sharesText(orderedShares - filledShares)} ${symbol}${stopPrice === undefined ? "" : `, stop ${priceOf(stopPrice)}`} (${orderRef})`,
    ),
  ];
}
