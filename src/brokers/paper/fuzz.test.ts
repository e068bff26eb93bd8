import fc from "fast-check";
import { framed, greeting, placeOrderMessage, RawTwsClient } from "../../testing/raw-tws-client.ts";
import { smallVenue } from "../../testing/small-venue.ts";
import { type PaperGateway, startPaperGateway } from "./gateway.ts";

/** A valid request of each kind at 178, to be cut short, made longer, and filled with nonsense. */
const requests: readonly string[] = [
  "1|11|5|0|RRC|STK||0|||SMART||USD|||0||1|0||",
  "2|2|5|",
  "3|1|0|RRC|STK",
  placeOrderMessage({
    orderId: 1,
    symbol: "AAPL",
    secType: "STK",
    exchange: "SMART",
    currency: "USD",
    action: "BUY",
    totalQuantity: 10,
    orderType: "LMT",
    lmtPrice: 200,
    transmit: 1,
  }),
  "4|1|1||",
  "5|1|",
  "6|2|1|DU1234567|",
  "7|3|5|||||||||",
  "8|1|1|",
  "9|8|5|0|AAPL|STK||0|||SMART||USD|||0||||",
  "14|1|2|",
  "15|1|1|",
  "16|1|",
  "17|1|",
  "20|5|0|AAPL|STK||0|||SMART||USD|||0||1 day|5 D|1|TRADES|1|0||",
  "20|6|0|AAPL|STK||0|||SMART||USD|||0||30 secs|600 S|1|BID_ASK|2|1||",
  "25|1|5|",
  "58|1|",
  "59|1|2|",
  "61|1|",
  "62|1|5|All|NetLiquidation|",
  "63|1|5|",
  "64|1|",
  "74|1|5|DU1234567||",
  "75|1|5|",
  "76|1|5|DU1234567||1|",
  "76|1|6|DU1234567|TARGET2024|0|",
  "77|1|5|",
  "81|5|TS|",
  "87|5|0|AAPL|STK||0|||SMART||USD|||0|1|TRADES|1|",
  "91|26|",
  "92|5|DU1234567||",
  "93|5|",
  "94|5|DU1234567||265598|",
  "95|5|",
  "99|0|",
];

/** Requests that the real gateway takes without a word: cancels and settings. */
const mayBeSilent = new Set([2, 4, 6, 14, 15, 25, 58, 59, 63, 64, 71, 75, 77, 90, 93, 95]);

/** What clients send for fields, and what none should. */
const field = fc.oneof(
  fc.constantFrom("", "0", "1", "-1", "5", "0.0", "1e-7", "Infinity", "Infinite", "NaN", "2147483647"),
  fc.constantFrom(
    "1.7976931348623157E308",
    "STK",
    "AAPL",
    "SMART",
    "USD",
    "BUY",
    "LMT",
    "DU1234567",
    "__proto__",
  ),
  fc.integer().map(String),
  fc.double().map(String),
  fc.string({ unit: "binary", maxLength: 12 }).map((text) => text.replaceAll(/[|\0]/g, "")),
);

const anyMessage = fc
  .record({ id: fc.integer({ min: 0, max: 120 }), fields: fc.array(field, { maxLength: 130 }) })
  .map(({ id, fields }) => [String(id), ...fields, ""].join("|"));

/** A valid request with its end cut off, a field replaced, or fields behind its end. */
const almostValid = fc
  .record({
    request: fc.constantFrom(...requests),
    keep: fc.double({ min: 0, max: 1, noNaN: true }),
    at: fc.nat(),
    replacement: fc.option(field),
    more: fc.array(field, { maxLength: 4 }),
  })
  .map(({ request, keep, at, replacement, more }) => {
    const fields = request.split("|").slice(0, -1);
    const kept = fields.slice(0, Math.max(1, Math.ceil(keep * fields.length)));
    if (replacement !== null && kept.length > 1) kept[1 + (at % (kept.length - 1))] = replacement;
    return [...kept, ...more, ""].join("|");
  });

const messages = fc.array(fc.oneof(anyMessage, almostValid), { minLength: 1, maxLength: 20 });

test("well-framed requests of any content, split at any byte, are answered or refused, and the connection lives", async () => {
  await using gateway = await openGateway();
  let clientId = 0;
  await fc.assert(
    fc.asyncProperty(messages, fc.array(fc.nat({ max: 400 }), { maxLength: 6 }), async (said, cuts) => {
      clientId += 1;
      const client = await RawTwsClient.start(gateway.port, clientId);
      const bytes = Buffer.concat([...said, "49|1|"].map(framed));
      for (const piece of pieces(bytes, cuts)) {
        client.socket.write(piece);
        await new Promise((resolve) => setImmediate(resolve));
      }
      await client.until((message) => message.startsWith("49|"));
      await client.end();
    }),
    { seed: 178, numRuns: 1000 },
  );
}, 20_000);

test("no request with an id from 0 to 120 goes without a word, but cancels and settings", async () => {
  await using gateway = await openGateway();
  const client = await RawTwsClient.start(gateway.port);
  const silent: number[] = [];
  for (let id = 0; id <= 120; id += 1) {
    if (id === 49) continue;
    const heard = await client.ask(`${id}|1|5|`);
    if (heard.length === 0 && !mayBeSilent.has(id)) silent.push(id);
  }
  expect(silent).toEqual([]);
}, 20_000);

test("each request, cut off behind any of its fields, is answered or refused", async () => {
  await using gateway = await openGateway();
  const silent: string[] = [];
  const client = await RawTwsClient.start(gateway.port);
  for (const request of requests) {
    const fields = request.split("|").slice(0, -1);
    const id = Number(fields[0]);
    for (let kept = 1; kept < Math.min(fields.length, 40); kept += 1) {
      const cut = `${fields.slice(0, kept).join("|")}|`;
      if ((await client.ask(cut)).length === 0 && !mayBeSilent.has(id)) silent.push(cut);
    }
  }
  expect(silent).toEqual([]);
}, 20_000);

test("bytes that are no frames end their connection, and no other", async () => {
  await using gateway = await openGateway();
  const witness = await RawTwsClient.start(gateway.port, 77);
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(
        Buffer.alloc(0),
        greeting("v100..178"),
        Buffer.concat([greeting("v100..178"), framed("71|2|3||")]),
      ),
      fc.uint8Array({ maxLength: 300 }),
      async (before, noise) => {
        const client = new RawTwsClient(gateway.port);
        client.socket.write(Buffer.concat([before, noise]));
        client.socket.end();
        await client.closed();
        await witness.ask("17|1|");
      },
    ),
    { seed: 151, numRuns: 200 },
  );
  expect(witness.ended).toBe(false);
}, 20_000);

async function openGateway(): Promise<PaperGateway & AsyncDisposable> {
  const gateway = await startPaperGateway({
    venue: smallVenue(),
    port: 0,
    clock: { kind: "stepped" },
    snapshotEndsAfterMs: 0,
    pacing: "off",
    log: () => {},
  });
  return Object.assign(gateway, { [Symbol.asyncDispose]: () => gateway.close() });
}

/** The bytes in pieces of these lengths; what is left over is the last piece. */
function* pieces(bytes: Buffer, lengths: readonly number[]): Generator<Buffer> {
  let from = 0;
  for (const length of lengths) {
    yield bytes.subarray(from, from + length + 1);
    from += length + 1;
  }
  yield bytes.subarray(from);
}
