import { paperRig } from "../../testing/paper-rig.ts";
import { framed } from "../../testing/raw-tws-client.ts";

test("50 messages are read at once, the 51st a second after the first, the 101st after two, and none is lost (D08)", async () => {
  await using rig = await paperRig({ pacing: "throttle" });
  const client = await rig.client();
  client.messages.splice(0);
  const startedMs = performance.now();
  client.socket.write(Buffer.concat(Array.from({ length: 110 }, () => framed("8|1|1|"))));
  const neighbour = await rig.client(2);
  await neighbour.ask("17|1|");
  expect(client.messages.length).toBeLessThanOrEqual(50);
  while (client.messages.length < 110) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(performance.now() - startedMs).toBeGreaterThan(1950);
  expect(performance.now() - startedMs).toBeLessThan(2900);
});
