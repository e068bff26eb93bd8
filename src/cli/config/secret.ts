import { readFileSync, statSync } from "node:fs";

/** A secret, or why it cannot be had; the reason never contains it. */
export type Secret =
  | { readonly ok: true; readonly value: string }
  | { readonly ok: false; readonly why: string };

/** The value of an environment variable. */
export function secretFromEnv(env: Readonly<Record<string, string | undefined>>, name: string): Secret {
  const value = env[name];
  return value ? { ok: true, value } : { ok: false, why: "this environment variable is not set" };
}

/** The first line of a file that nobody but its owner and group may read. */
export function secretFromFile(file: string): Secret {
  try {
    const found = statSync(file);
    if (!found.isFile()) return { ok: false, why: `${file} is not a file` };
    if ((found.mode & 0o007) !== 0)
      return { ok: false, why: `${file} is open to every user of this machine: run: chmod 600 ${file}` };
    const value = readFileSync(file, "utf8").split(/\r?\n/)[0] ?? "";
    return value === "" ? { ok: false, why: `the first line of ${file} is empty` } : { ok: true, value };
  } catch (error) {
    const code = (error as { code?: unknown }).code;
    if (code === "ENOENT") return { ok: false, why: `there is no file ${file}` };
    if (typeof code === "string") return { ok: false, why: `${file} cannot be read (${code})` };
    throw error;
  }
}
