import type { Finding } from "../trading/finding.ts";
import { accountWords } from "./finding-words/account.ts";
import { booksWords } from "./finding-words/books.ts";
import { connectionWords } from "./finding-words/connection.ts";
import { filesWords } from "./finding-words/files.ts";
import { forecastsWords } from "./finding-words/forecasts.ts";
import { ordersWords } from "./finding-words/orders.ts";
import { planWords } from "./finding-words/plan.ts";
import { previewsWords } from "./finding-words/previews.ts";
import { protectionWords } from "./finding-words/protection.ts";
import { quotesWords } from "./finding-words/quotes.ts";
import { requestsWords } from "./finding-words/requests.ts";
import { runsWords } from "./finding-words/runs.ts";
import type { FindingKind, FindingOf, FindingWords, Words } from "./finding-words/words.ts";
import { plainText } from "./plain-text.ts";

export interface FindingText {
  /** A few words, for a mail's subject: "forecast momentum.csv is truncated". */
  readonly title: string;
  /** What is wrong, with file, line and value. Begins with the title. */
  readonly what: string;
  /** What a person can do about it. */
  readonly remedy: string;
}

/**
 * A finding for a person with money at stake and no time. Its words are in `finding-words/`, under its noun. Texts that
 * came from outside are shown on one line, without control characters. `zone`: the IANA zone in which its times are told.
 */
export function findingText(finding: Finding, zone: string): FindingText {
  const { title, detail, remedy } = wordsOf(finding.kind, finding, zone);
  const what = detail === "" ? title : `${title}: ${detail}`;
  return { title: plainText(title), what: plainText(what), remedy: plainText(remedy) };
}

/** Every kind's words: a kind that has none in any home stops the build here. */
const words: FindingWords = {
  ...runsWords,
  ...connectionWords,
  ...requestsWords,
  ...ordersWords,
  ...forecastsWords,
  ...accountWords,
  ...booksWords,
  ...quotesWords,
  ...planWords,
  ...previewsWords,
  ...protectionWords,
  ...filesWords,
};

/** The kind stands beside its finding so that the compiler sees that the two belong together. */
function wordsOf<Kind extends FindingKind>(kind: Kind, finding: FindingOf[Kind], zone: string): Words {
  return words[kind](finding, zone);
}
