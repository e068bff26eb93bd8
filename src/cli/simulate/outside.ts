import type { VenueContract, VenueOrderRequest } from "../../simulation/venue.ts";
import { storeOver } from "../../storage/store.ts";
import { instantFromMs } from "../../trading/instant.ts";
import type { Draws } from "./draws.ts";
import type { Scene } from "./process.ts";

/** What happens between runs, and not by them: people trade, brokers correct, clocks jump, strategies change their mind. */
export class Outside {
  readonly #scene: Scene;
  readonly #draws: Draws;
  #personsOrders = 0;

  constructor(scene: Scene, draws: Draws) {
    this.#scene = scene;
    this.#draws = draws;
  }

  /** Before a run. */
  happens(): void {
    const { truth, trouble, host } = this.#scene;
    if (truth.venue.isOpen()) {
      if (trouble.strikes("manual trade")) this.#trade("IOC", 1.02);
      if (trouble.strikes("foreign order working")) this.#trade("DAY", 0.5);
      const today = truth.venue.executions();
      if (today.length > 0 && trouble.strikes("execution corrected")) {
        const execution = this.#draws.pick(today);
        if (execution.execId.endsWith(".01")) truth.correct(execution, execution.price + 0.01);
      }
    }
    if (trouble.strikes("clock jumps between runs")) this.#jumpClock();
    if (trouble.strikes("halted between runs")) host.isHalted = true;
    else if (this.#draws.chance(0.5)) host.isHalted = false;
    if (this.#draws.chance(0.1)) this.acceptAll();
    if (!host.forecast || this.#draws.chance(0.5)) this.changeForecast();
  }

  /** After the session's last run: tomorrow no list tells of it any more. */
  happensUnseen(): void {
    const { truth, trouble } = this.#scene;
    if (truth.venue.isOpen() && trouble.strikes("manual trade unseen")) this.#trade("IOC", 1.02);
    if (!trouble.strikes("position moves by itself")) return;
    const { conId } = this.#contract();
    const held = truth.sharesOf(this.#scene.job.connection.account, conId);
    truth.move(conId, held === 0 ? 100 : held);
  }

  /** A person looks at what is not explained, and says that the broker is right: `trader accept`. */
  acceptAll(): void {
    const { db, truth, job } = this.#scene;
    storeOver(db, { version: "simulation" }).accept(job.connection.account, {
      isMeant: () => true,
      at: truth.now,
      note: "looked at",
    });
  }

  /** The host's clock is set forward or back, or set right. */
  #jumpClock(): void {
    const { host } = this.#scene;
    host.skewMs = this.#draws.chance(0.5) ? 0 : this.#draws.whole(-7_200_000, 7_200_000);
  }

  #contract(): VenueContract {
    return this.#draws.pick(this.#scene.truth.venue.contracts());
  }

  #trade(timeInForce: "IOC" | "DAY", priceFactor: number): void {
    const { truth, job } = this.#scene;
    const { conId } = this.#contract();
    this.#personsOrders += 1;
    const order: VenueOrderRequest = {
      account: job.connection.account,
      clientId: 0,
      orderId: this.#personsOrders,
      orderRef: "",
      conId,
      side: "buy",
      shares: this.#draws.whole(1, 200),
      orderType: "LMT",
      limitPrice: Math.round((truth.venue.quote(conId).ask ?? 1) * priceFactor * 100) / 100,
      timeInForce,
      algoStrategy: "",
      algoParams: [],
    };
    truth.venue.place(order);
  }

  /** The strategies write another forecast. */
  changeForecast(): void {
    const { truth, trouble, host } = this.#scene;
    const draws = this.#draws;
    const isTooMuch = trouble.strikes("forecast over limits");
    const rows = truth.venue
      .contracts()
      .filter(() => draws.chance(0.85))
      .map(({ symbol }, index) => ({ symbol, weight: draws.between(-0.08, 0.28), line: index + 5 }));
    // When the faults are over nothing is asked for that a limit could refuse.
    const leverage = isTooMuch ? 2 : draws.between(0.3, trouble.isOver ? 0.5 : 1);
    const asOf = instantFromMs(truth.now);
    host.forecast = { strategy: "trend", file: "trend.csv", asOf, leverage, rows };
  }
}
