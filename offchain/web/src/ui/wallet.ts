/** The wallet at the top of the page: choose, see, change and leave it; and what to do on the wrong chain. */

import { explain, type Wallet, type WalletOffer } from "../core/index.ts";
import type { App } from "./app.ts";
import { openDialog } from "./dialog.ts";
import { button, h, replace } from "./dom.ts";
import { shortAddress } from "./format.ts";
import { icon } from "./icon.ts";
import { loading, notice, refusalNotice } from "./notice.ts";

function walletIcon(offer: WalletOffer): HTMLElement {
  if (!offer.icon) return h("span", { class: "wallet-icon", "aria-hidden": "true" }, icon("wallet"));
  return h("img", { class: "wallet-icon", src: offer.icon, alt: "", width: 28, height: 28 });
}

/** Let the user choose a wallet; null if none was connected. */
export function chooseWallet(app: App): Promise<Wallet | null> {
  return new Promise((resolve) => {
    let chosen: Wallet | null = null;
    const list = h("div", { class: "wallet-list" });
    const said = h("div", {});
    const stop = app.wallets.subscribe(() => show());
    const dialog = openDialog(
      "Choose a wallet",
      () => {
        stop();
        resolve(chosen);
      },
      h("p", { class: "muted" }, "The page sees only the addresses that you share. Nothing is signed by connecting."),
      list,
      said,
    );
    const connect = async (offer: WalletOffer): Promise<void> => {
      replace(said, loading(`Asking ${offer.name} …`));
      try {
        chosen = await app.connect(offer.id);
        dialog.close();
      } catch (error) {
        replace(said, refusalNotice(error));
      }
    };
    const show = (): void => {
      const { offers } = app.wallets;
      if (offers.length === 0) {
        const words =
          "No wallet was found in this browser. Install one as an extension, or open this page in your wallet's own browser. Predictions need none.";
        replace(list, notice("info", h("p", {}, words)));
        return;
      }
      replace(
        list,
        ...offers.map((offer) =>
          h(
            "button",
            { type: "button", class: "wallet-offer", on: { click: () => void connect(offer) } },
            walletIcon(offer),
            h("span", {}, offer.name),
            offer.rdns && h("small", { class: "muted" }, offer.rdns),
          ),
        ),
      );
    };
    show();
  });
}

function walletDialog(app: App, wallet: Wallet): void {
  const account = wallet.account ?? "";
  const copy = button("Copy address", () => {
    // Browsers give no clipboard to pages without TLS, except on this computer.
    const copied = navigator.clipboard?.writeText(account) ?? Promise.reject(new Error("no clipboard"));
    copied.then(
      () => replace(copy, "Copied"),
      () => replace(copy, "Not possible here: select it above"),
    );
  });
  const dialog = openDialog(
    wallet.offer.name,
    () => {},
    h("p", {}, h("code", { class: "long" }, account)),
    h(
      "p",
      { class: "muted" },
      `Chain ${wallet.chainId}. To use another account, choose it in the wallet; the page follows.`,
    ),
    h(
      "div",
      { class: "actions" },
      copy,
      button("Other wallet", () => {
        dialog.close();
        void chooseWallet(app);
      }),
      button("Disconnect", () => {
        app.disconnect();
        dialog.close();
      }),
    ),
  );
}

/** The button at the top. */
export function walletButton(app: App): { element: HTMLElement; refresh: () => void } {
  const element = h("button", { type: "button", class: "wallet-button" });
  element.addEventListener("click", () => {
    if (app.wallet?.account) walletDialog(app, app.wallet);
    else void chooseWallet(app);
  });
  const refresh = (): void => {
    const wallet = app.wallet;
    if (wallet?.account) {
      replace(element, walletIcon(wallet.offer), h("span", {}, shortAddress(wallet.account)));
      element.setAttribute("aria-label", `Wallet ${wallet.offer.name}, account ${wallet.account}`);
      element.classList.toggle("wrong", app.isOnWrongChain);
    } else {
      replace(element, wallet ? "Wallet locked" : "Choose wallet");
      element.removeAttribute("aria-label");
      element.classList.remove("wrong");
    }
  };
  refresh();
  return { element, refresh };
}

/** What to do when the wallet is on another chain than the model; null if it is not. */
export function wrongChainNotice(app: App): HTMLElement | null {
  const { model, wallet } = app;
  if (!model || !wallet || !app.isOnWrongChain) return null;
  const { chainId, network, address } = model.info;
  const said = h("div", {});
  const name = network === String(chainId) ? `chain ${chainId}` : `${network} (chain ${chainId})`;
  const attempt = async (work: () => Promise<void>): Promise<void> => {
    replace(said, loading("Asking the wallet …"));
    try {
      await work();
      replace(said);
    } catch (error) {
      const node = app.nodeFor(chainId, address);
      const canAdd = explain(error).code === "unknown-chain" && node !== null && "rpcUrl" in node;
      const add = (): void =>
        void attempt(() => wallet.addChain({ chainId, name: network, rpcUrl: (node as { rpcUrl: string }).rpcUrl }));
      replace(said, refusalNotice(error, canAdd && button("Add the chain to the wallet", add)));
    }
  };
  return h(
    "div",
    { id: "wrong-chain" },
    notice(
      "warning",
      h(
        "p",
        {},
        `The wallet is on chain ${wallet.chainId}, but this model is on ${name}. Predictions work; nothing can be signed.`,
      ),
      button(`Switch to ${network}`, () => void attempt(() => wallet.switchChain(chainId)), { class: "primary" }),
      said,
    ),
  );
}
