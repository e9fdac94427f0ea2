/** One wallet over EIP-1193, with its changes of account, chain and connection. */

import type { Wallet, WalletOffer } from "../api.ts";
import { checksummed, hex } from "../chain/abi.ts";
import { faultOf } from "../chain/rpc.ts";
import { Refusal } from "../refusal.ts";
import { refusalOf } from "../words/explain.ts";

/** EIP-1193. */
export interface Provider {
  request(given: { method: string; params?: readonly unknown[] }): Promise<unknown>;
  on?(event: string, listener: (...given: any[]) => void): unknown;
  removeListener?(event: string, listener: (...given: any[]) => void): unknown;
}

export class ConnectedWallet implements Wallet {
  readonly offer: WalletOffer;
  private readonly provider: Provider;
  private readonly listeners = new Set<() => void>();
  private readonly watched: Record<string, (...given: any[]) => void>;
  private accounts: readonly string[];
  private chain: number;
  private connected = true;

  private constructor(offer: WalletOffer, provider: Provider, accounts: readonly string[], chainId: number) {
    this.offer = offer;
    this.provider = provider;
    this.accounts = accounts;
    this.chain = chainId;
    this.watched = {
      accountsChanged: (given) => this.change(() => (this.accounts = addresses(given))),
      chainChanged: (given) => this.change(() => (this.chain = Number(given))),
      connect: (given) =>
        this.change(() => ([this.connected, this.chain] = [true, Number(given?.chainId ?? this.chain)])),
      disconnect: () => this.change(() => (this.connected = false)),
    };
    for (const [event, listener] of Object.entries(this.watched)) provider.on?.(event, listener);
  }

  /** Ask for accounts; throws `Refusal` "rejected" or "no-wallet". */
  static async connect(offer: WalletOffer, provider: Provider): Promise<ConnectedWallet> {
    const ask = async (method: string): Promise<unknown> => {
      try {
        return await provider.request({ method });
      } catch (error) {
        throw refusalOf(error);
      }
    };
    const accounts = addresses(await ask("eth_requestAccounts"));
    if (accounts.length === 0)
      throw new Refusal(
        "no-wallet",
        "The wallet shows this page no account. Choose one in the wallet, then try again.",
      );
    return new ConnectedWallet(offer, provider, accounts, Number(await ask("eth_chainId")));
  }

  get account(): string | null {
    return this.accounts[0] ?? null;
  }

  get chainId(): number {
    return this.chain;
  }

  get isConnected(): boolean {
    return this.connected && this.account !== null;
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** EIP-3326. */
  async switchChain(chainId: number): Promise<void> {
    try {
      await this.request("wallet_switchEthereumChain", [{ chainId: hex(chainId) }]);
    } catch (error) {
      // Some wallets wrap the code for an unknown chain.
      const fault = faultOf(error);
      const isUnknown =
        fault?.code === 4902 ||
        (fault?.code === -32603 && /unrecognized chain|4902/i.test(JSON.stringify(fault.data ?? "") + fault.message));
      throw isUnknown ? refusalOf({ code: 4902, message: "" }) : refusalOf(error);
    }
    await this.refreshChain();
  }

  /** EIP-3085, then a switch. */
  async addChain(chain: { chainId: number; name: string; rpcUrl: string }): Promise<void> {
    try {
      await this.request("wallet_addEthereumChain", [
        {
          chainId: hex(chain.chainId),
          chainName: chain.name,
          rpcUrls: [chain.rpcUrl],
          nativeCurrency: { name: "Ether", symbol: "ETH", decimals: 18 },
        },
      ]);
    } catch (error) {
      throw refusalOf(error);
    }
    await this.switchChain(chain.chainId);
  }

  disconnect(): void {
    for (const [event, listener] of Object.entries(this.watched)) this.provider.removeListener?.(event, listener);
    this.change(() => ([this.accounts, this.connected] = [[], false]));
    this.listeners.clear();
  }

  request(method: string, params: readonly unknown[] = []): Promise<unknown> {
    return this.provider.request({ method, params });
  }

  // Not every wallet says chainChanged before it answers.
  private async refreshChain(): Promise<void> {
    const chainId = Number(await this.request("eth_chainId"));
    if (chainId !== this.chain) this.change(() => (this.chain = chainId));
  }

  private change(apply: () => void): void {
    apply();
    for (const listener of [...this.listeners]) listener();
  }
}

const addresses = (given: unknown): string[] =>
  Array.isArray(given) ? given.filter((one) => typeof one === "string").map(checksummed) : [];
