import { orderReport } from "../testing/order-report.ts";
import type { OrderState } from "../trading/order.ts";
import { orderFindings } from "./order-findings.ts";

const kindsOf = (state: OrderState, filledShares = 0) =>
  orderFindings([orderReport({ state, filledShares })], new Set()).map(({ kind }) => kind);

describe("orders that were sent", () => {
  it.each([
    [{ life: "working", status: "submitted" }],
    [{ life: "working", status: "waiting-for-locate" }],
    [{ life: "done", status: "filled" }],
  ] as const)("need nobody while they are as expected: %j", (state) => {
    expect(kindsOf(state)).toEqual([]);
  });

  it("need a person when they are rejected, unknown, or cancelled though nobody of us did (O17)", () => {
    expect(kindsOf({ life: "unknown" })).toEqual(["order-unknown"]);
    expect(kindsOf({ life: "done", status: "rejected" })).toEqual(["order-rejected"]);
    expect(kindsOf({ life: "done", status: "cancelled" })).toEqual(["order-rejected"]);
    expect(kindsOf({ life: "done", status: "cancelled" }, 40)).toEqual(["order-rejected"]);
  });

  it("need nobody when we have ended them, unless they were rejected before that", () => {
    const { orderRef } = orderReport();
    const findings = (status: "cancelled" | "rejected", ended: string) =>
      orderFindings([orderReport({ state: { life: "done", status } })], new Set([ended])).length;
    expect(findings("cancelled", orderRef)).toBe(0);
    expect(findings("cancelled", `${orderRef}.2`)).toBe(1);
    expect(findings("rejected", orderRef)).toBe(1);
  });

  it("are told with the last word that the broker had on them", () => {
    const messages = [
      { code: 399, text: "a warning" },
      { code: 201, text: "the reason" },
    ];
    const state = { life: "done", status: "cancelled" } as const;
    expect(orderFindings([orderReport({ state, messages })], new Set())).toMatchObject([
      { code: 201, text: "the reason" },
    ]);
    expect(orderFindings([orderReport({ state })], new Set())).toMatchObject([
      { code: 0, text: "the broker ended it and gave no reason" },
    ]);
  });
});
