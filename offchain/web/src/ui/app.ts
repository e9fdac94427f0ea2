/** What all parts of the page share: settings, the open model, the wallet, and who is told when they change. */

import {
  type DeploymentEntry,
  discoverWallets,
  formatEther,
  formatUsd,
  type Model,
  type NodeSource,
  openModel,
  type Progress,
  type RawInput,
  readDeployments,
  type Wallet,
  type WalletDirectory,
} from "../core/index.ts";
import { offerDevelopmentAccounts } from "./development.ts";
import { rounded } from "./format.ts";
import type { SettingsStore } from "./store.ts";

export const DEFAULT_NODE = "http://127.0.0.1:8545";
const FOLLOW_SECONDS = 5;

/** What changed: "wallet" (another account, chain or wallet), "chain" (blocks, node up or down), "money" (dollar rate). */
export type Change = "wallet" | "chain" | "money" | "model";

export class App {
  model: Model | null = null;
  wallet: Wallet | null = null;
  deployments: readonly DeploymentEntry[] = [];
  readonly wallets: WalletDirectory;
  /** Input to take along from one view to another, such as from a prediction to a contribution. */
  carried: RawInput | null = null;
  #listeners = new Set<(change: Change) => void>();
  #stopModel: (() => void) | null = null;
  #stopWallet: (() => void) | null = null;
  #opening = 0;

  constructor(readonly store: SettingsStore) {
    this.wallets = discoverWallets(window);
  }

  subscribe(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #tell(change: Change): void {
    for (const listener of [...this.#listeners]) listener(change);
  }

  async loadDeployments(): Promise<void> {
    this.deployments = await readDeployments(new URL("deployments.json", document.baseURI).href);
  }

  // ------------------------------------------------------------------------------------------------------ the model

  /** Where a chain's node is: what the user typed, else what came with the model, else the wallet; null for nowhere. */
  nodeFor(chainId: number, address: string): NodeSource | null {
    const typed = this.store.settings.nodes[String(chainId)];
    if (typed) return { rpcUrl: typed };
    const listed = this.deployments.find(
      (one) => one.chainId === chainId && one.address.toLowerCase() === address.toLowerCase(),
    );
    if (listed?.rpcUrl) return { rpcUrl: listed.rpcUrl };
    if (this.wallet?.isConnected && this.wallet.chainId === chainId) return { wallet: this.wallet };
    return null;
  }

  isOpen(chainId: number, address: string): boolean {
    return this.model?.info.chainId === chainId && this.model.info.address.toLowerCase() === address.toLowerCase();
  }

  /** Open a model in place of the one before; null if another was asked for meanwhile. */
  async open(address: string, node: NodeSource, chainId?: number, onProgress?: Progress): Promise<Model | null> {
    this.closeModel();
    this.carried = null;
    const turn = this.#opening;
    const options = { node, ...(chainId === undefined ? {} : { chainId }), ...(onProgress ? { onProgress } : {}) };
    const model = await openModel(address, options);
    if (turn !== this.#opening) {
      model.close();
      return null;
    }
    this.model = model;
    this.#stopModel = model.subscribe(() => this.#tell("chain"));
    model.follow(FOLLOW_SECONDS);
    const { info } = model;
    this.store.visited({ chainId: info.chainId, address: info.address, name: info.name });
    if ("rpcUrl" in node) {
      const listed = this.deployments.some((one) => one.chainId === info.chainId && one.rpcUrl === node.rpcUrl);
      if (!listed) this.store.change({ nodes: { ...this.store.settings.nodes, [String(info.chainId)]: node.rpcUrl } });
      void offerDevelopmentAccounts(node.rpcUrl, info.chainId);
    } else {
      const { [String(info.chainId)]: _, ...nodes } = this.store.settings.nodes; // or it would be asked next time
      this.store.change({ nodes });
    }
    this.#tell("model");
    return model;
  }

  closeModel(): void {
    this.#opening += 1;
    this.#stopModel?.();
    this.#stopModel = null;
    this.model?.close();
    this.model = null;
  }

  // ------------------------------------------------------------------------------------------------------ the wallet

  async connect(id: string): Promise<Wallet> {
    const wallet = await this.wallets.connect(id);
    this.#stopWallet?.();
    this.wallet = wallet;
    this.#stopWallet = wallet.subscribe(() => this.#tell("wallet"));
    this.store.change({ walletId: id });
    this.#tell("wallet");
    return wallet;
  }

  disconnect(): void {
    this.#stopWallet?.();
    this.#stopWallet = null;
    this.wallet?.disconnect();
    this.wallet = null;
    this.store.change({ walletId: "" });
    this.#tell("wallet");
  }

  get account(): string | null {
    return this.wallet?.account ?? null;
  }

  /** Whether the wallet is on another chain than the model. */
  get isOnWrongChain(): boolean {
    return Boolean(this.model && this.wallet?.account && this.wallet.chainId !== this.model.info.chainId);
  }

  // ------------------------------------------------------------------------------------------------------------ money

  setRate(ethUsd: number | null): void {
    this.store.change({ ethUsd });
    this.#tell("money");
  }

  /** An amount in ether to six digits, and in dollars where a rate was typed. */
  money(wei: bigint): string {
    const dollars = formatUsd(wei, this.store.settings.ethUsd);
    const ether = formatEther(rounded(wei));
    return dollars ? `${ether} (${dollars})` : ether;
  }
}
