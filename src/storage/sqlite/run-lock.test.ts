import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Child, startChild } from "../../testing/child.ts";
import { instant } from "../../trading/instant.ts";
import { runLockIn } from "./run-lock.ts";

const runStartedAt = instant("2022-03-14T15:05:00Z");
const children: Child[] = [];
let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "trader-lock-"));
});
afterEach(async () => {
  await Promise.all(children.splice(0).map((child) => child.kill()));
  rmSync(folder, { recursive: true });
});

function here() {
  return runLockIn(folder, { pid: 4711, host: "this-host" });
}

function holderElsewhere(): Child {
  const child = startChild(`
    const { runLockIn } = ours("storage/sqlite/run-lock.ts");
    const { instant } = ours("trading/instant.ts");
    const lock = runLockIn(${JSON.stringify(folder)}, { pid: process.pid, host: "other-host" });
    const held = await lock.take({ runStartedAt: instant("2022-03-14T14:05:00Z") });
    console.log(held.taken ? "taken" : "held");
    process.stdin.once("data", async () => { await held[Symbol.asyncDispose](); console.log("released"); });
  `);
  children.push(child);
  return child;
}

it("lets one process in, tells the other by whom and since when, and is free again after the release (S09)", async () => {
  const child = holderElsewhere();
  expect(await child.line()).toBe("taken");
  expect(await here().take({ runStartedAt })).toMatchObject({
    taken: false,
    by: { pid: child.process.pid, host: "other-host", since: "2022-03-14T14:05:00Z" },
  });
  child.process.stdin?.write("release\n");
  expect(await child.line()).toBe("released");
  const lock = await here().take({ runStartedAt });
  expect(lock.taken).toBe(true);
  if (lock.taken) await lock[Symbol.asyncDispose]();
});

it("is freed by the system when its holder is killed (S08)", async () => {
  const child = holderElsewhere();
  await child.line();
  await child.kill();
  const lock = await here().take({ runStartedAt });
  expect(lock.taken).toBe(true);
  // The dead holder's name must not outlive it.
  expect(readFileSync(join(folder, "run.lock.holder.json"), "utf8")).toBe(
    '{"pid":4711,"host":"this-host","since":"2022-03-14T15:05:00Z"}\n',
  );
  if (lock.taken) await lock[Symbol.asyncDispose]();
});

it("stays with a holder that is stopped, for it may go on", async () => {
  const child = holderElsewhere();
  await child.line();
  child.process.kill("SIGSTOP");
  expect((await here().take({ runStartedAt })).taken).toBe(false);
  child.process.kill("SIGCONT");
  expect((await here().take({ runStartedAt })).taken).toBe(false);
});

it("is not given twice to one process either, and forgets its holder when it is released", async () => {
  const first = await here().take({ runStartedAt });
  expect(await here().take({ runStartedAt })).toMatchObject({
    taken: false,
    by: { pid: 4711, host: "this-host" },
  });
  if (!first.taken) throw new Error("not taken");
  await first[Symbol.asyncDispose]();
  expect(existsSync(join(folder, "run.lock.holder.json"))).toBe(false);

  const second = await here().take({ runStartedAt });
  // Letting go twice must not let go of somebody else's lock.
  await first[Symbol.asyncDispose]();
  expect(await here().take({ runStartedAt })).toMatchObject({ taken: false, by: { pid: 4711 } });
  if (second.taken) await second[Symbol.asyncDispose]();
});

it("says that it is held also when nobody can be named", async () => {
  const child = holderElsewhere();
  await child.line();
  writeFileSync(join(folder, "run.lock.holder.json"), '{"pid":12');
  expect(await here().take({ runStartedAt })).toMatchObject({ taken: false, by: undefined });
  rmSync(join(folder, "run.lock.holder.json"));
  expect(await here().take({ runStartedAt })).toMatchObject({ taken: false, by: undefined });
});

it("has exactly one winner when eight processes try at the same instant, six times over (S01)", async () => {
  const racers = Array.from({ length: 8 }, () =>
    startChild(`
      const { existsSync } = require("node:fs");
      const { runLockIn } = ours("storage/sqlite/run-lock.ts");
      const { instant } = ours("trading/instant.ts");
      const runStartedAt = instant("2022-03-14T14:05:00Z");
      console.log("ready");
      while (!existsSync(${JSON.stringify(join(folder, "go"))}));
      const won = [];
      for (let n = 0; n < 6; n++) {
        const lock = runLockIn(${JSON.stringify(folder)} + "/" + n, { pid: process.pid, host: "other-host" });
        if ((await lock.take({ runStartedAt })).taken) won.push(n);
      }
      console.log(JSON.stringify(won));
      setInterval(() => {}, 1000);
    `),
  );
  children.push(...racers);
  await Promise.all(racers.map((child) => child.line()));
  writeFileSync(join(folder, "go"), "");
  const won = await Promise.all(racers.map(async (child) => JSON.parse(await child.line()) as number[]));
  expect(won.flat().toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5]);
}, 60_000);
