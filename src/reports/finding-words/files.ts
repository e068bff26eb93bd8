import type { HistoryTrouble } from "../../trading/finding.ts";
import { unreachable } from "../../trading/invariant.ts";
import { fileName } from "../plain-text.ts";
import { because, type FindingWords } from "./words.ts";

/** Files, and the history among them. */
export const filesWords = {
  "file-not-written": (finding) => ({
    title: `the file ${fileName(finding.file)} could not be written`,
    detail: `${finding.file}${because(finding.detail)}`,
    remedy: "Check the disk's free space and the folder's owner. Nothing is sent that is not on disk first.",
  }),
  "file-not-read": (finding) => ({
    title: `the file ${fileName(finding.file)} could not be read`,
    detail: `${finding.file}${because(finding.detail)}`,
    remedy: "Put right what the message names: the file's or its folder's owner and mode, or the disk.",
  }),
  "history-unusable": (finding) => ({
    title: `the history ${historyText(finding.trouble)}`,
    detail: `${finding.file}${because(finding.detail)}`,
    remedy: historyRemedy(finding.trouble),
  }),
} satisfies Partial<FindingWords>;

function historyText(trouble: HistoryTrouble): string {
  switch (trouble) {
    case "damaged":
      return "is damaged";
    case "not-ours":
      return "is not this program's";
    case "empty":
      return "is empty";
    case "newer":
      return "was written by a newer version";
    case "locked":
      return "is locked by another process";
    case "behind":
      return "has lost what is newest";
    case "out-of-reach":
      return "cannot be used";
    default:
      return unreachable(trouble);
  }
}

function historyRemedy(trouble: HistoryTrouble): string {
  switch (trouble) {
    case "damaged":
    case "empty":
      return "Nothing was changed. Restore the newest backup as docs/restore.md says.";
    case "not-ours":
      return "Nothing was changed. Check data.folder in trader.toml and what put that file there.";
    case "newer":
      return "Update the program; the file was not touched.";
    case "locked":
      return "End the program that has it open for writing (a database browser, a copy in progress).";
    case "behind":
      return "The file was put back from an older copy, replaced, or copied without its -wal file. Put the newest back, or accept the loss as docs/restore.md says.";
    case "out-of-reach":
      return "Check the disk's free space, and the owner and mode of the file and its folder.";
    default:
      return unreachable(trouble);
  }
}
