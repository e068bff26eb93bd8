import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startChild } from "../testing/child.ts";
import { writeDurably } from "./write-file.ts";

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

it("shows a reader the old text or the new one, never half of it, when the writer is killed (S06)", async () => {
  const file = join(folder, "orders.csv");
  const size = 2_000_000;
  for (let round = 0; round < 4; round++) {
    const child = startChild(`
      const { writeDurably } = ours("storage/write-file.ts");
      for (let n = 0; ; n++) {
        await writeDurably(${JSON.stringify(file)}, String(n % 10).repeat(${size}));
        if (n === 1) console.log("going");
      }
    `);
    await child.line();
    await new Promise((resolve) => setTimeout(resolve, 5 * round + 1));
    await child.kill();
    const text = readFileSync(file, "utf8");
    expect(text).toHaveLength(size);
    expect(text === text.charAt(0).repeat(size)).toBe(true);
  }
}, 30_000);
