#!/usr/bin/env node
let main;
try {
  ({ main } = await import("../dist/cli/main.js"));
} catch (error) {
  if (error.code !== "ERR_MODULE_NOT_FOUND") throw error;
  console.error(`trader is not installed completely (${error.message.split("\n")[0]}): run: npm ci`);
  process.exitCode = 1;
}
if (main) {
  process.exitCode = await main(process.argv);
  // The work is over: a socket that somebody forgot to close must not keep the process until the next hour's run.
  setTimeout(() => process.exit(), 5_000).unref();
}
