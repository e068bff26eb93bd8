import { instant } from "../../trading/instant.ts";

/**
 * The day that the demo lives through: 10 November 2022, when inflation came in lower than feared and the twenty stocks
 * of the shipped history rose, some by a tenth. Two strategies share one account; their programs write a forecast file
 * before each run, as a user's own programs would.
 */
export const demoDay = "2022-11-10";

export interface DemoHour {
  /** Exchange time of the hourly run. */
  readonly time: string;
  /** What there is to see, told before the run. */
  readonly story: string;
  /** Weights in percent of the strategy's capital; undefined leaves the file as it is. */
  readonly momentum?: Readonly<Record<string, number>>;
  readonly income?: Readonly<Record<string, number>>;
  /** The momentum program dies in the middle of its file. */
  readonly breaksOff?: true;
}

const morning = { AAPL: 16, MSFT: 16, HD: 14, UNH: 14, AMD: 12, RRC: 26 };
const afternoon = { AAPL: 22, MSFT: 20, HD: 18, AMD: 18, UNH: 8, BBY: 8, RRC: 0 };
const income = { KO: 22, PG: 20, XOM: 18, JPM: 16, PFE: 14 };

/** Hourly at :35, as the suggested crontab fires: five minutes after the open first, 35 minutes after the close last. */
export const demoHours: readonly DemoHour[] = [
  {
    time: "08:35",
    story: "Cron fires before the open: there is nothing to do yet.",
    momentum: morning,
    income,
  },
  {
    time: "09:35",
    story: "The first run of the session. RRC is thinly traded, so a large order in it fills slowly.",
    momentum: morning,
    income,
  },
  {
    time: "10:35",
    story: "What is left of the RRC order is taken back and planned anew from what is really held.",
    momentum: morning,
    income,
  },
  {
    time: "11:35",
    story: "Momentum has changed its mind: more technology, no RRC.",
    momentum: afternoon,
    income,
  },
  {
    time: "12:35",
    story:
      "The momentum program dies while it writes its file. The run is held: better no trade than a wrong one.",
    momentum: afternoon,
    income,
    breaksOff: true,
  },
  {
    time: "13:35",
    story:
      "The file is whole again, and the run trades again. Half of the session is over: time for an update.",
    momentum: { ...afternoon, UNH: 0, BBY: 16 },
    income,
  },
  {
    time: "14:35",
    story: "The forecasts are what they were: prices have drifted, but not far enough to be worth a trade.",
    momentum: { ...afternoon, UNH: 0, BBY: 16 },
    income,
  },
  {
    time: "15:35",
    story: "The last run before the close. Income gives up PFE and goes short BAC.",
    momentum: { ...afternoon, UNH: 0, BBY: 16 },
    income: { ...income, PFE: 0, BAC: -12 },
  },
  {
    time: "16:35",
    story: "The market has closed: the day is put on record and the last update goes out.",
  },
];

/** Instants of the day; New York was five hours behind UTC. */
export function demoInstant(time: string) {
  return instant(`${demoDay}T${time}:00-05:00`);
}

/** What the account holds on the evening before, at that evening's prices some 1,000,000 USD with its cash. */
export const demoHoldings = [
  { symbol: "XOM", shares: 1100, averageCost: 98.4 },
  { symbol: "PFE", shares: 1600, averageCost: 47.15 },
  { symbol: "GE", shares: 450, averageCost: 71.2 },
  { symbol: "CVX", shares: 300, averageCost: 155.9 },
] as const;

export const demoCash = 730_000;
