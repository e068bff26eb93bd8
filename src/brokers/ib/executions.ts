import type { Execution } from "../../trading/execution.ts";
import { held, ok, type Result } from "../../trading/result.ts";
import type { Desk } from "./desk.ts";

/**
 * Executions since the broker's midnight, of every client id, with the commissions that were told. The filter names the
 * account: some gateways never answer an empty one (C12); the client id stays empty, which stands for all.
 */
export async function readExecutions({
  connection,
  orders,
  account,
  deadlineSeconds,
}: Desk): Promise<Result<readonly Execution[]>> {
  const id = connection.newRequestId();
  const execIds: string[] = [];
  let isEnded = false;
  const stops = [
    connection.on("execDetails", (of, _contract, { execId }) => {
      if (of === id && execId !== undefined) execIds.push(execId);
    }),
    connection.on("execDetailsEnd", (of) => {
      if (of === id) isEnded = true;
    }),
  ];
  const filter = { clientId: "", acctCode: account, time: "", symbol: "", exchange: "", side: "" };
  const trouble = await connection.ask({
    request: "executions",
    id,
    deadlineSeconds,
    write: (api) => api.reqExecutions(id, filter),
    isAnswered: () => isEnded,
  });
  for (const stop of stops) stop();
  return trouble ? held(trouble) : ok(orders.latestOf(execIds));
}
