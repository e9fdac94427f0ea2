/** Requests to the real node, and a door to it that can be shut. */

import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";

export async function rpc(node: string, method: string, ...params: readonly unknown[]): Promise<unknown> {
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
  const answer = (await (
    await fetch(node, { method: "POST", headers: { "content-type": "application/json" }, body })
  ).json()) as { result?: unknown; error?: { message: string } };
  if (answer.error) throw Object.assign(new Error(answer.error.message), { answer: answer.error });
  return answer.result;
}

/** Let time pass on the chain. */
export async function passTime(node: string, seconds: number): Promise<void> {
  await rpc(node, "evm_increaseTime", seconds);
  await rpc(node, "evm_mine");
}

export interface Door {
  readonly url: string;
  /** From now on nothing listens there. */
  shut(): Promise<void>;
  open(): Promise<void>;
}

/** Another address of the node, which can go away while the node lives on. */
export async function doorTo(node: string): Promise<Door> {
  const server = createServer((incoming, outgoing) => {
    const onward = request(
      node,
      { method: incoming.method, headers: { ...incoming.headers, host: new URL(node).host } },
      (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      },
    );
    onward.on("error", () => outgoing.destroy());
    incoming.pipe(onward);
  });
  const listen = (port: number): Promise<void> => new Promise((done) => server.listen(port, "127.0.0.1", () => done()));
  await listen(0);
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    open: () => listen(port),
    shut: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}
