import type {
  Brake,
  ContractCache,
  ForecastSource,
  LockTaken,
  Mailer,
  OrderFiles,
  RunLock,
} from "../../ports.ts";
import type { BrakeFinding } from "../../trading/finding.ts";
import type { StrategyForecast } from "../../trading/forecast.ts";
import type { Instrument } from "../../trading/instrument.ts";
import { held, ok } from "../../trading/result.ts";
import type { Life } from "./life.ts";
import type { Trouble } from "./trouble.ts";

/** What outlives runs on the host's disk, beside the history. */
export class Host {
  readonly #trouble: Trouble;
  readonly #handledMails = new Set<string>();
  #instruments: readonly Instrument[] = [];
  #lockedBy: Life | undefined;
  /** How far the host's clock is ahead of the broker's. */
  skewMs = 0;
  /** A person has halted trading. */
  isHalted = false;
  /** What the strategies want, from their last word on. */
  forecast: StrategyForecast | undefined;

  constructor(trouble: Trouble) {
    this.#trouble = trouble;
  }

  isLockedBy(life: Life): boolean {
    return this.#lockedBy === life;
  }

  /** The system frees the lock of a process that has ended. */
  bury(life: Life): void {
    if (this.#lockedBy === life) this.#lockedBy = undefined;
  }

  brakeFor(life: Life): Brake {
    const halted: BrakeFinding = { kind: "halted", why: "drawn", by: "a person", since: "today" };
    const interrupted: BrakeFinding = { kind: "interrupted", signal: "SIGTERM" };
    return {
      pulled: async () => (life.isToldToStop ? interrupted : this.isHalted ? halted : undefined),
    };
  }

  lockFor(life: Life): RunLock {
    return {
      take: async () => {
        if (this.#lockedBy) return { taken: false, by: undefined, [Symbol.asyncDispose]: async () => {} };
        this.#lockedBy = life;
        const taken: LockTaken = { taken: true, [Symbol.asyncDispose]: async () => this.bury(life) };
        return taken;
      },
    };
  }

  readonly orderFiles: OrderFiles = {
    write: async ({ id }) => {
      const file = `${id}.csv`;
      const isFull = this.#trouble.strikes("order file not written");
      return isFull ? held({ kind: "file-not-written", file, detail: "ENOSPC" }) : ok(file);
    },
    writeProtection: async ({ id }) => ok(`${id}-protection.csv`),
  };

  readonly contracts: ContractCache = {
    load: async () => {
      if (this.#instruments.length > 0 && this.#trouble.strikes("contract cache lost"))
        this.#instruments = [];
      return this.#instruments;
    },
    save: async (instruments) => {
      const fresh = new Set(instruments.map(({ conId }) => conId));
      this.#instruments = [...this.#instruments.filter(({ conId }) => !fresh.has(conId)), ...instruments];
    },
  };

  readonly forecasts: ForecastSource = {
    read: async () => {
      const isMissing = !this.forecast || this.#trouble.strikes("forecast missing");
      if (!isMissing && this.forecast) return ok([this.forecast]);
      return held({ kind: "forecast-unreadable", strategy: "trend", file: "trend.csv", detail: "ENOENT" });
    },
  };

  readonly mailer: Mailer = {
    handled: async () => this.#handledMails,
    waiting: async () => 0,
    deliver: async (notices) =>
      notices.map(({ key, kind }) => {
        this.#handledMails.add(key);
        return this.#trouble.strikes("mail not sent", key)
          ? { sent: false, key, subject: kind, reason: "ECONNREFUSED" }
          : { sent: true, key, subject: kind, where: "memory" };
      }),
  };
}
