import { closeSync, constants, fstatSync, openSync, readFileSync } from "node:fs";
import { systemErrorCode, systemErrorText } from "./system-error.ts";
import { faultsOf, followTrusted, type Trust, type TrustFault } from "./trust.ts";

/** A file's content, or why it is not taken. */
export type TrustedRead =
  | { readonly kind: "read"; readonly bytes: Buffer; readonly mode: number }
  /** Somebody else could have written it. */
  | { readonly kind: "not-trusted"; readonly faults: readonly TrustFault[] }
  | { readonly kind: "unreadable"; readonly why: string; readonly code: string | undefined };

export interface ReadLimits {
  readonly trust: Trust;
  readonly sizeMaxBytes: number;
}

/**
 * Reads a file that decides what is traded: only one that nobody but this user and root could have changed, nor put in
 * the place of another. Judged and read through one descriptor: what was judged is what is read.
 */
export function readTrusted(file: string, { trust, sizeMaxBytes }: ReadLimits): TrustedRead {
  let descriptor: number | undefined;
  try {
    const { target, faults } = followTrusted(file, trust);
    // Without O_NONBLOCK opening a named pipe waits for ever for its writer; behind the trail there is no link any more.
    descriptor = openSync(
      target,
      constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOFOLLOW ?? 0),
    );
    const found = fstatSync(descriptor);
    if (!found.isFile()) return unreadable("it is not a file");
    const all = [...faults, ...faultsOf(target, found, trust)];
    if (all.length > 0) return { kind: "not-trusted", faults: all };
    if (found.size > sizeMaxBytes) return unreadable(`it is larger than ${sizeMaxBytes} bytes`);
    return { kind: "read", bytes: readFileSync(descriptor), mode: found.mode };
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === undefined) throw error;
    return unreadable(code === "ENOENT" ? "there is no such file" : systemErrorText(error), code);
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

function unreadable(why: string, code?: string): TrustedRead {
  return { kind: "unreadable", why, code };
}
