import { type Instant, instant, isoSecondsOf } from "../../trading/instant.ts";
import { decimalOf, money } from "../../trading/money.ts";
import type { Break, OpenBreak } from "../../trading/reconciliation.ts";
import type { Run } from "../../trading/run.ts";
import { enterAccepted, expectedPositions } from "./position-ledger.ts";
import type { Db } from "./sqlite.ts";

/**
 * Keeps what a run found: new breaks are opened, known ones told anew, and those that it did not find again have come
 * right by themselves. Answers with all that are open. Inside a transaction.
 */
export function keepBreaks(db: Db, run: Run, found: readonly Break[], at: Instant): readonly OpenBreak[] {
  const before = openRows(db, run.account);
  const known = new Set(before.map(nameOf));
  const insert = db.prepare(
    `INSERT INTO break_record (account, kind, con_id, symbol, expected, told, currency, found_at, run_id)
     VALUES (:account, :kind, :conId, :symbol, :expected, :told, :currency, :foundAt, :runId)`,
  );
  const update = db.prepare(
    `UPDATE break_record SET expected = :expected, told = :told
     WHERE account = :account AND kind = :kind AND con_id = :conId AND settled_at IS NULL`,
  );
  const foundAt = isoSecondsOf(at);
  for (const values of found.map(valuesOf)) {
    const { symbol, currency, ...told } = values;
    if (known.has(nameOf({ kind: values.kind, con_id: BigInt(values.conId) })))
      update.run({ account: run.account, ...told });
    else insert.run({ account: run.account, runId: run.id, foundAt, symbol, currency, ...told });
  }
  const isFound = new Set(
    found.map(valuesOf).map(({ kind, conId }) => nameOf({ kind, con_id: BigInt(conId) })),
  );
  for (const row of openRows(db, run.account))
    if (!isFound.has(nameOf(row))) settle(db, row, { at, how: "vanished", note: "" });
  const toldBefore = new Set(before.map(newsOf));
  return openRows(db, run.account).map((row) => ({ ...breakOf(row), isNew: !toldBefore.has(newsOf(row)) }));
}

/** What nobody has settled yet, oldest first. */
export function openBreaks(db: Db, account: string): readonly OpenBreak[] {
  return openRows(db, account).map(breakOf);
}

/**
 * A person settles open breaks: those of the named symbols, or all. For positions our count becomes what the broker told
 * last. Answers with what was settled. Inside a transaction.
 */
export function acceptBreaks(
  db: Db,
  account: string,
  asked: { readonly isMeant: (open: OpenBreak) => boolean; readonly at: Instant; readonly note: string },
): readonly OpenBreak[] {
  const meant = openRows(db, account).filter((row) => asked.isMeant(breakOf(row)));
  const counted = new Map((expectedPositions(db, account) ?? []).map(({ conId, shares }) => [conId, shares]));
  for (const row of meant) {
    const open = breakOf(row);
    settle(db, row, { at: asked.at, how: "accepted", note: asked.note });
    if (open.kind !== "position") continue;
    const { conId, symbol, toldShares } = open;
    enterAccepted(db, account, { conId, symbol, shares: toldShares - (counted.get(conId) ?? 0) });
  }
  return meant.map(breakOf);
}

interface Row {
  readonly break_id: bigint;
  readonly kind: Break["kind"];
  readonly con_id: bigint;
  readonly symbol: string;
  readonly expected: string;
  readonly told: string;
  readonly currency: string | null;
  readonly found_at: string;
}

function openRows(db: Db, account: string): readonly Row[] {
  return db
    .prepare<[string], Row>(
      `SELECT break_id, kind, con_id, symbol, expected, told, currency, found_at FROM break_record
       WHERE account = ? AND settled_at IS NULL ORDER BY break_id`,
    )
    .all(account);
}

function settle(
  db: Db,
  { break_id }: Row,
  { at, how, note }: { readonly at: Instant; readonly how: "accepted" | "vanished"; readonly note: string },
): void {
  db.prepare("UPDATE break_record SET settled_at = ?, settled_how = ?, note = ? WHERE break_id = ?").run(
    isoSecondsOf(at),
    how,
    note,
    break_id,
  );
}

/** A position that moves once more is news again; net liquidation moves in every hour. */
function newsOf(row: Row): string {
  return row.kind === "position" ? `${nameOf(row)} ${row.told}` : nameOf(row);
}

function nameOf({ kind, con_id }: Pick<Row, "kind" | "con_id">): string {
  return `${kind} ${con_id}`;
}

function valuesOf(found: Break) {
  return found.kind === "position"
    ? {
        kind: found.kind,
        conId: found.conId,
        symbol: found.symbol,
        expected: String(found.expectedShares),
        told: String(found.toldShares),
        currency: null,
      }
    : {
        kind: found.kind,
        conId: 0,
        symbol: "",
        expected: decimalOf(found.expected),
        told: decimalOf(found.told),
        currency: found.expected.currency,
      };
}

function breakOf(row: Row): OpenBreak {
  const found = { foundAt: instant(row.found_at), isNew: false };
  if (row.kind === "net-liquidation") {
    const currency = row.currency ?? "";
    return {
      kind: row.kind,
      expected: money(row.expected, currency),
      told: money(row.told, currency),
      ...found,
    };
  }
  return {
    kind: row.kind,
    conId: Number(row.con_id),
    symbol: row.symbol,
    expectedShares: Number(row.expected),
    toldShares: Number(row.told),
    ...found,
  };
}
