/** Wallets that announce themselves (EIP-6963), or sit at `window.ethereum` (EIP-1193). */

import type { Wallet, WalletDirectory, WalletOffer } from "../api.ts";
import { Refusal } from "../refusal.ts";
import { ConnectedWallet, type Provider } from "./wallet.ts";

interface Announcement {
  readonly info?: { uuid?: unknown; name?: unknown; icon?: unknown; rdns?: unknown };
  readonly provider?: Provider;
}

/** Longest text and picture of a stranger that are taken over. */
const MOST_NAME = 60;
const MOST_ICON = 200_000;

class Directory implements WalletDirectory {
  private readonly target: EventTarget;
  private readonly found = new Map<string, { offer: WalletOffer; provider: Provider }>();
  private readonly listeners = new Set<() => void>();
  private readonly hear = (event: Event): void => this.announced((event as CustomEvent<Announcement>).detail);

  constructor(target: EventTarget) {
    this.target = target;
    target.addEventListener("eip6963:announceProvider", this.hear);
    target.dispatchEvent(new Event("eip6963:requestProvider"));
  }

  get offers(): readonly WalletOffer[] {
    const announced = [...this.found.values()].map(({ offer }) => offer);
    const legacy = this.legacy();
    // Wallets that announce themselves sit at window.ethereum too.
    return announced.length > 0 || legacy === null ? announced : [LEGACY];
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  connect(id: string): Promise<Wallet> {
    const found = this.found.get(id);
    const provider = found?.provider ?? (id === LEGACY.id ? this.legacy() : null);
    if (provider === null)
      throw new Refusal(
        "no-wallet",
        "This wallet is not there any more. Load the page anew, or choose another wallet.",
      );
    return ConnectedWallet.connect(found?.offer ?? LEGACY, provider);
  }

  close(): void {
    this.target.removeEventListener("eip6963:announceProvider", this.hear);
    this.listeners.clear();
  }

  private legacy(): Provider | null {
    const provider = (this.target as { ethereum?: Provider }).ethereum;
    return typeof provider?.request === "function" ? provider : null;
  }

  private announced(detail: Announcement | undefined): void {
    const { info, provider } = detail ?? {};
    if (typeof info?.uuid !== "string" || typeof provider?.request !== "function") return;
    const icon = typeof info.icon === "string" ? info.icon : "";
    const offer: WalletOffer = {
      id: info.uuid,
      name: String(info.name ?? "wallet").slice(0, MOST_NAME),
      // Only pictures that are there already: a link would tell a third party who looks at this page.
      icon: /^data:image\/(png|webp|svg\+xml|jpeg|gif)[;,]/.test(icon) && icon.length <= MOST_ICON ? icon : "",
      rdns: String(info.rdns ?? "").slice(0, MOST_NAME),
    };
    const known = this.found.get(info.uuid);
    if (known?.provider === provider) return; // announced again, as whenever somebody asks
    this.found.set(info.uuid, { offer, provider });
    for (const listener of [...this.listeners]) listener();
  }
}

const LEGACY: WalletOffer = { id: "window.ethereum", name: "Browser wallet", icon: "", rdns: "" };

/** Begin to listen for wallets. @param target `window`. */
export const discoverWallets = (target: EventTarget): WalletDirectory => new Directory(target);
