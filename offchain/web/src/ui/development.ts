/** Accounts that a development chain on this computer has unlocked, offered like wallets (EIP-6963) to try things out. */

const DEVELOPMENT_CHAINS = new Set([1337, 31337]);
const MOST = 5;
const ICON =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Cpath fill='%23888' d='M6 1h4v1H9.500v4l4 7.500q.5 1.500-1 1.500h-9q-1.500 0-1-1.500l4-7.500V2H6z'/%3E%3C/svg%3E";

interface Rpc {
  (method: string, params?: readonly unknown[]): Promise<unknown>;
}

/** Whether an address names this computer: only there may unlocked accounts be used. */
export function isThisComputer(url: string): boolean {
  try {
    return ["localhost", "127.0.0.1", "[::1]"].includes(new URL(url).hostname);
  } catch {
    return false;
  }
}

function rpcAt(url: string): Rpc {
  return async (method, params = []) => {
    const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
    const answer = (await (
      await fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body })
    ).json()) as {
      result?: unknown;
      error?: { code: number; message: string; data?: unknown };
    };
    if (answer.error) throw Object.assign(new Error(answer.error.message), answer.error);
    return answer.result;
  };
}

/** An EIP-1193 provider of one account; all its requests go to the node, which signs. */
class DevelopmentProvider {
  constructor(
    private readonly rpc: Rpc,
    private readonly account: string,
  ) {}

  async request({ method, params }: { method: string; params?: readonly unknown[] }): Promise<unknown> {
    if (method === "eth_requestAccounts" || method === "eth_accounts") return [this.account];
    if (method === "wallet_switchEthereumChain" || method === "wallet_addEthereumChain")
      throw Object.assign(new Error("Development accounts have one chain."), { code: 4902 });
    return await this.rpc(method, params);
  }

  on(): void {} // nothing changes by itself
  removeListener(): void {}
}

const offered = new Set<string>();

/** Announce the accounts of a development chain; nothing happens for any other node. */
export async function offerDevelopmentAccounts(url: string, chainId: number): Promise<void> {
  if (!DEVELOPMENT_CHAINS.has(chainId) || !isThisComputer(url) || offered.has(url)) return;
  offered.add(url);
  const rpc = rpcAt(url);
  let accounts: unknown;
  try {
    accounts = await rpc("eth_accounts");
  } catch {
    offered.delete(url); // the node went away; asked again with the next model
    return;
  }
  if (!Array.isArray(accounts)) return;
  for (const [i, account] of accounts.slice(0, MOST).entries()) {
    const info = {
      uuid: `development-${chainId}-${String(account)}`,
      name: `Development account ${i + 1}`,
      icon: ICON,
      rdns: `org.commonlearn.development.account${i + 1}`,
    };
    const detail = Object.freeze({
      info: Object.freeze(info),
      provider: new DevelopmentProvider(rpc, String(account)),
    });
    const announce = (): boolean => window.dispatchEvent(new CustomEvent("eip6963:announceProvider", { detail }));
    window.addEventListener("eip6963:requestProvider", announce);
    announce();
  }
}
