/** A node that answers, refuses, is busy, slow or gone. Requirements W-15, W-16. */
import { describe, expect, test } from "vitest";
import { batch, HttpRpc, RpcFault, WalletRpc } from "../../../src/core/chain/rpc.ts";
import { eventsIn, type Part } from "../../../src/core/chain/events.ts";
import { explain } from "../../../src/core/words/explain.ts";
import { Refusal, type Wallet } from "../../../src/core/index.ts";

type Body = { id: number; method: string; params: unknown[] };

/** A node whose answers a function makes; it throws for errors. */
function node(
  answer: (one: Body) => unknown,
  options: { takesBatches?: boolean; status?: (calls: number) => number } = {},
): { rpc: HttpRpc; posts: unknown[]; slept: number[] } {
  const posts: unknown[] = [];
  const slept: number[] = [];
  const one = (body: Body): object => {
    try {
      return { id: body.id, result: answer(body) };
    } catch (error) {
      return { id: body.id, error };
    }
  };
  const fetch = async (_: unknown, init: { body: string }): Promise<Response> => {
    const body = JSON.parse(init.body);
    posts.push(body);
    const status = options.status?.(posts.length) ?? 200;
    if (status !== 200) return new Response("busy", { status });
    if (!Array.isArray(body)) return Response.json(one(body));
    if (options.takesBatches === false) return Response.json({ error: { code: -32600, message: "no batches" } });
    return Response.json(body.map(one).reverse()); // in any order
  };
  const sleep = async (milliseconds: number): Promise<void> => void slept.push(milliseconds);
  return {
    rpc: new HttpRpc("https://user:secret@node.test/key", {
      fetch: fetch as unknown as typeof globalThis.fetch,
      sleep,
    }),
    posts,
    slept,
  };
}

describe("requests", () => {
  test("come back in order, whatever the node's order", async () => {
    const { rpc, posts } = node(({ params }) => params[0]);
    expect(
      await batch(
        rpc,
        Array.from({ length: 120 }, (_, i) => ["echo", [i]] as const),
      ),
    ).toEqual(Array.from({ length: 120 }, (_, i) => i));
    expect(posts.length).toBe(3);
    expect(await batch(rpc, [])).toEqual([]);
  });

  test("go one by one to a node that takes no batches", async () => {
    const { rpc, posts } = node(({ params }) => params[0], { takesBatches: false });
    expect(
      await batch(rpc, [
        ["echo", [1]],
        ["echo", [2]],
      ]),
    ).toEqual([1, 2]);
    expect(
      await batch(rpc, [
        ["echo", [3]],
        ["echo", [4]],
      ]),
    ).toEqual([3, 4]);
    expect(posts.filter(Array.isArray).length).toBe(1); // it is asked once only
  });

  test("keep the answers beside one that failed", async () => {
    const { rpc } = node(({ params }) => {
      if (params[0] === 1) throw { code: -32000, message: "no" };
      return params[0];
    });
    const answers = await rpc.settle([
      ["echo", [0]],
      ["echo", [1]],
      ["echo", [2]],
    ]);
    expect([answers[0], (answers[1] as RpcFault).message, answers[2]]).toEqual([0, "no", 2]);
    await expect(
      batch(rpc, [
        ["echo", [1]],
        ["echo", [2]],
      ]),
    ).rejects.toBeInstanceOf(RpcFault);
  });

  test("are repeated, later and later, when the node is busy; not for ever", async () => {
    const some = node(() => "0x1", { status: (calls) => (calls < 3 ? 429 : 200) });
    expect(await some.rpc.call("eth_chainId")).toBe("0x1");
    expect(some.slept).toEqual([500, 1_000]);
    const always = node(() => "0x1", { status: () => 429 });
    await expect(always.rpc.call("eth_chainId")).rejects.toMatchObject({
      code: "node-down",
      message: expect.stringMatching(/HTTP status 429/),
    });
    expect(always.slept.length).toBe(4);
  });

  test("of addresses that are none are refused, and nothing secret is shown", () => {
    expect(() => new HttpRpc("localhost")).toThrow(/no address of a node/);
    expect(() => new HttpRpc("ftp://a.test")).toThrow(/begins with http/);
    expect(node(() => 1).rpc.place).toBe("https://node.test");
  });

  test("to what is gone, slow, or no node are told apart, and the state is told", async () => {
    const states: string[] = [];
    let fail: (signal: AbortSignal) => Promise<Response> = () => Promise.reject(new TypeError("failed"));
    const fetch = ((_: unknown, init: { signal: AbortSignal }) =>
      fail(init.signal)) as unknown as typeof globalThis.fetch;
    const rpc = new HttpRpc("http://a.test", { fetch, timeoutMs: 5 });
    const stop = rpc.onState(() => states.push(rpc.state));
    await expect(rpc.call("x")).rejects.toMatchObject({
      code: "node-down",
      message: expect.stringMatching(/refused or lost.*address is right/),
    });
    fail = (signal) =>
      new Promise((_, reject) =>
        signal.addEventListener("abort", () => reject(new DOMException("aborted", "AbortError"))),
      );
    await expect(rpc.call("x")).rejects.toMatchObject({ code: "timeout" });
    fail = async () => new Response("<html>");
    await expect(rpc.call("x")).rejects.toThrow(/no Ethereum node/);
    fail = async () => Response.json({ id: 1, result: 5 });
    expect(await rpc.call("x")).toBe(5);
    fail = async () => new Response('{"error":"flat words"}', { status: 500 });
    await expect(rpc.call("x")).rejects.toMatchObject({ message: "flat words" });
    stop();
    expect(states).toEqual(["down", "ok"]);
  });

  test("go to a wallet's own node where no other is named", async () => {
    const answers: Record<string, () => unknown> = {
      good: () => 7,
      bad: () => Promise.reject({ code: -32000, message: "bad" }),
      gone: () => Promise.reject({ code: 4900, message: "disconnected" }),
    };
    const rpc = new WalletRpc({ request: async (method: string) => answers[method]!() } as unknown as Wallet);
    expect(
      await rpc.settle([
        ["good", []],
        ["bad", []],
      ]),
    ).toEqual([7, expect.any(RpcFault)]);
    await expect(rpc.call("gone")).rejects.toMatchObject({ code: "node-down" });
    expect(rpc.state).toBe("down");
  });
});

describe("logs", () => {
  const limited = (most: number, asked: number[]): HttpRpc =>
    node(({ params }) => {
      const { fromBlock, toBlock } = params[0] as { fromBlock: string; toBlock: string };
      const size = Number(toBlock) - Number(fromBlock) + 1;
      asked.push(size);
      if (size > most) throw { code: -32005, message: "range too large" };
      return [];
    }).rpc;
  const all = async (parts: AsyncGenerator<Part>): Promise<Part[]> => {
    const found: Part[] = [];
    for await (const part of parts) found.push(part);
    return found;
  };

  test("are asked for in ranges that the node can bear, without gaps", async () => {
    const asked: number[] = [];
    const parts = await all(eventsIn(limited(1_000, asked), ["0x"], 5, 60_004));
    expect(parts.at(-1)!.reached).toBe(60_004);
    expect(Math.max(...asked)).toBeLessThanOrEqual(50_000);
    const answered = asked.filter((size) => size <= 1_000);
    expect(answered.reduce((sum, size) => sum + size, 0)).toBe(60_000);
    expect(asked.length).toBeLessThan(250);
  });

  test("cannot be had from a node that refuses a single block", async () => {
    await expect(all(eventsIn(limited(0, []), ["0x"], 1, 9))).rejects.toThrow(/range too large/);
    expect(await all(eventsIn(limited(9, []), ["0x"], 3, 2))).toEqual([]);
  });

  test("wait for a node that is busy", async () => {
    let calls = 0;
    const { rpc } = node(() => {
      if (++calls < 3) throw { code: -32005, message: "Too Many Requests" };
      return [];
    });
    const slept: number[] = [];
    await all(eventsIn(rpc, ["0x"], 1, 2, undefined, async (milliseconds) => void slept.push(milliseconds)));
    expect(slept).toEqual([500, 1_500]);
  });
});

describe("whatever is thrown is explained", () => {
  test.each<[unknown, string, RegExp]>([
    [{ code: 4001, message: "User rejected" }, "rejected", /Nothing was sent/],
    [new Error("Tx Signature: User denied transaction signature."), "rejected", /said no/],
    [new TypeError("x is undefined"), "internal", /tell the project/],
    [{ code: -32603, message: "User denied the request" }, "rejected", /said no/],
    [{ code: 4902, message: "" }, "unknown-chain", /Add it to the wallet/],
    [{ code: 4100, message: "" }, "no-wallet", /Connect the account/],
    [{ code: 4900, message: "" }, "node-down", /connection/],
    [{ code: -32002, message: "Already processing" }, "rejected", /Open the wallet/],
    [{ code: -32000, message: "insufficient funds for gas * price + value" }, "funds", /too little ether/],
    [{ code: -32000, message: "nonce too low" }, "node", /on its way/],
    [{ code: 3, message: "execution reverted", data: "0xef65161f" }, "contract", /./],
    [{ code: -32603, message: "Internal", data: { originalError: { data: `0x0f6d05b4` } } }, "contract", /refused/],
    [{ code: -32000, message: "reverted with 0x12345678" }, "contract", /0x12345678/],
    [{ code: -32601, message: "the method does not exist" }, "node", /does not exist/],
    ["plain", "internal", /plain/],
    [new Refusal("sample", "as it is"), "sample", /^as it is$/],
  ])("%j", (error, code, words) => {
    expect(explain(error)).toMatchObject({ code, message: expect.stringMatching(words) });
  });
});
