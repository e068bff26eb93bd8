import { setTimeout as sleep } from "node:timers/promises";
import { left, right, tableLines } from "../../reports/table.ts";
import { type KillPoint, killPoint, pointText } from "./kill-point.ts";
import { measureLife, type Played, playKillPoint } from "./play.ts";

/** At the same time: a run waits for most of its life. */
const workers = 6;

/** A run that ends before its moment comes is no kill; of so many points for each kill that is asked for, enough come in time. */
const pointsForAKill = 3;

/**
 * `npm run kill-points -- 200 [SEED [NUMBER]]`: the built program killed (SIGKILL) so many times, at points that are spread
 * over its life, or at the point of that number. Prints its seed first. Exit code 1 when something was lost, doubled or left
 * to a person, or when not so many could be killed.
 */
async function main(count: number, seed: number, only: number | undefined): Promise<void> {
  process.umask(0o022);
  tell(`seed ${seed}, ${count} kills`);
  const life = await measureLife();
  tell(
    `A run that nobody kills: ${life.ms.toFixed(0)} ms, ${life.client} messages sent, ${life.gateway} received, ${life.line} lines, ${life.file} changes of files.`,
  );
  const numbers =
    only === undefined ? Array.from({ length: count * pointsForAKill }, (_, at) => at + 1) : [only];
  const points = numbers.map((number) => killPoint(number, count, seed, life));
  const startedMs = performance.now();
  const played = await playUntil(count, points, (done) => {
    for (const violation of done.violations) tell(violationText(done, violation, count, seed));
  });
  tell(tableLines(byWay(played), 150).join("\n"));
  tell(tableLines(byLastWord(played), 150).join("\n"));
  const ends = Object.entries(countsOf(played.map((done) => done.ends.join(" ")))).toSorted(
    ([, a], [, b]) => b - a,
  );
  tell(
    `Exit codes of the runs after it: ${ends.map(([codes, times]) => `${codes} (${times} times)`).join(", ")}`,
  );
  const kills = killsIn(played);
  const violations = played.reduce((sum, done) => sum + done.violations.length, 0);
  tell(
    `${kills} runs killed at ${played.length} points in ${((performance.now() - startedMs) / 1000).toFixed(0)} s, ${violations} violations`,
  );
  process.exit(violations > 0 || (only === undefined && kills < count) ? 1 : 0);
}

/** Plays points in turn until so many runs have been killed, or none is left; what has begun is played to its end. */
async function playUntil(
  kills: number,
  points: readonly KillPoint[],
  ended: (played: Played) => void,
): Promise<readonly Played[]> {
  const waiting = [...points];
  const played: Played[] = [];
  const work = async (): Promise<void> => {
    while (killsIn(played) < kills) {
      const point = waiting.shift();
      if (!point) return;
      const done = await inTime(point);
      played.push(done);
      ended(done);
    }
  };
  await Promise.all(Array.from({ length: workers }, work));
  return played;
}

function killsIn(played: readonly Played[]): number {
  return played.filter(({ wasKilled }) => wasKilled).length;
}

/** Longer than this takes no point, however busy the machine is, in ms. */
const pointMaxMs = 180_000;

async function inTime(point: KillPoint): Promise<Played> {
  const late = new AbortController();
  const hung: Played = {
    point,
    wasKilled: true,
    lastWord: "not known",
    ordersAtGateway: 0,
    ends: [],
    violations: ["it never ended"],
  };
  const deadline = sleep(pointMaxMs, hung, { signal: late.signal }).catch(() => hung);
  const played = await Promise.race([playKillPoint(point), deadline]);
  late.abort();
  return played;
}

function violationText(
  { point, lastWord, ends }: Played,
  violation: string,
  count: number,
  seed: number,
): string {
  return [
    `VIOLATION at point ${point.number}: ${violation}`,
    `  ${pointText(point)}; its last word was ${lastWord}; then ${ends.join(", ")}`,
    `  npm run kill-points -- ${count} ${seed} ${point.number}`,
  ].join("\n");
}

function byWay(played: readonly Played[]) {
  const ways = [...new Set(played.map(({ point }) => point.moment.by))];
  const rows = [...ways, "all"].map((way) => {
    const own = played.filter(({ point }) => way === "all" || point.moment.by === way);
    return [way, ...figuresOf(own)];
  });
  return { columns: [left("killed by"), ...figures], rows };
}

function byLastWord(played: readonly Played[]) {
  const words = Object.keys(countsOf(played.map(({ lastWord }) => lastWord))).toSorted();
  const rows = words.map((word) => [word, ...figuresOf(played.filter(({ lastWord }) => lastWord === word))]);
  return { columns: [left("its last word"), ...figures], rows };
}

const figures = [
  right("points"),
  right("killed"),
  right("with orders at the gateway"),
  right("while it restarted"),
  right("killed again"),
  right("runs until all was well"),
  right("violations"),
];

function figuresOf(own: readonly Played[]): readonly string[] {
  const count = (is: (played: Played) => boolean) => String(own.filter(is).length);
  const runs = own.map(({ ends }) => ends.indexOf("0") + 1);
  return [
    String(own.length),
    count(({ wasKilled }) => wasKilled),
    count(({ wasKilled, ordersAtGateway }) => wasKilled && ordersAtGateway > 0),
    count(({ wasKilled, point }) => wasKilled && point.gatewayRestarts),
    count(({ ends }) => ends[0] === "SIGKILL"),
    `${Math.min(...runs)} to ${Math.max(...runs)}`,
    String(own.reduce((sum, { violations }) => sum + violations.length, 0)),
  ];
}

function countsOf(words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}

function tell(line: string): void {
  process.stdout.write(`${line}\n`);
}

const [, , count = "200", seed, only] = process.argv;
await main(
  Number(count),
  seed === undefined ? Date.now() % 1_000_000_000 : Number(seed),
  only === undefined ? undefined : Number(only),
);
