/** JSON-RPC to one node: single requests and batches, with timeouts and back-off, and every failure as a typed error. */

import type { NodeState, Wallet } from "../api.ts";
import { Refusal } from "../refusal.ts";

/** A node's (or a wallet's) error answer. */
export class RpcFault extends Error {
  readonly code: number;
  readonly data: unknown;

  constructor(code: number, message: string, data?: unknown) {
    super(message);
    this.code = code;
    this.data = data;
  }
}

export type Request = readonly [method: string, params: readonly unknown[]];

export interface Rpc {
  /** Where the node is, without what may be secret: no path, no password. */
  readonly place: string;
  readonly state: NodeState;
  /** One request; throws `RpcFault` or `Refusal`. */
  call<T>(method: string, ...params: unknown[]): Promise<T>;
  /** Many requests, in order; an error answer takes the place of its result. */
  settle(requests: readonly Request[]): Promise<unknown[]>;
  /** Told when the node goes or comes back. */
  onState(listener: () => void): () => void;
}

/** Many requests of which none may fail; the first error answer is thrown. */
export async function batch(rpc: Rpc, requests: readonly Request[]): Promise<unknown[]> {
  const answers = await rpc.settle(requests);
  for (const answer of answers) if (answer instanceof RpcFault) throw answer;
  return answers;
}

const TIMEOUT_MS = 20_000;
const BATCH = 50;
/** Milliseconds to wait after each "too many requests". */
const PATIENCE = [500, 1_000, 2_000, 4_000];

abstract class Watched {
  private current: NodeState = "ok";
  private readonly listeners = new Set<() => void>();

  get state(): NodeState {
    return this.current;
  }

  onState(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  protected become(state: NodeState): void {
    if (state === this.current) return;
    this.current = state;
    for (const listener of [...this.listeners]) listener();
  }
}

interface Answer {
  id?: number;
  result?: unknown;
  error?: { code?: number; message?: string; data?: unknown } | string;
}

export interface HttpOptions {
  readonly fetch?: typeof fetch;
  readonly timeoutMs?: number;
  readonly sleep?: (milliseconds: number) => Promise<void>;
}

/** A node by its `http(s)://` address. */
export class HttpRpc extends Watched implements Rpc {
  readonly place: string;
  private readonly url: string;
  private readonly fetch: typeof fetch;
  private readonly timeoutMs: number;
  private readonly sleep: (milliseconds: number) => Promise<void>;
  private next = 1;
  private takesBatches = true;

  constructor(url: string, options: HttpOptions = {}) {
    super();
    let parsed: URL;
    try {
      parsed = new URL(url);
    } catch {
      throw new Refusal(
        "input",
        `${JSON.stringify(url)} is no address of a node. Write for example http://127.0.0.1:8545.`,
      );
    }
    if (!/^https?:$/.test(parsed.protocol)) {
      throw new Refusal("input", `The address of a node begins with http:// or https://, not ${parsed.protocol}//.`);
    }
    this.url = url;
    this.place = parsed.origin;
    this.fetch = options.fetch ?? ((...given) => globalThis.fetch(...given));
    this.timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
    this.sleep = options.sleep ?? ((milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)));
  }

  async call<T>(method: string, ...params: unknown[]): Promise<T> {
    const answer = (await this.post({ jsonrpc: "2.0", id: this.next++, method, params })) as Answer;
    const result = resultOf(answer);
    if (result instanceof RpcFault) throw result;
    return result as T;
  }

  async settle(requests: readonly Request[]): Promise<unknown[]> {
    const results: unknown[] = [];
    for (let start = 0; start < requests.length; start += BATCH) {
      results.push(...(await this.part(requests.slice(start, start + BATCH))));
    }
    return results;
  }

  private async part(requests: readonly Request[]): Promise<unknown[]> {
    if (requests.length > 1 && this.takesBatches) {
      const first = this.next;
      this.next += requests.length;
      const body = requests.map(([method, params], i) => ({ jsonrpc: "2.0", id: first + i, method, params }));
      const answers = await this.post(body);
      if (Array.isArray(answers) && answers.length === requests.length) {
        const byId = new Map((answers as Answer[]).map((answer) => [answer.id, answer]));
        return requests.map((_, i) => resultOf(byId.get(first + i) ?? (answers as Answer[])[i]!));
      }
      this.takesBatches = false; // the node refused the batch as a whole
    }
    const results: unknown[] = [];
    for (const [method, params] of requests) results.push(await settled(this.call(method, ...params)));
    return results;
  }

  private async post(body: unknown): Promise<unknown> {
    for (let tries = 0; ; tries++) {
      const stop = new AbortController();
      const timer = setTimeout(() => stop.abort(), this.timeoutMs);
      try {
        const response = await this.fetch(this.url, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify(body),
          signal: stop.signal,
        });
        if (response.status === 429 && tries < PATIENCE.length) {
          await this.sleep(PATIENCE[tries]!);
          continue;
        }
        const answer = await this.parsed(response);
        this.become("ok");
        return answer;
      } catch (error) {
        throw this.failure(error, stop.signal.aborted);
      } finally {
        clearTimeout(timer);
      }
    }
  }

  private async parsed(response: Response): Promise<unknown> {
    const text = await response.text();
    try {
      return JSON.parse(text); // some nodes answer errors with a status of 400 or 500 and a sound body
    } catch {
      const why = response.ok ? "what listens there is no Ethereum node" : `HTTP status ${response.status}`;
      throw new Refusal("node-down", downWords(this.place, why));
    }
  }

  private failure(error: unknown, timedOut: boolean): unknown {
    this.become("down");
    if (error instanceof Refusal) return error;
    if (timedOut)
      return new Refusal(
        "timeout",
        `The node at ${this.place} did not answer within ${this.timeoutMs / 1000} seconds. Try again, or name another node.`,
      );
    return new Refusal("node-down", downWords(this.place, "connection refused or lost"));
  }
}

/** A wallet's own node, for reading where no other is named. */
export class WalletRpc extends Watched implements Rpc {
  readonly place = "your wallet";
  private readonly wallet: Wallet;
  private wanted: number | null = null;

  constructor(wallet: Wallet) {
    super();
    this.wallet = wallet;
  }

  /** From here on answer for this chain only: a wallet may be switched to another one at any time. */
  require(chainId: number): void {
    this.wanted = chainId;
  }

  async call<T>(method: string, ...params: unknown[]): Promise<T> {
    if (this.wanted !== null && this.wallet.chainId !== this.wanted) {
      this.become("wrong-chain");
      throw new Refusal(
        "wrong-chain",
        `The wallet was switched to chain ${this.wallet.chainId}, but this model is on chain ${this.wanted}. Switch the wallet back, or name a node of that chain.`,
      );
    }
    try {
      const result = (await this.wallet.request(method, params)) as T;
      this.become("ok");
      return result;
    } catch (error) {
      const fault = faultOf(error);
      if (fault === null || fault.code === 4900 || fault.code === 4901) {
        this.become("down");
        throw new Refusal("node-down", downWords(this.place, fault?.message ?? String(error)));
      }
      throw fault;
    }
  }

  settle(requests: readonly Request[]): Promise<unknown[]> {
    return Promise.all(requests.map(([method, params]) => settled(this.call(method, ...params))));
  }
}

/** What providers throw, as an error answer; null where it is something else. */
export function faultOf(error: unknown): RpcFault | null {
  if (error instanceof RpcFault) return error;
  if (typeof error !== "object" || error === null) return null;
  const { code, message, data } = error as { code?: unknown; message?: unknown; data?: unknown };
  return typeof code === "number" ? new RpcFault(code, String(message ?? ""), data) : null;
}

async function settled(promise: Promise<unknown>): Promise<unknown> {
  try {
    return await promise;
  } catch (error) {
    if (error instanceof RpcFault) return error;
    throw error;
  }
}

function resultOf(answer: Answer): unknown {
  const error = answer?.error;
  if (error === undefined || error === null) return answer?.result;
  if (typeof error === "string") return new RpcFault(0, error);
  return new RpcFault(Number(error.code ?? 0), String(error.message ?? ""), error.data);
}

const downWords = (place: string, why: string): string =>
  `The node at ${place} does not answer (${why}). Check that it runs and that its address is right; then try again.`;
