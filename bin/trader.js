#!/usr/bin/env node
let main;
try {
  ({ main } = await import("../dist/cli/main.js"));
} catch (error) {
  const [what] = error.message.split("\n");
  if (error.code === "ERR_MODULE_NOT_FOUND")
    console.error(`trader is not installed completely (${what}): run: npm ci`);
  else if (error.syscall) console.error(`trader cannot be loaded: ${what}`);
  else throw error;
  process.exitCode = 1;
}
if (main) {
  process.exitCode = await main(process.argv);
  // The work is over: a socket that somebody forgot to close must not keep the process until the next hour's run.
  setTimeout(() => process.exit(), 5_000).unref();
}
