import { execFileSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readTrusted, type TrustedRead } from "./read-trusted.ts";
import { faultsOf, ownFiles, type Trust, untrustedText } from "./trust.ts";

let folder = "";
let file = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "trader trust-"));
  mkdirSync(join(folder, "sub"), { mode: 0o755 });
  file = join(folder, "sub", "f.csv");
  writeFileSync(file, "whole\n", { mode: 0o644 });
});
afterEach(() => rmSync(folder, { recursive: true }));

const read = (path: string, trust: Trust = ownFiles) => readTrusted(path, { trust, sizeMaxBytes: 100 });
const textOf = (found: TrustedRead) => (found.kind === "read" ? found.bytes.toString() : found);
const faulty = (found: TrustedRead) =>
  found.kind === "not-trusted" ? found.faults.map(({ path, mode }) => [path, mode]) : found;

it("reads what is ours, from below a folder such as /tmp too", () => {
  expect(textOf(read(file))).toBe("whole\n");
  chmodSync(join(folder, "sub"), 0o1777);
  expect(textOf(read(file))).toBe("whole\n");
});

it.each<[string, number]>([
  ["0664", 0o664],
  ["0646", 0o646],
  ["0602", 0o602],
])("refuses a file that others may write: mode %s", (text, mode) => {
  chmodSync(file, mode);
  expect(faulty(read(file))).toEqual([[file, text]]);
});

it.each([0o775, 0o757])(
  "refuses a file in a folder that others may write, and in one below such a folder",
  (mode) => {
    chmodSync(join(folder, "sub"), mode);
    expect(faulty(read(file))).toEqual([[join(folder, "sub"), `0${mode.toString(8)}`]]);
    chmodSync(folder, mode);
    expect(faulty(read(file))).toHaveLength(2);
    expect(faulty(read(file, { ...ownFiles, within: join(folder, "sub") }))).toHaveLength(1);
    expect(textOf(read(file, { ...ownFiles, within: file }))).toBe("whole\n");
  },
);

it("refuses a file that belongs to somebody else, whatever its mode", () => {
  // Only root can give a file away; another user takes a stranger's view of an own one.
  const isRoot = ownFiles.uid === 0;
  if (isRoot) chownSync(file, 4711, 4711);
  const owner = isRoot ? 4711 : (ownFiles.uid ?? 0);
  const stranger = { uid: owner + 1, within: file };
  expect(read(file, stranger)).toEqual({
    kind: "not-trusted",
    faults: [{ path: file, ownerUid: owner, mode: "0644", remedy: `chown ${owner + 1} '${file}'` }],
  });
  expect(textOf(read(file, { uid: owner, within: file }))).toBe("whole\n");
});

it("knows whose a thing is and what puts it right", () => {
  const [dir, regular, link] = [0o040000, 0o100000, 0o120000];
  const faults = (uid: number, mode: number) => faultsOf("/srv/f", { uid, mode }, { uid: 1000 });
  for (const uid of [0, 1000]) {
    expect(faults(uid, regular | 0o644)).toEqual([]);
    expect(faults(uid, dir | 0o1777)).toEqual([]);
    expect(faults(uid, link | 0o777)).toEqual([]);
  }
  // The sticky bit means nothing on a file.
  expect(faults(1000, regular | 0o1666)).toMatchObject([{ mode: "01666", remedy: "chmod go-w /srv/f" }]);
  expect(faults(0, dir | 0o775)).toMatchObject([{ ownerUid: 0, remedy: "chmod go-w /srv/f" }]);
  expect(faults(1001, link | 0o777)).toMatchObject([{ remedy: "chown -h 1000 /srv/f" }]);
  expect(faults(1001, dir | 0o1777)).toMatchObject([{ remedy: "chown 1000 /srv/f" }]);
  const [both] = faults(1001, regular | 0o664);
  expect(untrustedText(both ? [both] : [])).toBe(
    "others could change it: /srv/f has mode 0664 and owner 1001: run: chown 1000 /srv/f && chmod go-w /srv/f",
  );
  expect(faultsOf("/srv/f", { uid: 1001, mode: 0o777 }, { uid: undefined })).toEqual([]);
});

it("follows links, and judges every folder that they lead through", () => {
  mkdirSync(join(folder, "links"), { mode: 0o755 });
  mkdirSync(join(folder, "between"), { mode: 0o755 });
  symlinkSync("../between/second", join(folder, "links", "first"));
  symlinkSync(join(folder, "sub"), join(folder, "between", "second"));
  const linked = join(folder, "links", "first", "f.csv");
  expect(textOf(read(linked))).toBe("whole\n");
  chmodSync(join(folder, "between"), 0o775);
  expect(faulty(read(linked))).toEqual([[join(folder, "between"), "0775"]]);
  chmodSync(join(folder, "between"), 0o755);
  chmodSync(join(folder, "links"), 0o777);
  expect(faulty(read(linked))).toEqual([[join(folder, "links"), "0777"]]);
  chmodSync(join(folder, "links"), 0o755);
  chmodSync(file, 0o666);
  expect(faulty(read(linked))).toEqual([[file, "0666"]]);
});

it("tells what is no file it can read, and never waits for it", () => {
  symlinkSync("nowhere", join(folder, "dangling"));
  symlinkSync("circle", join(folder, "circle"));
  execFileSync("mkfifo", [join(folder, "pipe")]);
  writeFileSync(join(folder, "large"), "x".repeat(101));
  const why = (name: string) => read(join(folder, name));
  expect(why("dangling")).toMatchObject({ kind: "unreadable", why: "there is no such file", code: "ENOENT" });
  expect(why("circle")).toMatchObject({ why: "its links lead in a circle (ELOOP)" });
  expect(why("pipe")).toMatchObject({ why: "it is not a file" });
  expect(why("sub")).toMatchObject({ why: "it is not a file" });
  expect(why("sub/f.csv/below")).toMatchObject({ code: "ENOTDIR" });
  expect(why("large")).toMatchObject({ why: "it is larger than 100 bytes" });
});

it("reads what a program renamed into place, whole, as often as it does that", () => {
  for (const text of ["old\n", "new\n"]) {
    writeFileSync(`${file}.new`, text, { mode: 0o644 });
    renameSync(`${file}.new`, file);
    expect(textOf(read(file))).toBe(text);
  }
});
