import { EventName } from "@stoqey/ib";
import { framed, greeting, RawTwsClient } from "../../../testing/raw-tws-client.ts";
import type { Behaviour } from "../behaviour.ts";
import { expect } from "../expect.ts";
import type { Rig } from "../rig.ts";
import { script, scriptAt } from "../script.ts";

/** A raw connection that has said these bytes and is then closed by the gateway. */
async function isEnded(rig: Rig, bytes: Buffer): Promise<void> {
  const other = await rig.raw(99);
  const client = new RawTwsClient(rig.gateway.port);
  client.socket.write(bytes);
  await client.closed();
  other.messages.splice(0);
  other.send("49|1|");
  await other.until((message) => message.startsWith("49|"));
}

/** The agreed version is the lesser of ours and the client's newest. */
function negotiates(versions: string, agreed: number): Behaviour {
  return {
    area: "connection",
    name: `a client of ${versions} is told version ${agreed}`,
    raw: async (rig) => {
      const client = new RawTwsClient(rig.gateway.port);
      client.socket.write(greeting(versions));
      await client.until((message) =>
        new RegExp(`^${agreed}\\|\\d{8} \\d\\d:\\d\\d:\\d\\d \\S+\\|$`).test(message),
      );
      await client.end();
    },
  };
}

export const connectionBehaviours: readonly Behaviour[] = [
  ...[151, 157, 163, 164, 166, 170, 173, 174, 176, 177, 178].map((version) =>
    negotiates(`v100..${version}`, version),
  ),
  negotiates("v100..193", 178),
  negotiates("v157..178 +PACEAPI", 178),
  negotiates("v157", 157),
  {
    area: "connection",
    name: "after START_API: accounts, next order id, notices 2104, 2107, 2158",
    raw: async (rig) => {
      const client = await rig.raw(4);
      const said = client.messages.slice(1).map((message) => message.split("|").slice(0, 4).join("|"));
      expect(said.join(" "), /^15\|1\|DU1234567\| 9\|1\|1\| 4\|2\|-1\|2104 4\|2\|-1\|2107 4\|2\|-1\|2158$/);
    },
    stoqey: async (rig) => {
      const client = await rig.stoqey();
      await client.hears(EventName.managedAccounts, (list: string) => list === "DU1234567");
      await client.hearsCode(2104);
    },
    twsApi: async (rig) => void (await rig.twsApi(4).getCurrentTime()),
  },
  {
    area: "connection",
    name: "a client that is too old is hung up on",
    raw: (rig) => isEnded(rig, greeting("v100..120")),
  },
  {
    area: "connection",
    name: "garbage ends that connection and no other",
    raw: (rig) => isEnded(rig, Buffer.from("GET / HTTP/1.1\r\n\r\n")),
  },
  {
    area: "connection",
    name: "a frame of an impossible length ends that connection and no other",
    raw: (rig) => isEnded(rig, Buffer.concat([greeting("v100..178"), Buffer.from([255, 255, 255, 255])])),
  },
  {
    area: "connection",
    name: "a request before START_API ends that connection",
    raw: (rig) => isEnded(rig, Buffer.concat([greeting("v100..178"), framed("49|1|")])),
  },
  {
    area: "connection",
    name: "messages may come split at every byte",
    raw: async (rig) => {
      const client = new RawTwsClient(rig.gateway.port);
      const bytes = Buffer.concat([
        greeting("v100..178"),
        framed("71|2|5||"),
        framed("17|1|"),
        framed("49|1|"),
      ]);
      for (const byte of bytes) {
        client.socket.write(Buffer.from([byte]));
        await new Promise((resolve) => setImmediate(resolve));
      }
      await client.until((message) => message.startsWith("49|1|"));
      await client.end();
    },
  },
  {
    area: "connection",
    name: "a client id in use: 326, and the newcomer is hung up on",
    raw: async (rig) => {
      await rig.raw(3);
      const client = new RawTwsClient(rig.gateway.port);
      client.socket.write(Buffer.concat([greeting("v100..178"), framed("71|2|3||")]));
      await client.until((message) => message.startsWith("4|2|-1|326|"));
      await client.closed();
    },
    stoqey: async (rig) => {
      await rig.raw(3);
      await rig.stoqey(3).then(
        () => Promise.reject(new Error("it was let in")),
        () => {},
      );
    },
  },
  {
    area: "connection",
    name: "32 clients at once",
    raw: async (rig) => {
      const clients = await Promise.all(Array.from({ length: 32 }, (_, at) => rig.raw(at)));
      for (const client of clients) client.send("49|1|");
      await Promise.all(clients.map((client) => client.until((message) => message.startsWith("49|"))));
    },
  },
  {
    area: "connection",
    name: "current time",
    raw: script("49|1|", /^49\|1\|1647266400\|$/),
    stoqey: async (rig) => {
      const client = await rig.stoqey();
      client.api.reqCurrentTime();
      await client.hears(EventName.currentTime, (time: number) => time === 1_647_266_400);
    },
    twsApi: async (rig) => expect(String(await rig.twsApi().getCurrentTime()), /1647266400|2022/),
  },
  {
    area: "connection",
    name: "next order id, the same when asked twice",
    raw: script("8|1|1|", /^9\|1\|1\|$/, "8|1|5|", /^9\|1\|1\|$/),
    stoqey: async (rig) => {
      const client = await rig.stoqey();
      client.events.splice(0);
      client.api.reqIds();
      await client.hears(EventName.nextValidId, (id: number) => id === 1);
    },
  },
  {
    area: "connection",
    name: "managed accounts",
    raw: script("17|1|", /^15\|1\|DU1234567\|$/),
  },
  { area: "connection", name: "log level is taken without a word", raw: script("14|1|5|", "49|1|", /^49\|/) },
  {
    area: "connection",
    name: "an unknown message is refused, never passed over",
    raw: script("240|1|77|", /^4\|2\|(77|-1)\|\d+\|.+\|$/),
  },
  {
    area: "connection",
    name: "a request with a field that is no number: 320",
    raw: script("8|1|1|", "62|1|abc|All|NetLiquidation|", /^4\|2\|-?\d+\|320\|Error reading request/),
  },
  {
    area: "connection",
    name: "at 151 errors end without the field for advanced rejects",
    raw: scriptAt("v100..151", "9|8|7|0|NOSUCH|STK||0|||SMART||USD|||0|||", /^4\|2\|7\|200\|[^|]+\|$/),
  },
];
