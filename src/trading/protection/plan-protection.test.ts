import fc from "fast-check";
import { orderReport } from "../../testing/order-report.ts";
import { stock } from "../../testing/scenario.ts";
import type { Position } from "../account.ts";
import type { ExecutionStyle } from "../execution-style.ts";
import { instant } from "../instant.ts";
import type { OrderReport, PlannedOrder } from "../order.ts";
import { notional } from "../price.ts";
import { hasRoom, makeRoom } from "./make-room.ts";
import { type ProtectionInputs, planProtection } from "./plan-protection.ts";
import type { ProtectionPlan, ProtectiveOrder } from "./protection-plan.ts";
import { gapName, remainingOf } from "./protection-plan.ts";
import { isSameTerms, type ProtectionPolicy, type ProtectionTerms } from "./protection-policy.ts";

const run = {
  id: "20220314T143000Z",
  startedAt: instant("2022-03-14T14:30:00Z"),
  window: "2022031414",
  account: "DU1234567",
};

/** 15 % from average cost, at any price. */
const stop: ProtectionTerms = {
  kind: "stop",
  reference: "average-cost",
  distanceBps: 1_500,
  limitOffsetBps: undefined,
  outsideRegularHours: false,
};
const trailing: ProtectionTerms = { ...stop, kind: "trailing-stop", reference: "price", distanceBps: 750 };

function all(terms: ProtectionTerms | undefined): ProtectionPolicy {
  return [{ symbols: undefined, terms, restSessions: 5 }];
}

function holding(symbol: string, shares: number, averageCost: number, marketPrice?: number): Position {
  return {
    conId: stock(symbol).conId,
    symbol,
    securityType: "STK",
    currency: "USD",
    shares,
    averageCost,
    marketPrice,
    marketValue: marketPrice === undefined ? undefined : notional(shares, marketPrice, 1, "USD"),
    unrealizedPnl: undefined,
  };
}

function inputs(changes: Partial<ProtectionInputs>): ProtectionInputs {
  const symbols = (changes.positions ?? []).map(({ symbol }) => symbol);
  return {
    run,
    clientId: 11,
    positions: [],
    frozen: new Set(),
    isAccountHeld: false,
    isTradable: () => true,
    instruments: new Map(symbols.map((symbol) => [stock(symbol).conId, stock(symbol)])),
    protecting: [],
    others: [],
    usedOrderRefs: new Set(),
    takenAway: new Map(),
    ...changes,
  };
}

interface AtWork {
  readonly symbol?: string;
  readonly side?: "buy" | "sell";
  readonly shares: number;
  readonly filled?: number;
  readonly stop: number;
  readonly terms?: ProtectionTerms | undefined;
  readonly clientId?: number;
  readonly isOnRecord?: boolean;
  readonly trailBps?: number;
  readonly ref?: string;
}

/** A stop that an earlier run has placed. */
function working(written: AtWork): ProtectiveOrder {
  const { symbol = "AAA", side = "sell", shares, filled = 0, terms = stop, isOnRecord = true } = written;
  const orderRef = written.ref ?? `trader.pro.2022031413.${symbol}.${side}.${shares}.1.0000`;
  const report = orderReport({
    orderRef,
    symbol,
    side,
    conId: stock(symbol).conId,
    orderedShares: shares,
    filledShares: filled,
    limitPrice: undefined,
    stopPrice: written.stop,
    trailBps: written.trailBps,
    clientId: written.clientId ?? 11,
  });
  const style =
    terms.kind === "trailing-stop"
      ? { kind: terms.kind, stopPrice: written.stop, trailBps: terms.distanceBps }
      : {
          kind: terms.limitOffsetBps === undefined ? ("stop" as const) : ("stop-limit" as const),
          stopPrice: written.stop,
        };
  const intent = {
    orderRef,
    role: "protect",
    account: run.account,
    side,
    shares,
    limitPrice: written.stop,
    decisionPrice: 50,
    style,
    timeInForce: "GTC",
    outsideRegularHours: terms.outsideRegularHours,
    protection: terms,
  } as const;
  return { report, intent: isOnRecord ? intent : undefined };
}

/** A plan in words: "new sell AAA 100 at 42.50", "replace AAA 60 at 42.50", "gap AAA 100 frozen". */
function words({ decisions, gaps }: ProtectionPlan): readonly string[] {
  return [
    ...decisions.map((each) => {
      if (each.kind === "keep") return `keep ${each.report.symbol}`;
      if (each.kind === "withdraw") return `withdraw ${each.report.symbol} ${each.because}`;
      return `${each.kind} ${sent(each.order)}`;
    }),
    ...gaps.map(({ symbol, shares, reason }) => `gap ${symbol} ${shares} ${reason}`),
  ];
}

function sent({ side, instrument, shares, style, limitPrice }: PlannedOrder): string {
  const price = "stopPrice" in style ? style.stopPrice : Number.NaN;
  const limit = style.kind === "stop-limit" ? ` limit ${limitPrice}` : "";
  return `${style.kind} ${side} ${instrument.symbol} ${shares} at ${price}${limit}`;
}

const long = holding("AAA", 100, 50.03, 49.11);
const short = holding("BBB", -40, 99.87, 101.3);

describe("a first stop", () => {
  it.each<[string, Partial<ProtectionInputs>, ProtectionTerms | undefined, readonly string[]]>([
    // 50.03 × 0.85 = 42.5255 and 99.87 × 1.15 = 114.8505: on the tick that loses less.
    ["under a long", { positions: [long] }, stop, ["new stop sell AAA 100 at 42.53"]],
    ["over a short", { positions: [short] }, stop, ["new stop buy BBB 40 at 114.85"]],
    [
      "from the price",
      { positions: [long, short] },
      { ...stop, reference: "price" },
      // 49.11 × 0.85 = 41.7435; 101.3 × 1.15 = 116.495
      ["new stop sell AAA 100 at 41.75", "new stop buy BBB 40 at 116.49"],
    ],
    [
      "with a limit behind it",
      { positions: [long, short] },
      { ...stop, limitOffsetBps: 100 },
      // 42.53 × 0.99 = 42.1047, 114.85 × 1.01 = 115.9985
      [
        "new stop-limit sell AAA 100 at 42.53 limit 42.11",
        "new stop-limit buy BBB 40 at 114.85 limit 115.99",
      ],
    ],
    [
      "that trails",
      { positions: [long, short] },
      trailing,
      // 49.11 × 0.925 = 45.42675, 101.3 × 1.075 = 108.8975
      ["new trailing-stop sell AAA 100 at 45.43", "new trailing-stop buy BBB 40 at 108.89"],
    ],
    ["not where none is wanted", { positions: [long] }, undefined, []],
    ["not for what is not traded", { positions: [long], isTradable: () => false }, stop, []],
    ["not for nothing", { positions: [holding("AAA", 0, 0)] }, stop, []],
    [
      "for whole shares",
      { positions: [holding("AAA", 100.6, 50.03, 49.11)] },
      stop,
      ["new stop sell AAA 100 at 42.53"],
    ],
    ["not for less than a share", { positions: [holding("AAA", 0.6, 50, 49)] }, stop, []],
    [
      "not beyond the market",
      { positions: [holding("AAA", 100, 60, 51)] },
      stop,
      ["gap AAA 100 beyond-market"],
    ],
    [
      "not beyond the market of a short",
      { positions: [holding("BBB", -7, 80, 92)] },
      stop,
      ["gap BBB 7 beyond-market"],
    ],
    ["not without a mark", { positions: [holding("AAA", 100, 50)] }, stop, ["gap AAA 100 no-price"]],
    [
      "not of an average cost of nothing",
      { positions: [holding("AAA", 100, 0, 49)] },
      stop,
      ["gap AAA 100 no-price"],
    ],
    [
      "not where its limit would be no price",
      { positions: [long] },
      { ...stop, limitOffsetBps: 10_000 },
      ["gap AAA 100 no-price"],
    ],
    [
      "not of an unknown contract",
      { positions: [long], instruments: new Map() },
      stop,
      ["gap AAA 100 contract-unknown"],
    ],
    [
      "not for what is frozen",
      { positions: [long], frozen: new Set([long.conId]) },
      stop,
      ["gap AAA 100 frozen"],
    ],
    [
      "not for another kind of instrument",
      { positions: [{ ...long, securityType: "OPT" }] },
      stop,
      ["gap AAA 100 not-tradable"],
    ],
  ])("%s", (_what, changes, terms, expected) => {
    expect(words(planProtection(inputs(changes), all(terms)))).toEqual(expected);
  });

  it("is GTC, of role protect, under a name that nobody has", () => {
    const taken = new Set(["trader.pro.2022031414.AAA.S100.1.2c6c"]);
    const plan = planProtection(inputs({ positions: [long], usedOrderRefs: taken }), all(stop));
    const more = new Set([...taken, "trader.pro.2022031414.AAA.S100.2.2c6c"]);
    const next = planProtection(inputs({ positions: [long], usedOrderRefs: more }), all(stop));
    expect(next.decisions).toMatchObject([{ order: { orderRef: "trader.pro.2022031414.AAA.S100.3.2c6c" } }]);
    expect(plan.decisions).toMatchObject([
      {
        order: {
          orderRef: "trader.pro.2022031414.AAA.S100.2.2c6c",
          role: "protect",
          timeInForce: "GTC",
          decisionPrice: 49.11,
          protection: stop,
        },
      },
    ]);
  });

  it("begins where the one stood that had to go in this run: the broker may have refused to move it", () => {
    const plan = (stopPrice: number, terms: ProtectionTerms, wanted = terms) => {
      const takenAway = new Map([[long.conId, { side: "sell" as const, stopPrice, terms }]]);
      return words(planProtection(inputs({ positions: [long], takenAway }), all(wanted)));
    };
    expect(plan(44.2, stop)).toEqual(["new stop sell AAA 100 at 44.2"]);
    expect(plan(40.1, stop)).toEqual(["new stop sell AAA 100 at 40.1"]);
    expect(plan(44.2, { ...stop, distanceBps: 900 }, stop)).toEqual(["new stop sell AAA 100 at 42.53"]);
    // 49.11 × 0.925: what trails comes back where the market has taken it.
    expect(plan(40.1, trailing)).toEqual(["new trailing-stop sell AAA 100 at 45.43"]);
    expect(plan(46.117, trailing)).toEqual(["new trailing-stop sell AAA 100 at 46.12"]);
  });

  it("does not come back where nobody can say any more where it belongs", () => {
    const free = holding("AAA", 100, 0, 49.11);
    const takenAway = new Map([[free.conId, { side: "sell" as const, stopPrice: 44.2, terms: stop }]]);
    expect(words(planProtection(inputs({ positions: [free], takenAway }), all(stop)))).toEqual([
      "gap AAA 100 no-price",
    ]);
  });

  it("begins anew for a position that was turned: the stop of a long is none for a short", () => {
    const shorted = holding("AAA", -60, 50.03, 49.11);
    const takenAway = new Map([[shorted.conId, { side: "sell" as const, stopPrice: 44.2, terms: stop }]]);
    expect(words(planProtection(inputs({ positions: [shorted], takenAway }), all(stop)))).toEqual([
      "new stop buy AAA 60 at 57.53",
    ]);
  });
});

describe("the rule of a symbol", () => {
  it("is the first that fits, and one by name reaches what is not traded", () => {
    const policy: ProtectionPolicy = [
      { symbols: new Set(["BBB"]), terms: undefined, restSessions: 0 },
      { symbols: new Set(["AAA"]), terms: trailing, restSessions: 0 },
      { symbols: undefined, terms: stop, restSessions: 0 },
    ];
    const third = holding("CCC", 10, 20, 21);
    const asked = inputs({ positions: [long, short, third], isTradable: (symbol) => symbol !== "AAA" });
    expect(words(planProtection(asked, policy))).toEqual([
      "new trailing-stop sell AAA 100 at 45.43",
      "new stop sell CCC 10 at 17",
    ]);
  });
});

describe("a stop at work", () => {
  const row = (
    what: string,
    atWork: AtWork,
    held: Position | undefined,
    terms: ProtectionTerms | undefined,
    expected: readonly string[],
  ) => [what, atWork, held, terms, expected] as const;
  const limited = { ...stop, limitOffsetBps: 100 };
  it.each([
    row("in step stays", { shares: 100, stop: 42.53 }, long, stop, ["keep AAA"]),
    row("is moved up with the average cost", { shares: 100, stop: 41 }, long, stop, [
      "replace stop sell AAA 100 at 42.53",
    ]),
    row("is never moved down", { shares: 100, stop: 43.9 }, long, stop, ["keep AAA"]),
    row(
      "is never moved up over a short",
      { side: "buy", symbol: "BBB", shares: 40, stop: 113 },
      short,
      stop,
      ["keep BBB"],
    ),
    row("is moved down over a short", { side: "buy", symbol: "BBB", shares: 40, stop: 120 }, short, stop, [
      "replace stop buy BBB 40 at 114.85",
    ]),
    row("grows with the position, at its price", { shares: 60, stop: 43.9 }, long, stop, [
      "replace stop sell AAA 100 at 43.9",
    ]),
    row("shrinks with it", { shares: 160, stop: 43.9 }, long, stop, ["replace stop sell AAA 100 at 43.9"]),
    row("counts what it has filled", { shares: 130, filled: 30, stop: 43.9 }, long, stop, ["keep AAA"]),
    row("that has filled grows beyond it", { shares: 70, filled: 30, stop: 43.9 }, long, stop, [
      "replace stop sell AAA 130 at 43.9",
    ]),
    row(
      "takes a changed distance, also farther away",
      { shares: 100, stop: 45, terms: { ...stop, distanceBps: 1_000 } },
      long,
      stop,
      ["replace stop sell AAA 100 at 42.53"],
    ),
    row(
      "takes another reference",
      { shares: 100, stop: 45, terms: { ...stop, reference: "price" } },
      long,
      stop,
      ["replace stop sell AAA 100 at 42.53"],
    ),
    row("takes its limit along", { shares: 100, stop: 41, terms: limited }, long, limited, [
      "replace stop-limit sell AAA 100 at 42.53 limit 42.11",
    ]),
    row(
      "stays where a nearer setting would trade at once, and says so",
      { shares: 90, stop: 42 },
      holding("AAA", 100, 50.03, 45.1),
      { ...stop, distanceBps: 800 },
      ["replace stop sell AAA 100 at 42", "gap AAA 100 beyond-market"],
    ),
    row("stays while nobody has a price", { shares: 100, stop: 42 }, holding("AAA", 100, 50.03), stop, [
      "keep AAA",
    ]),
    row("goes where its type must change", { shares: 100, stop: 42.53 }, long, trailing, [
      "withdraw AAA set-otherwise",
    ]),
    row("goes where a limit is added", { shares: 100, stop: 42.53 }, long, limited, [
      "withdraw AAA set-otherwise",
    ]),
    row(
      "goes where its hours must change",
      { shares: 100, stop: 42.53 },
      long,
      { ...stop, outsideRegularHours: true },
      ["withdraw AAA set-otherwise"],
    ),
    row(
      "is written down under a changed setting also where it need not move",
      { shares: 100, stop: 42.53, terms: { ...stop, distanceBps: 1_600 } },
      long,
      stop,
      ["replace stop sell AAA 100 at 42.53"],
    ),
    row(
      "stays where a changed setting finds no price, and says so",
      { shares: 100, stop: 42.53, terms: { ...stop, distanceBps: 1_600 } },
      holding("AAA", 100, 0, 49),
      stop,
      ["keep AAA", "gap AAA 100 no-price"],
    ),
    row(
      "is written down under a changed setting also where nobody has a price, when it need not move",
      { shares: 100, stop: 42.53, terms: { ...stop, distanceBps: 1_600 } },
      holding("AAA", 100, 50.03),
      stop,
      ["replace stop sell AAA 100 at 42.53"],
    ),
    row(
      "goes where its changed limit would be no price, and says so",
      { shares: 100, stop: 42.53, terms: limited },
      long,
      { ...stop, limitOffsetBps: 10_000 },
      ["withdraw AAA not-on-record", "gap AAA 100 no-price"],
    ),
    row(
      "goes where less than a share is held",
      { shares: 1, stop: 42.53 },
      holding("AAA", 0.6, 50, 49),
      stop,
      ["withdraw AAA nothing-to-protect"],
    ),
    row(
      "of another kind of instrument stays",
      { shares: 100, stop: 42.53 },
      { ...long, securityType: "OPT" },
      stop,
      ["keep AAA", "gap AAA 100 not-tradable"],
    ),
    row("goes when nobody wants it", { shares: 100, stop: 42.53 }, long, undefined, [
      "withdraw AAA not-wanted",
    ]),
    row("goes when nothing is held", { shares: 100, stop: 42.53 }, undefined, stop, [
      "withdraw AAA nothing-to-protect",
    ]),
    row(
      "goes when the position has turned",
      { shares: 100, stop: 42.53 },
      holding("AAA", -100, 50, 49),
      stop,
      ["withdraw AAA nothing-to-protect"],
    ),
    row(
      "goes when our record does not know it",
      { shares: 100, stop: 42.53, isOnRecord: false },
      long,
      stop,
      ["withdraw AAA not-on-record"],
    ),
    row("of another client id stays", { shares: 100, stop: 42.53, clientId: 12 }, long, stop, ["keep AAA"]),
    row(
      "of another client id that is out of step makes way for a new one",
      { shares: 60, stop: 42.53, clientId: 12 },
      long,
      stop,
      ["withdraw AAA other-client"],
    ),
    row(
      "of another client id under nothing goes",
      { shares: 60, stop: 42.53, clientId: 12 },
      undefined,
      stop,
      ["withdraw AAA nothing-to-protect"],
    ),
    row("that trails is left to the broker", { shares: 100, stop: 44.117, terms: trailing }, long, trailing, [
      "keep AAA",
    ]),
    row(
      "that trails as the broker tells it is left to it",
      { shares: 100, stop: 44.117, terms: trailing, trailBps: 750 },
      long,
      trailing,
      ["keep AAA"],
    ),
    row(
      "that trails at another distance than its record says, where a run died on the way, is changed again",
      { shares: 100, stop: 44.117, terms: trailing, trailBps: 1_200 },
      long,
      trailing,
      ["replace trailing-stop sell AAA 100 at 45.43"],
    ),
    row(
      "that trails grows where the broker has taken it, on a tick",
      { shares: 60, stop: 44.117, terms: trailing },
      long,
      trailing,
      ["replace trailing-stop sell AAA 100 at 44.12"],
    ),
  ])("%s", (_what, atWork, held, terms, expected) => {
    const asked = inputs({ positions: held ? [held] : [], protecting: [working(atWork)] });
    expect(words(planProtection(asked, all(terms)))).toEqual(expected);
  });

  it.each<[string, number, AtWork, readonly string[]]>([
    ["as large as the position stays", 100, { shares: 100, stop: 40 }, ["keep AAA", "gap AAA 100 frozen"]],
    ["that is too small stays", 100, { shares: 30, stop: 40 }, ["keep AAA", "gap AAA 100 frozen"]],
    [
      "becomes no larger than what is held, where it stands",
      50,
      { shares: 103, filled: 3, stop: 40 },
      ["replace stop sell AAA 53 at 40", "gap AAA 100 frozen"],
    ],
    [
      "under nothing goes: it would open a short",
      0,
      { shares: 100, stop: 40 },
      ["withdraw AAA nothing-to-protect", "gap AAA 100 frozen"],
    ],
    [
      "on the wrong side goes",
      -20,
      { shares: 100, stop: 40 },
      ["withdraw AAA nothing-to-protect", "gap AAA 100 frozen"],
    ],
    [
      "of another client id goes where it is too large",
      50,
      { shares: 100, stop: 40, clientId: 12 },
      ["withdraw AAA other-client", "gap AAA 100 frozen"],
    ],
  ])("of a frozen position %s (D15)", (_what, shares, atWork, expected) => {
    const asked = inputs({
      positions: [holding("AAA", shares, 50, 49)],
      frozen: new Set([long.conId]),
      protecting: [working(atWork)],
    });
    expect(words(planProtection(asked, all(stop)))).toEqual(expected);
  });

  it("is kept in step each with its own position", () => {
    const protecting = [
      working({ shares: 100, stop: 42.53 }),
      working({ symbol: "BBB", side: "buy", shares: 40, stop: 114.85 }),
    ];
    expect(words(planProtection(inputs({ positions: [long, short], protecting }), all(stop)))).toEqual([
      "keep AAA",
      "keep BBB",
    ]);
  });

  it("stands where the broker says, and where our record does when the broker says nothing", () => {
    const plan = (
      shares: number,
      report: Partial<OrderReport>,
      terms = stop,
      style?: ExecutionStyle,
      cost = 50.03,
    ) => {
      const { report: before, intent } = working({ shares, stop: 41, terms });
      const one = {
        report: { ...before, ...report },
        intent: intent && { ...intent, ...(style && { style }) },
      };
      return words(
        planProtection(
          inputs({ positions: [holding("AAA", 100, cost, 49.11)], protecting: [one] }),
          all(terms),
        ),
      );
    };
    expect(plan(100, { stopPrice: 43.9 })).toEqual(["keep AAA"]);
    expect(plan(60, { stopPrice: undefined }, trailing)).toEqual([
      "replace trailing-stop sell AAA 100 at 41",
    ]);
    const plain = { kind: "limit" } as const;
    expect(plan(100, { stopPrice: undefined }, stop, plain)).toEqual(["replace stop sell AAA 100 at 42.53"]);
    expect(plan(100, { stopPrice: undefined }, trailing, plain)).toEqual([
      "replace trailing-stop sell AAA 100 at 45.43",
    ]);
    // Neither says it, and without an average cost none can be counted.
    expect(plan(60, { stopPrice: undefined }, stop, plain, 0)).toEqual([
      "withdraw AAA not-on-record",
      "gap AAA 100 no-price",
    ]);
  });

  it("of an unknown contract stays as it is, or goes where it is too large or too small", () => {
    const plan = (shares: number) => {
      const protecting = [working({ shares, stop: 42.53 })];
      return words(
        planProtection(inputs({ positions: [long], instruments: new Map(), protecting }), all(stop)),
      );
    };
    expect(plan(100)).toEqual(["keep AAA"]);
    expect(plan(60)).toEqual(["withdraw AAA not-on-record", "gap AAA 100 contract-unknown"]);
  });

  it("goes when our record does not say under which setting it was placed, and else is GTC", () => {
    const { report, intent } = working({ shares: 60, stop: 42.53 });
    if (!intent) throw new Error("it is on record");
    const { protection: _terms, ...bare } = intent;
    const plan = (one: ProtectiveOrder) =>
      planProtection(inputs({ positions: [long], protecting: [one] }), all(stop));
    expect(words(plan({ report, intent: bare }))).toEqual(["withdraw AAA not-on-record"]);
    expect(plan({ report, intent }).decisions).toMatchObject([
      { kind: "replace", order: { timeInForce: "GTC" } },
    ]);
  });

  it("leaves room for what else works, of a frozen position too", () => {
    const person = orderReport({ orderRef: "", side: "sell", orderedShares: 30, conId: long.conId });
    const asked = inputs({
      positions: [long],
      frozen: new Set([long.conId]),
      protecting: [working({ shares: 100, stop: 42.53 })],
      others: [person],
    });
    expect(words(planProtection(asked, all(stop)))).toContain("replace stop sell AAA 70 at 42.53");
  });

  it("becomes smaller at most while the account holds the run, and what is missing is named", () => {
    const asked = (shares: number, positions: readonly Position[]) =>
      words(
        planProtection(
          inputs({ positions, isAccountHeld: true, protecting: [working({ shares, stop: 40 })] }),
          all({ ...stop, reference: "price" }),
        ),
      );
    expect(asked(100, [long])).toEqual(["keep AAA"]);
    expect(asked(60, [long])).toEqual(["keep AAA", "gap AAA 40 account-held"]);
    expect(asked(120, [long])).toEqual(["replace stop sell AAA 100 at 40"]);
    expect(asked(120, [])).toEqual(["withdraw AAA nothing-to-protect"]);
    const selling = orderReport({ side: "sell", orderedShares: 30, conId: long.conId });
    const protecting = [working({ shares: 60, stop: 40 })];
    expect(
      words(
        planProtection(
          inputs({ positions: [long], isAccountHeld: true, protecting, others: [selling] }),
          all(stop),
        ),
      ),
    ).toEqual(["keep AAA", "gap AAA 10 account-held"]);
  });

  it("is one: another one is withdrawn, and nothing new before that has ended", () => {
    const [a, b] = [
      working({ shares: 40, stop: 42.53, ref: "trader.pro.a" }),
      working({ shares: 60, stop: 42.53, ref: "trader.pro.b" }),
    ];
    const unknown = working({ shares: 100, stop: 42.53, ref: "trader.pro.0", isOnRecord: false });
    expect(
      words(planProtection(inputs({ positions: [long], protecting: [unknown, a, b] }), all(stop))),
    ).toEqual([
      "withdraw AAA one-is-enough",
      "withdraw AAA one-is-enough",
      "replace stop sell AAA 100 at 42.53",
    ]);
    const kept = planProtection(
      inputs({ positions: [long], protecting: [unknown, a, b] }),
      all(stop),
    ).decisions;
    expect(kept.at(-1)).toMatchObject({ report: { orderRef: "trader.pro.b" } });
    const turned = planProtection(inputs({ positions: [long], protecting: [b, a, unknown] }), all(stop));
    expect(turned.decisions.at(-1)).toMatchObject({ report: { orderRef: "trader.pro.b" } });
    const same = working({ shares: 60, stop: 42.53, ref: "trader.pro.a2" });
    for (const protecting of [
      [same, b],
      [b, same],
    ])
      expect(
        planProtection(inputs({ positions: [long], protecting }), all(stop)).decisions.at(-1),
      ).toMatchObject({
        report: { orderRef: "trader.pro.a2" },
      });
    const wrong = working({ side: "buy", shares: 100, stop: 60 });
    expect(words(planProtection(inputs({ positions: [long], protecting: [a, b] }), all(stop)))).toEqual([
      "withdraw AAA one-is-enough",
      "replace stop sell AAA 100 at 42.53",
    ]);
    expect(words(planProtection(inputs({ positions: [long], protecting: [wrong] }), all(stop)))).toEqual([
      "withdraw AAA nothing-to-protect",
    ]);
  });
});

describe("beside other orders", () => {
  const selling = (shares: number, changes: Partial<OrderReport> = {}) =>
    orderReport({ side: "sell", orderedShares: shares, ...changes });
  it.each<[string, readonly OrderReport[], readonly string[]]>([
    [
      "of ours, only the rest is protected",
      [selling(30)],
      ["new stop sell AAA 70 at 42.53", "gap AAA 30 being-closed"],
    ],
    [
      "what they have filled is gone already",
      [selling(50, { filledShares: 20 })],
      ["new stop sell AAA 70 at 42.53", "gap AAA 30 being-closed"],
    ],
    ["that buy, all is protected", [selling(30, { side: "buy" })], ["new stop sell AAA 100 at 42.53"]],
    [
      "of another contract, all is protected",
      [selling(30, { conId: 5 })],
      ["new stop sell AAA 100 at 42.53"],
    ],
    ["that close all, nothing is", [selling(70), selling(40)], ["gap AAA 100 being-closed"]],
    [
      "of a person, the rest is protected and it is named",
      [selling(45, { orderRef: "" })],
      ["new stop sell AAA 55 at 42.53", "gap AAA 45 foreign-order"],
    ],
    [
      "of a person that close more than is held",
      [selling(30), selling(400, { orderRef: "x" })],
      ["gap AAA 30 being-closed", "gap AAA 70 foreign-order"],
    ],
  ])("%s", (_what, others, expected) => {
    expect(words(planProtection(inputs({ positions: [long], others }), all(stop)))).toEqual(expected);
  });

  it("a stop gives way to what closes all of it", () => {
    const asked = inputs({
      positions: [long],
      protecting: [working({ shares: 100, stop: 42.53 })],
      others: [selling(100)],
    });
    expect(words(planProtection(asked, all(stop)))).toEqual([
      "withdraw AAA all-being-closed",
      "gap AAA 100 being-closed",
    ]);
  });
});

describe("whatever is held and works", () => {
  const price = fc.integer({ min: 100, max: 20_000 }).map((cents) => cents / 100);
  const terms = fc.record({
    kind: fc.constantFrom("stop" as const, "trailing-stop" as const),
    reference: fc.constantFrom("average-cost" as const, "price" as const),
    distanceBps: fc.integer({ min: 1, max: 9_000 }),
    limitOffsetBps: fc.constantFrom(undefined, 150),
    outsideRegularHours: fc.boolean(),
  });
  const atWork = fc.record({
    side: fc.constantFrom("buy" as const, "sell" as const),
    shares: fc.integer({ min: 1, max: 300 }),
    filled: fc.integer({ min: 0, max: 300 }),
    stop: price,
    terms: fc.option(terms, { nil: undefined }),
    isOnRecord: fc.boolean(),
  });
  const world = fc.record({
    shares: fc.integer({ min: -200, max: 200 }),
    averageCost: price,
    marketPrice: fc.option(price, { nil: undefined }),
    terms: fc.option(terms, { nil: undefined }),
    protecting: fc.array(atWork, { maxLength: 3 }),
    others: fc.array(
      fc.record({
        side: fc.constantFrom("buy" as const, "sell" as const),
        shares: fc.integer({ min: 1, max: 150 }),
        isOurs: fc.boolean(),
      }),
      { maxLength: 2 },
    ),
  });
  type World = typeof world extends fc.Arbitrary<infer T> ? T : never;

  function askedOf(drawn: World): ProtectionInputs {
    const position = holding("AAA", drawn.shares, drawn.averageCost, drawn.marketPrice);
    return inputs({
      positions: [position],
      protecting: drawn.protecting.map((each, n) =>
        working({
          ...each,
          terms: each.terms ?? drawn.terms ?? stop,
          filled: Math.min(each.filled, each.shares - 1),
          ref: `trader.pro.2022031413.AAA.${n}`,
        }),
      ),
      others: drawn.others.map(({ side, shares, isOurs }, n) =>
        orderReport({ side, orderedShares: shares, ...(isOurs ? {} : { orderRef: "" }), permId: 900 + n }),
      ),
    });
  }

  /** What works when the broker has done all of it; withdrawals first, and what waits for them is for the next look. */
  function after(asked: ProtectionInputs, { decisions }: ProtectionPlan): ProtectionInputs {
    const isWithdrawing = decisions.some(({ kind }) => kind === "withdraw");
    const protecting = decisions.flatMap((each): readonly ProtectiveOrder[] => {
      if (each.kind === "withdraw") return [];
      const before =
        each.kind === "new" ? undefined : asked.protecting.find(({ report }) => report === each.report);
      if (each.kind === "keep" || (isWithdrawing && each.kind === "replace")) return before ? [before] : [];
      if (isWithdrawing) return [];
      const { instrument: _instrument, approach: _approach, ...intent } = each.order;
      const report = orderReport({
        ...before?.report,
        orderRef: intent.orderRef,
        side: intent.side,
        orderedShares: intent.shares,
        limitPrice: undefined,
        stopPrice: "stopPrice" in intent.style ? intent.style.stopPrice : undefined,
        ...(before ? {} : { filledShares: 0 }),
      });
      return [{ report, intent }];
    });
    return { ...asked, protecting };
  }

  function settled(
    asked: ProtectionInputs,
    policy: ProtectionPolicy,
  ): { end: ProtectionInputs; looks: number } {
    let end = asked;
    for (let looks = 1; looks < 6; looks++) {
      const plan = planProtection(end, policy);
      if (plan.decisions.every(({ kind }) => kind === "keep")) return { end, looks };
      end = after(end, plan);
    }
    return { end, looks: Number.POSITIVE_INFINITY };
  }

  it("stops and all other closing orders together never close more than is held, nor open anything", () => {
    fc.assert(
      fc.property(world, (drawn) => {
        const { end } = settled(askedOf(drawn), all(drawn.terms));
        const side = drawn.shares < 0 ? "buy" : "sell";
        const held = Math.abs(drawn.shares);
        for (const { report } of end.protecting) expect(report.side).toBe(side);
        const mine = end.protecting.reduce((sum, { report }) => sum + remainingOf(report), 0);
        const others = end.others
          .filter((each) => each.side === side)
          .reduce((sum, each) => sum + remainingOf(each), 0);
        expect(mine === 0 || mine + others <= held).toBe(true);
        if (held === 0 || !drawn.terms) expect(end.protecting).toEqual([]);
      }),
    );
  });

  it("is in step after at most three looks, and then stays so", () => {
    fc.assert(
      fc.property(world, (drawn) => {
        expect(settled(askedOf(drawn), all(drawn.terms)).looks).toBeLessThanOrEqual(4);
      }),
    );
  });

  it("under an unchanged setting a stop never moves away from the market", () => {
    fc.assert(
      fc.property(world, (drawn) => {
        const asked = askedOf({
          ...drawn,
          protecting: drawn.protecting.map((each) => ({ ...each, terms: drawn.terms })),
        });
        for (const each of planProtection(asked, all(drawn.terms)).decisions) {
          if (each.kind !== "replace" || !("stopPrice" in each.order.style)) continue;
          const move = each.order.style.stopPrice - (each.report.stopPrice ?? 0);
          expect(each.order.side === "sell" ? move >= 0 : move <= 0).toBe(true);
        }
      }),
    );
  });

  it("gives up for a sale exactly what the two together would close too much", () => {
    fc.assert(
      fc.property(world, fc.integer({ min: 1, max: 200 }), (drawn, sale) => {
        const { end } = settled(askedOf({ ...drawn, others: [] }), all(drawn.terms));
        const held = Math.abs(drawn.shares);
        const closing = Math.min(sale, held);
        const given = makeRoom(
          new Map([[long.conId, closing]]),
          end.positions,
          end.protecting,
          end.instruments,
          end.clientId,
        );
        const left = after(end, {
          decisions: given.filter(({ kind }) => kind !== "withdraw"),
          gaps: [],
        }).protecting;
        const before = end.protecting.reduce((sum, { report }) => sum + remainingOf(report), 0);
        const remaining = left.reduce((sum, { report }) => sum + remainingOf(report), 0);
        expect(remaining).toBe(Math.min(before, held - closing));
        for (const { report } of left) {
          const was = end.protecting.find((each) => each.report.orderRef === report.orderRef);
          expect(report.stopPrice).toBeCloseTo(was?.report.stopPrice ?? 0, 6);
        }
      }),
    );
  });
});

describe("room for a sale", () => {
  const steps = new Map([[long.conId, stock("AAA")]]);
  const given = (closing: number, ...protecting: readonly ProtectiveOrder[]) => {
    const wanted = new Map([[long.conId, closing]]);
    return words({ decisions: makeRoom(wanted, [long], protecting, steps, 11), gaps: [] });
  };

  it("is made by each of several stops as far as it must", () => {
    const [a, b] = [
      working({ shares: 60, stop: 42.5, ref: "a" }),
      working({ shares: 40, stop: 41.5, ref: "b" }),
    ];
    expect(given(10, a, b)).toEqual(["keep AAA", "replace stop sell AAA 30 at 41.5"]);
    expect(given(50, a, b)).toEqual(["replace stop sell AAA 50 at 42.5", "withdraw AAA all-being-closed"]);
  });

  it("is made by withdrawing what a change that nobody confirmed may still make larger", () => {
    const one = working({ shares: 100, stop: 42.5 });
    expect(given(10, { ...one, mayBecome: 101 })).toEqual(["withdraw AAA change-unconfirmed"]);
    expect(given(10, { ...one, mayBecome: 100 })).toEqual(["replace stop sell AAA 90 at 42.5"]);
    expect(given(10, { ...one, mayBecome: 30 })).toEqual(["replace stop sell AAA 90 at 42.5"]);
  });

  it("is made by no stop of another position", () => {
    const other = working({ symbol: "BBB", side: "buy", shares: 40, stop: 114.85 });
    expect(given(10, other, working({ shares: 90, stop: 42.5 }))).toEqual(["keep AAA"]);
  });

  it("keeps the stop where the broker has it, else where our record does; what neither knows goes", () => {
    const { report, intent } = working({ shares: 100, stop: 42.5 });
    if (!intent) throw new Error("it is on record");
    const bare = { ...report, stopPrice: undefined };
    expect(given(10, { report: { ...report, stopPrice: 43.1 }, intent })).toEqual([
      "replace stop sell AAA 90 at 43.1",
    ]);
    expect(given(10, { report: bare, intent })).toEqual(["replace stop sell AAA 90 at 42.5"]);
    const { protection: _terms, ...unset } = intent;
    const limit = { ...stop, limitOffsetBps: 10_000 };
    for (const unknown of [
      { report, intent: undefined },
      { report, intent: unset },
      { report: bare, intent: { ...intent, style: { kind: "limit" } as const } },
      { report, intent: { ...intent, protection: limit } },
    ])
      expect(given(10, unknown)).toEqual(["withdraw AAA not-on-record"]);
    const decisions = makeRoom(new Map([[long.conId, 10]]), [long], [{ report, intent }], new Map(), 11);
    expect(words({ decisions, gaps: [] })).toEqual(["withdraw AAA not-on-record"]);
    // Half a cent is no price to buy back at.
    const tiny = working({ side: "buy", shares: 100, stop: 0.005 });
    const cover = makeRoom(new Map([[long.conId, 10]]), [holding("AAA", -100, 0.004)], [tiny], steps, 11);
    expect(words({ decisions: cover, gaps: [] })).toEqual(["withdraw AAA not-on-record"]);
  });

  it("is made in whole shares", () => {
    const held = holding("AAA", 100.5, 50, 49);
    const stops = [working({ shares: 100, stop: 42.5 })];
    const decisions = makeRoom(new Map([[held.conId, 30]]), [held], stops, steps, 11);
    expect(words({ decisions, gaps: [] })).toEqual(["replace stop sell AAA 70 at 42.5"]);
  });

  it("is made by what lies on the wrong side altogether, and by what nobody can change", () => {
    expect(given(10, working({ side: "buy", shares: 5, stop: 60 }))).toEqual([
      "withdraw AAA nothing-to-protect",
    ]);
    expect(given(10, working({ shares: 100, stop: 42.5, clientId: 12 }))).toEqual([
      "withdraw AAA other-client",
    ]);
    expect(given(10, working({ shares: 100, stop: 42.5, isOnRecord: false }))).toEqual([
      "withdraw AAA not-on-record",
    ]);
  });

  it("is there when both together close no more than is held, and the position is what it was", () => {
    const { report } = working({ shares: 80, filled: 20, stop: 42.5 });
    expect(hasRoom(40, { planned: 100, now: 100 }, [report])).toBe(true);
    expect(hasRoom(41, { planned: 100, now: 100 }, [report])).toBe(false);
    expect(hasRoom(40, { planned: -100, now: -100 }, [report])).toBe(true);
    expect(hasRoom(10, { planned: 100, now: 90 }, [report])).toBe(false);
  });
});

it("a gap bears the same name in another run", () => {
  expect(gapName({ symbol: "AAA", reason: "frozen" })).toBe("AAA frozen");
});

describe("a setting", () => {
  it.each<[string, Partial<ProtectionTerms>, boolean]>([
    ["kind", { kind: "trailing-stop" }, false],
    ["distance", { distanceBps: 1_501 }, false],
    ["reference", { reference: "price" }, false],
    ["limit", { limitOffsetBps: 5 }, false],
    ["hours", { outsideRegularHours: true }, false],
  ])("is another one with another %s", (_what, changes, isSame) => {
    expect(isSameTerms(stop, { ...stop, ...changes })).toBe(isSame);
    expect(isSameTerms({ ...stop }, stop)).toBe(true);
  });

  it("of a trailing stop knows neither reference nor limit: it follows the market", () => {
    const odd: ProtectionTerms = { ...trailing, reference: "average-cost", limitOffsetBps: 7 };
    expect(isSameTerms(trailing, odd)).toBe(true);
    expect(words(planProtection(inputs({ positions: [long] }), all(odd)))).toEqual([
      "new trailing-stop sell AAA 100 at 45.43",
    ]);
  });
});
