import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readConfig } from "../config/read-config.ts";
import { demoConfigText, ownFolder } from "./config-text.ts";

it("the user's own runs read the demo's forecasts and keep a history of their own: the demo's account is not theirs", () => {
  const folder = mkdtempSync(join(tmpdir(), "trader-demo-"));
  try {
    mkdirSync(join(folder, ownFolder));
    const read = (name: string, data: "." | typeof ownFolder) => {
      writeFileSync(join(folder, name), demoConfigText("DU1234567", data));
      return readConfig(join(folder, name), {});
    };
    const [demo, own] = [read("trader.toml", "."), read("own.toml", ownFolder)];
    expect(own.paths.snapshots).toBe(join(folder, "own", "snapshots"));
    expect(demo.paths.snapshots).toBe(join(folder, "snapshots"));
    expect(own.strategies).toEqual(demo.strategies);
    expect(own.job).toEqual(demo.job);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
