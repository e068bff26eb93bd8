/** Which way an order goes. A short sale is a sell. */
export type Side = "buy" | "sell";

/** +1 for a buy, −1 for a sell: one formula serves both sides. */
export function sign(side: Side): 1 | -1 {
  return side === "buy" ? 1 : -1;
}

/** The side that a signed number of shares asks for. */
export function sideOf(signedShares: number): Side {
  return signedShares < 0 ? "sell" : "buy";
}
