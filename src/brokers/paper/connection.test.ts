import { paperRig } from "../../testing/paper-rig.ts";
import { framed, greeting, RawTwsClient } from "../../testing/raw-tws-client.ts";

const startApi = framed("71|2|7||");

/** Writes bytes so that each piece leaves in a segment of its own. */
async function write(client: RawTwsClient, ...pieces: readonly Buffer[]): Promise<void> {
  for (const piece of pieces) {
    client.socket.write(piece);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function bytesOf(buffer: Buffer): Buffer[] {
  return [...buffer].map((byte) => Buffer.from([byte]));
}

const opening = [
  "178|20220314 10:00:00 EDT|",
  "15|1|DU1234567|",
  "9|1|1|",
  "4|2|-1|2104|Market data farm connection is OK:usfarm||",
  "4|2|-1|2107|HMDS data farm connection is inactive but should be available upon demand.ushmds||",
  "4|2|-1|2158|Sec-def data farm connection is OK:secdefil||",
];

test("the handshake: one version and the time, nothing before START_API, then accounts, next id and notices", async () => {
  await using rig = await paperRig();
  const client = new RawTwsClient(rig.gateway.port);
  await write(client, greeting("v100..193"));
  await client.until((message) => message.startsWith("178|"));
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(client.messages).toEqual(opening.slice(0, 1));
  await write(client, startApi);
  await client.until((message) => message.includes("2158"));
  expect(client.messages).toEqual(opening);
});

test.each([1, 2, 3, 5, 7])("bytes that come %i at a time, cut anywhere, mean the same", async (size) => {
  await using rig = await paperRig();
  const client = new RawTwsClient(rig.gateway.port);
  const all = Buffer.concat([greeting("v100..178"), startApi, framed("49|1|"), framed("8|1|1|")]);
  const pieces = Array.from({ length: Math.ceil(all.length / size) }, (_, at) =>
    all.subarray(at * size, (at + 1) * size),
  );
  await write(client, ...pieces);
  await client.until((message) => message.startsWith("49|"));
  await client.heard();
  expect(client.messages).toEqual([]);
});

test("everything in one segment: greeting, START_API and requests", async () => {
  await using rig = await paperRig();
  const client = new RawTwsClient(rig.gateway.port);
  const many = Array.from({ length: 300 }, () => framed("8|1||"));
  await write(client, Buffer.concat([greeting("v100..178"), startApi, ...many, framed("49|1|")]));
  await client.until((message) => message.startsWith("49|"));
  expect(client.messages.slice(0, 6)).toEqual(opening);
  expect(client.messages.filter((message) => message === "9|1|1|")).toHaveLength(301);
  expect(rig.gateway.messages).toMatchObject({ received: 301, sent: 307 });
  expect(rig.gateway.messages.receivedById).toEqual(
    new Map([
      [8, 300],
      [49, 1],
    ]),
  );
});

test.each([
  ["v100..151", "151"],
  ["v157..178", "178"],
  ["v157..178 +PACEAPI", "178"],
  ["v100..177", "177"],
  ["v100..225", "178"],
  // Too new for us: it is told what we have and leaves by itself.
  ["v213..225", "178"],
  ["v173", "173"],
])("a client of %s is answered %s", async (versions, expected) => {
  await using rig = await paperRig();
  const client = new RawTwsClient(rig.gateway.port);
  client.socket.write(greeting(versions));
  await expect(client.until(() => true)).resolves.toBe(`${expected}|20220314 10:00:00 EDT|`);
});

test.each([
  ["another protocol", Buffer.from("GET / HTTP/1.1\r\n\r\n"), "no greeting"],
  ["a client older than what we write", greeting("v100..150"), "up to 150"],
  ["versions that are none", greeting("hello"), "version range"],
  ["a huge length", Buffer.from("API\0\xff\xff\xff\xff", "latin1"), "4294967295 bytes"],
  ["an empty frame", Buffer.concat([greeting("v100..178"), Buffer.alloc(4)]), "0 bytes"],
  ["a request before START_API", Buffer.concat([greeting("v100..178"), framed("61|1|")]), "before START_API"],
  ["START_API without a client id", Buffer.concat([greeting("v100..178"), framed("71|2|||")]), "clientId"],
  ["a message that is no text", Buffer.concat([greeting("v100..178"), startApi, framed("x|1|")]), "number"],
  ["a message without NUL", Buffer.concat([greeting("v100..178"), startApi, framed("49|1")]), "NUL"],
])("%s ends that connection with a line in the log, and nothing else", async (_, bytes, reason) => {
  await using rig = await paperRig();
  const neighbour = await rig.client(1);
  const stranger = new RawTwsClient(rig.gateway.port);
  stranger.socket.write(bytes);
  await stranger.closed();
  expect(rig.log.at(-1)).toContain(reason);
  await expect(neighbour.ask("8|1|1|")).resolves.toEqual(["9|1|1|"]);
});

test("garbage byte by byte ends the connection at the first wrong byte", async () => {
  await using rig = await paperRig();
  const client = new RawTwsClient(rig.gateway.port);
  await write(client, ...bytesOf(Buffer.from("APX")));
  await client.closed();
});

test.each([
  ["with capabilities", "71|2|7|1;2;3|"],
  ["without", "71|2|7||"],
  ["without their field", "71|2|7|"],
  ["as an older client, version 1", "71|1|7|"],
])("START_API %s", async (_, said) => {
  await using rig = await paperRig();
  const client = new RawTwsClient(rig.gateway.port);
  client.socket.write(Buffer.concat([greeting("v100..178"), framed(said)]));
  await client.until((message) => message.includes("2158"));
  expect(client.messages).toEqual(opening);
  // A second time it is a message like others, and none that is known.
  await expect(client.ask("71|2|8||")).resolves.toEqual([expect.stringMatching(/^4\|2\|-1\|322\|/)]);
  expect(rig.log).toEqual(["client 7 connected, server version 178"]);
});

test("the next order id is the same whatever number is asked for; a log level is taken in silence", async () => {
  await using rig = await paperRig();
  const client = await rig.client();
  for (const request of ["8|1|1|", "8|1|5|", "8|1||", "8|1|-3|"])
    await expect(client.ask(request)).resolves.toEqual(["9|1|1|"]);
  for (const level of [1, 2, 3, 4, 5]) await expect(client.ask(`14|1|${level}|`)).resolves.toEqual([]);
});

test("a client id in use: 326 and the end for the newcomer, before any account or id; the first one stays (C-family)", async () => {
  await using rig = await paperRig();
  const first = await rig.client(7);
  const second = new RawTwsClient(rig.gateway.port);
  second.socket.write(Buffer.concat([greeting("v100..178"), startApi]));
  await second.closed();
  expect(second.messages).toEqual([
    "178|20220314 10:00:00 EDT|",
    "4|2|-1|326|Unable to connect as the client id is already in use. Retry with a unique client id.||",
  ]);
  expect(rig.log.at(-1)).toBe("a connection ended: client id 7 is in use");
  await expect(first.ask("17|1|")).resolves.toEqual(["15|1|DU1234567|"]);
  await first.end();
  const third = await rig.client(7);
  await expect(third.ask("17|1|")).resolves.toEqual(["15|1|DU1234567|"]);
});

const errorAt = async (version: number): Promise<string | undefined> => {
  await using rig = await paperRig();
  const client = await rig.client(1, `v100..${version}`);
  return (await client.ask("62|1|5|Größe|NetLiquidation|"))[0];
};

test("errors have the field for advanced rejects from 166 on, and \\u escapes from 153 on", async () => {
  await expect(errorAt(151)).resolves.toMatch(/^4\|2\|5\|321\|.*Account group Größe does not exist\|$/);
  await expect(errorAt(165)).resolves.toMatch(
    /^4\|2\|5\|321\|.*Account group Gr\\u00f6\\u00dfe does not exist\|$/,
  );
  await expect(errorAt(166)).resolves.toMatch(/\|\|$/);
});

test("requests that are not imitated, unknown or unreadable are each refused on their own id", async () => {
  await using rig = await paperRig();
  const client = await rig.client();
  const codeOf = async (message: string): Promise<string | undefined> =>
    (await client.ask(message)).map((line) => line.split("|").slice(2, 4).join(" ")).join();
  await expect(codeOf("20|77|0|TSLA|STK|")).resolves.toBe("77 320");
  await expect(codeOf("25|1|77|")).resolves.toBe("77 366");
  await expect(codeOf("96|78|0|TSLA|STK|")).resolves.toBe("78 322");
  await expect(codeOf("10|5|79|0|TSLA|")).resolves.toBe("79 322");
  await expect(codeOf("12345|1|")).resolves.toBe("-1 322");
  await expect(codeOf("62|1|")).resolves.toBe("-1 320");
  await expect(codeOf("62|1|x|All|NetLiquidation|")).resolves.toBe("-1 320");
  await expect(codeOf("91|99|")).resolves.toBe("-1 321");
});

test("messages with numbers that no message has are counted as one: nonsense fills no memory", async () => {
  await using rig = await paperRig();
  const client = await rig.client();
  for (const id of [201, -7, 99_999]) await client.ask(`${id}|1|`);
  expect(rig.gateway.messages.receivedById).toEqual(
    new Map([
      [-1, 3],
      [49, 3],
    ]),
  );
});

test("a client that vanishes in the middle of a message leaves nothing behind", async () => {
  await using rig = await paperRig();
  const client = await rig.client(3);
  client.socket.write(framed("61|1|").subarray(0, 5));
  client.socket.resetAndDestroy();
  await client.closed();
  const again = await rig.client(3);
  await expect(again.ask("61|1|")).resolves.toEqual(["62|1|"]);
  expect(rig.log).toContainEqual(expect.stringMatching(/client 3 ended/));
});

test("only this machine is served: another host is refused at the start", async () => {
  await expect(paperRig({ host: "0.0.0.0" })).rejects.toThrow("not a loopback address");
});

test("a taken port rejects, and closing twice is closing once", async () => {
  const rig = await paperRig();
  await expect(paperRig({ port: rig.gateway.port })).rejects.toMatchObject({ code: "EADDRINUSE" });
  await Promise.all([rig.gateway.close(), rig.gateway.close(), rig.gateway.closed]);
});
