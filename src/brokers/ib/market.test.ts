import { isoOf } from "../../trading/instant.ts";
import type { Instrument } from "../../trading/instrument.ts";
import { instrumentOf } from "./testing/cleared-orders.ts";
import { connected, moment, valueOf } from "./testing/connected.ts";
import { sendContract } from "./testing/contract-message.ts";
import { marketAt, type Peer } from "./testing/peer.ts";
import { type Script } from "./testing/scripted-gateway.ts";

const refuse = (fields: readonly string[], peer: Peer, code: number, text = "no"): void =>
  peer.send(4, 2, fields[2] ?? "", code, text, "");

type Tick = readonly [type: number, price: number];

/** Answers every snapshot with these ticks; the feed is announced when it is given. */
function quoting(
  ticks: readonly Tick[],
  feed?: number,
): { 1: (fields: readonly string[], peer: Peer) => void } {
  return {
    1: (fields, peer) => {
      const id = fields[2] ?? "";
      if (feed !== undefined) peer.send(58, 1, id, feed);
      for (const [type, price] of ticks) {
        peer.send(1, 6, id, type, price, 200, 0);
        peer.send(2, 6, id, type === 1 ? 0 : 3, 200);
      }
      peer.send(46, 6, id, 45, marketAt / 1000 - 12);
      peer.send(57, 1, id);
    },
  };
}

describe("quotes", () => {
  test.each([
    [49, "0", false],
    [49, "0.0", false],
    [49, "1.0", true],
    [49, "2.0", true],
    [90, "1", true],
    [49, "-1.0", undefined],
    [48, "1.0", undefined],
  ])("generic tick %i with %s says whether trading is halted: %p", async (type, value, isHalted) => {
    const { broker } = await connected({
      1: (fields, peer) => {
        const id = fields[2] ?? "";
        peer.send(45, 6, id, type, value);
        peer.send(57, 1, id);
      },
    });
    const [reading] = valueOf(await broker.quotes([instrumentOf()]));
    expect(reading?.isHalted).toBe(isHalted);
  });

  test("bid, ask and last under their own names, with the last trade's time and the feed", async () => {
    const { broker, gateway } = await connected(
      quoting(
        [
          [1, 171.21],
          [2, 171.26],
          [4, 171.24],
          [9, 154.73],
        ],
        1,
      ),
    );
    const [reading] = valueOf(await broker.quotes([instrumentOf()]));
    expect(reading).toEqual({
      conId: 265598,
      symbol: "AAPL",
      bid: 171.21,
      ask: 171.26,
      close: 154.73,
      last: 171.24,
      feed: "live",
      lastTradedAt: marketAt - 12_000,
      receivedAt: marketAt,
    });
    const [fields = []] = gateway.got(1);
    expect([fields[3], fields[10], fields[12]]).toEqual(["265598", "SMART", "USD"]);
    // Snapshot, and no paid regulatory one.
    expect(fields.slice(-3)).toEqual(["1", "0", ""]);
    expect(gateway.got(2)).toEqual([]);
  });

  test("D01: −1 passes through raw; what was not told is left out, not zero", async () => {
    const { broker } = await connected(
      quoting(
        [
          [1, -1],
          [2, -1],
        ],
        2,
      ),
    );
    const [reading] = valueOf(await broker.quotes([instrumentOf()]));
    expect(reading).toMatchObject({ bid: -1, ask: -1, feed: "frozen" });
    expect(reading).not.toHaveProperty("last");
  });

  test("D04: delayed data say so, with 10167 and without the type's announcement", async () => {
    const { broker } = await connected({
      1: (fields, peer) => {
        refuse(
          fields,
          peer,
          10167,
          "Requested market data is not subscribed. Displaying delayed market data.",
        );
        quoting([
          [66, 170.9],
          [67, 171.4],
          [68, 171.1],
        ])[1](fields, peer);
      },
    });
    const [reading] = valueOf(await broker.quotes([instrumentOf()]));
    expect(reading).toMatchObject({ bid: 170.9, ask: 171.4, last: 171.1, feed: "delayed" });
    expect(reading?.refusal).toBeUndefined();
  });

  test.each([354, 10089, 10168, 10197, 101, 200])(
    "D05, C19: %i is a refusal, told with its text",
    async (code) => {
      const { broker } = await connected({
        1: (fields, peer) => refuse(fields, peer, code, "not subscribed"),
      });
      const [reading] = valueOf(await broker.quotes([instrumentOf()]));
      expect(reading).toMatchObject({ symbol: "AAPL", refusal: { code, text: "not subscribed" } });
    },
  );

  test("D06, D07: one that is never answered is a finding by name, and the others do not hide it", async () => {
    const silent: Script["on"] = {
      1: (fields, peer) =>
        fields[4] === "MSFT"
          ? undefined
          : quoting([
              [1, 1.1],
              [2, 1.2],
            ])[1](fields, peer),
    };
    const { broker } = await connected(silent, {}, { quoteDeadlineSeconds: 0.2 });
    const read = await broker.quotes([
      instrumentOf(),
      instrumentOf("MSFT", 272093),
      instrumentOf("IBM", 8314),
    ]);
    expect(read).toEqual({
      ok: false,
      findings: [{ kind: "quote-unanswered", symbol: "MSFT", deadlineSeconds: 0.2 }],
    });
  });

  describe("C17: a data server is down", () => {
    const broken = "Market data farm connection is broken:usfarm";
    const say = (peer: Peer, code: number, text: string): void => peer.send(4, 2, -1, code, text, "");
    const halfDown = quoting([
      [1, 171.21],
      [2, -1],
    ]);

    test("a quote that never comes, or comes without a side, is told with the server's name", async () => {
      const { broker, gateway } = await connected(
        { 1: (fields, peer) => (fields[4] === "MSFT" ? undefined : halfDown[1](fields, peer)) },
        {},
        { quoteDeadlineSeconds: 0.2 },
      );
      say(gateway.peer(), 2103, broken);
      say(gateway.peer(), 2105, "HMDS data farm connection is broken:ushmds");
      await moment();
      expect(await broker.quotes([instrumentOf(), instrumentOf("MSFT", 272093)])).toEqual({
        ok: false,
        findings: [
          { kind: "data-farm-down", farms: ["usfarm"], symbols: ["AAPL", "MSFT"] },
          { kind: "quote-unanswered", symbol: "MSFT", deadlineSeconds: 0.2 },
        ],
      });
    });

    test.each([
      [2104, "Market data farm connection is OK:usfarm"],
      [2108, "Market data farm connection is inactive but should be available upon demand.usfarm"],
    ])("and is up again with %i", async (code, text) => {
      const { broker, gateway } = await connected(halfDown);
      say(gateway.peer(), 2103, broken);
      say(gateway.peer(), code, text);
      await moment();
      expect(await broker.quotes([instrumentOf()])).toMatchObject({ ok: true });
    });

    test("while all quotes come: it is not theirs", async () => {
      const { broker, gateway } = await connected(
        quoting([
          [1, 171.21],
          [2, 171.26],
        ]),
      );
      say(gateway.peer(), 2103, "Market data farm connection is broken:cashfarm");
      await moment();
      expect(await broker.quotes([instrumentOf()])).toMatchObject({ ok: true });
    });

    test("the server of contracts is told with the contracts that did not come", async () => {
      const { broker, gateway } = await connected({ 9: () => {} }, { requestDeadlineSeconds: 0.1 });
      say(gateway.peer(), 2157, "Sec-def data farm connection is broken:secdefil");
      await moment();
      expect(await broker.contracts([{ symbol: "AAPL", currency: "USD" }])).toMatchObject({
        findings: [
          { kind: "data-farm-down", farms: ["secdefil"], symbols: ["AAPL"] },
          { kind: "request-unanswered", request: "contract AAPL" },
        ],
      });
    });
  });

  test("never more at once than there are lines, each asked once, answers in the order of the instruments", async () => {
    let lines = 0;
    let most = 0;
    const { broker, gateway } = await connected(
      {
        1: (fields, peer) => {
          most = Math.max(most, ++lines);
          setTimeout(
            () => {
              lines--;
              peer.send(1, 6, fields[2] ?? "", 1, Number(fields[3]) / 10, 100, 0);
              peer.send(57, 1, fields[2] ?? "");
            },
            10 + (Number(fields[3]) % 3) * 10,
          );
        },
      },
      { marketDataLines: 3 },
    );
    const instruments: Instrument[] = Array.from({ length: 10 }, (_, index) =>
      instrumentOf(`S${index}`, 1001 + index),
    );
    const readings = valueOf(await broker.quotes(instruments));
    expect(most).toBe(3);
    expect(gateway.got(1)).toHaveLength(10);
    expect(readings.map(({ symbol, bid }) => [symbol, bid])).toEqual(
      instruments.map(({ symbol, conId }) => [symbol, conId / 10]),
    );
  });

  test("delayed data are asked for only when the owner allows them, once", async () => {
    const { broker, gateway } = await connected(
      quoting([
        [1, 1],
        [2, 2],
      ]),
      {},
      { delayedQuotes: true },
    );
    await broker.quotes([instrumentOf()]);
    await broker.quotes([instrumentOf()]);
    expect(gateway.got(59)).toEqual([["59", "1", "3"]]);
  });
});

describe("contracts", () => {
  const aapl = { symbol: "AAPL", currency: "USD" };

  test("the rule of SMART, the liquid hours with a half day, and how far they reach", async () => {
    const { broker, gateway } = await connected({
      9: (fields, peer) => {
        sendContract(peer, fields[2] ?? "", { conId: 265598, symbol: "AAPL" });
        peer.send(52, 1, fields[2] ?? "");
      },
    });
    const [answer] = valueOf(await broker.contracts([aapl]));
    if (answer?.found !== true) throw new Error(JSON.stringify(answer));
    const { instrument } = answer;
    expect(instrument).toMatchObject({
      conId: 265598,
      symbol: "AAPL",
      securityType: "STK",
      primaryExchange: "NASDAQ",
      currency: "USD",
      multiplier: 1,
      priceSteps: [
        { lowEdge: 0, increment: 0.0001 },
        { lowEdge: 1, increment: 0.01 },
      ],
      timeZone: "US/Eastern",
      hoursKnownThrough: "2022-03-16",
    });
    expect(instrument.sessions.map((session) => isoOf(session.closeAt))).toEqual([
      "2022-03-14T20:00:00.000Z",
      "2022-03-15T17:00:00.000Z",
    ]);
    expect(gateway.got(91)).toEqual([["91", "26"]]);
  });

  test("each rule is asked for once, and answers keep the order of the requests", async () => {
    const { broker, gateway } = await connected({
      9: (fields, peer) => {
        const symbol = fields[4] ?? "";
        setTimeout(
          () => {
            sendContract(peer, fields[2] ?? "", { conId: symbol.charCodeAt(0), symbol });
            peer.send(52, 1, fields[2] ?? "");
          },
          symbol === "A" ? 40 : 0,
        );
      },
    });
    const answers = valueOf(
      await broker.contracts(["A", "B", "C"].map((symbol) => ({ symbol, currency: "USD" }))),
    );
    expect(answers.map((answer) => (answer.found === true ? answer.instrument.conId : answer))).toEqual([
      65, 66, 67,
    ]);
    expect(gateway.got(91)).toHaveLength(1);
  });

  test("one that does not exist is an answer, without an end marker", async () => {
    const { broker } = await connected(
      { 9: (fields, peer) => refuse(fields, peer, 200, "No security definition has been found") },
      { requestDeadlineSeconds: 30 },
    );
    expect(valueOf(await broker.contracts([aapl]))).toEqual([
      { found: false, symbol: "AAPL", detail: "No security definition has been found" },
    ]);
  });

  test("D12: several listings are ambiguous until the exchange is named", async () => {
    const { broker, gateway } = await connected({
      9: (fields, peer) => {
        sendContract(peer, fields[2] ?? "", { conId: 1, symbol: "AAPL", primaryExchange: "NASDAQ" });
        sendContract(peer, fields[2] ?? "", { conId: 2, symbol: "AAPL", primaryExchange: "EBS" });
        sendContract(peer, fields[2] ?? "", {
          conId: 3,
          symbol: "AAPL",
          currency: "CHF",
          primaryExchange: "EBS",
        });
        peer.send(52, 1, fields[2] ?? "");
      },
    });
    expect(valueOf(await broker.contracts([aapl]))).toEqual([
      {
        found: "ambiguous",
        symbol: "AAPL",
        listings: ["AAPL USD on NASDAQ (conId 1)", "AAPL USD on EBS (conId 2)"],
      },
    ]);
    const named = valueOf(await broker.contracts([{ ...aapl, primaryExchange: "EBS" }]));
    expect(named).toMatchObject([{ found: true, instrument: { conId: 2 } }]);
    expect(gateway.got(9)[1]?.[11]).toBe("EBS");
  });

  test("C13: no answer is a finding that names the contract", async () => {
    const { broker } = await connected({ 9: () => {} }, { requestDeadlineSeconds: 0.1 });
    expect(await broker.contracts([aapl])).toEqual({
      ok: false,
      findings: [{ kind: "request-unanswered", request: "contract AAPL", deadlineSeconds: 0.1 }],
    });
  });

  test.each([
    ["unreadable hours", { hours: "20220314:0930" }, "hours"],
    ["no rule for SMART", { rules: "557" }, "market rule"],
  ])("%s: not a contract to trade, and why", async (_what, changed, why) => {
    const { broker } = await connected({
      9: (fields, peer) => {
        sendContract(peer, fields[2] ?? "", { conId: 265598, symbol: "AAPL", ...changed });
        peer.send(52, 1, fields[2] ?? "");
      },
    });
    expect(valueOf(await broker.contracts([aapl]))).toMatchObject([
      { found: false, detail: expect.stringContaining(why) },
    ]);
  });
});

test("C13: a gateway that has fallen silent is waited for once, however much is still to be asked", async () => {
  const { broker, gateway } = await connected({ 9: () => {} }, { requestDeadlineSeconds: 0.2 });
  const requests = Array.from({ length: 130 }, (_, index) => ({ symbol: `S${index}`, currency: "USD" }));
  const startedMs = performance.now();
  expect(await broker.contracts(requests)).toMatchObject({ ok: false });
  expect(gateway.got(9).length).toBeLessThan(50);
  expect(performance.now() - startedMs).toBeLessThan(1500);
});
