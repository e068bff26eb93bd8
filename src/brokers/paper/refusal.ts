/** An error as the wire carries it. */
export interface Refusal {
  readonly code: number;
  readonly text: string;
}

/**
 * The refusals and notices that this gateway gives, with the numbers and words of the real one. A request that cannot be
 * answered is always refused with one of these; nothing is passed over in silence.
 */
export const refusals = {
  tooManyLines: { code: 101, text: "Max number of tickers has been reached" },
  duplicateOrderId: { code: 103, text: "Duplicate order id" },
  filledOrderModified: { code: 104, text: "Cannot modify a filled order." },
  modified: {
    code: 105,
    text: "Order being modified does not match original order.",
  },
  tifNotForType: { code: 111, text: "The TIF (Tif type) and the order type are incompatible." },
  tifForClose: { code: 113, text: "The Tif option should be set to DAY for MOC and LOC orders." },
  shortSaleHeld: {
    code: 404,
    text: "Order is being held because shares are not available for shorting; the broker is trying to locate them.",
  },
  unknownAlgoAttribute: { code: 443, text: "Order processing failed. Unknown algo attribute." },
  missingParent: { code: 10006, text: "Missing parent order." },
  noContract: { code: 200, text: "No security definition has been found for the request" },
  clientIdInUse: {
    code: 326,
    text: "Unable to connect as the client id is already in use. Retry with a unique client id.",
  },
  bindIsForClient0: {
    code: 327,
    text: "Only API connections with clientId set to 0 can set the auto bind TWS orders property.",
  },
  unsupportedOrderType: {
    code: 387,
    text: "Unsupported order type for this exchange and security type.",
  },
  sizeZero: { code: 434, text: "The order size cannot be zero." },
  accountNeeded: { code: 435, text: "You must specify an account." },
  unknownAlgo: { code: 439, text: "Order processing failed. Algorithm definition not found." },
  algoNotHere: { code: 442, text: "Specified algorithm is not allowed for this order." },
  fractionalSize: {
    code: 10243,
    text: "Fractional-sized order cannot be placed via API. Please refer to the following link for more details: https://www.interactivebrokers.com/en/software/tws/fractionalshares.htm",
  },
  outsideRthIgnored: {
    code: 2109,
    text: "Order Event Warning:Attribute 'Outside Regular Trading Hours' is ignored based on the order type and destination. PlaceOrder is now being processed.",
  },
} as const satisfies Record<string, Refusal>;

/** What a gateway says of its data connections when a client has connected. */
export const farmNotices: readonly Refusal[] = [
  { code: 2104, text: "Market data farm connection is OK:usfarm" },
  { code: 2107, text: "HMDS data farm connection is inactive but should be available upon demand.ushmds" },
  { code: 2158, text: "Sec-def data farm connection is OK:secdefil" },
];

export function ambiguousContract(symbol: string): Refusal {
  return { code: 200, text: `The contract description specified for ${symbol} is ambiguous` };
}

export function notTraded(security: string): Refusal {
  return { code: 203, text: `The security ${security} is not available or allowed for this account` };
}

export function unreadable(detail: string): Refusal {
  return { code: 320, text: `Error reading request. ${detail}` };
}

export function invalid(cause: string): Refusal {
  return { code: 321, text: `Error validating request.-'bW' : cause - ${cause}` };
}

export function unprocessable(cause: string): Refusal {
  return { code: 322, text: `Error processing request.-'bW' : cause - ${cause}` };
}

export function rejected(reason: string): Refusal {
  return { code: 201, text: `Order rejected - reason:${reason}` };
}

export function algoAttributes(detail: string): Refusal {
  return { code: 441, text: `Algo attributes validation failed: ${detail}` };
}

export function cancelNotFound(orderId: number): Refusal {
  return { code: 10147, text: `OrderId ${orderId} that needs to be cancelled is not found.` };
}

export function cancelTooLate(orderId: number, status: string): Refusal {
  return {
    code: 10148,
    text: `OrderId ${orderId} that needs to be cancelled cannot be cancelled, state: ${status}.`,
  };
}
