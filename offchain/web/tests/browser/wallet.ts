/** A wallet in the page: EIP-1193, announced by EIP-6963. What it cannot answer itself goes to the real node. */

import type { Page } from "playwright-core";
import { rpc } from "./rpc.ts";

export interface WalletOptions {
  readonly account: string;
  readonly node: string;
  /** As the wallet claims; the node's by default. */
  readonly chainId?: number;
  readonly name?: string;
}

declare global {
  interface Window {
    testWallet: {
      rejects: boolean;
      chainId: string;
      accounts: string[];
      asked: string[];
      emit(event: string, value: unknown): void;
    };
    forwardToNode(
      method: string,
      params: readonly unknown[],
    ): Promise<{ result?: unknown; error?: { code: number; message: string; data?: unknown } }>;
    hacked?: number;
  }
}

/** Put the wallet into a page before its own scripts run. */
export async function injectWallet(
  page: Page,
  { account, node, chainId = 31337, name = "Test wallet" }: WalletOptions,
): Promise<void> {
  // The node is asked from outside of the page, as an extension does: not under its rules, not among its requests.
  await page.exposeFunction("forwardToNode", async (method: string, params: readonly unknown[]) => {
    try {
      return { result: await rpc(node, method, ...params) };
    } catch (error) {
      return { error: (error as { answer?: object }).answer ?? { code: -32603, message: String(error) } };
    }
  });
  await page.addInitScript(
    ({ account, chainId, name }) => {
      const listeners = new Map<string, Set<(value: unknown) => void>>();
      let isAllowed = sessionStorage.getItem("test-wallet-allowed") === "yes";
      const wallet = (window.testWallet = {
        rejects: false,
        chainId: `0x${chainId.toString(16)}`,
        accounts: [account],
        asked: [] as string[],
        emit: (event: string, value: unknown) => listeners.get(event)?.forEach((listener) => listener(value)),
      });
      const fail = (code: number, message: string): never => {
        throw Object.assign(new Error(message), { code });
      };
      const provider = {
        async request({ method, params = [] }: { method: string; params?: readonly unknown[] }): Promise<unknown> {
          wallet.asked.push(method);
          if (method === "eth_chainId") return wallet.chainId;
          if (method === "eth_accounts") return isAllowed ? wallet.accounts : [];
          if (method === "eth_requestAccounts") {
            if (wallet.rejects) fail(4001, "User rejected the request.");
            isAllowed = true;
            sessionStorage.setItem("test-wallet-allowed", "yes");
            return wallet.accounts;
          }
          if (method === "wallet_switchEthereumChain") {
            wallet.chainId = (params[0] as { chainId: string }).chainId;
            wallet.emit("chainChanged", wallet.chainId);
            return null;
          }
          if (method === "eth_sendTransaction" && wallet.rejects) fail(4001, "User rejected the request.");
          const answer = await window.forwardToNode(method, params);
          if (answer.error) throw Object.assign(new Error(answer.error.message), answer.error);
          return answer.result;
        },
        on: (event: string, listener: (value: unknown) => void) =>
          listeners.set(event, (listeners.get(event) ?? new Set()).add(listener)),
        removeListener: (event: string, listener: (value: unknown) => void) => listeners.get(event)?.delete(listener),
      };
      const info = {
        uuid: "7a1f7c6e-0000-4000-8000-000000000001",
        name,
        icon: "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 8 8'%3E%3Crect width='8' height='8' rx='2' fill='%23e0832f'/%3E%3C/svg%3E",
        rdns: "test.wallet",
      };
      const announce = (): boolean =>
        window.dispatchEvent(
          new CustomEvent("eip6963:announceProvider", { detail: Object.freeze({ info, provider }) }),
        );
      window.addEventListener("eip6963:requestProvider", announce);
      announce();
    },
    { account, chainId, name },
  );
}
