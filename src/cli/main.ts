import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { systemErrorCode, systemErrorText } from "../files/system-error.ts";
import { ConfigError } from "./config/mistake.ts";
import { exitCode } from "./exit-code.ts";
import { type Host, thisProcess } from "./host.ts";
import { programVersion } from "./version.ts";

const exitCodesHelp = `
Exit codes: 0 done, 1 crash, 2 usage or configuration, 3 held: a person must look,
4 broker not reachable, 5 another run is in progress. More: docs/exit-codes.md`;

/**
 * The command line. Answers with the exit code. Each command is loaded when it is called and not before: `--help` and a
 * wrong option must not wait for a broker's library.
 */
export async function main(argv: readonly string[], host: Host = thisProcess()): Promise<number> {
  let code: number = exitCode.done;
  const ends = (result: number) => {
    code = result;
  };
  try {
    await programOn(host, ends).parseAsync(argv);
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCode.done : exitCode.usage;
    if (error instanceof ConfigError) {
      host.stderr.write(`${error.message}\n`);
      return exitCode.usage;
    }
    if (systemErrorCode(error) !== undefined) {
      const { path } = error as { path?: unknown };
      host.stderr.write(`trader: ${typeof path === "string" ? `${path}: ` : ""}${systemErrorText(error)}\n`);
      return exitCode.crash;
    }
    const { stack, message } = error as Error;
    if ((error as { code?: unknown }).code === "ERR_MODULE_NOT_FOUND") {
      host.stderr.write(`trader: a part of the program cannot be loaded: ${message.split("\n")[0]}\n`);
      return exitCode.crash;
    }
    host.stderr.write(`trader: crashed: ${stack ?? message ?? String(error)}\n`);
    return exitCode.crash;
  }
}

function programOn(host: Host, ends: (code: number) => void): Command {
  // Before the commands are made: they inherit these settings.
  const program = new Command("trader")
    .exitOverride()
    .configureOutput({
      writeOut: (text) => host.stdout.write(text),
      writeErr: (text) => host.stderr.write(text),
    })
    .description("Hourly batch rebalancer for Interactive Brokers.")
    .version(programVersion(), "--version")
    .addHelpText("after", exitCodesHelp);

  demoCommand(program, host, ends);
  runCommand(program, host, ends);
  dryRunCommand(program, host, ends);
  haltCommand(program, host, ends);
  resumeCommand(program, host, ends);
  statusCommand(program, host, ends);
  acceptCommand(program, host, ends);
  flowCommand(program, host, ends);
  checkRiskCommand(program, host, ends);
  overrideCommand(program, host, ends);
  gatewayCommand(program, host, ends);
  return program;
}

type Add = (program: Command, host: Host, ends: (code: number) => void) => void;

const configOption = () =>
  new Option("--config <file>", "the configuration; else TRADER_CONFIG, else ./trader.toml");

const jsonOption = () => new Option("--json", "one JSON object per line: every event, the outcome last");

const demoCommand: Add = (program, host, ends) => {
  program
    .command("demo")
    .description("lives through one trading day on a paper gateway of its own; needs nothing, risks nothing")
    .option("--dir <folder>", "where its files go; an earlier demo's are replaced", "demo")
    .option("--seed <number>", "of everything that is random", whole, 1)
    .action(async (options: { dir: string; seed: number }) => {
      const { demo } = await import("./commands/demo.ts");
      ends(await demo(options, host));
    });
};

const runCommand: Add = (program, host, ends) => {
  program
    .command("run")
    .description("one hourly run: cancels, plans, trades, keeps and mails what came of it")
    .addOption(configOption())
    .addOption(jsonOption())
    .option("--again", "trade this hour once more, although a run of it has sent orders already")
    .action(async (options: { config?: string; json?: true; again?: true }) => {
      const { run } = await import("./commands/run.ts");
      ends(await run(options, host));
    });
};

const dryRunCommand: Add = (program, host, ends) => {
  program
    .command("dry-run")
    .description("what a run would do now: cancels, sends, writes and mails nothing")
    .addOption(configOption())
    .addOption(jsonOption())
    .option(
      "--what-if",
      "ask the broker what the largest increases would do to the margins; no order comes of it",
    )
    .action(async (options: { config?: string; json?: true; whatIf?: true }) => {
      const { dryRun } = await import("./commands/dry-run.ts");
      ends(await dryRun(options, host));
    });
};

const haltCommand: Add = (program, host, ends) => {
  program
    .command("halt")
    .description("no run trades from now on, not even one that is sending its orders; until `trader resume`")
    .argument("[why]", "the reason, for whoever finds it halted", "")
    .addOption(configOption())
    .action(async (why: string, options: { config?: string }) => {
      const { halt } = await import("./commands/halt.ts");
      ends(await halt({ ...options, why }, host));
    });
};

const resumeCommand: Add = (program, host, ends) => {
  program
    .command("resume")
    .description("lifts the halt: the next run trades again")
    .addOption(configOption())
    .action(async (options: { config?: string }) => {
      const { resume } = await import("./commands/halt.ts");
      ends(await resume(options, host));
    });
};

const statusCommand: Add = (program, host, ends) => {
  program
    .command("status")
    .description(
      "halted or not, the last run, orders without an end, and what waits for a person; asks no broker",
    )
    .addOption(configOption())
    .action(async (options: { config?: string }) => {
      const { status } = await import("./commands/status.ts");
      ends(await status(options, host));
    });
};

const acceptCommand: Add = (program, host, ends) => {
  program
    .command("accept")
    .description(
      "says that what the broker tells is right where our books differ; without a name it lists what differs",
    )
    .argument(
      "[what...]",
      "symbols or contract numbers of frozen positions, or net-liquidation; strategy NAME begins the measure of a strategy anew, stopped or not",
    )
    .option("--note <text>", "why, for the record", "")
    .addOption(configOption())
    .action(async (what: string[], options: { config?: string; note: string }) => {
      const { accept } = await import("./commands/accept.ts");
      ends(await accept({ ...options, what }, host));
    });
};

const flowCommand: Add = (program, host, ends) => {
  program
    .command("flow")
    .description(
      "declares a deposit, or a withdrawal (negative), so that it is no profit, no loss and no jump; without an amount it lists them",
    )
    .argument("[amount]", "in the account's base currency: 25000, -1500.50")
    .option("--at <time>", "when it was booked; default: when the open jump was found, else now")
    .option("--note <text>", "for the record", "")
    .addOption(configOption())
    .action(async (amount: string | undefined, options: { config?: string; at?: string; note: string }) => {
      const { flow } = await import("./commands/flow.ts");
      ends(await flow({ ...options, ...(amount !== undefined && { amount }) }, host));
    });
};

const checkRiskCommand: Add = (program, host, ends) => {
  program
    .command("check-risk")
    .description(
      "every risk check of what a run would do now: asks the broker; sends, writes and mails nothing",
    )
    .addOption(configOption())
    .addOption(jsonOption())
    .action(async (options: { config?: string; json?: true }) => {
      const { checkRisk } = await import("./commands/check-risk.ts");
      ends(await checkRisk(options, host));
    });
};

const overrideCommand: Add = (program, host, ends) => {
  program
    .command("override")
    .description("takes a failed risk check on for a time; without a check it lists what is in force")
    .argument("[check]", "its name, as in `trader check-risk --json`: weight, price-jump, drawdown-halt …")
    .argument("[subject]", "the one symbol, group or strategy that is meant; default: all")
    .option("--until <time>", "when it ends by itself: 2h, 1d, 2022-03-14T16:00; at most 7 days ahead")
    .option("--why <text>", "the reason, for whoever reads the mail")
    .option("--withdraw", "ends it now")
    .addOption(configOption())
    .action(async (check: string | undefined, subject: string | undefined, options: OverrideFlags) => {
      const { override } = await import("./commands/override.ts");
      const named = { ...(check !== undefined && { check }), ...(subject !== undefined && { subject }) };
      ends(await override({ ...options, ...named }, host));
    });
};

interface OverrideFlags {
  readonly config?: string;
  readonly until?: string;
  readonly why?: string;
  readonly withdraw?: true;
}

const gatewayCommand: Add = (program, host, ends) => {
  program
    .command("gateway")
    .description("a paper gateway on this machine that speaks the TWS API, over the shipped market data")
    .option("--port <number>", "where it listens on 127.0.0.1; 0 takes a free one", port, 4002)
    .option("--account <id>", "its paper account, or several: DU1234567,DU7654321", account, "DU1234567")
    .option("--cash <amount>", "what each account begins with, in its base currency", cash, 1_000_000)
    .addOption(
      new Option("--base-currency <currency>", "in which the accounts count; stocks trade in USD")
        .choices(["USD", "EUR"])
        .default("USD"),
    )
    .addOption(
      new Option("--account-type <type>", "cash neither borrows nor sells short, and buys with settled cash")
        .choices(["margin", "cash"])
        .default("margin"),
    )
    .addOption(
      new Option("--sales-settle <when>", "when a cash account may spend what its sales bring")
        .choices(["later", "at-once"])
        .default("later"),
    )
    .option(
      "--at <time>",
      "begin at this exchange time (2022-03-14T09:30) with a clock that waits; default: live now",
      at,
    )
    .option("--data <file>", "daily closes as CSV: Date and one column per symbol; default: the shipped ones")
    .option("--seed <number>", "of everything that is random; default: another one each time", whole)
    .option("--master-client-id <number>", "the client that hears of every client's orders and fills", whole)
    .option("--size-limit <shares>", "refuse (383) orders of more shares; default: no precautions", whole)
    .option("--value-limit <dollars>", "refuse (451) orders that are worth more", whole)
    .option(
      "--percentage-limit <percent>",
      "refuse (163) limits that reach further through the market",
      percent,
    )
    .option("--tick-limit <ticks>", "refuse (382) limits that reach more ticks through the market", whole)
    .option("--control-port <number>", "with --at: take clock commands there; 0 takes a free one", port)
    .addOption(
      new Option(
        "--pacing <kind>",
        "above 50 messages a second: throttle, reject (error 100), off; default: throttle, off with --at",
      ).choices(["throttle", "reject", "off"]),
    )
    .addOption(
      new Option(
        "--market-data <kind>",
        "what is subscribed to of stocks: live, delayed (to a client that asks for type 3 or 4), none",
      )
        .choices(["live", "delayed", "none"])
        .default("live"),
    )
    .option(
      "--snapshot-seconds <seconds>",
      "a snapshot of quotes ends so long after its request (a real gateway: 11); default: 1, 0 with --at",
      whole,
    )
    .option(
      "--halt <list>",
      "trading stands still: symbol, exchange time and minutes, several with commas: AAPL@2022-03-14T10:30+5",
      halts,
    )
    .option(
      "--price-band <percent>",
      "trading pauses where a price goes further in five minutes; 0: never",
      band,
      5,
    )
    .option("--state <file>", "keep orders, books and ids there, and go on from it when it exists")
    .option("--scenario <file>", "what goes wrong, and when: a TOML file as in docs/scenarios.md")
    .action(async (options: GatewayOptions) => {
      const { gateway } = await import("./commands/gateway.ts");
      ends(await gateway(options, host));
    });
};

/** From that exchange time on, for so many minutes. */
export interface HaltOption {
  readonly symbol: string;
  readonly date: string;
  readonly time: string;
  readonly minutes: number;
}

/** What `trader gateway` was asked for. */
export interface GatewayOptions {
  readonly port: number;
  readonly account: string;
  readonly cash: number;
  readonly baseCurrency: "USD" | "EUR";
  readonly accountType: "margin" | "cash";
  readonly salesSettle: "later" | "at-once";
  readonly at?: { readonly date: string; readonly time: string };
  readonly data?: string;
  readonly seed?: number;
  readonly marketData?: "live" | "delayed" | "none";
  readonly snapshotSeconds?: number;
  readonly halt?: readonly HaltOption[];
  readonly priceBand: number;
  readonly controlPort?: number;
  readonly masterClientId?: number;
  readonly sizeLimit?: number;
  readonly valueLimit?: number;
  readonly percentageLimit?: number;
  readonly tickLimit?: number;
  readonly scenario?: string;
  readonly state?: string;
  readonly pacing?: "throttle" | "reject" | "off";
}

function whole(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError("Expected a whole number.");
  return Number(text);
}

function percent(text: string): number {
  if (!/^\d{1,3}(\.\d{1,2})?$/.test(text))
    throw new InvalidArgumentError("Expected per cent such as 3 or 0.5.");
  return Number(text);
}

function port(text: string): number {
  const number = whole(text);
  if (number > 65_535) throw new InvalidArgumentError("Expected a port, 0 to 65535.");
  return number;
}

function cash(text: string): number {
  if (!/^\d{1,12}(\.\d{1,2})?$/.test(text))
    throw new InvalidArgumentError("Expected an amount such as 1000000.");
  return Number(text);
}

function account(text: string): string {
  if (!/^D[A-Z]*\d{3,}(,D[A-Z]*\d{3,})*$/.test(text))
    throw new InvalidArgumentError(
      "Expected a paper account's id, or several with commas: each begins with D and has three digits or more.",
    );
  if (new Set(text.split(",")).size < text.split(",").length)
    throw new InvalidArgumentError("Expected each account once.");
  return text;
}

function at(text: string): { date: string; time: string } {
  const [, date, time] = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d)?)$/.exec(text) ?? [];
  if (!date || !time) throw new InvalidArgumentError("Expected an exchange time such as 2022-03-14T09:30.");
  return { date, time };
}

function halts(text: string): readonly HaltOption[] {
  return text.split(",").map((one) => {
    const [, symbol, date, time, minutes] =
      /^([^@]+)@(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d)?)\+(\d{1,4})$/.exec(one.trim()) ?? [];
    if (!symbol || !date || !time || !(Number(minutes) > 0))
      throw new InvalidArgumentError(
        "Expected a symbol, an exchange time and minutes: AAPL@2022-03-14T10:30+5.",
      );
    return { symbol, date, time, minutes: Number(minutes) };
  });
}

function band(text: string): number {
  if (!/^\d{1,2}(\.\d{1,3})?$/.test(text))
    throw new InvalidArgumentError("Expected per cent below 100, such as 5.");
  return Number(text);
}
