import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startChild } from "../testing/child.ts";
import { removeLitter } from "./remove-litter.ts";
import { appendLineDurably, writeDurably } from "./write-durably.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "trader-write-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

it("makes the folder, replaces the file, and leaves nothing beside it", async () => {
  const file = join(folder, "a", "b", "orders.csv");
  await writeDurably(file, "first, and longer\n");
  await writeDurably(file, "zweite ä\n");
  expect(readFileSync(file, "utf8")).toBe("zweite ä\n");
  expect(readdirSync(join(folder, "a", "b"))).toEqual(["orders.csv"]);
});

it("leaves the old file and no temporary one when it fails", async () => {
  const file = join(folder, "orders.csv");
  mkdirSync(file);
  writeFileSync(join(file, "inside"), "");
  await expect(writeDurably(file, "text")).rejects.toMatchObject({ code: "EISDIR" });
  expect(readdirSync(folder)).toEqual(["orders.csv"]);
});

it("leaves the mode that it was asked for", async () => {
  const file = join(folder, "mail.eml");
  await writeDurably(file, "private", 0o600);
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

it("writes one file twice at once without mixing the two", async () => {
  const file = join(folder, "orders.csv");
  const texts = ["a", "b", "c", "d"].map((letter) => letter.repeat(300_000));
  await Promise.all(texts.map((text) => writeDurably(file, text)));
  expect(texts).toContain(readFileSync(file, "utf8"));
  expect(readdirSync(folder)).toEqual(["orders.csv"]);
});

it("replaces a link, dangling or not, and leaves what it led to alone", async () => {
  const [file, elsewhere] = [join(folder, "latest.csv"), join(folder, "elsewhere")];
  writeFileSync(elsewhere, "not ours");
  for (const target of [elsewhere, join(folder, "nowhere")]) {
    rmSync(file, { force: true });
    symlinkSync(target, file);
    await writeDurably(file, "new");
    expect([readFileSync(file, "utf8"), lstatSync(file).isSymbolicLink()]).toEqual(["new", false]);
  }
  expect(readFileSync(elsewhere, "utf8")).toBe("not ours");
});

it("closes a line that a power loss tore before it adds its own", async () => {
  const file = join(folder, "sent.jsonl");
  await appendLineDurably(file, "whole");
  writeFileSync(file, "whole\nto");
  await appendLineDurably(file, "next");
  expect(readFileSync(file, "utf8")).toBe("whole\nto\nnext\n");
});

it("shows a reader the old text or the new one, never half of it, whenever the writer is killed (S06)", async () => {
  const file = join(folder, "orders.csv");
  const size = 500_000;
  let left = 0;
  for (let round = 0; round < 20; round++) {
    const child = startChild(`
      const { writeDurably } = ours("files/write-durably.ts");
      for (let n = 0; ; n++) {
        await writeDurably(${JSON.stringify(file)}, String(n % 10).repeat(${size} + n % 10));
        if (n === 1) console.log("going");
      }
    `);
    await child.line();
    await new Promise((resolve) => setTimeout(resolve, (7 * round) % 11));
    await child.kill();
    const text = readFileSync(file, "utf8");
    expect(text === text.charAt(0).repeat(size + Number(text.charAt(0)))).toBe(true);
    const beside = readdirSync(folder).filter((name) => name !== "orders.csv");
    expect(beside.filter((name) => !/^orders\.csv\.\d+-\d+\.tmp$/.test(name))).toEqual([]);
    left += beside.length;
    await removeLitter([folder, join(folder, "not-there")]);
    expect(readdirSync(folder)).toEqual(["orders.csv"]);
  }
  expect(left).toBeGreaterThan(0);
}, 60_000);

it("takes nothing for litter that it did not make", async () => {
  const names = ["a.tmp", "b.csv.12.tmp", "c.csv.1-2.tmp.csv", "history.db-wal"];
  for (const name of [...names, "d.csv.1-2.tmp", "history.db.1-2.tmp-wal"])
    writeFileSync(join(folder, name), "");
  await removeLitter([folder]);
  expect(readdirSync(folder).toSorted()).toEqual(names);
});
