import { systemErrorCode, systemErrorText } from "../files/system-error.ts";
import type { Brake, ContractCache, RunLock, Store } from "../ports.ts";
import { historyTrouble } from "../storage/sqlite/inspect-history.ts";
import type { Finding } from "../trading/finding.ts";
import { HeldError } from "../trading/held-error.ts";

type FileFinding = Extract<Finding, { kind: "file-not-read" | "file-not-written" | "history-unusable" }>;

/**
 * Ports over files and a database, as the job wants them: a full disk, a missing right, a locked database hold the run
 * with a finding that names the file. Whatever else goes wrong in them stays what it is, a crash. One of these serves one
 * run: the ports know together whether an order may have left.
 */
export class HoldingPorts {
  /** An order is marked right before it leaves; from then on a failure does not mean that nothing was sent. */
  #maySend = false;

  store(store: Store, file: string): Store {
    const watched: Store = {
      ...store,
      markSending: async (orderRef, at) => {
        await store.markSending(orderRef, at);
        this.#maySend = true;
      },
      markChanging: async (run, order, at) => {
        await store.markChanging(run, order, at);
        this.#maySend = true;
      },
    };
    return this.#holding(watched, (error) => historyTrouble(file, error));
  }

  contracts(cache: ContractCache, file: string): ContractCache {
    return this.#holding(cache, (error, method) =>
      method === "load" ? notRead(file, error) : notWritten(file, error),
    );
  }

  /** The lock is a database beside a file that names its holder. */
  lock(lock: RunLock, file: string): RunLock {
    return this.#holding(lock, (error) => {
      const trouble = historyTrouble(file, error);
      return trouble && { kind: "file-not-written", file, detail: trouble.detail };
    });
  }

  /** Whether trading is halted is not known when that file cannot be read. */
  brake(brake: Brake, file: string): Brake {
    return this.#holding(brake, (error) => notRead(file, error));
  }

  #heldBy(finding: FileFinding, cause: unknown): HeldError {
    const afterSending = this.#maySend;
    const detail = afterSending
      ? `${finding.detail}; orders of this run may have left, the next run looks them up`
      : finding.detail;
    return new HeldError({ ...finding, detail }, { afterSending, cause });
  }

  #holding<P extends object>(
    port: P,
    findingOf: (error: unknown, method: string) => FileFinding | undefined,
  ): P {
    return new Proxy(port, {
      get: (target, name) => {
        const method: unknown = Reflect.get(target, name);
        if (typeof method !== "function") return method;
        return async (...args: unknown[]) => {
          try {
            return await (Reflect.apply(method, target, args) as Promise<unknown>);
          } catch (error) {
            const finding = findingOf(error, String(name));
            throw finding ? this.#heldBy(finding, error) : error;
          }
        };
      },
    });
  }
}

function notRead(file: string, error: unknown): FileFinding | undefined {
  if (systemErrorCode(error) === undefined) return undefined;
  return { kind: "file-not-read", file, detail: systemErrorText(error) };
}

function notWritten(file: string, error: unknown): FileFinding | undefined {
  if (systemErrorCode(error) === undefined) return undefined;
  return { kind: "file-not-written", file, detail: systemErrorText(error) };
}

/** A store for a run that may not begin: whatever it asks first is answered with the reason. */
export function refusingStore(store: Store, reason: HeldError): Store {
  return new Proxy(store, { get: () => () => Promise.reject(reason) });
}
