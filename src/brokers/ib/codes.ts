import type { Advice, BrokerMessage } from "../../trading/broker-message.ts";

/**
 * What a TWS message code means for us and what a person can do about it: one table, and no logic on message texts, which
 * change with language and release (C25). Sources: IB's message-code list and what public programs met in practice.
 *
 * - `information`, `warning`: nothing ends; the order lives, the data follow.
 * - `waits-for-locate`: the order lives and waits for stock to borrow (O15).
 * - `order-rejected`: the order was not accepted, as long as no status of it says otherwise (O06, O14).
 * - `order-cancelled`: the order has ended without (further) fills.
 * - `cancel-answered`: there is nothing to cancel; what became of the order must be looked up (O08, O09).
 * - `already-filled`: the number belongs to a filled order: an answer to a cancel, a refusal of a new order (O27).
 * - `refused`: a request without an order has ended.
 * - `farm-down`, `farm-up`: a data server, by the name at the end of the text; quotes may be missing meanwhile (C17).
 * - `link-cut`, `link-restored`, `link-restored-data-lost`: between gateway and broker; our socket stays open.
 * - `client-id-in-use`: the gateway refuses this connection.
 * - `connection`: the package's own words on its socket.
 * - `protocol`: client and gateway do not understand each other.
 */
export type CodeMeaning =
  | "information"
  | "warning"
  | "waits-for-locate"
  | "order-rejected"
  | "order-cancelled"
  | "cancel-answered"
  | "already-filled"
  | "refused"
  | "farm-down"
  | "farm-up"
  | "link-cut"
  | "link-restored"
  | "link-restored-data-lost"
  | "client-id-in-use"
  | "connection"
  | "protocol";

interface Row {
  readonly codes: readonly number[];
  readonly meaning: CodeMeaning;
  readonly advice: Advice;
}

/** Every code once. */
export const codeTable: readonly Row[] = [
  { codes: [2100, 2101, 2119], meaning: "information", advice: "nothing-to-do" },
  // Time in force set by the gateway's preset (O13); outsideRth and other fields ignored; a price far from the market.
  { codes: [492, 2102, 2109, 2137, 10349], meaning: "warning", advice: "nothing-to-do" },
  // Not placed at the exchange until it opens.
  { codes: [399], meaning: "warning", advice: "opens-later" },
  { codes: [404], meaning: "waits-for-locate", advice: "locating-stock" },
  // Delayed or partial data follow (D04).
  { codes: [10090, 10091, 10167], meaning: "warning", advice: "delayed-data" },
  { codes: [2148], meaning: "warning", advice: "margin-call" },

  // Duplicate, old or mismatching order id (O01).
  { codes: [103, 105], meaning: "order-rejected", advice: "ids-used-by-another-program" },
  // Price steps (O03).
  { codes: [110], meaning: "order-rejected", advice: "price-off-step" },
  // Precautionary limits of price, size and value (O20).
  { codes: [109, 163, 382, 383, 451], meaning: "order-rejected", advice: "over-precaution" },
  // Sizes: zero, below the least, fractional (O07).
  {
    codes: [388, 434, 10242, 10243, 10245, 10246, 10247, 10248, 10249, 10250, 10251, 10252],
    meaning: "order-rejected",
    advice: "size-not-accepted",
  },
  { codes: [200], meaning: "order-rejected", advice: "contract-not-found" },
  { codes: [203, 387, 412, 460, 461], meaning: "order-rejected", advice: "contract-not-tradable" },
  // Margin, permission, stock to borrow: the text says which (O19, O21).
  { codes: [201], meaning: "order-rejected", advice: "margin-or-permission" },
  { codes: [435, 436], meaning: "order-rejected", advice: "account-on-order" },
  // Not valid: also what a read-only API says (C26).
  { codes: [321], meaning: "order-rejected", advice: "read-only-api" },
  // Not readable, not processed, not transmitted; the algorithm or one of its parameters refused; fields that a newer
  // gateway forbids (C23).
  {
    codes: [106, 107, 320, 322, 329, 439, 440, 441, 443, 10268, 10274],
    meaning: "order-rejected",
    advice: "order-not-understood",
  },
  // Refused at the message rate: not read, so not placed (D08).
  { codes: [100], meaning: "order-rejected", advice: "too-many-messages" },

  { codes: [202], meaning: "order-cancelled", advice: "ended-by-broker" },
  { codes: [135, 136, 161, 10147, 10148], meaning: "cancel-answered", advice: "already-ended" },
  { codes: [104], meaning: "already-filled", advice: "already-ended" },

  { codes: [101], meaning: "refused", advice: "too-many-quotes" },
  { codes: [354, 10089, 10168, 10186], meaning: "refused", advice: "market-data-not-subscribed" },
  { codes: [10197], meaning: "refused", advice: "competing-session" },
  { codes: [102, 162, 300, 366], meaning: "refused", advice: "ask-again" },
  { codes: [327], meaning: "refused", advice: "order-not-understood" },

  { codes: [2103, 2105, 2157], meaning: "farm-down", advice: "farm-down" },
  // 2107 and 2108: asleep until it is asked, which is as good.
  { codes: [2104, 2106, 2107, 2108, 2158], meaning: "farm-up", advice: "nothing-to-do" },
  { codes: [1100, 2110], meaning: "link-cut", advice: "link-down" },
  { codes: [1102], meaning: "link-restored", advice: "nothing-to-do" },
  { codes: [1101], meaning: "link-restored-data-lost", advice: "nothing-to-do" },
  { codes: [326], meaning: "client-id-in-use", advice: "client-id-in-use" },
  { codes: [501, 502, 504, 512], meaning: "connection", advice: "gateway-down" },
  { codes: [503, 505, 506], meaning: "protocol", advice: "version-mismatch" },
];

const rowByCode: ReadonlyMap<number, Row> = new Map(
  codeTable.flatMap((row) => row.codes.map((code) => [code, row] as const)),
);

/** The meaning of a code; undefined for one that is not in the table: then nothing is concluded from it. */
export function meaningOf(code: number): CodeMeaning | undefined {
  return rowByCode.get(code)?.meaning ?? (code >= 2100 && code <= 2199 ? "warning" : undefined);
}

/** Does this code, told about a request or a cancel, end its wait? Everything does but information and warnings. */
export function endsRequest(code: number): boolean {
  const meaning = meaningOf(code);
  const goesOn: readonly (CodeMeaning | undefined)[] = [
    "information",
    "warning",
    "waits-for-locate",
    "farm-down",
    "farm-up",
  ];
  return !goesOn.includes(meaning);
}

/** What was told, with what can be done about it where the code is in the table. */
export function messageOf(code: number, text: string): BrokerMessage {
  const advice = rowByCode.get(code)?.advice;
  return advice === undefined ? { code, text } : { code, text, advice };
}
