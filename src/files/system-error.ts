/** The code of a failed system call (ENOSPC, EACCES …), or undefined for any other error. */
export function systemErrorCode(error: unknown): string | undefined {
  const { code, syscall } = error as { code?: unknown; syscall?: unknown };
  return typeof code === "string" && typeof syscall === "string" ? code : undefined;
}

/** What the codes that people meet mean, from the manual pages of open(2), write(2), rename(2). */
const meanings: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EDQUOT: "the disk quota is used up",
  EEXIST: "something else is in its place",
  EFBIG: "it would be larger than this process may write",
  EIO: "the disk does not work",
  EISDIR: "there is a folder where a file should be",
  ELOOP: "its links lead in a circle",
  EMFILE: "this process has too many files open",
  ENAMETOOLONG: "its name is too long",
  ENFILE: "this machine has too many files open",
  ENOENT: "there is no such file or folder, or a link leads nowhere",
  ENOSPC: "the disk is full",
  ENOTDIR: "there is a file where a folder should be",
  EPERM: "not permitted",
  EROFS: "the disk is read-only",
};

/** A failed system call in words with its code: "the disk is full (ENOSPC)". Anything else as it says itself. */
export function systemErrorText(error: unknown): string {
  const code = systemErrorCode(error);
  if (code === undefined) return String(error);
  return `${meanings[code] ?? "the system refused"} (${code})`;
}
