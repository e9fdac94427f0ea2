/** Wallets announce themselves, connect, change and refuse. Requirement W-18. */
import { describe, expect, test } from "vitest";
import { discoverWallets, type WalletDirectory } from "../../../src/core/index.ts";
import type { Provider } from "../../../src/core/wallet/wallet.ts";

const ONE = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266";
const TWO = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";
const PICTURE = "data:image/svg+xml;base64,PHN2Zy8+";

class Fake implements Provider {
  readonly listeners = new Map<string, Set<(...given: unknown[]) => void>>();
  answers: Record<string, (params: readonly unknown[]) => unknown> = {
    eth_requestAccounts: () => [ONE.toLowerCase()],
    eth_chainId: () => "0x7a69",
  };

  async request({ method, params = [] }: { method: string; params?: readonly unknown[] }): Promise<unknown> {
    return this.answers[method]!(params);
  }

  on(event: string, listener: (...given: unknown[]) => void): void {
    this.listeners.set(event, (this.listeners.get(event) ?? new Set()).add(listener));
  }

  removeListener(event: string, listener: (...given: unknown[]) => void): void {
    this.listeners.get(event)?.delete(listener);
  }

  emit(event: string, ...given: unknown[]): void {
    for (const listener of this.listeners.get(event) ?? []) listener(...given);
  }
}

function announce(target: EventTarget, provider: unknown, info: Record<string, unknown> = {}): void {
  const detail = { info: { uuid: "u1", name: "One", icon: PICTURE, rdns: "org.one", ...info }, provider };
  target.dispatchEvent(new CustomEvent("eip6963:announceProvider", { detail }));
}

const refusing = (error: object) => () => Promise.reject(Object.assign(new Error(), error));

describe("discovery", () => {
  test("asks, hears those that announce themselves before and after, and each once", () => {
    const target = new EventTarget();
    const fake = new Fake();
    target.addEventListener("eip6963:requestProvider", () => announce(target, fake));
    const directory = discoverWallets(target);
    expect(directory.offers).toEqual([{ id: "u1", name: "One", icon: PICTURE, rdns: "org.one" }]);
    let told = 0;
    directory.subscribe(() => told++);
    announce(target, fake);
    expect(told).toBe(0);
    announce(target, new Fake(), { uuid: "u2", name: "Two" });
    expect([told, directory.offers.map((offer) => offer.name)]).toEqual([1, ["One", "Two"]]);
    directory.close();
    announce(target, new Fake(), { uuid: "u3" });
    expect(directory.offers.length).toBe(2);
  });

  test("drops what is malformed, and pictures that would be fetched", () => {
    const target = new EventTarget();
    const directory = discoverWallets(target);
    announce(target, {}, { uuid: "u1" });
    announce(target, new Fake(), { uuid: 5 });
    target.dispatchEvent(new CustomEvent("eip6963:announceProvider"));
    expect(directory.offers).toEqual([]);
    announce(target, new Fake(), { uuid: "u4", icon: "https://third.party/pixel.png", name: "x".repeat(999) });
    announce(target, new Fake(), { uuid: "u5", icon: "data:text/html,<script>", name: undefined });
    expect(directory.offers.map(({ icon, name }) => [icon, name.length])).toEqual([
      ["", 60],
      ["", 6],
    ]);
  });

  test("takes window.ethereum where nobody announces", async () => {
    const target = Object.assign(new EventTarget(), { ethereum: new Fake() });
    const directory = discoverWallets(target);
    expect(directory.offers.map((offer) => offer.id)).toEqual(["window.ethereum"]);
    expect((await directory.connect("window.ethereum")).account).toBe(ONE);
    announce(target, new Fake());
    expect(directory.offers.map((offer) => offer.id)).toEqual(["u1"]);
  });
});

describe("a wallet", () => {
  const setup = (): { fake: Fake; directory: WalletDirectory } => {
    const target = new EventTarget();
    const directory = discoverWallets(target);
    const fake = new Fake();
    announce(target, fake);
    return { fake, directory };
  };

  test("connects, and tells changes of account, chain and connection", async () => {
    const { fake, directory } = setup();
    const wallet = await directory.connect("u1");
    expect([wallet.account, wallet.chainId, wallet.isConnected]).toEqual([ONE, 31_337, true]);
    const seen: unknown[] = [];
    const stop = wallet.subscribe(() => seen.push([wallet.account, wallet.chainId, wallet.isConnected]));
    fake.emit("accountsChanged", [TWO.toLowerCase(), ONE]);
    fake.emit("chainChanged", "0x1");
    fake.emit("disconnect", { code: 4900 });
    fake.emit("connect", { chainId: "0xa" });
    fake.emit("accountsChanged", []);
    stop();
    fake.emit("accountsChanged", [ONE]);
    expect(seen).toEqual([
      [TWO, 31_337, true],
      [TWO, 1, true],
      [TWO, 1, false],
      [TWO, 10, true],
      [null, 10, false],
    ]);
    wallet.disconnect();
    expect([wallet.account, wallet.isConnected]).toEqual([null, false]);
    fake.emit("accountsChanged", [ONE]);
    expect(wallet.account).toBeNull();
  });

  test("that says no, shows nothing, or is gone is told in words", async () => {
    const { fake, directory } = setup();
    fake.answers.eth_requestAccounts = refusing({ code: 4001 });
    await expect(directory.connect("u1")).rejects.toMatchObject({ code: "rejected" });
    fake.answers.eth_requestAccounts = () => [];
    await expect(directory.connect("u1")).rejects.toMatchObject({ code: "no-wallet" });
    await expect(async () => directory.connect("u9")).rejects.toMatchObject({ code: "no-wallet" });
  });

  test("switches chains, or says why not; an unknown one can be added", async () => {
    const { fake, directory } = setup();
    const wallet = await directory.connect("u1");
    let chain = "0x7a69";
    fake.answers.eth_chainId = () => chain;
    fake.answers.wallet_switchEthereumChain = ([given]) => {
      chain = (given as { chainId: string }).chainId;
      return null;
    };
    let told = 0;
    wallet.subscribe(() => told++);
    await wallet.switchChain(11_155_111);
    expect([wallet.chainId, told]).toEqual([11_155_111, 1]);
    fake.answers.wallet_switchEthereumChain = refusing({ code: 4001 });
    await expect(wallet.switchChain(1)).rejects.toMatchObject({ code: "rejected" });
    for (const error of [{ code: 4902 }, { code: -32603, data: { originalError: { code: 4902 } } }]) {
      fake.answers.wallet_switchEthereumChain = refusing(error);
      await expect(wallet.switchChain(1)).rejects.toMatchObject({ code: "unknown-chain" });
    }
    const added: unknown[] = [];
    fake.answers.wallet_addEthereumChain = (params) => added.push(params[0]);
    fake.answers.wallet_switchEthereumChain = () => ((chain = "0x539"), null);
    await wallet.addChain({ chainId: 1_337, name: "Local", rpcUrl: "http://127.0.0.1:8545" });
    expect(added).toEqual([expect.objectContaining({ chainId: "0x539", rpcUrls: ["http://127.0.0.1:8545"] })]);
    expect(wallet.chainId).toBe(1_337);
    fake.answers.wallet_addEthereumChain = refusing({ code: 4001 });
    await expect(wallet.addChain({ chainId: 1, name: "", rpcUrl: "" })).rejects.toMatchObject({ code: "rejected" });
  });
});
