import { placeOrderMessage, RawTwsClient } from "../../testing/raw-tws-client.ts";
import { smallVenue } from "../../testing/small-venue.ts";
import { mismatchOf } from "../../testing/wire-layout.ts";
import { wireMessages } from "../../testing/wire-messages.ts";
import { later } from "../../trading/instant.ts";
import { startPaperGateway } from "./gateway.ts";

const versions = Array.from({ length: 28 }, (_, at) => 151 + at);

/** Server versions at which placeOrder gained a field at its end, which the message of 178 has. */
const placeOrderTail = [158, 160, 162, 166, 169];

/** placeOrder as a client of that version writes it: the advisor's profile until 176, the last fields as they came. */
function placeOrderAt(version: number, set: Parameters<typeof placeOrderMessage>[0]): string {
  const fields = placeOrderMessage(set).split("|").slice(0, -1);
  const missing = placeOrderTail.filter((since) => since > version).length;
  const kept = fields.slice(0, fields.length - missing);
  if (version < 177) kept.splice(42, 0, "");
  return `${kept.join("|")}|`;
}

const apple = "0|AAPL|STK||0|||SMART||USD|||";
const nobody = "0|NOPE|STK||0|||SMART||USD|||";
const order = {
  symbol: "AAPL",
  secType: "STK",
  exchange: "SMART",
  currency: "USD",
  transmit: 1,
  action: "BUY",
  orderType: "LMT",
  tif: "DAY",
  totalQuantity: 7,
};
const cancelOrder = (version: number, id: number): string => `4|1|${id}|${version >= 169 ? "|" : ""}`;
const details = (version: number, stock: string): string => `9|8|90|${stock}0|||${version >= 176 ? "|" : ""}`;
const bars = (id: number, over = "1 day|5 D|1|TRADES|1|0"): string => `20|${id}|${apple}0||${over}||`;

/** Everything that can be asked, and the kinds of messages that it must at least be answered with; none: it is silent. */
const dialogue = (version: number): readonly (readonly [string, readonly number[]])[] => [
  ["8|1|1|", [9]],
  ["17|1|", [15]],
  ["49|1|", [49]],
  ["14|1|5|", []],
  ["15|1|1|", [4]],
  [details(version, apple), [10, 52]],
  [details(version, "0|EUR|CASH||0|||IDEALPRO||USD|||"), [10, 52]],
  [details(version, nobody), [4]],
  ["81|91|A|", [79]],
  ["91|26|", [93]],
  ["91|4711|", [4]],
  ["59|1|2|", []],
  [`1|11|1|${apple}0||0|0||`, [58, 81, 1, 2, 45, 46]],
  [`1|11|1|${apple}0||0|0||`, [4]],
  [`1|11|2|${apple}0||1|0||`, [58, 81, 1, 2, 45, 46, 57]],
  [`1|11|3|${nobody}0||0|0||`, [4]],
  ["2|2|1|", []],
  ["2|2|1|", [4]],
  [bars(4), [17]],
  [bars(5, "5 mins|1 D|1|MIDPOINT|2|1"), [17]],
  ["25|1|5|", [4]],
  ["25|1|5|", [4]],
  [bars(6, "1 day|5 D|1|YIELD|1|0"), [4]],
  [`87|7|${apple}0|1|TRADES|1|`, [88]],
  ["90|7|", []],
  ["62|1|8|All|AccountType,NetLiquidation,Cushion,$LEDGER:ALL|", [63, 64]],
  ["63|1|8|", []],
  ["6|2|1|DU1234567|", [6, 8, 54]],
  ["61|1|", [62]],
  ["74|1|9|DU1234567||", [72]],
  ["76|1|10|DU1234567||1|", [73, 74]],
  ["92|11|DU1234567||", [94]],
  ["94|12|DU1234567||265598|", [95]],
  [placeOrderAt(version, { ...order, orderId: 1, lmtPrice: 200, whatIf: 1 }), [5]],
  [placeOrderAt(version, { ...order, orderId: 2, lmtPrice: 100.5, tif: "GTC", orderRef: "a" }), [5, 3]],
  [placeOrderAt(version, { ...order, orderId: 2, lmtPrice: 100.75, tif: "GTC", orderRef: "a" }), [5, 3]],
  [
    placeOrderAt(version, { ...order, orderId: 3, lmtPrice: 200, adaptivePriority: "Urgent" }),
    [5, 3, 11, 59, 61, 7, 8],
  ],
  [placeOrderAt(version, { ...order, orderId: 4, lmtPrice: 100.123 }), [4]],
  ["5|1|", [5, 3, 53]],
  ["16|1|", [5, 3, 53]],
  [cancelOrder(version, 2), [3, 4]],
  [cancelOrder(version, 2), [4]],
  [cancelOrder(version, 99), [4]],
];

/** After three minutes. */
const afterwards: typeof dialogue = () => [
  ["7|3|20|||||||||".slice(0, -1), [11, 59, 55]],
  ["7|3|21|99||||||||".slice(0, -1), [55]],
  ["99|0|", [101, 102]],
  ["61|1|", [61, 62]],
  ["74|1|22|DU1234567||", [71, 72]],
  ["64|1|", []],
  ["75|1|22|", []],
  ["77|1|10|", []],
  ["93|11|", []],
  ["95|12|", []],
  ["6|2|0|DU1234567|", []],
  ["58|1|", []],
  ["96|30|x|", [4]],
  ["12345|1|", [4]],
];

test("at every server version from 151 to 178 every request is answered, and every message has that version's layout", async () => {
  const kindsSent = new Set<number>();
  const complaints: string[] = [];
  for (const version of versions) {
    await using rig = await rigAt();
    const client = await RawTwsClient.start(rig.port, 7, `v100..${version}`);
    expect(client.messages[0]).toMatch(new RegExp(`^${version}\\|`));
    check(version, "the beginning", client.messages.splice(0).slice(1), [15, 9, 4]);
    for (const [request, kinds] of dialogue(version))
      check(version, request, await answersTo(client, request), kinds);
    await rig.advanceTo(later(rig.venue.now(), 200_000));
    check(version, "three minutes", await client.heard(), [6, 7, 8, 94, 95]);
    for (const [request, kinds] of afterwards(version))
      check(version, request, await answersTo(client, request), kinds);
  }
  expect(complaints).toEqual([]);
  // Nothing stands in the table of layouts that was not seen, but what only other tests bring about.
  const unseen = [...wireMessages.keys()].filter((kind) => !kindsSent.has(kind));
  expect(unseen).toEqual([90]);

  function check(version: number, request: string, heard: readonly string[], kinds: readonly number[]): void {
    const told = new Set<number>();
    for (const message of heard) {
      const kind = Number(message.split("|")[0]);
      kindsSent.add(kind);
      told.add(kind);
      const known = wireMessages.get(kind);
      const mismatch = known ? mismatchOf(message, known.layout, version) : "no layout for it";
      if (mismatch !== undefined)
        complaints.push(`${version} ${known?.name ?? message}: ${mismatch}: ${message}`);
    }
    const missing = kinds.filter((kind) => !told.has(kind));
    if (missing.length > 0)
      complaints.push(`${version} ${request}: no ${missing.join(", ")} in ${heard.join(" ")}`);
    if (kinds.length === 0 && told.size > 0)
      complaints.push(`${version} ${request}: not silent: ${heard.join(" ")}`);
  }
}, 60_000);

async function answersTo(client: RawTwsClient, request: string): Promise<readonly string[]> {
  if (request !== "49|1|") return client.ask(request);
  client.messages.splice(0);
  client.send(request);
  return [await client.until((message) => message.startsWith("49|"))];
}

async function rigAt() {
  const gateway = await startPaperGateway({
    venue: smallVenue(),
    port: 0,
    clock: { kind: "stepped" },
    snapshotEndsAfterMs: 0,
    pacing: "off",
    log: () => {},
  });
  return {
    port: gateway.port,
    venue: gateway.venue,
    advanceTo: gateway.advanceTo.bind(gateway),
    [Symbol.asyncDispose]: () => gateway.close(),
  };
}
