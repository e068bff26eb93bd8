import { connectingContract } from "./connecting.contract.ts";
import { marketContract } from "./market.contract.ts";
import { orderChangesContract } from "./order-changes.contract.ts";
import { ordersContract } from "./orders.contract.ts";
import { previewsContract } from "./previews.contract.ts";
import { protectionContract } from "./protection.contract.ts";
import { type OpenedBroker, Trial } from "./testing/trial.ts";

/** One suite that every broker passes: what the job relies on, whoever stands behind it. */
export function brokerContract(name: string, start: () => Promise<OpenedBroker>): void {
  describe(name, () => {
    const trial = new Trial();
    beforeEach(async () => trial.begin(await start()));
    afterEach(async () => await trial.end());

    connectingContract(trial);
    marketContract(trial);
    ordersContract(trial);
    orderChangesContract(trial);
    previewsContract(trial);
    protectionContract(trial);
  });
}
