import { readFileSync } from "node:fs";
import { join } from "node:path";
import { paperRig } from "../../testing/paper-rig.ts";
import { mismatchOf } from "../../testing/wire-layout.ts";
import { wireMessages } from "../../testing/wire-messages.ts";

/**
 * Every recorded frame is put to use or set aside with its reason, and none is passed over: the layouts that our own frames
 * are held against (see every-version.test.ts) must fit what real gateways were recorded to send.
 */
interface Recording {
  readonly frame: string;
  readonly src: string;
}
const recordings = JSON.parse(
  readFileSync(join(import.meta.dirname, "fixtures/tws-recorded-frames.json"), "utf8"),
) as readonly Recording[];

const idOf = ({ frame }: Recording): number => Number(frame.split("|")[0]);

/** Answers that came from real gateways, with the server version they were recorded at, or one that has the same fields. */
const recordedAt: ReadonlyMap<string, number> = new Map([
  ["v1.0.0:src/accounts/decoders/tests.rs:5", 169],
  ...[12, 13, 14].map((line) => [`v1.0.0:src/contracts/tests.rs:${line}`, 169] as const),
  ["v1.0.0:src/market_data/historical/decoders/tests.rs:8", 169],
  ["v1.0.0:src/market_data/historical/decoders/tests.rs:52", 169],
  ...[17, 18, 19, 20, 21, 22, 23, 306, 307, 364, 384, 385].map(
    (line) => [`v1.0.0:src/orders/tests.rs:${line}`, 169] as const,
  ),
  ...[9, 10, 11, 12, 16].map((line) => [`v1.0.0:src/testdata/responses.rs:${line}`, 169] as const),
  ["v1.2.2:src/contracts/tests.rs:228", 173],
  ["v1.2.2:src/contracts/tests.rs:229", 173],
  ["v1.2.2:src/contracts/tests.rs:346", 173],
  ["v1.2.2:src/testdata/responses.rs:10", 173],
  ["v1.2.2:src/testdata/responses.rs:11", 173],
  ...[212, 213, 214, 215, 216, 246, 247, 248, 249].map(
    (line) => [`v1.2.2:src/transport/connection/tests.rs:${line}`, 173] as const,
  ),
  ...[688, 691, 693, 695].map((line) => [`v2.0.0:src/client/common.rs:${line}`, 173] as const),
  ["v2.0.0:src/client/common.rs:610", 173],
  ["v2.0.0:src/orders/async.rs:499", 173],
]);

/** What is wrong with a frame of a kind that we send; some recordings end in one NUL too many. */
function mismatchAt(recording: Recording, version: number): string | undefined {
  const wanted = wireMessages.get(idOf(recording));
  if (!wanted) return "of another kind";
  const { frame } = recording;
  const mismatch = mismatchOf(frame, wanted.layout, version);
  return mismatch !== undefined && frame.endsWith("||")
    ? mismatchOf(frame.slice(0, -1), wanted.layout, version)
    : mismatch;
}

/** Reason → file → lines. */
const setAside = JSON.parse(
  readFileSync(join(import.meta.dirname, "fixtures/frames-set-aside.json"), "utf8"),
) as Readonly<Record<string, Readonly<Record<string, readonly number[]>>>>;

function reasonsFor({ src }: Recording): readonly string[] {
  const [, file = "", line = ""] = /^(.*):(\d+)$/.exec(src) ?? [];
  return Object.entries(setAside)
    .filter(([, files]) => files[file]?.includes(Number(line)))
    .map(([reason]) => reason);
}

test("what real gateways were recorded to send has the layouts that our frames are held against", () => {
  const real = recordings.filter(({ src }) => recordedAt.has(src));
  const mismatches = real.map((recording) => mismatchAt(recording, recordedAt.get(recording.src) ?? 0));
  expect(mismatches.filter((mismatch) => mismatch !== undefined)).toEqual([]);
  expect(new Set(real.map(({ src }) => src))).toEqual(new Set(recordedAt.keys()));
  expect([...new Set(real.map(idOf))].toSorted((a, b) => a - b)).toEqual([
    3, 4, 5, 9, 10, 11, 17, 52, 59, 61, 63, 64, 73, 74, 79, 88, 93, 101, 102,
  ]);
});

test("every other recorded frame has the layout of its kind at 173, or is set aside for one reason", () => {
  const counts = { real: 0, "by hand, and right": 0, "set aside": 0 };
  for (const recording of recordings) {
    const isReal = recordedAt.has(recording.src);
    const mismatch = mismatchAt(recording, recordedAt.get(recording.src) ?? 173);
    if (mismatch === undefined) counts[isReal ? "real" : "by hand, and right"] += 1;
    else {
      // The reason is in the message when this fails.
      expect([recording.src, mismatch, reasonsFor(recording).length]).toEqual([recording.src, mismatch, 1]);
      counts["set aside"] += 1;
    }
  }
  expect(counts).toEqual({ real: 43, "by hand, and right": 68, "set aside": 386 });
});

test("nothing is set aside that is not recorded", () => {
  const known = new Set(recordings.map(({ src }) => src));
  for (const files of Object.values(setAside))
    for (const [file, lines] of Object.entries(files))
      for (const line of lines) expect(known).toContain(`${file}:${line}`);
});

test("requests that a real client was recorded to make are read at the version it made them at", async () => {
  await using rig = await paperRig();
  // That client spoke 164 in its tests: placeOrder of 113 fields.
  const client = await rig.client(1, "v100..164");
  const requests = recordings.filter(
    (recording) =>
      reasonsFor(recording).includes("a request") &&
      /^(3\|\d+\|0|9\|8|7\|3\|9000\|100\|DU1234567|6\|2|61|62|64|74|76\|1|81\|9000|91|92|94|99)\|/.test(
        recording.frame,
      ) &&
      // Combinations are not imitated.
      !recording.frame.includes("|BAG|"),
  );
  const kinds = [...new Set(requests.map(idOf))].toSorted((a, b) => a - b);
  expect(kinds).toEqual([3, 6, 7, 9, 61, 62, 64, 74, 76, 81, 91, 92, 94, 99]);
  const unreadable: string[] = [];
  for (const { frame } of requests) {
    const heard = await client.ask(frame);
    if (heard.some((message) => /^4\|2\|-?\d+\|320\|/.test(message))) unreadable.push(heard.join(" "));
  }
  expect(unreadable).toEqual([]);
});
