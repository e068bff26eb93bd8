import type { Trust } from "../../files/trust.ts";
import type { StrategyFile } from "../../forecasts/forecast-files.ts";
import type { Job } from "../../job/job.ts";

/** Everything that trader.toml says, in the shapes that the parts of the program take. */
export interface Config {
  /** The file it was read from. */
  readonly file: string;
  /** Digest of that file's text: every run's record says with which configuration it ran (S19). */
  readonly digest: string;
  readonly job: Job;
  /** The dry run connects beside the hourly one, so it needs an id of its own. */
  readonly dryRunClientId: number;
  readonly paths: Paths;
  readonly strategies: readonly StrategyFile[];
  readonly mail: MailSettings;
  /** Whose files it was read from, and whose forecasts are taken. */
  readonly trust: Trust;
}

/** Absolute folders, all below `[data] folder`. */
export interface Paths {
  readonly data: string;
  readonly orders: string;
  readonly snapshots: string;
  /** The history's file, in `snapshots`. */
  readonly database: string;
  readonly mail: string;
  readonly logs: string;
  readonly state: string;
}

export interface MailSettings {
  readonly from: string;
  readonly to: readonly string[];
  /** IANA zone in which times are told to people. */
  readonly zone: string;
  /** Without one, mails are left as files in `mail/outbox`. */
  readonly smtp: SmtpSettings | undefined;
}

export interface SmtpSettings {
  readonly host: string;
  readonly port: number;
  readonly security: "tls" | "starttls" | "none";
  readonly login: { readonly user: string; readonly password: string } | undefined;
}
