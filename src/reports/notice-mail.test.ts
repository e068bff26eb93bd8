import {
  aHeldOutcome,
  anAccount,
  anAlert,
  anOutcome,
  anUpdate,
  aReport,
  aSale,
  aTrade,
  newYork,
} from "../testing/outcome-builder.ts";
import type { Finding } from "../trading/finding.ts";
import { instant } from "../trading/instant.ts";
import { money } from "../trading/money.ts";
import { noticeMail } from "./notice-mail.ts";

const zone = newYork;
const atOpen = { netLiquidation: money("1008111.54", "USD"), at: instant("2022-03-14T13:35:00Z") };

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

it("an update's subject says slot, day, worth, change and orders", () => {
  const sale = aReport(aSale(), { state: { life: "working", status: "submitted" }, filledShares: 60 });
  const outcome = anOutcome({ orders: [sale, aReport(aTrade()), aReport(aTrade())] });
  expect(noticeMail(anUpdate({ outcome }), { zone, atOpen }).subject).toBe(
    "[trader DU1234567] middle update 2022-03-14: 1,012,345.67 USD, +0.42 % since open, 3 orders, 1 working",
  );
  const closed = anOutcome({ verdict: "closed", orders: [] });
  expect(noticeMail(anUpdate({ slot: "close", outcome: closed }), { zone }).subject).toBe(
    "[trader DU1234567] close update 2022-03-14: 1,012,345.67 USD",
  );
});

it("an update of a held run says that it is held", () => {
  expect(noticeMail(anUpdate({ outcome: aHeldOutcome() }), { zone }).subject).toBe(
    "[trader DU1234567] middle update 2022-03-14: 1,012,345.67 USD, HELD: forecast momentum.csv is truncated",
  );
});

it("compares with the open only in one currency", () => {
  const euros = { ...atOpen, netLiquidation: money("1008111.54", "EUR") };
  expect(noticeMail(anUpdate(), { zone, atOpen: euros }).subject).not.toContain("since open");
  const poorer = anOutcome({ account: anAccount({ netLiquidation: money("998030.42", "USD") }) });
  const { text, subject } = noticeMail(anUpdate({ outcome: poorer }), { zone, atOpen });
  expect(subject).toContain("-1.00 % since open");
  expect(text).toContain("Net liquidation -1.00 % since 2022-03-14 09:35 EDT, when it was 1,008,111.54 USD");
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
