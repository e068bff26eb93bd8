import { simulatedBrokerage } from "../../brokers/simulated/simulated-brokerage.ts";
import type { Broker, Brokerage, ConnectionRequest } from "../../ports.ts";
import { held, ok, type Result } from "../../trading/result.ts";
import type { Holder } from "./gateway.ts";
import { UnreliableBroker } from "./unreliable-broker.ts";

/** The brokers that a process has connected: closed by the system when it dies. */
export type Sockets = Map<Broker, number>;

/** A brokerage in which everything can go wrong that goes wrong on the way to a broker. */
export function unreliableBrokerage(holder: Holder, sockets: Sockets): Brokerage {
  const { gateway, clock, journal } = holder;
  const { truth, trouble, connectedClientIds, highestOrderIds } = gateway;
  const inner = simulatedBrokerage({
    venue: truth.venue,
    clock,
    journal,
    connectedClientIds,
    highestOrderIds,
  });

  return {
    async connect(request: ConnectionRequest): Promise<Result<Broker>> {
      const { host, port } = request;
      if (trouble.strikes("gateway restarts", "before a connection")) gateway.restart();
      if (gateway.isDown || trouble.strikes("connection refused")) {
        await clock.sleep(200);
        return held({ kind: "broker-unreachable", host, port, reason: "refused", detail: "ECONNREFUSED" });
      }
      const wasLinkCut = gateway.isLinkUnsettled;
      if (gateway.isLinkCut && trouble.strikes("link back while connecting"))
        gateway.cutLink(trouble.draws.between(1000, request.connectDeadlineSeconds * 1000));
      if (gateway.isLinkCut)
        await clock.sleep(Math.min(gateway.linkCutForMs, request.connectDeadlineSeconds * 1000));
      if (gateway.isLinkCut) {
        const detail = "no link between gateway and broker";
        return held({ kind: "broker-unreachable", host, port, reason: "not-ready", detail });
      }
      const connected = await inner.connect(request);
      if (!connected.ok) return connected;
      sockets.set(connected.value, request.clientId);
      return ok(new UnreliableBroker(connected.value, request, { ...holder, wasLinkCut }));
    },
  };
}
