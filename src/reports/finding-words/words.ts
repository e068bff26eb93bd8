import type { BrokerMessage } from "../../trading/broker-message.ts";
import type { Finding } from "../../trading/finding.ts";
import { adviceText, unknownCodeText } from "../advice-text.ts";

/** What a finding says, in three parts; texts that came from outside are still as they came. */
export interface Words {
  readonly title: string;
  /** Empty, or what the title leaves open. */
  readonly detail: string;
  readonly remedy: string;
}

export type FindingKind = Finding["kind"];

export type FindingOf = { readonly [Kind in FindingKind]: Extract<Finding, { kind: Kind }> };

/**
 * One entry a kind; times are told in `zone`, an IANA zone. A home of messages has the entries of its noun; only all homes
 * together have them all.
 */
export type FindingWords = {
  readonly [Kind in FindingKind]: (finding: FindingOf[Kind], zone: string) => Words;
};

export function because(detail: string): string {
  return detail === "" ? "" : `: ${detail}`;
}

/** What the broker's own code asks for; findings of old records, and codes that nobody knows, carry no advice. */
export function adviceOn({ advice }: BrokerMessage): string {
  return advice === undefined ? unknownCodeText : adviceText(advice);
}
