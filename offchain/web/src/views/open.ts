/** The start: models that are known here, and any other by its address. */

import { type NodeSource } from "../core/index.ts";
import { type App, DEFAULT_NODE } from "../ui/app.ts";
import { button, field, h, replace } from "../ui/dom.ts";
import { shortAddress } from "../ui/format.ts";
import { form } from "../ui/input.ts";
import { notice, ProgressLine, refusalNotice } from "../ui/notice.ts";
import { routeTo } from "../ui/router.ts";
import type { View } from "./view.ts";

const INCENTIVES: Readonly<Record<string, string>> = {
  "self-assessment": "stakes",
  points: "points",
  market: "market",
};

interface Card {
  readonly name: string;
  readonly address: string;
  readonly chainId: number;
  readonly network: string;
  readonly incentive?: string;
}

function card(one: Card): HTMLElement {
  return h(
    "li",
    {},
    h(
      "a",
      { class: "card model-card", href: routeTo(one.chainId, one.address) },
      h("strong", {}, one.name || "(without a name)"),
      h(
        "span",
        { class: "chips" },
        one.incentive && h("span", { class: "chip" }, INCENTIVES[one.incentive] ?? one.incentive),
        h("span", { class: "chip quiet" }, one.network),
      ),
      h("code", {}, shortAddress(one.address)),
    ),
  );
}

function isAddress(text: string): boolean {
  return /^0x[0-9a-fA-F]{40}$/.test(text);
}

export function openView(app: App): View {
  const address = h("input", {
    type: "text",
    autocomplete: "off",
    spellcheck: "false",
    class: "mono",
    placeholder: "0x…",
  });
  const node = h("input", {
    type: "url",
    autocomplete: "off",
    spellcheck: "false",
    class: "mono",
    value: DEFAULT_NODE,
  });
  const byWallet = h("input", { type: "checkbox", id: "by-wallet" });
  const walletLine = h(
    "div",
    { class: "check" },
    byWallet,
    h("label", { for: "by-wallet" }, "Ask the connected wallet's node instead"),
  );
  const said = h("div", {});

  const submit = async (): Promise<void> => {
    const wanted = address.value.trim();
    if (!isAddress(wanted)) {
      replace(
        said,
        notice(
          "error",
          h(
            "p",
            {},
            "This is no address: it has 0x and 40 hexadecimal digits. Copy it from whoever told you of the model.",
          ),
        ),
      );
      address.focus();
      return;
    }
    const progress = new ProgressLine("Asking the node …");
    replace(said, progress.element);
    try {
      const source: NodeSource =
        byWallet.checked && app.wallet ? { wallet: app.wallet } : { rpcUrl: node.value.trim() };
      const model = await app.open(wanted, source, undefined, progress.tell);
      if (model) window.location.hash = routeTo(model.info.chainId, model.info.address);
    } catch (error) {
      replace(said, refusalNotice(error));
    }
  };

  const known = h("div", {});
  const forget = (): void => {
    app.store.change({ recent: [] });
    refresh();
  };
  const refresh = (): void => {
    walletLine.hidden = !app.wallet?.isConnected;
    const listed = app.deployments;
    const addresses = new Set(listed.map((one) => one.address.toLowerCase()));
    const recent = app.store.settings.recent.filter((one) => !addresses.has(one.address.toLowerCase()));
    replace(
      known,
      listed.length > 0 && h("section", {}, h("h2", {}, "Models"), h("ul", { class: "cards" }, ...listed.map(card))),
      recent.length > 0 &&
        h(
          "section",
          {},
          h(
            "div",
            { class: "list-head" },
            h("h2", {}, "Opened before"),
            button("Forget them", forget, { class: "quiet" }),
          ),
          h("ul", { class: "cards" }, ...recent.map((one) => card({ ...one, network: `chain ${one.chainId}` }))),
        ),
    );
  };
  refresh();

  const element = h(
    "div",
    { class: "open-view" },
    h(
      "section",
      { class: "intro" },
      h("h1", {}, "Models that nobody owns"),
      h(
        "p",
        {},
        "They live in contracts on Ethereum. Using one is free and happens in this browser; teaching one takes a transaction, and under most rules a stake that comes back for good data.",
      ),
    ),
    known,
    h(
      "section",
      { class: "card" },
      h("h2", {}, "Open another"),
      form(
        "Open",
        () => void submit(),
        field("Address of the model", address),
        field(
          "Node",
          node,
          "An Ethereum node to read from: your own, or one that you trust with what you look at. No other is asked.",
        ),
        walletLine,
        said,
      ),
    ),
  );
  return { element, refresh };
}
