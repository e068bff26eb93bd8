import { existsSync, readdirSync, readFileSync } from "node:fs";
import { parse } from "csv-parse/sync";
import type { Venue, VenueOrder } from "../simulation/venue.ts";
import { sharesIn } from "../trading/account.ts";
import { roleOf } from "../trading/order.ts";
import { type CronDesk, deskAccount } from "./cron-desk.ts";
import { leftOverRef } from "./left-over.ts";

/** Broken at any time: an order or execution that is there twice, or that the gateway knows nothing of. */
export function doubles(desk: CronDesk): readonly string[] {
  const ours = ourOrders(desk.venue);
  // A run that died early has left no history: then nothing may be at the gateway either.
  if (!existsSync(desk.file("snapshots/history.db")))
    return ours.map(({ orderRef }) => `no history of ${orderRef}`);
  const known = new Set(desk.venue.executions().map(({ execId }) => execId));
  const booked = bookedExecutions(desk).map(([execId]) => String(execId));
  const inFile = linesOfCsv(desk, "snapshots/trades.csv").map((line) => line["exec_id"] ?? "");
  return [
    ...twice(ours.map(({ orderRef }) => orderRef)).map((ref) => `order sent twice: ${ref}`),
    ...twice(booked).map((id) => `execution booked twice: ${id}`),
    ...booked.filter((id) => !known.has(id)).map((id) => `execution that is none: ${id}`),
    ...twice(inFile).map((id) => `execution twice in trades.csv: ${id}`),
    ...notIntended(desk),
  ];
}

/**
 * Broken once a run has ended well: what order files, history and CSV files tell otherwise than the gateway's books.
 * Empty when all of them tell the same story. Orders that work on may be filled between the run's last look and this one:
 * they are the next run's to tell of, and so is what is held of their instruments.
 */
export function untruths(desk: CronDesk): readonly string[] {
  const { venue } = desk;
  const onRecord = desk.rows("SELECT order_ref, con_id, life, filled_shares FROM orders");
  const working = onRecord.filter((row) => row["life"] !== "done");
  const mayFill = new Set(working.map((row) => String(row["order_ref"])));
  const mayMove = new Set(working.map((row) => Number(row["con_id"])));
  const traded = venue
    .executions()
    .filter(({ orderRef }) => !mayFill.has(orderRef))
    .map((fill) => [fill.execId, fill.side, fill.shares, fill.price, fill.commission, fill.orderRef]);
  // Where the gateway has dropped our reference, the history has it all the same (O43).
  const nameless = new Set(traded.filter((fill) => fill.at(-1) === "").map(([execId]) => execId));
  const booked = bookedExecutions(desk)
    .filter((fill) => !mayFill.has(String(fill.at(-1))))
    .map((fill) => (nameless.has(String(fill[0])) ? [...fill.slice(0, -1), ""] : fill));
  const bookedIds = new Set(booked.map(([execId]) => execId));
  const inFile = linesOfCsv(desk, "snapshots/trades.csv")
    .filter((line) => !mayFill.has(line["order_ref"] ?? ""))
    .map((line) => [line["exec_id"]]);
  const ended = ourOrders(venue).filter(({ orderRef }) => !mayFill.has(orderRef));
  const refs = new Set(ended.map(({ orderRef }) => orderRef));
  const endedOnRecord = onRecord.filter(
    (row) => row["life"] === "done" && refs.has(String(row["order_ref"])),
  );
  const stays = (conId: unknown) => !mayMove.has(Number(conId));
  const held = venue
    .positions(deskAccount)
    .map(({ conId, shares }) => [conId, shares])
    .filter(([conId]) => stays(conId));
  const told = (sql: string) =>
    desk
      .rows(sql)
      .map((row) => Object.values(row))
      .filter(([conId]) => stays(conId));
  return [
    ...differences("execution", traded, booked),
    ...differences(
      "execution in trades.csv",
      [...bookedIds].map((id) => [id]),
      inFile,
    ),
    ...differences(
      "order",
      ended.map(({ orderRef, status, filledShares }) => [orderRef, lifeOf(status), filledShares]),
      endedOnRecord.map((row) => [row["order_ref"], row["life"], row["filled_shares"]]),
    ),
    ...differences("expected position", held, told("SELECT con_id, shares FROM expected_positions")),
    ...differences(
      "position in the snapshot",
      held,
      told(
        "SELECT con_id, shares FROM positions WHERE run_id = (SELECT run_id FROM equity_record ORDER BY entry DESC LIMIT 1)",
      ),
    ),
    ...litter(desk),
  ];
}

function lifeOf(status: VenueOrder["status"]): string {
  return /^(Filled|Cancelled|Inactive)$/.test(status) ? "done" : "working";
}

/** Orders of this program, wherever they are by now. */
export function ourOrders(venue: Venue): readonly VenueOrder[] {
  return [...venue.openOrders(), ...venue.completedOrders()].filter(({ orderRef }) =>
    orderRef.startsWith("trader."),
  );
}

/** Orders at the gateway of which no order file and no intent says that they should be there, as they are there. */
function notIntended(desk: CronDesk): readonly string[] {
  const lines = orderFiles(desk)
    .flatMap((file) => linesOfCsv(desk, file))
    .map((line) => ({
      orderRef: line["order_ref"] ?? "",
      there: `${line["action"]?.toLowerCase()} ${Number(line["quantity"])}`,
    }));
  const filed = new Map(lines.map(({ orderRef, there }) => [orderRef, there]));
  const everFiled = new Set(lines.map(({ orderRef, there }) => `${orderRef} ${there}`));
  const intended = new Map(
    desk
      .rows("SELECT order_ref, side, shares FROM orders")
      .map((row) => [String(row["order_ref"]), `${String(row["side"])} ${Number(row["shares"])}`]),
  );
  return ourOrders(desk.venue)
    .filter(({ orderRef }) => orderRef !== leftOverRef)
    .flatMap(({ orderRef, side, shares, filledShares }) => {
      const there = `${side} ${shares}`;
      // A change of a stop is on record before it is sent: a run that dies in between leaves the stop as it was.
      const isFiled = isProtective(orderRef)
        ? everFiled.has(`${orderRef} ${there}`)
        : filed.get(orderRef) === there;
      const isIntended = isProtective(orderRef) ? intended.has(orderRef) : intended.get(orderRef) === there;
      return [
        ...(isFiled ? [] : [`no order file says: ${orderRef} ${there}`]),
        ...(isIntended ? [] : [`no intent says: ${orderRef} ${there}`]),
        ...(filledShares <= shares ? [] : [`filled beyond its size: ${orderRef}`]),
      ];
    });
}

function isProtective(orderRef: string): boolean {
  return roleOf(orderRef) === "protect";
}

/** Broken at any time: stops that would, with the orders that close positions, trade more than is held. */
export function beyondHoldings({ venue }: CronDesk): readonly string[] {
  const working = venue.openOrders().filter(({ orderRef }) => orderRef.startsWith("trader."));
  const stops = working.filter(({ orderRef }) => isProtective(orderRef));
  return stops.flatMap(({ conId, side, orderRef }) => {
    const held = sharesIn(venue.positions(deskAccount), conId);
    const closing = restOf(working.filter((order) => order.conId === conId && order.side === side));
    const isWithin = side === (held > 0 ? "sell" : "buy") && closing <= Math.abs(held);
    return isWithin ? [] : [`more than is held would be traded: ${closing} of ${held}, ${orderRef}`];
  });
}

/** Broken once a run with stops has ended well: a position that neither a stop nor a working order closes as a whole. */
export function unprotected({ venue }: CronDesk): readonly string[] {
  return venue.positions(deskAccount).flatMap(({ conId, shares }) => {
    const side = shares > 0 ? "sell" : "buy";
    const closing = restOf(
      venue.openOrders().filter((order) => order.conId === conId && order.side === side),
    );
    return closing === Math.abs(shares) ? [] : [`stops protect ${closing} of ${shares} shares of ${conId}`];
  });
}

function restOf(orders: readonly VenueOrder[]): number {
  return orders.reduce((sum, { shares, filledShares }) => sum + shares - filledShares, 0);
}

function orderFiles({ file }: CronDesk): readonly string[] {
  if (!existsSync(file("orders"))) return [];
  return readdirSync(file("orders"))
    .filter((name) => name.endsWith(".csv") && name !== "latest.csv")
    .map((name) => `orders/${name}`);
}

/** Half-written files, and a lock that outlives its run. */
function litter({ folder, file }: CronDesk): readonly string[] {
  const temporary = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
    /\.tmp/.test(name),
  );
  return [
    ...temporary.map((name) => `left half-written: ${name}`),
    ...(existsSync(file("state/run.lock.holder.json")) ? ["somebody seems to hold the lock"] : []),
  ];
}

function bookedExecutions(desk: CronDesk): readonly unknown[][] {
  return desk
    .rows("SELECT exec_id, side, shares, price, commission, order_ref FROM executions")
    .map((row) => Object.values(row));
}

function linesOfCsv({ file }: CronDesk, name: string): readonly Record<string, string>[] {
  if (!existsSync(file(name))) return [];
  return parse(readFileSync(file(name)), { columns: true }) as Record<string, string>[];
}

function twice(names: readonly string[]): readonly string[] {
  return names.filter((name, index) => names.indexOf(name) < index);
}

function differences(
  what: string,
  real: readonly (readonly unknown[])[],
  told: readonly (readonly unknown[])[],
): readonly string[] {
  const [there, here] = [real.map((row) => row.join(" ")), told.map((row) => row.join(" "))];
  return [
    ...there.filter((line) => !here.includes(line)).map((line) => `${what} not told: ${line}`),
    ...here.filter((line) => !there.includes(line)).map((line) => `${what} that is none: ${line}`),
  ];
}
