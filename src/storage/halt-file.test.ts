import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { instant } from "../trading/instant.ts";
import { haltFileIn } from "./halt-file.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "trader-halt-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const at = instant("2022-03-14T14:35:00Z");

it("stands from when it is given until it is lifted", async () => {
  const halts = haltFileIn(join(folder, "state"));
  expect(await halts.read()).toBeUndefined();
  const given = { why: 'odd "fills"', by: "ann", since: "2022-03-14T14:35:00Z" };
  expect(await halts.write({ why: 'odd "fills"', by: "ann", at })).toEqual(given);
  expect(await haltFileIn(join(folder, "state")).read()).toEqual(given);
  expect(await halts.write({ why: "another", by: "bob", at })).toEqual(given);
  expect(await halts.remove()).toEqual(given);
  expect(await halts.read()).toBeUndefined();
  expect(await halts.remove()).toBeUndefined();
});

it.each([
  ["an empty file", "", "no reason given"],
  ["a person's own words", "stop it!\n", "stop it!"],
  ["JSON of another kind", "[1]", "[1]"],
  ["a torn one", '{"why":"odd', '{"why":"odd'],
])("halts whatever the file says: %s", async (_name, text, why) => {
  writeFileSync(join(folder, "halt.json"), text);
  expect(await haltFileIn(folder).read()).toEqual({ why, by: "somebody", since: "an unknown time" });
});

it("is not taken for absent when it cannot be read", async () => {
  const halts = haltFileIn(join(folder, "state"));
  writeFileSync(join(folder, "state"), "a file where the folder should be");
  await expect(halts.read()).rejects.toMatchObject({ code: "ENOTDIR" });
});
