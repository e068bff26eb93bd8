import type { Position } from "../account.ts";
import type { Finding } from "../finding.ts";
import type { Target } from "../forecast.ts";
import type { Instrument } from "../instrument.ts";
import type { PlanInputs } from "./plan-inputs.ts";

/** An instrument that the forecast wants or the account holds. */
export interface Candidate {
  readonly conId: number;
  readonly symbol: string;
  readonly currency: string;
  readonly instrument: Instrument | undefined;
  readonly position: Position | undefined;
  /** Undefined when no forecast names it. */
  readonly target: Target | undefined;
}

/** All of them, each once: first what the forecast names, in its order, then what else is held. */
export function candidatesOf({ account, forecast, instruments }: PlanInputs): readonly Candidate[] {
  const positions = new Map(account.positions.map((position) => [position.conId, position]));
  const byConId = new Map(instruments.map((instrument) => [instrument.conId, instrument]));
  const bySymbol = new Map(instruments.map((instrument) => [instrument.symbol, instrument]));
  const listed = forecast.targets.flatMap((target): Candidate[] => {
    const instrument = bySymbol.get(target.symbol);
    if (!instrument) return [];
    const { conId, symbol, currency } = instrument;
    return [{ conId, symbol, currency, instrument, position: positions.get(conId), target }];
  });
  const named = new Set(listed.map((candidate) => candidate.conId));
  const unlisted = account.positions
    .filter((position) => position.shares !== 0 && !named.has(position.conId))
    .map((position): Candidate => {
      const { conId, symbol, currency } = position;
      return { conId, symbol, currency, instrument: byConId.get(conId), position, target: undefined };
    });
  return [...listed, ...unlisted];
}

/** A target that no instrument bears the name of must not be passed over: what is held of it would pass for unlisted. */
export function targetsWithoutInstrument({ forecast, instruments }: PlanInputs): readonly Finding[] {
  const known = new Set(instruments.map((instrument) => instrument.symbol));
  const detail = "the broker lists it under another symbol";
  return forecast.targets
    .filter((target) => !known.has(target.symbol))
    .map(({ symbol, file, line }) => ({ kind: "forecast-unknown-symbol", file, line, symbol, detail }));
}
