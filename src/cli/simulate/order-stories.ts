import { orderReportOf } from "../../brokers/simulated/told.ts";
import type { OrderReport } from "../../trading/order.ts";
import type { Truth } from "./truth.ts";

/** What is told of an order, and until which instant. */
interface Story {
  readonly report: OrderReport;
  readonly untilMs: number;
}

/** What one connection is told of orders in place of the truth. */
export class OrderStories {
  readonly #truth: Truth;
  readonly #told = new Map<string, Story>();

  constructor(truth: Truth) {
    this.#truth = truth;
  }

  /** In place of what is true of an order, for so long; longer as long as it has not arrived. */
  tell(report: OrderReport, forMs: number): void {
    this.#told.set(report.orderRef, { report, untilMs: this.#truth.now + forMs });
  }

  /** Whoever asks for executions hears what is true of orders that have a number. */
  forgetNumbered(): void {
    for (const [orderRef, { report }] of this.#told) if (report.permId !== 0) this.#told.delete(orderRef);
  }

  /** Orders as they are told; `hidden` are those in whose place a story still stands. A connection that is lost learns no more. */
  toldOver(
    orders: readonly OrderReport[],
    isLost: boolean,
  ): { readonly orders: readonly OrderReport[]; readonly hidden: ReadonlySet<string> } {
    const stories = [...this.#told.values()];
    const standing = stories.filter((story) => isLost || this.#stands(story));
    const told = stories.flatMap((story) =>
      standing.includes(story) ? [story.report] : this.#trueReport(story),
    );
    return {
      orders: [...orders.filter(({ orderRef }) => !this.#told.has(orderRef)), ...told],
      hidden: new Set(standing.map(({ report }) => report.orderRef)),
    };
  }

  #stands({ report: { orderRef }, untilMs }: Story): boolean {
    return this.#truth.now < untilMs || this.#truth.orderOf(orderRef) === undefined;
  }

  #trueReport({ report: { orderRef, symbol } }: Story): readonly OrderReport[] {
    const order = this.#truth.orderOf(orderRef);
    return order ? [orderReportOf(order, () => symbol)] : [];
  }
}
