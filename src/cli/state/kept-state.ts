import { readFileSync } from "node:fs";
import * as z from "zod";
import { OrderIds } from "../../brokers/paper/order-ids.ts";
import { writeDurably } from "../../files/write-durably.ts";
import type { VenueCall } from "../../simulation/journaled-venue.ts";
import type { VenueOrderRequest } from "../../simulation/venue.ts";
import { type Instant, instantFromMs } from "../../trading/instant.ts";
import { ConfigError } from "../config/mistake.ts";

/** The layout of the file: another one is not read. */
const version = 1;
/** Changes are gathered for so long before the file is written, in ms of the host's clock. */
const gatherMs = 100;

const moment = z.int().transform((ms) => instantFromMs(ms));
/** Written by this program and read back as it was. */
const order = z.custom<VenueOrderRequest>(
  (value) => typeof value === "object" && value !== null && "conId" in value && "orderId" in value,
);
const written = z.strictObject({
  version: z.literal(version),
  beginning: z.strictObject({
    at: z.strictObject({ date: z.string(), time: z.string() }).exactOptional(),
    data: z.string().exactOptional(),
    account: z.string(),
    cash: z.number(),
    baseCurrency: z.enum(["USD", "EUR"]),
    accountType: z.enum(["margin", "cash"]),
    salesSettle: z.enum(["later", "at-once"]).exactOptional(),
    seed: z.int(),
    halt: z
      .array(z.strictObject({ symbol: z.string(), date: z.string(), time: z.string(), minutes: z.number() }))
      .readonly()
      .exactOptional(),
    priceBand: z.number().exactOptional(),
    startAt: moment,
  }),
  now: moment,
  orderIds: z.array(z.tuple([z.int(), z.int()])),
  calls: z.array(
    z.discriminatedUnion("do", [
      z.strictObject({ at: moment, do: z.literal("place"), order }),
      z.strictObject({ at: moment, do: z.literal("modify"), permId: z.int(), order }),
      z.strictObject({ at: moment, do: z.literal("cancel"), permId: z.int() }),
      z.strictObject({ at: moment, do: z.literal("bind"), permId: z.int(), orderId: z.int() }),
    ]),
  ),
});

/** A state file: how the gateway began, everything that was asked of it, its last order ids, and how far it has lived. */
export type WrittenState = z.infer<typeof written>;
/** With what a gateway began; its prices and books follow from this and from what it was asked. */
export type Beginning = WrittenState["beginning"];

/** The state in a file, undefined when there is no such file. Throws ConfigError when it is none of ours. */
export function readKeptState(file: string): WrittenState | undefined {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new ConfigError(`--state ${file}: ${(error as Error).message}`);
  }
  try {
    return written.parse(JSON.parse(text));
  } catch (error) {
    const what = error instanceof z.ZodError ? z.prettifyError(error) : (error as Error).message;
    throw new ConfigError(`--state ${file}: not a state of this version of the gateway: ${what}`);
  }
}

/** Keeps what a gateway needs to go on after its end; without a file it keeps nothing. */
export class KeptState {
  readonly orderIds: OrderIds;
  /** How far the gateway has lived; undefined before its first life. */
  now: Instant | undefined;
  readonly #file: string | undefined;
  readonly #beginning: Beginning;
  readonly #calls: VenueCall[];
  #timer: NodeJS.Timeout | undefined;
  #written: Promise<void> = Promise.resolve();

  constructor(file: string | undefined, beginning: Beginning, earlier: WrittenState | undefined) {
    this.#file = file;
    this.#beginning = beginning;
    this.#calls = [...(earlier?.calls ?? [])];
    this.now = earlier?.now;
    this.orderIds = new OrderIds(earlier?.orderIds, () => this.#changed());
  }

  calls(): readonly VenueCall[] {
    return this.#calls;
  }

  called(call: VenueCall): void {
    if (this.#file === undefined) return;
    this.#calls.push(call);
    this.#changed();
  }

  /** A clock that lives now needs no keeping: it is later when the gateway comes back. */
  moved(to: Instant): void {
    this.now = to;
    if (this.#beginning.at) this.#changed();
  }

  /** Resolves when everything until now is on disk; rejects with what the file system throws. */
  async flushed(): Promise<void> {
    this.#write();
    await this.#written;
  }

  #changed(): void {
    if (this.#file !== undefined) this.#timer ??= setTimeout(() => this.#write(), gatherMs);
  }

  #write(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const file = this.#file;
    if (file === undefined) return;
    const state = {
      version,
      beginning: this.#beginning,
      now: this.now ?? this.#beginning.startAt,
      orderIds: this.orderIds.entries(),
      calls: this.#calls,
    };
    const text = `${JSON.stringify(state)}\n`;
    this.#written = this.#written.then(() => writeDurably(file, text));
  }
}
