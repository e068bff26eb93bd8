import { createHash } from "node:crypto";
import { historyTables } from "./0001-history.ts";
import { intentsAndBooks } from "./0002-intents-and-books.ts";
import { riskTables } from "./0003-risk.ts";
import { orderChanges } from "./0004-order-changes.ts";
import { strategyTables } from "./0005-strategies.ts";
import { protection } from "./0006-protection.ts";

/** A history keeps the text that made it: two of one format, but of different texts, would not be the same. */
it.each([
  ["0001", historyTables, "1dfc19cb0aaae712"],
  ["0002", intentsAndBooks, "2c1316e5d07f4a49"],
  ["0003", riskTables, "0216144f2f05765c"],
  ["0004", orderChanges, "cf8fd8dbf01d6026"],
  ["0005", strategyTables, "e62e7a4d588e6680"],
  ["0006", protection, "7b6a67fa0f01e6e4"],
])("format %s is made by the text that made it first", (_name, migration, digest) => {
  expect(createHash("sha256").update(migration).digest("hex").slice(0, 16)).toBe(digest);
});
