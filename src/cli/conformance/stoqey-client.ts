import { EventName, IBApi } from "@stoqey/ib";
import { within } from "./within.ts";

const patienceMs = 6000;

/** @stoqey/ib, with everything that it reports in one list. */
export class StoqeyClient {
  readonly api: IBApi;
  readonly events: { readonly name: string; readonly args: readonly unknown[] }[] = [];

  constructor(port: number, clientId: number) {
    this.api = new IBApi({ host: "127.0.0.1", port, clientId, maxReqPerSec: 1000 });
    this.api.on(EventName.all, (name: string, args: readonly unknown[]) => this.events.push({ name, args }));
    this.api.connect();
  }

  async ready(): Promise<void> {
    await this.hears(EventName.nextValidId);
  }

  /** The first event of that name, past or to come, whose arguments satisfy; rejects when none comes in time. */
  async hears(
    name: EventName,
    isIt: (...args: readonly never[]) => boolean = () => true,
  ): Promise<readonly unknown[]> {
    return await within(patienceMs, `${name}; heard ${this.#heard()}`, this.#until(name, isIt));
  }

  /** An error or notice of that code, whichever way @stoqey/ib tells it. */
  async hearsCode(code: number): Promise<void> {
    const isIt = ({ args }: { readonly args: readonly unknown[] }): boolean => args.includes(code);
    await within(patienceMs, `code ${code}; heard ${this.#heard()}`, this.#search(isIt));
  }

  end(): void {
    this.#ended = true;
    this.api.disconnect();
  }

  #ended = false;

  #heard(): string {
    return this.events
      .filter(({ name }) => name !== "sent" && name !== "received")
      .map(({ name }) => name)
      .join(" ");
  }

  async #until(name: EventName, isIt: (...args: readonly never[]) => boolean): Promise<readonly unknown[]> {
    const wanted: string = name;
    return await this.#search((event) => event.name === wanted && isIt(...(event.args as never[])));
  }

  async #search(
    isIt: (event: { readonly name: string; readonly args: readonly unknown[] }) => boolean,
  ): Promise<readonly unknown[]> {
    while (!this.#ended) {
      const found = this.events.find((event) => isIt(event));
      if (found) return found.args;
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    throw new Error("the client was ended");
  }
}
