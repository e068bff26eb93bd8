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

test("rejected instead: error 100 for each message above 50 a second, and the third ends the session (D08)", async () => {
  await using rig = await paperRig({ pacing: "reject" });
  const client = await rig.client();
  client.messages.splice(0);
  for (let sent = 0; sent < 60; sent += 1) client.send("8|1|1|");
  await client.closed();
  const rate = "Max rate of messages per second has been exceeded";
  expect(client.messages.slice(0, 50)).toEqual(Array<string>(50).fill("9|1|1|"));
  expect(client.messages.slice(50)).toEqual([
    `4|2|-1|100|${rate}:max=50 rec=51 (1)||`,
    `4|2|-1|100|${rate}:max=50 rec=52 (2)||`,
    `4|2|-1|100|${rate}:max=50 rec=53 (3)||`,
  ]);
});

test("a client that connects with +PACEAPI is throttled by a gateway that rejects others", async () => {
  await using rig = await paperRig({ pacing: "reject" });
  const client = await rig.client(1, "v100..178 +PACEAPI");
  client.messages.splice(0);
  for (let sent = 0; sent < 60; sent += 1) client.send("8|1|1|");
  while (client.messages.length < 60) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(client.messages).toEqual(Array<string>(60).fill("9|1|1|"));
});

test("32 clients at once; one more is not let in, until another has gone", async () => {
  await using rig = await paperRig();
  const clients = [];
  for (let clientId = 1; clientId <= 32; clientId += 1) clients.push(await rig.client(clientId));
  await expect(rig.client(33)).rejects.toThrow("closed");
  expect(rig.log.at(-1)).toBe(
    "a connection ended: client 33 would be one more than the 32 that may be here at once",
  );
  await clients[4]?.end();
  const late = await rig.client(33);
  expect(late.messages).toContain("9|1|1|");
});
