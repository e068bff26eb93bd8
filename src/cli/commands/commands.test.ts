import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runLockIn } from "../../storage/sqlite/run-lock.ts";
import { openStore } from "../../storage/store.ts";
import { RawTwsClient } from "../../testing/raw-tws-client.ts";
import { smallConfig } from "../../testing/small-config.ts";
import { typed } from "../../testing/terminal.ts";
import { TypedGateway } from "../../testing/typed-gateway.ts";
import { instant } from "../../trading/instant.ts";

/** `trader` in this process, against a paper gateway that the same program serves: the commands as a user has them. */

let folder = "";
let gateway: TypedGateway;
let port = 0;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "trader-commands-"));
  mkdirSync(join(folder, "data"));
  mkdirSync(join(folder, "forecasts"));
  gateway = new TypedGateway(folder, ["--at", "2022-03-14T10:35", "--seed", "7"]);
  port = await gateway.port();
  writeFileSync(join(folder, "trader.toml"), config());
  writeFileSync(join(folder, "forecasts/momentum.csv"), forecast);
});
afterEach(async () => {
  await gateway.end();
  rmSync(folder, { recursive: true });
});

const trader = (...args: string[]) => typed(folder, args);

const tell = async (command: string) => JSON.parse(await gateway.tell(command)) as Record<string, unknown>;

const filesBelow = (name: string) => readdirSync(join(folder, name), { recursive: true, encoding: "utf8" });

const orderLines = () =>
  readFileSync(join(folder, "data/orders/latest.csv"), "utf8")
    .trim()
    .split("\n")
    .slice(1)
    .map((line) => line.split(","));

describe("trader run", () => {
  it("exits 0 when it traded: order file, fills, history and a log of every event", async () => {
    const { code, out, err } = await trader("run");
    expect([code, err]).toEqual([0, ""]);
    expect(orderLines().map(([symbol, action]) => [symbol, action])).toEqual([
      ["XOM", "Sell"],
      ["AAPL", "Buy"],
    ]);
    expect(await tell("orders")).toMatchObject({ ok: true });
    expect(out).toContain("AAPL");
    expect(out).not.toContain("\u001b[");
    const [log = ""] = filesBelow("data/logs");
    const kinds = readFileSync(join(folder, "data/logs", log), "utf8")
      .trim()
      .split("\n")
      .map((line) => (JSON.parse(line) as { kind: string }).kind);
    expect(kinds).toEqual(
      expect.arrayContaining(["run-started", "planned", "order-sent", "executed", "run-ended"]),
    );
    expect(kinds.at(-1)).toBe("outcome");
    expect(gateway.terminal.out).toContain("client 17 connected");
  });

  it("--json is one JSON object per line, the outcome last", async () => {
    const { code, out, err } = await trader("run", "--json");
    expect([code, err]).toEqual([0, ""]);
    const lines = out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines).toContainEqual(expect.objectContaining({ format: 1, kind: "run-started" }));
    expect(lines.at(-1)).toMatchObject({ kind: "outcome", verdict: "done", exitCode: 0 });
  });

  it("exits 3 when it is held, and tells why on stderr, which cron mails", async () => {
    writeFileSync(join(folder, "forecasts/momentum.csv"), forecast.replace("# rows: 2", "# rows: 3"));
    const { code, err } = await trader("run");
    expect(code).toBe(3);
    expect(err).toContain("momentum.csv");
    expect(err).toContain("data/logs/");
    expect(filesBelow("data/mail/outbox").filter((name) => name.includes("alert"))).toHaveLength(1);
    expect(filesBelow("data")).not.toContain("orders/latest.csv");
  });

  it("exits 4 when nobody listens", async () => {
    await gateway.end();
    const { code, err } = await trader("run");
    expect(code).toBe(4);
    expect(err).toContain(`127.0.0.1:${port}`);
  });

  it("exits 2 in a data folder that is another account's, and touches nothing there", async () => {
    const db = openStore({ folder: join(folder, "data/snapshots"), version: "test" });
    const startedAt = instant("2022-03-11T15:35:00Z");
    await db.begin({ startedAt, window: "2022031115", account: "DU7777777" });
    db.close();
    const { code, err } = await trader("run");
    expect(code).toBe(2);
    expect(err).toContain("is of account DU7777777: one data folder per account");
    expect(gateway.terminal.out).not.toContain("client 17 connected");
  });

  it("tells on stderr of a mail that did not leave: under cron nothing else reaches the owner", async () => {
    const server = '[mail.smtp]\nhost = "127.0.0.1"\nport = 1\nsecurity = "none"\n';
    writeFileSync(join(folder, "trader.toml"), `${config()}${server}`);
    const { code, err } = await trader("run");
    expect(code).toBe(0);
    expect(err).toMatch(/mail .*open update 2022-03-14/);
  });

  it("exits 5 while another run is in progress, and says which", async () => {
    const lock = runLockIn(join(folder, "data/state"), { pid: 815, host: "elsewhere" });
    const taken = await lock.take({ runStartedAt: instant("2022-03-14T14:35:00Z") });
    if (!taken.taken) throw new Error("the lock is not free");
    await using held = taken;
    expect(held.taken).toBe(true);
    const { code, err } = await trader("run");
    expect(code).toBe(5);
    expect(err).toMatch(/815/);
    expect(err).toMatch(/elsewhere/);
    expect(gateway.terminal.out).not.toContain("client 17 connected");
  });
});

describe("trader dry-run", () => {
  it("prints every instrument's action, quantity, limit, weights and reason, and touches nothing", async () => {
    const before = filesBelow(".");
    const { code, out, err } = await trader("dry-run");
    expect([code, err]).toEqual([0, ""]);
    expect(out).toMatch(/AAPL\s+Buy\s+[\d,]+\s+[\d.]+ USD\s+0\.0\d? ?%\s+\d+\.\d+ ?%\s+\S/);
    expect(out).toMatch(/XOM\s+Sell/);
    expect(filesBelow(".")).toEqual(before);
    expect(await tell("orders")).toMatchObject({ ok: true, orders: [] });
    expect(out).toContain("A run would send 2 orders now");
    expect(gateway.terminal.out).toContain("client 67 connected");
  });

  it("says what a run would send also when a person would have to look", async () => {
    const limits = config().replace("[limits]\n", "[limits]\nexcess_liquidity = 5000000\n");
    writeFileSync(join(folder, "trader.toml"), limits);
    const { code, err } = await trader("dry-run");
    expect(code).toBe(3);
    expect(err).toContain("A run would send 0 orders now; ATTENTION: something needs a look, 1 problem\n");
  });

  it("leaves working orders alone, of the run's client id too, which it does not take", async () => {
    // A limit far from the market stays working until the next run.
    writeFileSync(join(folder, "trader.toml"), config().replace("collar_bps = 25", "collar_bps = 0"));
    await trader("run");
    const working = await tell("orders");
    expect((working["orders"] as unknown[]).length).toBeGreaterThan(0);
    const connects = gateway.terminal.out.split("client 17 connected").length;
    const { code } = await trader("dry-run");
    expect(code).toBe(0);
    expect(await tell("orders")).toEqual(working);
    expect(gateway.terminal.out.split("client 17 connected").length).toBe(connects);
  });

  it("looks while a run holds the lock", async () => {
    const lock = runLockIn(join(folder, "data/state"), { pid: 815, host: "elsewhere" });
    const taken = await lock.take({ runStartedAt: instant("2022-03-14T14:35:00Z") });
    if (!taken.taken) throw new Error("the lock is not free");
    await using held = taken;
    expect(held.taken).toBe(true);
    expect((await trader("dry-run")).code).toBe(0);
  });

  it("reads the forecasts in a closed market too, and tells their mistakes", async () => {
    await tell("advance-to 2022-03-14T21:00:00Z");
    writeFileSync(join(folder, "forecasts/momentum.csv"), forecast.replace("# rows: ", "# rows: 1"));
    const { code, out } = await trader("dry-run");
    expect(code).toBe(0);
    expect(out).toMatch(/Forecast files as they are now: \d problem/);
    expect(out).toContain("is truncated");
  });

  it("ends with the code that a run would have", async () => {
    rmSync(join(folder, "forecasts/momentum.csv"));
    const { code, err } = await trader("dry-run", "--json");
    expect([code, err]).toEqual([3, ""]);
  });
});

describe("trader gateway", () => {
  it("says what it is and how to reach it, and closes when it is interrupted", async () => {
    expect(gateway.terminal.out).toContain("account DU1234567, 1000000 USD, 27 listings");
    expect(gateway.terminal.out).toContain("2022-03-14 10:35 EDT");
    expect(gateway.terminal.out).toContain(`port = ${port}`);
    expect(gateway.terminal.out).toContain("trust_host_clock = false");
    expect(await gateway.end()).toBe(0);
    expect(gateway.terminal.out).toMatch(/closed\.\n$/);
  });

  it("closes when it is told to quit", async () => {
    await tell("quit");
    expect(await gateway.ended).toBe(0);
  });

  it("exits 2 when its port is taken", async () => {
    const { code, err } = await trader("gateway", "--port", String(port));
    expect(code).toBe(2);
    expect(err).toContain("choose another with --port");
  });

  it("lives now without --at: its prices end at the last session, its clock is the host's", async () => {
    const now = new TypedGateway(folder, ["--account", "DU42424242", "--cash", "250000.5"]);
    await now.terminal.says(/account DU42424242, 250000\.5 USD, 27 listings/);
    expect(now.terminal.out).toContain("It lives now");
    expect(now.terminal.out).not.toContain("nc -N");
    expect(await now.end()).toBe(0);
  });

  it("halts what it is told to, and refuses to halt what it does not list", async () => {
    const at = ["--at", "2022-03-14T10:31", "--price-band", "4.5"];
    const unknown = await trader("gateway", "--port", "0", ...at, "--halt", "TSLA@2022-03-14T10:30+5");
    expect([unknown.code, unknown.err]).toEqual([2, "--halt: there are no prices of TSLA\n"]);
    const wrong = await trader("gateway", "--port", "0", ...at, "--halt", "AAPL@2022-03-14T10:30");
    expect([wrong.code, wrong.err]).toEqual([2, expect.stringContaining("AAPL@2022-03-14T10:30+5")]);
    const list = "TWIN@2022-03-15T10:30+1,AAPL@2022-03-14T10:30:30+1";
    const halted = new TypedGateway(folder, [...at, "--halt", list]);
    const wire = await RawTwsClient.start(await halted.port());
    const heard = await wire.ask("1|11|1|0|AAPL|STK||0|||SMART||USD|||0||1|0||");
    expect(heard).toEqual(expect.arrayContaining(["1|6|1|1|-1|0|0|", "45|6|1|49|1.0|"]));
    await wire.end();
    expect(await halted.end()).toBe(0);
  });

  it("takes other prices", async () => {
    writeFileSync(
      join(folder, "two.csv"),
      "Date,AAA,BBB\n2022-03-10,10,200\n2022-03-11,11,190\n2022-03-14,12,210\n",
    );
    const other = new TypedGateway(folder, ["--data", "two.csv", "--at", "2022-03-14T09:30"]);
    await other.terminal.says(/2 listings/);
    expect(await other.end()).toBe(0);
  });
});

const forecast = `# as_of: 2022-03-14T14:30:00Z
# leverage: 1.0
# rows: 2
symbol,weight
AAPL,0.3
XOM,-0.1
`;

function config(): string {
  return smallConfig({
    'folder = "."': 'folder = "data"',
    "port = 4002": `port = ${port}`,
    "= 4\n": "= 2\n",
  });
}
