import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openStore } from "../../storage/store.ts";
import { outcomeOf, runOf } from "../../testing/history-sample.ts";
import { aMeasuredStrategy } from "../../testing/risk-builder.ts";
import { smallConfig } from "../../testing/small-config.ts";
import { typed } from "../../testing/terminal.ts";
import { instant } from "../../trading/instant.ts";
import { money } from "../../trading/money.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "trader-halt-"));
  mkdirSync(join(folder, "data"));
  writeFileSync(join(folder, "trader.toml"), config);
});
afterEach(() => rmSync(folder, { recursive: true }));

const trader = (...args: string[]) => typed(folder, args);

describe("trader halt", () => {
  it("halts with its reason until trader resume, and status shows it", async () => {
    expect((await trader("status")).out).toBe("Trading is not halted.\nThere has been no run yet.\n");
    const given = await trader("halt", "fills look odd");
    expect(given.code).toBe(0);
    expect(given.out).toMatch(
      /^Trading is halted: "fills look odd", by \S+ since \d{4}-\d\d-\d\d \d\d:\d\d E[DS]T\./,
    );

    const status = await trader("status");
    expect(status.code).toBe(3);
    expect(status.out).toMatch(/^HALTED: "fills look odd", by \S+ since [-\d]+ [:\d]+ E[DS]T\. /);

    const second = await trader("halt", "another reason");
    expect(second.out).toContain('halted already: "fills look odd"');
    expect((await trader("resume")).out).toMatch(
      /^Trading goes on with the next run\. It was halted: "fills/,
    );
    expect((await trader("resume")).out).toBe("Trading was not halted.\n");
    expect((await trader("status")).code).toBe(0);
  });

  it("needs nothing but the data folder: not a right configuration, not its password, not its owner", async () => {
    const file = join(folder, "trader.toml");
    writeFileSync(file, `${config.replace("port = ", "prt = ")}[mail.smtp]\npassword_env = "NOT_SET_HERE"\n`);
    chmodSync(file, 0o664);
    expect((await trader("status")).code).toBe(2);
    expect(await trader("halt", "stop now")).toMatchObject({ code: 0, err: "" });
    expect(await trader("resume")).toMatchObject({ code: 0, out: expect.stringContaining('"stop now"') });

    writeFileSync(file, config.replace('zone = "America/New_York"', "zone = 5"));
    expect(await trader("halt", "no zone")).toMatchObject({
      code: 0,
      out: expect.stringMatching(/since [-\d]+ [:\d]+ UTC\.\n/),
    });

    writeFileSync(file, config.replace('folder = "data"', 'folder = "dat"'));
    expect(await trader("halt", "x")).toMatchObject({
      code: 2,
      err: expect.stringMatching(/data\.folder: there is no folder .*dat:/),
    });
    writeFileSync(file, "[data]\n");
    expect(await trader("halt", "x")).toMatchObject({
      code: 2,
      err: expect.stringContaining("data.folder: missing"),
    });
  });

  it.each([["halt"], ["halt", "  "]])(
    "halts without a reason too: a brake works at the first try: %j",
    async (...args) => {
      expect(await trader(...args)).toMatchObject({ code: 0, err: "" });
      const { code, out } = await trader("status");
      expect(code).toBe(3);
      expect(out).toContain('HALTED: "no reason given", by ');
    },
  );
});

describe("trader accept", () => {
  const at = instant("2022-03-14T14:35:00Z");

  /** A run that found two positions and net liquidation to differ. */
  async function withBreaks(): Promise<void> {
    const store = openStore({ folder: join(folder, "data/snapshots"), version: "1" });
    const run = await store.begin(runOf());
    await store.openPositions(run, []);
    await store.keepBreaks(
      run,
      [
        { kind: "position", conId: 8894, symbol: "KO", expectedShares: -7, toldShares: -14 },
        { kind: "position", conId: 265598, symbol: "AAPL", expectedShares: 3, toldShares: 0 },
        { kind: "net-liquidation", expected: money("1000000", "USD"), told: money("600000.5", "USD") },
      ],
      at,
    );
    await store.finish(outcomeOf(run));
    store.close();
  }

  it("without a name lists what differs, each with its remedy; status lists it too", async () => {
    expect(await trader("accept")).toMatchObject({
      code: 0,
      out: expect.stringContaining("nothing to accept"),
    });
    await withBreaks();
    const listed = await trader("accept");
    expect(listed.code).toBe(3);
    expect(listed.out).toContain(
      "! KO is frozen: its position is not explained: the broker tells -14, our books expect -7 (contract 8894)",
    );
    expect(listed.out).toContain("trader accept KO");
    expect(listed.out).toContain("trader accept net-liquidation");
    const status = await trader("status");
    expect(status.code).toBe(3);
    expect(status.out).toContain("KO is frozen");
    expect(status.out).toMatch(/Last run: 2022-03-14 10:35 EDT, done \(20220314T143500Z\)/);
  });

  it("settles by symbol, contract or word, and nothing of it when one name is wrong", async () => {
    await withBreaks();
    const wrong = await trader("accept", "KO", "MSFT");
    expect(wrong).toMatchObject({ code: 2, err: expect.stringContaining("open: KO, AAPL, net-liquidation") });
    expect((await trader("accept")).out).toContain("KO is frozen");

    const settled = await trader("accept", "KO", "265598", "--note", "split 2:1");
    expect(settled).toMatchObject({ code: 0, err: "" });
    expect(settled.out).toBe("Accepted: -14 shares of KO.\nAccepted: 0 shares of AAPL.\n");
    expect((await trader("accept", "net-liquidation")).out).toContain("Accepted: net liquidation");
    expect((await trader("accept")).out).toContain("nothing to accept");
  });
});

const config = smallConfig({ 'folder = "."': 'folder = "data"' });

describe("trader accept strategy", () => {
  it("says of a strategy that nothing may stop that it is not measured", async () => {
    expect((await trader("accept", "strategy", "momentum")).out).toBe(
      "Accepted: strategy momentum has neither stop_loss nor take_profit, so it is not measured; what it asks for counts as before.\n",
    );
  });

  it("begins the measure of a strategy anew that status tells to be stopped", async () => {
    const changes = { 'name = "momentum"': 'name = "trend"\nstop_loss = 0.15' };
    writeFileSync(
      join(folder, "trader.toml"),
      smallConfig({ 'folder = "."': 'folder = "data"', ...changes }),
    );
    const store = openStore({ folder: join(folder, "data/snapshots"), version: "1" });
    const run = await store.begin(runOf());
    const markedAt = instant("2022-03-14T14:35:00Z");
    await store.keepStrategies(run, [aMeasuredStrategy(markedAt)], markedAt);
    await store.finish(outcomeOf(run));
    store.close();

    const status = await trader("status");
    expect(status.code).toBe(3);
    expect(status.out).toContain(
      "! Strategy trend was stopped 2022-03-14 10:35 EDT: fall of strategy 20.0 %, at most 15.0 %; its targets count as nothing.\n  `trader accept strategy trend` begins",
    );
    expect(await trader("accept", "strategy", "trend", "tread")).toMatchObject({
      code: 2,
      err: 'trader accept: there is no strategy called "tread"; there are: trend\n',
    });
    expect(await trader("accept", "strategy")).toMatchObject({
      code: 2,
      err: "trader accept: say which strategy; there are: trend\n",
    });
    expect((await trader("status")).code).toBe(3);
    expect(await trader("accept", "strategy", "trend", "--note", "looked")).toMatchObject({
      code: 0,
      out: "Accepted: the measure of strategy trend begins anew with the next run, and what it asks for counts again.\n",
    });
    expect((await trader("accept", "strategy", "trend")).out).toBe(
      "Accepted: the measure of strategy trend begins anew with the next run; it was not stopped, what it asks for counts as before.\n",
    );
    const after = await trader("status");
    expect([after.code, after.out.includes("stopped")]).toEqual([0, false]);
  });
});
