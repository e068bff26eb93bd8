import { paperRig } from "../../testing/paper-rig.ts";
import { placeOrderMessage, type RawTwsClient } from "../../testing/raw-tws-client.ts";
import { ScriptedVenue } from "../../testing/scripted-venue.ts";
import { instant, later, tradingDate } from "../../trading/instant.ts";

const stock = "0|TSLA|STK||0|||SMART||USD|||0";
const sell = {
  symbol: "TSLA",
  secType: "STK",
  exchange: "SMART",
  currency: "USD",
  action: "SELL",
  orderType: "MKT",
  totalQuantity: 100,
  transmit: 1,
};

/** What is subscribed to, how it is cancelled, and the kinds of its messages. */
const subscriptions: readonly (readonly [
  name: string,
  subscribe: string,
  cancel: string,
  kinds: readonly string[],
])[] = [
  ["quotes", `1|11|5|${stock}||0|0||`, "2|2|5|", ["1", "2", "46"]],
  ["account updates", "6|2|1|DU1234567|", "6|2|0|DU1234567|", ["6", "7", "8"]],
  ["account summary", "62|1|5|All|TotalCashValue|", "63|1|5|", ["63"]],
  ["positions", "61|1|", "64|1|", ["61"]],
  ["positions of one account", "74|1|5|DU1234567||", "75|1|5|", ["71"]],
  ["values of one account", "76|1|5|DU1234567||0|", "77|1|5|", ["73"]],
  ["P&L", "92|5|DU1234567||", "93|5|", ["94"]],
  ["P&L of a position", "94|5|DU1234567||76792991|", "95|5|", ["95"]],
  ["bars kept up to date", `20|5|${stock}||1 min|1 D|1|TRADES|1|1||`, "25|1|5|", ["90"]],
];

/** A fill, other quotes, another last bar, and then more than three minutes. */
async function happen(
  rig: Awaited<ReturnType<typeof paperRig>>,
  owner: RawTwsClient,
  round: number,
): Promise<void> {
  const { venue } = rig;
  await owner.ask(placeOrderMessage({ ...sell, orderId: round }));
  const order = venue.openOrders().at(-1);
  venue.fill(order?.permId ?? 0, 100, 196 + round / 4);
  venue.quotes.set(76792991, { ...venue.quote(76792991), bid: 190 + round, last: 195 + round });
  venue.laidBars = venue.laidBars.map((bar) => ({ ...bar, close: bar.close + 0.25 }));
  await owner.heard();
  await rig.gateway.advanceTo(later(venue.now(), 200_000));
}

test.each(subscriptions)(
  "%s: told until cancelled, and not once more",
  async (_, subscribe, cancel, kinds) => {
    const venue = new ScriptedVenue();
    venue.laidBars = [
      {
        startAt: instant("2022-03-14T13:59:00Z"),
        on: tradingDate("2022-03-14"),
        open: 196.1,
        high: 250,
        low: 195.25,
        close: 196.5,
        volumeShares: 12_345,
        averagePrice: 196.4,
        trades: 87,
      },
    ];
    await using rig = await paperRig({ venue });
    const [owner, client] = [await rig.client(1), await rig.client(2)];
    await client.ask(subscribe);
    await happen(rig, owner, 1);
    const told = await client.heard();
    expect(new Set(told.map((message) => message.split("|")[0]))).toEqual(new Set(kinds));
    const answer = await client.ask(cancel);
    expect(answer.filter((message) => !message.startsWith("4|2|5|162|"))).toEqual([]);
    await happen(rig, owner, 2);
    await expect(client.heard()).resolves.toEqual([]);
  },
);

test.each(subscriptions)(
  "%s: told no more to a client that comes back with the same id",
  async (_, subscribe) => {
    await using rig = await paperRig();
    const [owner, client] = [await rig.client(1), await rig.client(2)];
    await client.ask(subscribe);
    await client.end();
    const again = await rig.client(2);
    await again.heard();
    await happen(rig, owner, 1);
    await expect(again.heard()).resolves.toEqual([]);
  },
);
