import { type ContractDetails, SecType } from "@stoqey/ib";
import type { ContractAnswer } from "../../ports.ts";
import type { Finding } from "../../trading/finding.ts";
import type { ContractRequest, Instrument } from "../../trading/instrument.ts";
import type { PriceStep } from "../../trading/price.ts";
import { held, ok, okUnless, type Result } from "../../trading/result.ts";
import { type KnownHours, readHours } from "../../trading/session.ts";
import { askAtOnce } from "./at-once.ts";
import type { Desk } from "./desk.ts";

/** Requests under way at the same time: more would only wait for the message rate. */
const lanes = 40;

/** "No security definition has been found", and "ambiguous" with no choice told. */
const notFoundCode = 200;

type Rules = Map<number, Promise<Result<readonly PriceStep[]>>>;

/**
 * Contracts by symbol, each with the price steps of the market rule that SMART uses for it and its liquid hours. Each
 * rule is asked for once. Answers come in the order of the requests.
 */
export async function readContracts(
  requests: readonly ContractRequest[],
  desk: Desk,
): Promise<Result<readonly ContractAnswer[]>> {
  const rules: Rules = new Map();
  const cutsBefore = desk.connection.linkCuts;
  const answers = await askAtOnce(desk.connection, lanes, requests, (request) =>
    readContract(request, desk, rules),
  );
  if (desk.connection.lost) return held(desk.connection.lostDuring("contracts"));
  if (desk.connection.linkCuts !== cutsBefore || desk.connection.isLinkCut)
    return held(desk.connection.cutDuring("contracts"));
  const unanswered = answers.flatMap((answer) => (answer.ok ? [] : answer.findings));
  const farms = desk.connection.farmsDown(2157);
  const symbols = requests.filter((_request, index) => !answers[index]?.ok).map(({ symbol }) => symbol);
  const findings: readonly Finding[] =
    farms.length > 0 && symbols.length > 0
      ? [{ kind: "data-farm-down", farms, symbols }, ...unanswered]
      : unanswered;
  return okUnless(findings, () => answers.flatMap((answer) => (answer.ok ? [answer.value] : [])));
}

async function readContract(
  request: ContractRequest,
  desk: Desk,
  rules: Rules,
): Promise<Result<ContractAnswer>> {
  const { connection, deadlineSeconds } = desk;
  const { symbol, currency, primaryExchange } = request;
  const id = connection.newRequestId();
  const listings: ContractDetails[] = [];
  let isEnded = false;
  const stops = [
    connection.on("contractDetails", (of, details) => {
      if (of === id) listings.push(details);
    }),
    connection.on("contractDetailsEnd", (of) => {
      if (of === id) isEnded = true;
    }),
  ];
  const contract = { symbol, secType: SecType.STK, exchange: "SMART", currency };
  const trouble = await connection.ask({
    request: `contract ${symbol}`,
    id,
    deadlineSeconds,
    write: (api) =>
      api.reqContractDetails(
        id,
        primaryExchange === undefined ? contract : { ...contract, primaryExch: primaryExchange },
      ),
    isAnswered: () => isEnded,
  });
  for (const stop of stops) stop();
  if (trouble?.kind === "request-refused" && trouble.code === notFoundCode) {
    return ok({ found: false, symbol, detail: trouble.text });
  }
  return trouble ? held(trouble) : await answerOf(request, listings, desk, rules);
}

async function answerOf(
  { symbol, currency, primaryExchange }: ContractRequest,
  listings: readonly ContractDetails[],
  desk: Desk,
  rules: Rules,
): Promise<Result<ContractAnswer>> {
  const wanted = listings.filter(
    ({ contract }) =>
      contract.currency === currency &&
      (primaryExchange === undefined || contract.primaryExch === primaryExchange),
  );
  const byConId = new Map(wanted.map((details) => [details.contract.conId, details]));
  const [details, ...others] = byConId.values();
  if (!details)
    return ok({
      found: false,
      symbol,
      detail: `no ${currency} stock ${symbol}${ofExchange(primaryExchange)}`,
    });
  if (others.length > 0)
    return ok({ found: "ambiguous", symbol, listings: [...byConId.values()].map(listingText) });

  const ruleId = marketRuleOf(details);
  if (ruleId === undefined)
    return ok({ found: false, symbol, detail: "the broker names no market rule for SMART" });
  const hours = hoursOf(details);
  if (typeof hours === "string") return ok({ found: false, symbol, detail: hours });
  const steps = await (rules.get(ruleId) ?? rememberRule(ruleId, desk, rules));
  if (!steps.ok) return steps;
  return ok({ found: true, instrument: instrumentFrom(details, steps.value, hours) });
}

/** What the market rule of a contract on SMART is: the lists of exchanges and rules are parallel (O04, O05). */
function marketRuleOf({ validExchanges, marketRuleIds }: ContractDetails): number | undefined {
  const index = (validExchanges ?? "").split(",").indexOf("SMART");
  const rule = index < 0 ? undefined : (marketRuleIds ?? "").split(",")[index];
  return rule === undefined || rule === "" ? undefined : Number(rule);
}

/** The hours, or why they cannot be read. */
function hoursOf({ liquidHours, timeZoneId }: ContractDetails): KnownHours | string {
  try {
    return readHours(liquidHours ?? "", timeZoneId ?? "");
  } catch (error) {
    if (error instanceof RangeError) return `its liquid hours cannot be read: ${error.message}`;
    throw error;
  }
}

function instrumentFrom(
  { contract, timeZoneId }: ContractDetails,
  priceSteps: readonly PriceStep[],
  hours: KnownHours,
): Instrument {
  return {
    conId: contract.conId ?? 0,
    symbol: contract.symbol ?? "",
    securityType: "STK",
    primaryExchange: contract.primaryExch ?? "",
    currency: contract.currency ?? "",
    // A stock's is left out on the wire, which the package reads as 0.
    multiplier: contract.multiplier || 1,
    priceSteps,
    timeZone: timeZoneId ?? "",
    sessions: hours.sessions,
    hoursKnownThrough: hours.knownThrough,
  };
}

function rememberRule(ruleId: number, desk: Desk, rules: Rules): Promise<Result<readonly PriceStep[]>> {
  const rule = readRule(ruleId, desk);
  rules.set(ruleId, rule);
  return rule;
}

async function readRule(
  ruleId: number,
  { connection, deadlineSeconds }: Desk,
): Promise<Result<readonly PriceStep[]>> {
  let steps: readonly PriceStep[] | undefined;
  const stop = connection.on("marketRule", (of, increments) => {
    if (of === ruleId) steps = increments.map(({ lowEdge, increment }) => ({ lowEdge, increment }));
  });
  const trouble = await connection.ask({
    request: `market rule ${ruleId}`,
    deadlineSeconds,
    write: (api) => api.reqMarketRule(ruleId),
    isAnswered: () => steps !== undefined,
  });
  stop();
  return trouble ? held(trouble) : ok(steps ?? []);
}

function listingText({ contract }: ContractDetails): string {
  return `${contract.symbol} ${contract.currency} on ${contract.primaryExch} (conId ${contract.conId})`;
}

function ofExchange(primaryExchange: string | undefined): string {
  return primaryExchange === undefined ? "" : ` with primary exchange ${primaryExchange}`;
}
