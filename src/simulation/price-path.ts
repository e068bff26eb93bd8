import { type NoiseKey, normal } from "./noise.ts";

/** One stock's day, from the previous close to its own. */
export interface PathDay {
  readonly previousClose: number;
  readonly close: number;
  readonly dailyVolatility: number;
  readonly sessionSeconds: number;
  readonly key: NoiseKey;
}

/** Share of a day's variance that falls between close and open. */
const overnightShare = 0.2;

interface Span {
  readonly from: number;
  readonly fromLog: number;
  readonly to: number;
  readonly toLog: number;
}

/**
 * The fair price at each second of a session: 0 is the open, `sessionSeconds` the close, which is met exactly.
 *
 * A Brownian bridge of log prices from close to close. The open stands where the bridge is after the night's share of
 * variance: the gap. From there each second is found by halving: the middle of a span is drawn between its ends, then
 * the half that holds the second, and so on. So every second has one value, whoever asks for it first; the spans that led
 * to the last answer are kept only because the next question is usually near.
 */
export function pricePath(day: PathDay): (second: number) => number {
  const { dailyVolatility: volatility, sessionSeconds, key } = day;
  const fromLog = Math.log(day.previousClose);
  const toLog = Math.log(day.close);
  const gapDeviation = volatility * Math.sqrt(overnightShare * (1 - overnightShare));
  const openLog = fromLog + overnightShare * (toLog - fromLog) + gapDeviation * normal(key, 0);
  const sessionVariance = volatility ** 2 * (1 - overnightShare);
  const varianceAt = (second: number): number => sessionVariance * marketTime(second / sessionSeconds);

  const middleOf = ({ from, fromLog: low, to, toLog: high }: Span, middle: number): number => {
    const before = varianceAt(middle) - varianceAt(from);
    const after = varianceAt(to) - varianceAt(middle);
    const mean = low + ((high - low) * before) / (before + after);
    return mean + Math.sqrt((before * after) / (before + after)) * normal(key, middle);
  };

  const whole: Span = { from: 0, fromLog: openLog, to: sessionSeconds, toLog };
  const spans: Span[] = [whole];
  return (second) => {
    if (!(Number.isInteger(second) && second >= 0 && second <= sessionSeconds))
      throw new RangeError(`no second ${second} in the session`);
    while (spans.length > 1 && !holds(spans.at(-1), second)) spans.pop();
    let span = spans.at(-1) ?? whole;
    while (second !== span.from && second !== span.to) {
      const middle = (span.from + span.to) >> 1;
      const middleLog = middleOf(span, middle);
      span =
        second <= middle
          ? { from: span.from, fromLog: span.fromLog, to: middle, toLog: middleLog }
          : { from: middle, fromLog: middleLog, to: span.to, toLog: span.toLog };
      spans.push(span);
    }
    if (second === sessionSeconds) return day.close;
    return Math.exp(second === span.from ? span.fromLog : span.toLog);
  };
}

function holds(span: Span | undefined, second: number): boolean {
  return span !== undefined && span.from <= second && second <= span.to;
}

/** How much of the session's variance has passed at a share of its seconds: most moves come near open and close. */
function marketTime(share: number): number {
  const fromMiddle = 2 * share - 1;
  return 0.6 * share + 0.2 * (fromMiddle * fromMiddle * fromMiddle + 1);
}
