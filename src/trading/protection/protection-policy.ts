/** How positions of some instruments are protected by an order that rests at the broker. */
export interface ProtectionTerms {
  readonly kind: "stop" | "trailing-stop";
  /**
   * What the distance is counted from: the position's average cost, or the broker's mark when the order is looked at. A
   * trailing stop always counts from the market.
   */
  readonly reference: "average-cost" | "price";
  /** How far the stop lies against the position; 1,000 is 10 %. */
  readonly distanceBps: number;
  /** How far behind the stop a limit still accepts; undefined takes any price once the stop is reached. */
  readonly limitOffsetBps: number | undefined;
  /** May it be reached, and trade, before the open and after the close? */
  readonly outsideRegularHours: boolean;
}

/** One setting of the owner's. */
export interface ProtectionRule {
  /** Undefined: every stock position but those that must not be traded. */
  readonly symbols: ReadonlySet<string> | undefined;
  /** Undefined: these are not protected. */
  readonly terms: ProtectionTerms | undefined;
  /** For so many sessions after a protective order has filled nothing more of the instrument is taken on. */
  readonly restSessions: number;
}

/** The first rule that fits a symbol counts. Empty: nothing is protected. */
export type ProtectionPolicy = readonly ProtectionRule[];

/** The rule for a symbol; one for all does not reach what the owner does not want traded. */
export function protectionRuleFor(
  symbol: string,
  policy: ProtectionPolicy,
  mayTrade: boolean,
): ProtectionRule | undefined {
  return policy.find(({ symbols }) => (symbols ? symbols.has(symbol) : mayTrade));
}

/** Are these the same setting? Then a stop that works under the one stays where it is under the other. */
export function isSameTerms(a: ProtectionTerms, b: ProtectionTerms): boolean {
  return (
    a.kind === b.kind &&
    a.distanceBps === b.distanceBps &&
    a.outsideRegularHours === b.outsideRegularHours &&
    (a.kind === "trailing-stop" || (a.reference === b.reference && a.limitOffsetBps === b.limitOffsetBps))
  );
}

/** Can an order that works under the one be changed to the other? Its type and its hours stay what they are. */
export function isChangeable(from: ProtectionTerms, to: ProtectionTerms): boolean {
  return (
    from.kind === to.kind &&
    from.outsideRegularHours === to.outsideRegularHours &&
    (from.limitOffsetBps === undefined) === (to.limitOffsetBps === undefined)
  );
}
