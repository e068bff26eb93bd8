import {
  aHeldOutcome,
  anAccount,
  anAlert,
  anOutcome,
  anUpdate,
  aReport,
  aSale,
  aSessionSoFar,
  aTrade,
  newYork,
} from "../testing/outcome-builder.ts";
import { aCheck } from "../testing/risk-builder.ts";
import type { Finding } from "../trading/finding.ts";
import { instant } from "../trading/instant.ts";
import { money } from "../trading/money.ts";
import type { Override } from "../trading/risk/check.ts";
import { noticeMail } from "./notice-mail.ts";

const zone = newYork;
const { firstSnapshot } = aSessionSoFar();

it("an alert's subject says account, verdict, first reason and how many more", () => {
  const [first] = aHeldOutcome().findings;
  const more: Finding[] = [{ kind: "holding-not-priced", symbol: "KO" }];
  const outcome = aHeldOutcome({ findings: [...(first ? [first] : []), ...more] });
  expect(noticeMail(anAlert(), { zone }).subject).toBe(
    "[trader DU1234567] HELD: forecast momentum.csv is truncated",
  );
  expect(noticeMail(anAlert(outcome), { zone }).subject).toBe(
    "[trader DU1234567] HELD: forecast momentum.csv is truncated (+1 more)",
  );
  const crash = anOutcome({ verdict: "crashed", crash: "Error: boom\n    at work.ts:7" });
  expect(noticeMail(anAlert(crash), { zone }).subject).toBe("[trader DU1234567] CRASHED: Error: boom");
});

it("an alert of a run that only looked on says why nothing was planned, in text and HTML", () => {
  const outcome = anOutcome({ verdict: "attention", plan: undefined, orders: [], lookedOn: "repeated" });
  const { text, html } = noticeMail(anAlert(outcome), { zone });
  for (const told of [text, html])
    expect(told.replace(/\s+/g, " ")).toContain("nothing was planned: an earlier run has sent this hour");
});

it("a strategy that a person lets trade again is told by the subject, and in every mail of that run", () => {
  const accepted = { strategy: "trend", at: instant("2022-03-14T14:00:00Z"), note: "looked <b>" };
  const outcome = anOutcome({ accepted: [accepted] });
  const mail = noticeMail({ kind: "accepted", key: "accepted trend", accepted, outcome }, { zone });
  const told = "strategy trend counts again, accepted 2022-03-14 10:00 EDT: looked <b>";
  expect(mail.subject).toBe(`[trader DU1234567] ${told}`);
  expect(noticeMail(anUpdate({ outcome }), { zone }).text).toContain(
    `Let trade again by a person\n  ${told}\n`,
  );
  const bare = noticeMail(
    { ...anAlert(outcome), kind: "accepted", accepted: { ...accepted, note: "" } },
    { zone },
  );
  expect(bare.subject).toMatch(/10:00 EDT$/);
});

it("an override is told by its subject, and with all in force and the checks in the mail", () => {
  const override: Override = {
    name: "weight",
    subject: "KO",
    givenAt: instant("2022-03-14T14:00:00Z"),
    untilAt: instant("2022-03-14T20:00:00Z"),
    why: "merger <b>",
    by: "owner",
  };
  const checks = [aCheck({ subject: "KO", value: 0.31, verdict: "warn", override })];
  const outcome = anOutcome({ review: { checks, judged: 41, overrides: [override] } });
  const mail = noticeMail({ kind: "override", key: "override weight KO", override, outcome }, { zone });
  const told = "weight KO until 2022-03-14 16:00 EDT, by owner: merger <b>";
  expect(mail.subject).toBe(`[trader DU1234567] override in force: ${told}`);
  expect(mail.text).toContain(`Overrides in force\n  ${told}\n`);
  expect(mail.text).toMatch(
    /Risk: 41 checks, none failed\n[^]*weight KO +31\.0 % +at most 25\.0 % +OVERRIDDEN: weight KO/,
  );
  expect(mail.html).toContain("merger &lt;b&gt;");
});

it("an update's subject says slot, day, worth, change and orders", () => {
  const sale = aReport(aSale(), { state: { life: "working", status: "submitted" }, filledShares: 60 });
  const outcome = anOutcome({ orders: [sale, aReport(aTrade()), aReport(aTrade())] });
  expect(noticeMail(anUpdate({ outcome }), { zone }).subject).toBe(
    "[trader DU1234567] middle update 2022-03-14: 1,012,345.67 USD, +0.42 % since open, 3 orders, 1 working",
  );
});

it("a close update tells the whole session's orders, not that its own run had none", () => {
  const closed = anOutcome({ verdict: "closed", orders: [] });
  const mail = noticeMail(anUpdate({ slot: "close", outcome: closed }), { zone });
  expect(mail.subject).toBe(
    "[trader DU1234567] close update 2022-03-14: 1,012,345.67 USD, +0.42 % since open, 24 orders, 142 executions, 1 run was held",
  );
  for (const body of [mail.text, mail.html])
    expect(body).toContain("The session is over: 24 orders, 142 executions, 1 run was held");
  const { orders, runs } = aSessionSoFar();
  const soFar = aSessionSoFar({
    runs: { ...runs, held: 0, crashed: 2 },
    orders: { ...orders, filled: 17, unknown: 1, working: 1 },
  });
  expect(noticeMail(anUpdate({ slot: "close", outcome: closed, soFar }), { zone }).subject).toContain(
    "24 orders, 1 working, 1 UNKNOWN, 142 executions, 2 runs crashed",
  );
});

it("a close update whose own run is held says so first", () => {
  const { text } = noticeMail(anUpdate({ slot: "close", outcome: aHeldOutcome() }), { zone });
  expect(text).toMatch(/^HELD: nothing was sent, 1 problem\n/);
});

it("an update of a held run says that it is held", () => {
  expect(noticeMail(anUpdate({ outcome: aHeldOutcome() }), { zone }).subject).toBe(
    "[trader DU1234567] middle update 2022-03-14: 1,012,345.67 USD, +0.42 % since open, HELD: forecast momentum.csv is truncated",
  );
});

it("tells the session so far right under the head of an update", () => {
  const { text, html } = noticeMail(anUpdate(), { zone });
  expect(text).toContain(
    [
      "Middle update of the session of 2022-03-14.",
      "",
      "The session so far",
      "  Runs             7 (1 run was held)",
      "  Orders           24: 19 filled, 2 partly filled, 3 cancelled",
      "  Executions       142",
      "  Bought           812,345.67 USD and 1,000.50 EUR",
      "  Sold             531,000.12 USD",
      "  Commission       107.51 USD (4 not told yet)",
      "  Net liquidation  +0.42 % since 2022-03-14 09:36 EDT, when it was 1,008,111.54 USD",
      "                   (deposits and withdrawals included)",
      "",
      "This run",
    ].join("\n"),
  );
  expect(html).toMatch(
    /The session so far.*24: 19 filled, 2 partly filled, 3 cancelled.*107\.51 USD \(4 not/s,
  );
  expect(noticeMail(anAlert(), { zone }).text).not.toContain("The session so far");
});

it("tells a session without orders and fills as one", () => {
  const soFar = aSessionSoFar({
    orders: { sent: 0, filled: 0, partlyFilled: 0, cancelled: 0, rejected: 0, unknown: 0, working: 0 },
    executions: { count: 0, bought: [], sold: [], commission: [], withoutCommission: 0 },
  });
  const { text, subject } = noticeMail(anUpdate({ slot: "close", soFar }), { zone });
  expect(subject).toContain("no orders, no executions, 1 run was held");
  expect(text).toMatch(/ Orders +none\n +Executions +none\n +Net liquidation/);
});

it("does not call a commission zero that nobody has told", () => {
  const executions = {
    count: 3,
    bought: [],
    sold: [money("7", "USD")],
    commission: [],
    withoutCommission: 3,
  };
  const { text } = noticeMail(anUpdate({ soFar: aSessionSoFar({ executions }) }), { zone });
  expect(text).toMatch(/ Bought +nothing\n +Sold +7\.00 USD\n +Commission +not told yet\n/);
});

describe("the change since the session's first snapshot", () => {
  const changeOf = (differs: Partial<NonNullable<typeof firstSnapshot>> | undefined) => {
    const first = differs && firstSnapshot ? { ...firstSnapshot, ...differs } : undefined;
    return noticeMail(anUpdate({ soFar: aSessionSoFar({ firstSnapshot: first }) }), { zone });
  };

  it("is told with its sign", () => {
    const poorer = anOutcome({ account: anAccount({ netLiquidation: money("998030.42", "USD") }) });
    const { text, subject } = noticeMail(anUpdate({ outcome: poorer }), { zone });
    expect(subject).toContain("-1.00 % since open");
    expect(text).toContain("-1.00 % since 2022-03-14 09:36 EDT, when it was 1,008,111.54 USD");
  });

  it("is since the first run where no run saw the account in the morning", () => {
    expect(changeOf({ takenAt: instant("2022-03-14T17:36:00Z") }).subject).toContain(
      "+0.42 % since the first run, 2 orders filled",
    );
  });

  it.each([
    ["there is none", undefined],
    ["it is this run's own", { runId: anOutcome().run.id }],
    ["it is in another currency", { netLiquidation: money("1008111.54", "EUR") }],
    ["it was worth nothing", { netLiquidation: money("0", "USD") }],
  ])("is not told where %s", (_, differs) => {
    const { text, subject } = changeOf(differs);
    expect(subject).not.toContain("since");
    expect(text).not.toContain("when it was");
  });
});

it("says which slots an update stands for, and which mails are uncertain, in text and HTML", () => {
  const mail = noticeMail(anUpdate({ slot: "close", missed: ["open", "middle"] }), {
    zone,
    uncertain: [{ subject: "[trader DU1234567] lost", at: instant("2022-03-14T14:36:00Z") }],
  });
  for (const body of [mail.text, mail.html]) {
    expect(body.replace(/\s+/g, " ")).toContain("It stands for open and middle too");
    expect(body).toContain("2022-03-14 10:36 EDT; it is not sent again");
  }
});

it("tells the same in text and HTML: orders, reasons, account and positions", () => {
  const { text, html } = noticeMail(anUpdate(), { zone });
  for (const body of [text.replace(/\s+/g, " "), html.replaceAll("&nbsp;%", " %")]) {
    for (const sentence of [
      "reduce: 500 held, 13.66 %, target 8.2 %",
      "within the no-trade band: 0.3 % off target, band 0.5 %",
      "743,758.25 USD (73.47 % cushion)",
      "-22,991.10",
      "-2.27 %",
      "2022-03-15 09:30 to 16:00 EDT",
    ])
      expect(body).toContain(sentence);
  }
});

it("escapes everything that came from outside, and forges no header", () => {
  const evil = `<script>alert("x")</script>\r\nBcc: thief@example.com`;
  const outcome = aHeldOutcome({
    findings: [
      { kind: "forecast-malformed", file: "a&b.csv", line: 2, value: evil, expected: "a number" },
      { kind: "holding-not-priced", symbol: evil },
    ],
    orders: [aReport(aTrade(), { symbol: `<b>'"&` })],
  });
  const mail = noticeMail(anAlert(outcome), { zone });
  expect(mail.subject).not.toMatch(/[\r\n]/);
  expect(mail.html).not.toMatch(/<script|<b>/);
  expect(mail.html).toContain("&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;");
  expect(mail.html).toContain("a&amp;b.csv");
  expect(mail.html).toContain("&lt;b&gt;&#39;&quot;&amp;");
});

it("loads nothing from anywhere", () => {
  expect(noticeMail(anUpdate(), { zone }).html).not.toMatch(/https?:|<img|<link|<style|url\(/);
});

it("keeps a long reason out of the subject's way", () => {
  const [first] = aHeldOutcome().findings;
  const findings = first ? [{ ...first, file: `${"x".repeat(500)}.csv` } as Finding] : [];
  const { subject } = noticeMail(anAlert(aHeldOutcome({ findings })), { zone });
  expect(subject).toHaveLength(180);
  expect(subject).toMatch(/^\[trader DU1234567\] HELD: forecast x+…$/);
});

it("HTML keeps a number and its percent sign on one line", () => {
  const { html } = noticeMail(anUpdate(), { zone });
  expect(html).toContain("target 8.2&nbsp;%");
  expect(html).not.toMatch(/\d %/);
});
