import { orderReport } from "../../testing/order-report.ts";
import { planScenario, scenarioPolicy } from "../../testing/scenario.ts";
import type { OrderReport } from "../order.ts";
import type { Plan } from "./plan.ts";
import { replaceRejected } from "./replace-rejected.ts";

const rejected = { life: "done", status: "rejected" } as const;

function plan(): Plan {
  const execution = { ...scenarioPolicy.execution, collarBps: 13, repriceSteps: 2 };
  const facts = `
    account  1,000,000 USD
    hold     BBB   500
    quote    AAA   9.97 10.03
    quote    BBB   19.97 20.03
    target   AAA   10%
    target   BBB   0%`;
  const made = planScenario(facts, { execution });
  if (!made.ok) throw new Error(JSON.stringify(made.findings));
  return made.value;
}

function replaced(symbol: string, codes: readonly number[], changes: Partial<OrderReport> = {}): unknown {
  const before = plan();
  const reports = before.trades.map(({ order }) =>
    orderReport({
      orderRef: order.orderRef,
      ...(order.instrument.symbol === symbol && {
        state: rejected,
        messages: codes.map((code) => ({ code, text: "refused" })),
        ...changes,
      }),
    }),
  );
  return replaceRejected(before, reports)?.trades.map(
    ({ order }) =>
      `${order.orderRef.split(".").slice(3, 6).join(" ")} ${order.style.kind} ${order.limitPrice} ${order.approach?.length}`,
  );
}

it.each([
  ["AAA", [110], ["AAA B10000 2 adaptive 10 0"]],
  ["BBB", [110], ["BBB S500 2 adaptive 20 0"]],
  ["AAA", [399, 442], ["AAA B10000 2 limit 10.01 0"]],
  ["BBB", [441], ["BBB S500 2 limit 19.98 0"]],
  // Margin, size, contract, permission: they would come again.
  ["AAA", [201], undefined],
  ["AAA", [383], undefined],
  ["AAA", [], undefined],
])("%s rejected with %j becomes %j (O05, O41)", (symbol, codes, expected) => {
  expect(replaced(symbol, codes)).toEqual(expected);
});

it("has nothing to put in the place of a price below the next coarser step", () => {
  const made = planScenario("account 1,000,000 USD\nquote CCC 0.03 0.04\ntarget CCC 1%");
  const order = made.ok ? made.value.trades[0]?.order : undefined;
  expect(order?.limitPrice).toBe(0.03);
  const messages = [{ code: 110, text: "refused" }];
  const refused = orderReport({ orderRef: order?.orderRef ?? "", state: rejected, messages });
  expect(made.ok && replaceRejected(made.value, [refused])).toBeUndefined();
});

it("replaces nothing that has traded or may still trade", () => {
  expect(replaced("AAA", [110], { filledShares: 7 })).toBeUndefined();
  expect(replaced("AAA", [110], { state: { life: "working", status: "submitted" } })).toBeUndefined();
  expect(replaced("AAA", [110], { state: { life: "done", status: "cancelled" } })).toBeUndefined();
  expect(replaced("AAA", [110], { state: { life: "unknown" } })).toBeUndefined();
});
