import { later } from "../../trading/instant.ts";
import type { Outcome } from "../../trading/outcome.ts";
import { dateIn, wallClock } from "../../trading/session.ts";
import { type Inspected, isOurs, type Watch } from "./inspected.ts";
import type { ExecutionRow } from "./written.ts";

/** Is what a healthy run has written down what the broker has? */
export class BooksInspector {
  readonly #inspected: Inspected;

  constructor(inspected: Inspected) {
    this.#inspected = inspected;
  }

  /** After a run that had its answers. */
  afterHealthy(watch: Watch, outcome: Outcome): void {
    const run = `run ${watch.number}`;
    const rows = this.#inspected.written.executions();
    this.#booksNothingElse(run, rows);
    this.#hasBooked(run, watch, rows);
    this.#hasPositions(run, outcome);
  }

  /** Each execution on record is one that there was, in one of its versions. */
  #booksNothingElse(run: string, rows: readonly ExecutionRow[]): void {
    for (const row of rows) {
      const told = this.#inspected.truth.versions.get(row.exec_id);
      const isTrue =
        told &&
        told.shares === row.shares &&
        told.price === row.price &&
        told.side === row.side &&
        isSameOrder(row, told);
      if (!isTrue)
        this.#inspected.violates(
          "every execution is booked once, and no other",
          `after ${run} there is ${row.exec_id}: ${row.side} ${row.shares} at ${row.price} of ${row.order_ref || "nobody"}`,
        );
    }
  }

  /** What the broker told of today is on record as it is now, with its commission. */
  #hasBooked(run: string, { startedAt }: Watch, recorded: readonly ExecutionRow[]): void {
    const { truth } = this.#inspected;
    const { zone } = truth.venue;
    const midnight = wallClock(dateIn(zone, truth.now), "00:00", zone);
    const rows = new Map(recorded.map((row) => [row.exec_id, row]));
    for (const { execId, executedAt } of truth.executions.values()) {
      if (executedAt < midnight || executedAt > startedAt) continue;
      const row = rows.get(execId);
      if (row && row.commission !== null) continue;
      const what = row ? "is booked without its commission" : "is not booked";
      this.#inspected.violates(
        "every execution is booked once, and no other",
        `after ${run} ${execId} ${what}`,
      );
    }
  }

  /** The snapshot of a healthy run is the broker's positions, unless they have moved since it was told of them. */
  #hasPositions(run: string, outcome: Outcome): void {
    const { truth, gateway, written, account } = this.#inspected;
    if (truth.tradedSince(undefined, later(gateway.accountToldAt, -1000))) return;
    const rows = written.positionsOf(outcome.run.id);
    if (outcome.verdict !== "held") this.#hasCounted(run);
    const recorded = rows.map(([conId, shares]) => `${conId} ${shares}`).join(", ");
    const held = truth.venue.positions(account).toSorted((a, b) => a.conId - b.conId);
    const real = held.map(({ conId, shares }) => `${conId} ${shares}`).join(", ");
    if (recorded !== real)
      this.#inspected.violates(
        "the records equal the broker's books after a healthy run",
        `${run} recorded ${recorded || "nothing"}, held are ${real || "none"}`,
      );
  }

  /** Our count is what the broker holds, but for what is on record as a break. */
  #hasCounted(run: string): void {
    const { truth, account, written } = this.#inspected;
    const breaks = written.openBreaks();
    const counted = written.countedShares();
    for (const { conId } of truth.venue.contracts()) {
      const held = truth.sharesOf(account, conId);
      if (breaks.has(conId) || held === (counted.get(conId) ?? 0)) continue;
      this.#inspected.violates(
        "the records equal the broker's books after a healthy run",
        `${run} counts ${counted.get(conId) ?? 0} shares of ${conId}, held are ${held}`,
      );
    }
  }
}

function isSameOrder(row: ExecutionRow, told: { readonly orderRef: string }): boolean {
  return row.order_ref === (isOurs(told.orderRef) ? told.orderRef : "");
}
