import { execFileSync } from "node:child_process";
import { join } from "node:path";

/** Builds the program before the tests: a second of work, and none that starts it runs an old one. */
export default function build() {
  const tsc = join(import.meta.dirname, "node_modules", "typescript", "bin", "tsc");
  execFileSync(process.execPath, [tsc, "-p", import.meta.dirname], { stdio: "inherit" });
}
