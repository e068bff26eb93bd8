import type { Result } from "../../trading/result.ts";
import type { Connection } from "./connection.ts";

/** Does the work for each item, at most `lanes` at the same time; answers in the items' order. */
async function atOnce<T, R>(
  lanes: number,
  items: readonly T[],
  work: (item: T) => Promise<R>,
): Promise<readonly R[]> {
  const results: R[] = [];
  const queue = items.entries();
  const lane = async (): Promise<void> => {
    for (const [index, item] of queue) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: Math.max(1, Math.min(lanes, items.length)) }, lane));
  return results;
}

/**
 * Asks for each item, until the gateway falls silent or is cut off: when one request's whole deadline brings not a single
 * message, or the link to the broker is not back, what waits behind it comes to the same findings unasked. Else each of thousands would wait for a deadline of its own.
 */
export async function askAtOnce<T, R>(
  connection: Connection,
  lanes: number,
  items: readonly T[],
  ask: (item: T) => Promise<Result<R>>,
): Promise<readonly Result<R>[]> {
  let silence: Result<R> | undefined;
  return await atOnce(lanes, items, async (item) => {
    if (silence) return silence;
    const heardBefore = connection.messagesHeard;
    const answer = await ask(item);
    const isSilent = connection.messagesHeard === heardBefore || connection.isLinkCut;
    if (!answer.ok && isSilent) silence = answer;
    return answer;
  });
}
