/**
 * What a TWS message code means for us: one table, and no logic on message texts, which change with language and
 * release (C25). Sources: IB's message-code list and what public programs met in practice.
 *
 * - `information`, `warning`: nothing ends; the order lives, the data follow.
 * - `order-rejected`: the order was not accepted, as long as no status of it says otherwise (O06, O14).
 * - `order-cancelled`: the order has ended without (further) fills.
 * - `cancel-answered`: there is nothing to cancel; what became of the order must be looked up (O08, O09).
 * - `link-cut`, `link-restored`, `link-restored-data-lost`: between gateway and broker; our socket stays open.
 * - `client-id-in-use`: the gateway refuses this connection.
 * - `protocol`: client and gateway do not understand each other.
 */
export type CodeMeaning =
  | "information"
  | "warning"
  | "order-rejected"
  | "order-cancelled"
  | "cancel-answered"
  | "link-cut"
  | "link-restored"
  | "link-restored-data-lost"
  | "client-id-in-use"
  | "protocol";

const codesByMeaning: Readonly<Record<CodeMeaning, readonly number[]>> = {
  information: [2104, 2106, 2107, 2108, 2119, 2158],
  // 399 will not be placed until …; 404 held while shares are located; 2109 outsideRth ignored; 10349 time in force set
  // by preset (O13, O15); 10167, 10090, 10091 delayed or partial data follow (D04).
  warning: [399, 404, 492, 2109, 10090, 10091, 10167, 10349],
  "order-rejected": [
    // Duplicate or mismatching order id; price, size and value rules; precautionary presets (O01, O03, O07, O20).
    103,
    105, 109, 110, 163, 382, 383, 388, 434, 451,
    // Contract, account, permissions, margin (O19, O21, O22).
    200, 201, 203, 412, 435, 436, 460, 461,
    // Not readable, not valid (also: the API is read-only, C26), not processed; algorithm refused.
    320, 321, 322, 387, 439, 440, 441, 443,
    // Fractional sizes; fields that a newer gateway forbids (C23).
    10243, 10245, 10246, 10247, 10248, 10249, 10250, 10251, 10252, 10268, 10274,
  ],
  "order-cancelled": [202],
  "cancel-answered": [104, 135, 161, 10147, 10148],
  "link-cut": [1100, 2110],
  "link-restored": [1102],
  "link-restored-data-lost": [1101],
  "client-id-in-use": [326],
  protocol: [503, 505, 506],
};

const meaningByCode = new Map<number, CodeMeaning>(
  Object.entries(codesByMeaning).flatMap(([meaning, codes]) =>
    codes.map((code) => [code, meaning as CodeMeaning] as const),
  ),
);

/** The meaning of a code; undefined for one that is not in the table: then nothing is concluded from it. */
export function meaningOf(code: number): CodeMeaning | undefined {
  const told = meaningByCode.get(code);
  return told ?? (code >= 2100 && code <= 2199 ? "warning" : undefined);
}

/** Does this code, told about a request, end it? Everything does but information and warnings. */
export function endsRequest(code: number): boolean {
  const meaning = meaningOf(code);
  return meaning !== "information" && meaning !== "warning";
}
