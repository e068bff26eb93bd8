import { constants, lstatSync, readlinkSync, type Stats } from "node:fs";
import { isAbsolute, join, relative, resolve } from "node:path";

/** Whose files are taken as meant. */
export interface Trust {
  /** The user whose program this is; root is trusted too. Undefined where the system has no such users (Windows). */
  readonly uid: number | undefined;
  /** Folders above this one are taken as they are. Without it every folder up to the root is looked at. */
  readonly within?: string;
}

/** Files of the user who runs the program. */
export const ownFiles: Trust = { uid: process.geteuid?.() };

/** Something on the way to a file that somebody else could change, with the command that puts it right. */
export interface TrustFault {
  readonly path: string;
  readonly ownerUid: number;
  /** As `chmod` writes it: "0664". */
  readonly mode: string;
  readonly remedy: string;
}

/** Where a path leads, and what on the way there is open to others. */
export interface Trail {
  /** Without links: what to open. */
  readonly target: string;
  readonly faults: readonly TrustFault[];
}

const linksMax = 40;

/**
 * Follows a path from the root down, through every link, and judges each folder and link on the way; its last part is
 * left to the caller, who judges what it has opened. Nobody but us and root can change a path without faults, so what
 * is opened afterwards is what was judged. Throws what the file system throws; ELOOP for links without end.
 */
export function followTrusted(path: string, trust: Trust): Trail {
  if (trust.uid === undefined) return { target: path, faults: [] };
  const faults = new Map<string, TrustFault>();
  const judge = (found: string, place: string) => {
    if (!isJudged(place, trust)) return;
    for (const fault of faultsOf(found, lstatSync(found), trust)) faults.set(found, fault);
  };
  let target = "/";
  let ahead = partsOf(resolve(path));
  for (let links = 0; ; ) {
    judge(target, target);
    const [part, ...rest] = ahead;
    if (part === undefined) return { target, faults: [...faults.values()] };
    const next = join(target, part);
    if (lstatSync(next).isSymbolicLink()) {
      if (++links > linksMax) throw Object.assign(new Error(`links without end: ${path}`), loop);
      judge(next, target);
      const to = readlinkSync(next);
      if (isAbsolute(to)) target = "/";
      ahead = [...partsOf(to), ...rest];
    } else if (rest.length === 0) return { target: next, faults: [...faults.values()] };
    else {
      target = next;
      ahead = rest;
    }
  }
}

const loop = { code: "ELOOP", syscall: "lstat" };

/**
 * Who else could change this: its owner when that is neither we nor root; and whoever it is writable for. The mode of a
 * link says nothing. In a folder with the sticky bit (/tmp) others may add, but not touch what is ours.
 */
export function faultsOf(
  path: string,
  found: Pick<Stats, "uid" | "mode">,
  { uid }: Trust,
): readonly TrustFault[] {
  if (uid === undefined) return [];
  const { uid: ownerUid, mode } = found;
  const kind = mode & constants.S_IFMT;
  const isSticky = kind === constants.S_IFDIR && (mode & 0o1000) !== 0;
  const isForeign = ownerUid !== 0 && ownerUid !== uid;
  const isOpen = kind !== constants.S_IFLNK && (mode & 0o022) !== 0 && !isSticky;
  if (!isForeign && !isOpen) return [];
  const name = shellWord(path);
  const remedies = [
    ...(isForeign ? [`chown ${kind === constants.S_IFLNK ? "-h " : ""}${uid} ${name}`] : []),
    ...(isOpen ? [`chmod go-w ${name}`] : []),
  ];
  const text = `0${(mode & 0o7777).toString(8)}`;
  return [{ path, ownerUid, mode: text, remedy: remedies.join(" && ") }];
}

/** What others could change, and the one command that puts it right. */
export function untrustedText(faults: readonly TrustFault[]): string {
  const places = faults.map(({ path, mode, ownerUid }) => `${path} has mode ${mode} and owner ${ownerUid}`);
  return `others could change it: ${places.join(", ")}: run: ${faults.map(({ remedy }) => remedy).join(" && ")}`;
}

function isJudged(folder: string, { within }: Trust): boolean {
  if (within === undefined) return true;
  const way = relative(resolve(within), folder);
  return way === "" || !(way.startsWith("..") || isAbsolute(way));
}

function partsOf(path: string): readonly string[] {
  return path.split("/").filter((part) => part !== "" && part !== ".");
}

function shellWord(path: string): string {
  return /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}
