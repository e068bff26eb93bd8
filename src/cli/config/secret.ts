import { readTrusted } from "../../files/read-trusted.ts";
import { type Trust, untrustedText } from "../../files/trust.ts";

/** A secret, or why it cannot be had; the reason never contains it. */
export type Secret =
  | { readonly ok: true; readonly value: string }
  | { readonly ok: false; readonly why: string };

/** The value of an environment variable. */
export function secretFromEnv(env: Readonly<Record<string, string | undefined>>, name: string): Secret {
  const value = env[name];
  return value ? { ok: true, value } : { ok: false, why: "this environment variable is not set" };
}

const sizeMaxBytes = 4096;

/** The first line of a file that nobody but its owner and group may read, and nobody else write. */
export function secretFromFile(file: string, trust: Trust): Secret {
  const found = readTrusted(file, { trust, sizeMaxBytes });
  if (found.kind === "unreadable")
    return { ok: false, why: found.code === "ENOENT" ? `there is no file ${file}` : `${file}: ${found.why}` };
  if (found.kind === "not-trusted") return { ok: false, why: untrustedText(found.faults) };
  if ((found.mode & 0o007) !== 0)
    return { ok: false, why: `${file} is open to every user of this machine: run: chmod 600 ${file}` };
  const value = found.bytes.toString("utf8").split(/\r?\n/)[0] ?? "";
  return value === "" ? { ok: false, why: `the first line of ${file} is empty` } : { ok: true, value };
}
