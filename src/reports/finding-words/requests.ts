import { durationText } from "../numbers.ts";
import { adviceOn, type FindingWords } from "./words.ts";

/** What the gateway was asked, and gave no answer to. */
export const requestsWords = {
  "api-read-only": (finding) => ({
    title: "the gateway's API is read-only",
    detail: `it refused ${finding.request} (321)`,
    remedy: 'In the gateway\'s API settings, take the tick out of "Read-Only API", then run again.',
  }),
  "request-unanswered": (finding) => ({
    title: `the gateway did not answer: ${finding.request}`,
    detail: `nothing came within ${durationText(finding.deadlineSeconds)}`,
    remedy:
      "Nothing is assumed in place of the answer. If the next run meets the same, restart the gateway: its link to the broker may hang.",
  }),
  "request-refused": (finding) => ({
    title: `the gateway refused: ${finding.request}`,
    detail: `${finding.code} ${finding.text}`,
    remedy: adviceOn(finding),
  }),
} satisfies Partial<FindingWords>;
