import type { Behaviour } from "../behaviour.ts";
import { accountBehaviours } from "./accounts.ts";
import { connectionBehaviours } from "./connection.ts";
import { contractBehaviours } from "./contracts.ts";
import { incidentBehaviours } from "./incidents.ts";
import { marketDataBehaviours } from "./market-data.ts";
import { orderChangeBehaviours } from "./order-changes.ts";
import { orderGroupBehaviours } from "./order-groups.ts";
import { orderKindBehaviours } from "./order-kinds.ts";
import { orderBehaviours } from "./orders.ts";
import { tradingBehaviours } from "./trading.ts";

/** Every request and behaviour that a client of the paper gateway may count on. A new one is one more row of its area. */
export const behaviours: readonly Behaviour[] = [
  ...connectionBehaviours,
  ...accountBehaviours,
  ...contractBehaviours,
  ...marketDataBehaviours,
  ...orderKindBehaviours,
  ...orderBehaviours,
  ...orderChangeBehaviours,
  ...orderGroupBehaviours,
  ...tradingBehaviours,
  ...incidentBehaviours,
];
