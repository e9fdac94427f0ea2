/** A local chain with models under each incentive, made by Python, and a wallet over its unlocked accounts. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { discoverWallets, openModel, type IncentiveWord, type Model, type Wallet } from "../../../src/core/index.ts";
import { HttpRpc, RpcFault } from "../../../src/core/chain/rpc.ts";
import type { Provider } from "../../../src/core/wallet/wallet.ts";

const ROOT = join(import.meta.dirname, "..", "..", "..", "..", "..");

export interface ModelFacts {
  address: string;
  kind: string;
  name: string;
  classes: string[];
  contributions: number;
  stakeWei: string;
  lockedWei: string;
  samples: string[];
  described: string[];
  predicted: number[];
  history: number;
  accounts: Record<
    string,
    { owedWei: string; provenGwei: string; lockedWei: string; contributions: [number, string, number][] }
  >;
  leaderboard: [string, number, number, number, number, number, number][];
}

export interface Facts {
  node: string;
  people: Record<"you" | "alice" | "bob" | "mallory" | "deployer", string>;
  models: Record<IncentiveWord, ModelFacts>;
  books: unknown[];
}

export class World {
  readonly facts: Facts;
  readonly rpc: HttpRpc;
  private readonly child: ReturnType<typeof spawn>;
  private hear: (line: string) => void = () => undefined;

  private constructor(facts: Facts, child: ReturnType<typeof spawn>) {
    this.facts = facts;
    this.rpc = new HttpRpc(facts.node);
    this.child = child;
  }

  static start(): Promise<World> {
    const python = join(ROOT, ".venv", "bin", "python");
    const env = { ...process.env, PYTHONPATH: ROOT, OMP_NUM_THREADS: "1" };
    const child = spawn(python, ["-m", "tests.support.web_facts"], { cwd: ROOT, env });
    return new Promise((resolve, reject) => {
      let said = "";
      let complaint = "";
      let world: World | null = null;
      child.stderr.on("data", (chunk) => (complaint += String(chunk)));
      child.stdout.on("data", (chunk) => {
        said += String(chunk);
        if (!said.endsWith("\n")) return;
        const line = said;
        said = "";
        if (world === null) resolve((world = new World(JSON.parse(line), child)));
        else world.hear(line);
      });
      child.on("exit", (code) => {
        world?.hear(complaint);
        reject(new Error(`the chain's process ended (${code}): ${complaint}`));
      });
    });
  }

  stop(): void {
    this.child.stdin.end();
  }

  /** Have Python take a step: of the market's provider, alice, or a contribution of bob's that the deployer sponsors. */
  async provide(step: "commit" | "reveal" | "sponsor"): Promise<void> {
    const answer = new Promise<string>((resolve) => (this.hear = resolve));
    this.child.stdin.write(`${step}\n`);
    const line = await answer;
    if (line !== `"${step}"\n`) throw new Error(`Python could not ${step}: ${line}`);
  }

  open(word: IncentiveWord): Promise<Model> {
    return openModel(this.facts.models[word].address, { node: { rpcUrl: this.facts.node }, chainId: 31_337 });
  }

  /** Let time pass and mine a block. */
  async pass(seconds: number): Promise<void> {
    await this.rpc.call("evm_increaseTime", seconds);
    await this.rpc.call("evm_mine");
  }

  provider(name: keyof Facts["people"]): TestProvider {
    return new TestProvider(this.rpc, this.facts.people[name]);
  }

  async wallet(name: keyof Facts["people"]): Promise<Wallet> {
    return connected(this.provider(name));
  }
}

/** EIP-1193 over the node, as an injected wallet is. */
export class TestProvider extends EventTarget implements Provider {
  /** Thrown instead of an answer, by method. */
  readonly refusals: Record<string, { code: number; message: string; data?: unknown }> = {};
  readonly asked: { method: string; params: readonly unknown[] }[] = [];
  readonly heard = new Map<string, Set<(...given: unknown[]) => void>>();
  chainId = "0x7a69";
  accounts: string[];
  private readonly rpc: HttpRpc;

  constructor(rpc: HttpRpc, account: string) {
    super();
    this.rpc = rpc;
    this.accounts = [account];
  }

  async request({ method, params = [] }: { method: string; params?: readonly unknown[] }): Promise<unknown> {
    this.asked.push({ method, params });
    const refusal = this.refusals[method];
    if (refusal !== undefined) throw Object.assign(new Error(refusal.message), refusal);
    if (method === "eth_requestAccounts" || method === "eth_accounts") return this.accounts;
    if (method === "eth_chainId") return this.chainId;
    if (method === "wallet_switchEthereumChain") {
      this.chainId = (params[0] as { chainId: string }).chainId;
      return null;
    }
    if (method === "wallet_addEthereumChain") return null;
    try {
      return await this.rpc.call(method, ...params);
    } catch (error) {
      if (error instanceof RpcFault)
        throw Object.assign(new Error(error.message), { code: error.code, data: error.data });
      throw error;
    }
  }

  on(event: string, listener: (...given: unknown[]) => void): void {
    if (!this.heard.has(event)) this.heard.set(event, new Set());
    this.heard.get(event)!.add(listener);
  }

  removeListener(event: string, listener: (...given: unknown[]) => void): void {
    this.heard.get(event)?.delete(listener);
  }

  emit(event: string, ...given: unknown[]): void {
    for (const listener of this.heard.get(event) ?? []) listener(...given);
  }
}

/** Connect a provider in the way of a page: it announces itself, and the page asks it. */
export async function connected(provider: Provider): Promise<Wallet> {
  const target = new EventTarget();
  const directory = discoverWallets(target);
  const info = { uuid: "1", name: "Test", icon: "data:image/png;base64,AA==", rdns: "org.test" };
  target.dispatchEvent(new CustomEvent("eip6963:announceProvider", { detail: { info, provider } }));
  return directory.connect("1");
}
