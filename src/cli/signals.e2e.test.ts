import { doubles, ourOrders, untruths } from "../testing/books-agree.ts";
import { type CronDesk, cronDesk, type Ended, type Started } from "../testing/cron-desk.ts";
import type { Act, Match } from "../testing/wire-proxy.ts";

/**
 * The built program is told to stop, by a signal or by `trader halt`, while its first order is on its way: that one is
 * finished, no other leaves, the rest are listed, the run's end is written, and the next run goes on from there.
 */
jest.setTimeout(60_000);

/** So long the first order is on its way: a person, and another process, have time to act. */
const slowMs = 2_500;
const firstOrder: Match = { from: "client", id: 3 };
const quote: Match = { from: "client", id: 1 };

async function deskWithPlan(): Promise<CronDesk> {
  const desk = await cronDesk({
    overWire: true,
    config: { "settle_seconds = 4": "settle_seconds = 2" },
    idleSeconds: 5,
  });
  desk.writeForecast({ MSFT: 0.05, AAPL: 0.2, XOM: 0.15 });
  return desk;
}

/** Starts a run, and does something to it at a moment of its conversation. */
async function runUntil(desk: CronDesk, on: Match, act: Act, does: (run: Started) => void): Promise<Ended> {
  let run: Started | undefined;
  desk.wire.script([{ on, act, struck: () => run && does(run) }]);
  run = desk.start();
  const ended = await run.ended;
  expect(desk.wire.unstruck).toBe(0);
  await desk.wire.heal();
  return ended;
}

const slow: Act = { kind: "delay", ms: slowMs };
const said = ({ stderr }: Ended) => stderr.replace(/\s+/g, " ");
const symbolsAtGateway = (desk: CronDesk) =>
  ourOrders(desk.venue).map(
    ({ conId }) => desk.venue.contracts().find((known) => known.conId === conId)?.symbol,
  );
const lifeOf = "SELECT symbol, status FROM orders ORDER BY symbol";

async function mustGoOnAsIfNothingWere(desk: CronDesk): Promise<void> {
  await desk.nextHour();
  expect(await desk.run()).toMatchObject({ code: 0, stderr: "" });
  expect(new Set(symbolsAtGateway(desk))).toEqual(new Set(["MSFT", "AAPL", "XOM"]));
  expect([...doubles(desk), ...untruths(desk)]).toEqual([]);
}

it.concurrent.each(["SIGTERM", "SIGINT"] as const)(
  "%s finishes the order in hand, sends no more, lists the rest and writes the run's end (S21)",
  async (signal) => {
    await using desk = await deskWithPlan();
    const ended = await runUntil(desk, firstOrder, slow, ({ process }) => process.kill(signal));
    expect(ended).toMatchObject({ code: 3, signal: null });
    expect(said(ended)).toContain(`The run was told to stop: ${signal}`);
    expect(said(ended)).toContain(
      `The AAPL order was not sent: Not sent: the run was told to stop (${signal}).`,
    );
    expect(symbolsAtGateway(desk)).toEqual(["MSFT"]);
    expect(desk.rows(lifeOf)).toEqual([
      { symbol: "AAPL", status: "not-sent" },
      { symbol: "MSFT", status: "filled" },
      { symbol: "XOM", status: "not-sent" },
    ]);
    expect(desk.rows("SELECT verdict, ended_at IS NULL AS goes_on FROM runs")).toEqual([
      { verdict: "attention", goes_on: 0 },
    ]);
    expect((await desk.mails()).map(({ subject }) => subject)).toContainEqual(
      expect.stringContaining("ATTENTION"),
    );
    expect([...doubles(desk), ...untruths(desk)]).toEqual([]);
    await mustGoOnAsIfNothingWere(desk);
  },
);

it.concurrent("a signal before the orders: nothing is sent, and the next hour trades (S21)", async () => {
  await using desk = await deskWithPlan();
  const ended = await runUntil(desk, quote, { kind: "delay", ms: 100 }, ({ process }) =>
    process.kill("SIGTERM"),
  );
  expect(ended).toMatchObject({ code: 3, signal: null });
  expect(said(ended)).toMatch(/HELD: nothing was sent.*told to stop/);
  expect(symbolsAtGateway(desk)).toEqual([]);
  await mustGoOnAsIfNothingWere(desk);
});

it.concurrent("a second signal ends it at once, and the next run settles what it left (S21)", async () => {
  await using desk = await deskWithPlan();
  let secondAtMs = 0;
  const ended = await runUntil(desk, firstOrder, slow, ({ process }) => {
    process.kill("SIGINT");
    setTimeout(() => {
      secondAtMs = performance.now();
      process.kill("SIGINT");
    }, 300);
  });
  expect(performance.now() - secondAtMs).toBeLessThan(1_000);
  expect(ended).toMatchObject({ code: null, signal: "SIGINT" });
  expect(desk.rows("SELECT verdict FROM runs")).toEqual([{ verdict: null }]);
  expect(desk.rows("SELECT symbol, life FROM orders ORDER BY symbol")).toEqual([
    { symbol: "AAPL", life: "planned" },
    { symbol: "MSFT", life: "sending" },
    { symbol: "XOM", life: "planned" },
  ]);
  await desk.nextHour();
  const next = await desk.run();
  expect(next.code).toBe(3);
  expect(said(next)).toContain("An earlier run died");
  expect(desk.rows("SELECT verdict FROM runs ORDER BY run_id")).toEqual([
    { verdict: "died" },
    { verdict: "attention" },
  ]);
  await mustGoOnAsIfNothingWere(desk);
});

it.concurrent("trader halt from another process stops the submission, until trader resume", async () => {
  await using desk = await deskWithPlan();
  let halted: Promise<Ended> | undefined;
  const ended = await runUntil(desk, firstOrder, slow, () => {
    halted = desk.run({ args: ["halt", "the model is mad"] });
  });
  expect(await halted).toMatchObject({ code: 0 });
  expect(ended.code).toBe(3);
  expect(said(ended)).toContain("trading was halted (the model is mad)");
  expect(symbolsAtGateway(desk)).toEqual(["MSFT"]);
  await desk.nextHour();
  const held = await desk.run();
  expect([held.code, said(held)]).toEqual([3, expect.stringContaining("the model is mad")]);
  expect(symbolsAtGateway(desk)).toEqual(["MSFT"]);
  expect(await desk.run({ args: ["resume"] })).toMatchObject({ code: 0 });
  await mustGoOnAsIfNothingWere(desk);
});
