import { setTimeout as sleep } from "node:timers/promises";
import type { Clock, ConnectionRequest, Journal } from "../../ports.ts";
import type { Finding, UnreachableReason } from "../../trading/finding.ts";
import { type Instant, instantFromMs, later } from "../../trading/instant.ts";
import { held, ok, type Result } from "../../trading/result.ts";
import { marketClock } from "../market-clock.ts";
import { Connection } from "./connection.ts";
import { type Deadline, deadlineIn } from "./deadline.ts";

export interface Connected {
  readonly connection: Connection;
  /** The client id that was asked for, when it stayed in use and the connection has a spare one. */
  readonly spareFor?: number;
  /** The first order id that the gateway has never seen of this client. */
  readonly nextOrderId: number;
  /** Broker's clock minus host's clock. */
  readonly skewMs: number;
}

interface Host {
  readonly clock: Clock;
  readonly journal: Journal;
}

/**
 * The oldest server whose lists @stoqey/ib decodes rightly (completed orders are misread below it) and whose
 * execution times name their zone.
 */
const serverVersionMin = 177;

/**
 * A client id is freed late after a restart or a run before ours (C06), and a gateway that has just started accepts
 * connections before it is ready for any: tried again a little later, then told.
 */
const retryAfterMs = [1000, 2000, 4000];

/**
 * A new connection that is ready: ids and accounts received, ours among them, the broker's clock told, and the gateway
 * itself linked to the broker (C08, C14). On any failure the socket is closed and the finding says what was missing.
 */
export async function connect(request: ConnectionRequest, host: Host): Promise<Result<Connected>> {
  if (!isPaper(request.account) && !request.live) {
    return held({ kind: "live-account-refused", account: request.account });
  }
  const deadline = deadlineIn(request.connectDeadlineSeconds);
  for (let attempt = 0; ; attempt++) {
    const connected = await tryToConnect(request, host, deadline);
    if (connected.ok || !mayPass(connected.findings)) return connected;
    const pauseMs = retryAfterMs[attempt] ?? Number.POSITIVE_INFINITY;
    if (deadline.remainingMs() <= pauseMs)
      return isInUse(connected.findings) ? await connectAsSpare(request, host, connected) : connected;
    await sleep(pauseMs);
  }
}

/**
 * Only when the id stays in use: one that a dead connection keeps is blocked until the gateway restarts (C07). The spare ids
 * have a deadline of their own, since waiting for the usual one has used up the first.
 */
async function connectAsSpare(
  request: ConnectionRequest,
  host: Host,
  refused: Result<Connected>,
): Promise<Result<Connected>> {
  const deadline = deadlineIn(request.connectDeadlineSeconds);
  for (const clientId of request.spareClientIds ?? []) {
    const connected = await tryToConnect({ ...request, clientId }, host, deadline);
    if (connected.ok) return ok({ ...connected.value, spareFor: request.clientId });
    if (!isInUse(connected.findings)) return connected;
  }
  return refused;
}

/** Paper accounts and their sub-accounts begin with D ("DU1234567", "DF…"); live ones never do. */
function isPaper(account: string): boolean {
  return account.startsWith("D");
}

function isInUse(findings: readonly Finding[]): boolean {
  return findings.some((finding) => finding.kind === "client-id-in-use");
}

/** Sometimes the gateway only closes where it means that the id is in use (C06, C08). */
function mayPass(findings: readonly Finding[]): boolean {
  const isClosed = findings.some(
    (finding) => finding.kind === "broker-unreachable" && finding.reason === "closed",
  );
  return isClosed || isInUse(findings);
}

async function tryToConnect(
  request: ConnectionRequest,
  { clock, journal }: Host,
  deadline: Deadline,
): Promise<Result<Connected>> {
  const connection = new Connection({ ...request, journal, clock });
  const heard: {
    nextOrderId?: number;
    accounts?: readonly string[];
    brokerSeconds?: number;
    hostAt?: Instant;
  } = {};
  connection.on("nextValidId", (id) => {
    heard.nextOrderId ??= id;
  });
  connection.on("managedAccounts", (list) => {
    heard.accounts = list.split(",").filter((account) => account !== "");
  });
  connection.on("currentTime", (epochSeconds) => {
    heard.brokerSeconds = epochSeconds;
    heard.hostAt = clock.now();
  });
  const refuse = async (finding: Finding): Promise<Result<never>> => {
    await connection.close();
    return held(finding);
  };
  const unreachable = (reason: UnreachableReason, detail: string): Finding => {
    const { host, port } = request;
    return connection.clientIdInUse
      ? { kind: "client-id-in-use", clientId: request.clientId }
      : { kind: "broker-unreachable", host, port, reason, detail };
  };
  const failure = (missing: string): Finding => {
    if (connection.lost) return unreachable(connection.lost.reason, connection.lost.detail);
    const reason = connection.serverVersion === 0 ? "no-answer" : "not-ready";
    return unreachable(reason, `no ${missing} within ${deadline.seconds} s`);
  };

  connection.open();
  const started = () =>
    connection.clientIdInUse || (heard.nextOrderId !== undefined && heard.accounts !== undefined);
  const greeted = await connection.until(started, deadline);
  const { nextOrderId, accounts } = heard;
  if (greeted !== "met" || connection.clientIdInUse || nextOrderId === undefined || accounts === undefined) {
    return await refuse(failure(heard.nextOrderId === undefined ? "order ids" : "managed accounts"));
  }
  if (connection.serverVersion < serverVersionMin) {
    const detail = `the gateway speaks version ${connection.serverVersion}, at least ${serverVersionMin} is needed`;
    return await refuse(unreachable("protocol", detail));
  }
  if (!accounts.includes(request.account)) {
    return await refuse({ kind: "account-not-managed", account: request.account, managed: accounts });
  }

  await connection.send((api) => api.reqCurrentTime());
  const isReady = () => heard.brokerSeconds !== undefined && !connection.isLinkCut;
  if ((await connection.until(isReady, deadline)) !== "met") {
    return await refuse(failure(connection.isLinkCut ? "link between gateway and broker" : "broker time"));
  }
  const skewMs = skewOf(heard.brokerSeconds ?? 0, heard.hostAt ?? clock.now());
  connection.marketTime = marketClock(clock, later(clock.now(), skewMs));
  const skewSeconds = skewMs / 1000;
  if (!isPaper(request.account) && Math.abs(skewSeconds) > request.maxClockSkewSeconds) {
    return await refuse({ kind: "clock-skew", skewSeconds, limitSeconds: request.maxClockSkewSeconds });
  }
  return ok({ connection, nextOrderId, skewMs });
}

/**
 * How far the broker's clock is ahead of the host's, in ms. The broker tells whole seconds: within the second that it
 * names, the clocks agree.
 */
export function skewOf(brokerSeconds: number, hostAt: Instant): number {
  const brokerAt = instantFromMs(brokerSeconds * 1000);
  const isSameSecond = brokerAt <= hostAt && hostAt < brokerAt + 1000;
  return isSameSecond ? 0 : brokerAt - hostAt;
}
