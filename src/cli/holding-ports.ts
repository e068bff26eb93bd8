import { systemErrorCode, systemErrorText } from "../files/system-error.ts";
import type { ContractCache, RunLock, Store } from "../ports.ts";
import { historyTrouble } from "../storage/sqlite/inspect-history.ts";
import type { Finding } from "../trading/finding.ts";
import { HeldError } from "../trading/held-error.ts";

/**
 * Ports over files and a database, as the job wants them: a full disk, a missing right, a locked database hold the run
 * with a finding that names the file. Whatever else goes wrong in them stays what it is, a crash.
 */

/** Once intents are on record orders may leave; what fails from then on does not mean that nothing was sent. */
export function holdingStore(store: Store, file: string): Store {
  let maySend = false;
  const watched: Store = {
    ...store,
    async recordIntents(run, orders) {
      await store.recordIntents(run, orders);
      maySend = true;
    },
  };
  return holding(watched, (error) =>
    heldBy(historyTrouble(file, error), { afterSending: maySend, cause: error }),
  );
}

/** A store for a run that may not begin: whatever it asks first is answered with the reason. */
export function refusingStore(store: Store, reason: HeldError): Store {
  return new Proxy(store, { get: () => () => Promise.reject(reason) });
}

export function holdingContracts(cache: ContractCache, file: string): ContractCache {
  return holding(cache, (error, method) => {
    if (systemErrorCode(error) === undefined) return undefined;
    const kind = method === "load" ? "file-not-read" : "file-not-written";
    return heldBy({ kind, file, detail: systemErrorText(error) }, { cause: error });
  });
}

/** The lock is a database beside a file that names its holder. */
export function holdingLock(lock: RunLock, file: string): RunLock {
  return holding(lock, (error) => {
    const trouble = historyTrouble(file, error);
    return heldBy(trouble && { kind: "file-not-written", file, detail: trouble.detail }, { cause: error });
  });
}

function heldBy(
  finding: Finding | undefined,
  options: { readonly afterSending?: boolean; readonly cause: unknown },
): HeldError | undefined {
  return finding && new HeldError(finding, options);
}

function holding<P extends object>(
  port: P,
  heldErrorOf: (error: unknown, method: string) => HeldError | undefined,
): P {
  return new Proxy(port, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name);
      if (typeof method !== "function") return method;
      return async (...args: unknown[]) => {
        try {
          return await (Reflect.apply(method, target, args) as Promise<unknown>);
        } catch (error) {
          throw heldErrorOf(error, String(name)) ?? error;
        }
      };
    },
  });
}
