import fc from "fast-check";
import { scenarioInputs, scenarioPolicy } from "../../testing/scenario.ts";
import { unreachable } from "../invariant.ts";
import type { OrderReport, OrderState, PlannedOrder } from "../order.ts";
import type { AtWork } from "./at-work.ts";
import type { Plan } from "./plan.ts";
import { planRebalance } from "./plan-rebalance.ts";
import {
  decideOrders,
  type LeftWorking,
  leftToPlan,
  type OnOpenOrders,
  type OrderDecision,
  type OrderDecisions,
  type Wanted,
  wantedIn,
} from "./working-orders.ts";

/** Wants 700 AAA bought within 50.05, 300 BBB sold within 99.90. */
const inputs = scenarioInputs(`
    account  1,000,000 USD
    hold     AAA  100
    hold     BBB  500
    quote    AAA  49.95 50.05
    quote    BBB  99.90 100.10
    target   AAA  4%
    target   BBB  2%`);

function planBeside(atWork: readonly AtWork[]): Plan {
  const plan = planRebalance({ ...inputs, atWork }, scenarioPolicy);
  if (!plan.ok) throw new Error(`held: ${JSON.stringify(plan.findings)}`);
  return plan.value;
}

/** What is wanted of some instruments, by a plan that knows what works. */
function wantedBeside(
  working: readonly LeftWorking[],
  policy: OnOpenOrders,
  symbols: readonly string[] = ["AAA", "BBB"],
): Wanted {
  const known = working.filter(
    ({ report }) => symbols.includes(report.symbol) && report.state.life !== "done",
  );
  const plan = planBeside(
    leftToPlan(
      known.map(({ report }) => report),
      policy,
    ),
  );
  const { trades, atWork } = wantedIn(plan);
  return { trades: trades.filter(({ symbol }) => symbols.includes(symbol)), atWork };
}

const { trades } = planBeside([]);
const orderOf = (symbol: string): PlannedOrder => {
  const order = trades.find((trade) => trade.symbol === symbol)?.order;
  if (!order) throw new Error(`no trade of ${symbol}`);
  return order;
};
const [buyAaa, sellBbb] = [orderOf("AAA"), orderOf("BBB")];

interface Left {
  readonly of?: PlannedOrder;
  readonly ref?: string;
  readonly side?: "buy" | "sell";
  readonly ordered?: number;
  readonly filled?: number;
  readonly read?: number;
  readonly limit?: number;
  readonly state?: OrderState;
  readonly intent?: Partial<PlannedOrder> | "none";
}

function left(changes: Left = {}): LeftWorking {
  const order = changes.of ?? buyAaa;
  const { ref = "trader.reb.2022031413.AAA.B400.1.0000", side = order.side, ordered = 400 } = changes;
  const filled = changes.filled ?? 0;
  const limitPrice = changes.limit ?? 49.87;
  const report: OrderReport = {
    orderRef: ref,
    clientId: 11,
    orderId: 7,
    permId: 7007,
    account: order.account,
    conId: order.instrument.conId,
    symbol: order.instrument.symbol,
    side,
    orderedShares: ordered,
    limitPrice,
    state: changes.state ?? { life: "working", status: "submitted" },
    filledShares: filled,
    averageFillPrice: undefined,
    messages: [],
  };
  const own = { ...order, orderRef: ref, side, shares: ordered, limitPrice, decisionPrice: 49.8 };
  const intent = changes.intent === "none" ? undefined : { ...own, ...changes.intent };
  return { report, filledAtRead: changes.read ?? filled, intent };
}

const short = (ref: string) => ref.split(".").slice(3, 5).join(" ");

function told(decision: OrderDecision): string {
  const after =
    "after" in decision && decision.after.length > 0 ? ` after ${decision.after.map(short).join()}` : "";
  switch (decision.kind) {
    case "new":
      return `new ${decision.order.instrument.symbol} ${decision.order.shares}${after}`;
    case "keep":
      return `keep ${short(decision.report.orderRef)}`;
    case "replace":
      return `replace ${short(decision.order.orderRef)} by ${decision.order.shares} at ${decision.order.limitPrice}${after}`;
    case "cancel":
      return `cancel ${short(decision.report.orderRef)} ${decision.because}`;
    case "wait":
      return `wait ${short(decision.report.orderRef)}`;
    default:
      return unreachable(decision);
  }
}

function decided(policy: OnOpenOrders, working: readonly LeftWorking[], of = ["AAA", "BBB"]): string[] {
  return toldOf(decideOrders(wantedBeside(working, policy, of), working, policy));
}

function toldOf(result: OrderDecisions): string[] {
  return result.kind === "decided" ? result.decisions.map(told) : [result.kind];
}

it("wants what the tables below say", () => {
  expect([buyAaa.shares, buyAaa.limitPrice]).toEqual([700, 50.05]);
  expect([sellBbb.shares, sellBbb.limitPrice]).toEqual([300, 99.9]);
});

describe("with AAA alone wanted", () => {
  const onlyAaa = ["AAA"];
  const second = "trader.reb.2022031412.AAA.B900.1.0000";
  const third = "trader.reb.2022031412.AAA.B300.1.0000";
  const sold = "trader.reb.2022031412.AAA.S50.1.0000";
  type Row = readonly [string, readonly LeftWorking[], Record<OnOpenOrders, readonly string[]>];
  const rows: readonly Row[] = [
    ["nothing works", [], { cancel: ["new AAA 700"], modify: ["new AAA 700"], keep: ["new AAA 700"] }],
    [
      "an order for less",
      [left()],
      {
        cancel: ["cancel AAA B400 policy", "new AAA 700 after AAA B400"],
        modify: ["replace AAA B400 by 700 at 50.05"],
        keep: ["keep AAA B400"],
      },
    ],
    [
      "an order that was filled in part: what is filled is in the position already",
      [left({ filled: 150 })],
      {
        cancel: ["cancel AAA B400 policy", "new AAA 700 after AAA B400"],
        modify: ["replace AAA B400 by 850 at 50.05"],
        keep: ["keep AAA B400"],
      },
    ],
    [
      "an order for just as much at the same limit",
      [left({ ordered: 850, filled: 150, limit: 50.05 })],
      {
        cancel: ["cancel AAA B400 policy", "new AAA 700 after AAA B400"],
        modify: ["keep AAA B400"],
        keep: ["keep AAA B400"],
      },
    ],
    [
      "an order for just as much at another limit",
      [left({ ordered: 850, filled: 150, limit: 50.04 })],
      {
        cancel: ["cancel AAA B400 policy", "new AAA 700 after AAA B400"],
        modify: ["replace AAA B400 by 850 at 50.05"],
        keep: ["keep AAA B400"],
      },
    ],
    [
      "an order for less at the same limit",
      [left({ limit: 50.05 })],
      {
        cancel: ["cancel AAA B400 policy", "new AAA 700 after AAA B400"],
        modify: ["replace AAA B400 by 700 at 50.05"],
        keep: ["keep AAA B400"],
      },
    ],
    [
      "an order for more",
      [left({ ref: second, ordered: 900, filled: 199 })],
      {
        cancel: ["cancel AAA B900 policy", "new AAA 700 after AAA B900"],
        modify: ["replace AAA B900 by 899 at 50.05"],
        keep: ["cancel AAA B900 too-large", "new AAA 700 after AAA B900"],
      },
    ],
    [
      "two orders that are too much together",
      [left({ ref: third, ordered: 301 }), left()],
      {
        cancel: ["cancel AAA B400 policy", "cancel AAA B300 policy", "new AAA 700 after AAA B400,AAA B300"],
        modify: ["cancel AAA B300 one-is-enough", "replace AAA B400 by 700 at 50.05 after AAA B300"],
        keep: ["cancel AAA B300 too-large", "keep AAA B400"],
      },
    ],
    [
      "an order on the other side",
      [left({ ref: sold, side: "sell", ordered: 50 })],
      {
        cancel: ["cancel AAA S50 policy", "new AAA 700 after AAA S50"],
        modify: ["cancel AAA S50 other-side", "new AAA 700 after AAA S50"],
        keep: ["cancel AAA S50 other-side", "new AAA 700 after AAA S50"],
      },
    ],
    [
      "orders on both sides",
      [left({ ref: sold, side: "sell", ordered: 50 }), left()],
      {
        cancel: ["cancel AAA B400 policy", "cancel AAA S50 policy", "new AAA 700 after AAA B400,AAA S50"],
        modify: ["cancel AAA S50 other-side", "replace AAA B400 by 700 at 50.05 after AAA S50"],
        keep: ["cancel AAA S50 other-side", "keep AAA B400"],
      },
    ],
    [
      "an order that our record does not know",
      [left({ intent: "none" })],
      {
        cancel: ["cancel AAA B400 policy", "new AAA 700 after AAA B400"],
        modify: ["cancel AAA B400 not-on-record", "new AAA 700 after AAA B400"],
        keep: ["keep AAA B400"],
      },
    ],
    [
      "an order that is worked otherwise",
      [left({ intent: { style: { kind: "midprice" } } })],
      {
        cancel: ["cancel AAA B400 policy", "new AAA 700 after AAA B400"],
        modify: ["cancel AAA B400 worked-otherwise", "new AAA 700 after AAA B400"],
        keep: ["keep AAA B400"],
      },
    ],
    [
      "an order that lives otherwise",
      [left({ intent: { timeInForce: "IOC" } })],
      {
        cancel: ["cancel AAA B400 policy", "new AAA 700 after AAA B400"],
        modify: ["cancel AAA B400 worked-otherwise", "new AAA 700 after AAA B400"],
        keep: ["keep AAA B400"],
      },
    ],
    [
      "an order that works at other hours",
      [left({ intent: { outsideRegularHours: !buyAaa.outsideRegularHours } })],
      {
        cancel: ["cancel AAA B400 policy", "new AAA 700 after AAA B400"],
        modify: ["cancel AAA B400 worked-otherwise", "new AAA 700 after AAA B400"],
        keep: ["keep AAA B400"],
      },
    ],
    ...(["pending-cancel", "pending-submit"] as const).map(
      (status) =>
        [
          `an order that is ${status}, beside another`,
          [left({ state: { life: "working", status } }), left({ ref: third, ordered: 300 })],
          {
            cancel: ["cancel AAA B300 policy", "wait AAA B400"],
            modify: ["cancel AAA B300 policy", "wait AAA B400"],
            keep: ["cancel AAA B300 policy", "wait AAA B400"],
          },
        ] as const,
    ),
    [
      "an order that nobody knows of",
      [left({ state: { life: "unknown" } })],
      { cancel: ["wait AAA B400"], modify: ["wait AAA B400"], keep: ["wait AAA B400"] },
    ],
    [
      "an order that has ended meanwhile, without another share",
      [left({ filled: 150, state: { life: "done", status: "cancelled" } })],
      { cancel: ["new AAA 700"], modify: ["new AAA 700"], keep: ["new AAA 700"] },
    ],
    [
      "an order that filled since the positions were read",
      [left({ filled: 150, read: 149 }), left({ of: sellBbb, ref: "trader.reb.2022031413.BBB.S1.1.0000" })],
      { cancel: ["plan-again"], modify: ["plan-again"], keep: ["plan-again"] },
    ],
    [
      "protective orders and those of others",
      [
        left({ ref: "trader.pro.2022031413.AAA.S100.1.0000", side: "sell", filled: 3, read: 0 }),
        left({ ref: "" }),
      ],
      { cancel: ["new AAA 700"], modify: ["new AAA 700"], keep: ["new AAA 700"] },
    ],
  ];
  it.each(
    rows.flatMap(([what, working, by]) =>
      (["cancel", "modify", "keep"] as const).map((policy) => ({
        what,
        policy,
        working,
        expected: by[policy],
      })),
    ),
  )("$policy: $what", ({ policy, working, expected }) => {
    expect(decided(policy, working, onlyAaa)).toEqual(expected);
  });

  it("withdraws what is no longer wanted at all, and touches no order that nobody knows of", () => {
    const [of, ref] = [sellBbb, "trader.reb.2022031413.BBB.S1.1.0000"];
    expect(decided("modify", [left({ of, ref })], onlyAaa)).toEqual([
      "cancel BBB S1 not-wanted",
      "new AAA 700",
    ]);
    expect(decided("cancel", [left({ of, ref })], onlyAaa)).toEqual(["cancel BBB S1 policy", "new AAA 700"]);
    expect(decided("keep", [left({ of, ref, state: { life: "unknown" } })], onlyAaa)).toEqual([
      "wait BBB S1",
      "new AAA 700",
    ]);
  });
});

it("changes an order under its own name, as it was meant: size, limit and decision price are new", () => {
  const result = decideOrders(
    { trades, atWork: new Set() },
    [left({ intent: { style: { kind: "adaptive", priority: "Urgent" } } })],
    "modify",
  );
  const replace = result.kind === "decided" && result.decisions.find(({ kind }) => kind === "replace");
  expect(replace).toMatchObject({
    order: {
      orderRef: "trader.reb.2022031413.AAA.B400.1.0000",
      style: { kind: "adaptive", priority: "Urgent" },
      shares: 700,
      limitPrice: 50.05,
      decisionPrice: 50,
    },
  });
});

it("an order that has come into doubt since the plan is waited for, and none is sent beside it", () => {
  const wanted = { trades: trades.filter(({ symbol }) => symbol === "AAA"), atWork: new Set<string>() };
  const doubtful = left({ state: { life: "working", status: "pending-cancel" } });
  const other = left({ ref: "trader.reb.2022031412.AAA.B300.1.0000", ordered: 300 });
  for (const policy of ["cancel", "modify", "keep"] as const)
    expect(toldOf(decideOrders(wanted, [doubtful, other], policy))).toEqual([
      "cancel AAA B300 policy",
      "wait AAA B400",
    ]);
});

it("what stays of one instrument says nothing of what works on another", () => {
  const [stays, ref] = [left(), "trader.reb.2022031413.BBB.S1.1.0000"];
  const wanted = { trades: [], atWork: new Set([stays.report.orderRef]) };
  expect(toldOf(decideOrders(wanted, [stays, left({ of: sellBbb, ref })], "keep"))).toEqual([
    "cancel BBB S1 not-wanted",
    "keep AAA B400",
  ]);
});

it("names what was filled since the positions were read", () => {
  const [since, before] = [
    left({ filled: 150, read: 149 }),
    left({ ref: "trader.reb.2022031412.AAA.B300.1.0000", filled: 7 }),
  ];
  expect(decideOrders({ trades, atWork: new Set() }, [since, before], "cancel")).toEqual({
    kind: "plan-again",
    filled: [since.report],
  });
});

it("a plan knows orders of earlier runs, and wants those that it has left at work", () => {
  const atWork = leftToPlan([left().report], "keep");
  expect(atWork).toEqual([
    { report: left().report, sentBy: "earlier-run", isUncertain: false, isWithdrawable: true },
  ]);
  const plan = planBeside(atWork);
  const untouched = [
    ...plan.untouched,
    { ...plan.untouched[0], reason: { kind: "market-closed" } },
  ] as Plan["untouched"];
  expect(wantedIn({ ...plan, untouched }).atWork).toEqual(new Set([left().report.orderRef]));
});

it("begins at the first limit of the way to the collar, and keeps what stands there already", () => {
  const stepped = trades
    .filter(({ symbol }) => symbol === "AAA")
    .map((trade) => ({ ...trade, order: { ...trade.order, approach: [50, 50.02] } }));
  const working = left({ ordered: 850, filled: 150, limit: 50.05, intent: { approach: [49.7] } });
  const result = decideOrders({ trades: stepped, atWork: new Set() }, [working], "modify");
  expect(result.kind === "decided" && result.decisions).toMatchObject([
    { kind: "replace", order: { shares: 850, limitPrice: 50.05, approach: [50, 50.02] } },
  ]);
  const direct = stepped.map((trade) => {
    const { approach: _none, ...order } = trade.order;
    return { ...trade, order };
  });
  const straight = decideOrders(
    { trades: direct, atWork: new Set() },
    [left({ intent: { approach: [49.7] } })],
    "modify",
  );
  expect(straight.kind === "decided" && straight.decisions).toMatchObject([
    { kind: "replace", order: { limitPrice: 50.05, approach: [] } },
  ]);
  const there = [left({ ordered: 850, filled: 150, limit: 50 })];
  expect(toldOf(decideOrders({ trades: stepped, atWork: new Set() }, there, "modify"))).toEqual([
    "keep AAA B400",
  ]);
});

it("asks a closing order for no limit: it has none at the broker", () => {
  const style = { kind: "market-on-close" } as const;
  const closing = trades
    .filter(({ symbol }) => symbol === "AAA")
    .map((trade) => ({ ...trade, order: { ...trade.order, style } }));
  const there = [left({ ordered: 700, limit: 0, intent: { style } })];
  expect(toldOf(decideOrders({ trades: closing, atWork: new Set() }, there, "modify"))).toEqual([
    "keep AAA B400",
  ]);
});

describe("whatever works", () => {
  const working = fc.array(
    fc.record({
      symbol: fc.constantFrom("AAA", "BBB", "CCC"),
      side: fc.constantFrom("buy", "sell"),
      ordered: fc.integer({ min: 1, max: 1500 }),
      filledPart: fc.double({ min: 0, max: 0.99, noNaN: true }),
      status: fc.constantFrom("submitted", "pre-submitted", "pending-cancel", "waiting-for-locate"),
      isKnown: fc.boolean(),
    }),
    { maxLength: 6 },
  );
  const policies = fc.constantFrom("cancel", "modify", "keep");
  type Drawn = typeof working extends fc.Arbitrary<infer T> ? T : never;
  const leftOf = (drawn: Drawn): LeftWorking[] =>
    drawn.map(({ symbol, side, ordered, filledPart, status, isKnown }, index) => {
      const of = symbol === "BBB" ? sellBbb : buyAaa;
      const one = left({
        of,
        ref: `trader.reb.2022031413.${symbol}.${index}.1.0000`,
        side,
        ordered,
        filled: Math.floor(ordered * filledPart),
        state: { life: "working", status },
        ...(isKnown ? {} : { intent: "none" as const }),
      });
      return symbol === "CCC" ? { ...one, report: { ...one.report, conId: 1, symbol } } : one;
    });

  it("never is more at work than the plan wants, and never on the other side", () => {
    fc.assert(
      fc.property(working, policies, (drawn, policy) => {
        const atWork = leftOf(drawn);
        const result = decideOrders(wantedBeside(atWork, policy), atWork, policy);
        if (result.kind !== "decided") throw new Error("nothing was filled meanwhile");
        for (const wanted of [buyAaa, sellBbb]) {
          const mine = result.decisions.filter((decision) =>
            "order" in decision
              ? decision.order.instrument.conId === wanted.instrument.conId
              : decision.report.conId === wanted.instrument.conId,
          );
          const workingShares = mine.map((decision) => {
            if (decision.kind === "new") return decision.order.shares;
            if (decision.kind === "keep") return decision.report.orderedShares - decision.report.filledShares;
            return decision.kind === "replace" ? decision.order.shares - decision.report.filledShares : 0;
          });
          expect(workingShares.reduce((sum, shares) => sum + shares, 0)).toBeLessThanOrEqual(wanted.shares);
          const stays = mine.filter(({ kind }) => kind === "keep" || kind === "replace");
          for (const each of stays) expect("report" in each && each.report.side).toBe(wanted.side);
          const ends = mine
            .filter(({ kind }) => kind === "cancel")
            .map((each) => "report" in each && each.report.orderRef);
          for (const each of mine)
            if (each.kind === "new" || each.kind === "replace")
              expect(new Set(each.after)).toEqual(new Set(ends));
          if (mine.some(({ kind }) => kind === "wait"))
            expect(workingShares.every((shares) => shares === 0)).toBe(true);
        }
      }),
    );
  });

  it("every order comes out once, and the order of the inputs does not matter", () => {
    fc.assert(
      fc.property(working, policies, (drawn, policy) => {
        const all = leftOf(drawn);
        const reversed = all.toReversed();
        const result = decideOrders(wantedBeside(all, policy), all, policy);
        const again = decideOrders(wantedBeside(reversed, policy), reversed, policy);
        expect(again).toEqual(result);
        const out =
          result.kind === "decided"
            ? result.decisions.flatMap((each) => ("report" in each ? [each.report.orderRef] : []))
            : [];
        expect(out.toSorted()).toEqual(all.map(({ report }) => report.orderRef).toSorted());
      }),
    );
  });
});
