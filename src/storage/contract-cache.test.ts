import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { instrumentOf } from "../testing/history-sample.ts";
import { contractCacheIn } from "./contract-cache.ts";

let file = "";
beforeEach(() => {
  file = join(mkdtempSync(join(tmpdir(), "trader-contracts-")), "state", "contracts.json");
});
afterEach(() => rmSync(join(file, "..", ".."), { recursive: true }));

const apple = instrumentOf();
const coke = instrumentOf({ conId: 8894, symbol: "KO", primaryExchange: "NYSE", sessions: [] });

it("gives back what was saved, hours and price steps included", async () => {
  expect(await contractCacheIn(file).load()).toEqual([]);
  await contractCacheIn(file).save([apple, coke]);
  expect(await contractCacheIn(file).load()).toEqual([apple, coke]);
});

it("adds what is saved to what it has, and replaces a contract by its conId", async () => {
  await contractCacheIn(file).save([apple, coke]);
  const renamed = { ...apple, symbol: "APPL", hoursKnownThrough: "2022-03-25" };
  await contractCacheIn(file).save([renamed]);
  expect(await contractCacheIn(file).load()).toEqual([renamed, coke]);
});

it.each([
  ["cut off", (text: string) => text.slice(0, -20)],
  ["empty", () => ""],
  ["null", () => "null"],
  ["of another format", (text: string) => text.replace('"format":1', '"format":2')],
  ["without its list", () => '{"format":1}'],
  ["with a number as text", (text: string) => text.replace(":265598", ':"265598"')],
  ["with a session without its close", (text: string) => text.replace(/"closeAt":\d+/, '"closeAt":null')],
  [
    "with a price step without increment",
    (text: string) => text.replace('"increment":0.01', '"increment":"0.01"'),
  ],
  ["with an instrument that has no zone", (text: string) => text.replace('"timeZone"', '"zone"')],
])("holds nothing when it is %s, so that every contract is asked again", async (_what, damage) => {
  await contractCacheIn(file).save([apple]);
  const damaged = damage(readFileSync(file, "utf8"));
  writeFileSync(file, damaged);
  expect(await contractCacheIn(file).load()).toEqual([]);
  await contractCacheIn(file).save([coke]);
  expect(await contractCacheIn(file).load()).toEqual([coke]);
});
