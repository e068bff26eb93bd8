import { createConnection } from "node:net";

/** Says one command to a control port; resolves with its answer when it has been carried out. */
export async function tellControlPort(port: number, words: string): Promise<string> {
  let answer = "";
  const socket = createConnection(port, "127.0.0.1", () => socket.end(`${words}\n`));
  socket.on("data", (chunk: Buffer) => {
    answer += chunk.toString("utf8");
  });
  await new Promise((resolve, reject) => {
    socket.once("error", reject).once("close", resolve);
  });
  return answer;
}
