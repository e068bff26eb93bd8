const stopSignals = ["SIGINT", "SIGTERM"] as const;

/** The process as a command sees it. Handed in, so that a test runs a command with its own streams and variables. */
export interface Host {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The working folder, absolute. */
  readonly cwd: string;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly pid: number;
  /**
   * Aborts when the user or the system asks the command to end; its reason is the signal's name (SIGINT, SIGTERM). A
   * second signal ends the process at once, as both do without it.
   */
  stopSignal(): AbortSignal;
}

export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean;
}

/** The real one. A reader that has gone away (`trader run | head`) never ends a run in the middle of its orders. */
export function thisProcess(): Host {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error;
    });
  }
  return {
    env: process.env,
    cwd: process.cwd(),
    stdout: process.stdout,
    stderr: process.stderr,
    pid: process.pid,
    stopSignal() {
      const controller = new AbortController();
      const stop = (name: NodeJS.Signals): void => {
        for (const listened of stopSignals) process.off(listened, stop);
        controller.abort(name);
      };
      for (const name of stopSignals) process.on(name, stop);
      return controller.signal;
    },
  };
}
