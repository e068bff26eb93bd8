import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";

const source = join(import.meta.dirname, "..");

/** Turns our TypeScript into CommonJS as the child requires it, as jest does it here. */
const loader = `
const { transformFileSync } = require("@swc/core");
require.extensions[".ts"] = (module, file) => module._compile(transformFileSync(file, {
  jsc: { parser: { syntax: "typescript" }, target: "es2023" }, module: { type: "commonjs" }, sourceMaps: "inline", swcrc: false,
}).code, file);
const ours = (path) => require(require("node:path").join(${JSON.stringify(source)}, path));
`;

export interface Child {
  readonly process: ChildProcess;
  /** The next line that it prints; throws when it ends without one. */
  line(): Promise<string>;
  /** Its exit code, or the name of the signal that ended it. */
  ended(): Promise<number | NodeJS.Signals>;
  /** kill -9, and wait until it is gone. */
  kill(): Promise<void>;
}

/**
 * Starts another process that runs `code`: the body of an async function, in which `ours("storage/store.ts")` is a module
 * of `src/`. What it prints on stderr is shown. The caller ends it. `shell` is a command line that runs "$@", and limits it.
 */
export function startChild(code: string, { shell }: { readonly shell?: string } = {}): Child {
  const program = [process.execPath, "-e", `${loader}\n(async () => {\n${code}\n})()`];
  const [command = "", ...args] = shell === undefined ? program : ["/bin/sh", "-c", shell, "sh", ...program];
  const child = spawn(command, args, {
    cwd: join(source, ".."),
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const exit = once(child, "exit") as Promise<[number | null, NodeJS.Signals | null]>;
  const ended = async () => {
    const [code_, signal] = await exit;
    return code_ ?? signal ?? 0;
  };
  return {
    process: child,
    async line() {
      const next = await lines.next();
      if (next.done) throw new Error(`the child ended (${await ended()}) without another line`);
      return next.value;
    },
    ended,
    async kill() {
      child.kill("SIGKILL");
      await exit;
    },
  };
}
