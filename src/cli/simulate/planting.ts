import type { Broker, Store } from "../../ports.ts";
import { ok } from "../../trading/result.ts";
import type { Bug, Scene } from "./process.ts";
import type { Invariant } from "./violation.ts";

/** A mistake that a program like ours could have, and the invariant that it breaks. */
export interface PlantedBug {
  readonly name: string;
  readonly breaks: Invariant;
  readonly bug: Bug;
}

export function withStore(
  mistake: (store: Store, scene: Scene) => Partial<Store>,
): NonNullable<Bug["world"]> {
  return (world, scene) => ({ ...world, store: changed(world.store, mistake(world.store, scene)) });
}

export function withBroker(
  mistake: (broker: Broker, scene: Scene) => Partial<Broker>,
): NonNullable<Bug["world"]> {
  return (world, scene) => ({
    ...world,
    brokerage: {
      connect: async (request) => {
        const connected = await world.brokerage.connect(request);
        return connected.ok ? ok(changed(connected.value, mistake(connected.value, scene))) : connected;
      },
    },
  });
}

/** The port with some of its methods replaced. */
function changed<P extends object>(port: P, mistake: Partial<P>): P {
  return new Proxy(port, {
    get: (target, key) => (key in mistake ? Reflect.get(mistake, key) : Reflect.get(target, key)) as unknown,
  });
}

/** What a mistaken part remembers between runs. */
const memories = new WeakMap<Scene, Map<string, string>>();

export function memoryOf(scene: Scene): Map<string, string> {
  const memory = memories.get(scene) ?? new Map<string, string>();
  memories.set(scene, memory);
  return memory;
}
