/** The page around the views: its head, the open model's head and tabs, and what is shown while a model is opened. */

import type { Model, NodeSource } from "../core/index.ts";
import { type App, DEFAULT_NODE } from "../ui/app.ts";
import { button, field, h, replace } from "../ui/dom.ts";
import { count } from "../ui/format.ts";
import { form } from "../ui/input.ts";
import { notice, ProgressLine, refusalNotice } from "../ui/notice.ts";
import { type Route, routeTo, type ViewName } from "../ui/router.ts";
import { themeSwitch } from "../ui/theme.ts";
import { walletButton, wrongChainNotice } from "../ui/wallet.ts";
import { aboutView } from "./about.ts";
import { chartsView } from "./charts.ts";
import { contributeView } from "./contribute.ts";
import { historyView } from "./history.ts";
import { marketView } from "./market.ts";
import { mineView } from "./mine.ts";
import { openView } from "./open.ts";
import { predictView } from "./predict.ts";
import { rankingView } from "./ranking.ts";
import type { ModelView, View } from "./view.ts";

const TITLES: Record<ViewName, string> = {
  predict: "Predict",
  contribute: "Contribute",
  mine: "Mine",
  history: "History",
  charts: "Charts",
  ranking: "Ranking",
  market: "Market",
  about: "About",
};

const MAKERS: Record<ViewName, ModelView> = {
  predict: predictView,
  contribute: contributeView,
  mine: mineView,
  history: historyView,
  charts: chartsView,
  ranking: rankingView,
  market: marketView,
  about: aboutView,
};

const INCENTIVES = { "self-assessment": "stakes", points: "points", market: "market" } as const;

type ModelRoute = Route & { readonly at: "model" };

export class Frame {
  readonly element: HTMLElement;
  readonly #main = h("main", { id: "main", tabindex: -1 });
  readonly #warnings = h("div", { class: "warnings" });
  readonly #modelHead = h("div", { class: "model-place" });
  #view: View | null = null;
  #route: Route = { at: "open" };
  /** Whether a model waits for a node to be named, or for a wallet. */
  #isWaiting = false;

  constructor(private readonly app: App) {
    const wallet = walletButton(app);
    const skip = h("a", { class: "skip", href: "#main" }, "To the content");
    skip.addEventListener("click", (event) => {
      event.preventDefault(); // the address belongs to the views
      this.#main.focus();
    });
    this.element = h(
      "div",
      { class: "page" },
      skip,
      h(
        "header",
        { class: "top" },
        h(
          "a",
          { class: "brand", href: "#/", "aria-label": "commonlearn, start" },
          h("img", { src: "./icon.svg", alt: "", width: 26, height: 26 }),
          h("span", {}, "commonlearn"),
        ),
        h("div", { class: "top-right" }, themeSwitch(app.store), wallet.element),
      ),
      this.#modelHead,
      this.#warnings,
      this.#main,
      h(
        "footer",
        {},
        h("p", {}, "No server of ours, no third parties: this page talks to your node and your wallet only."),
      ),
    );
    app.subscribe((change) => {
      if (change === "wallet" || change === "model") wallet.refresh();
      this.#showHead();
      this.#showWarnings();
      if (change !== "model") this.#view?.refresh?.(change);
      if (change === "wallet" && this.#isWaiting) this.go(this.#route);
    });
  }

  /** Show what an address names; a model that is not open yet is opened. */
  go(route: Route): void {
    const isFirst = this.#view === null && !this.#main.firstChild;
    this.#route = route;
    this.#isWaiting = false;
    if (route.at === "model" && !this.app.isOpen(route.chainId, route.address)) this.#open(route);
    else this.#show();
    if (!isFirst) this.#main.focus({ preventScroll: true });
  }

  #show(): void {
    this.#view?.dispose?.();
    const { model } = this.app;
    void model?.sync().catch(() => {}); // what is looked at is as new as it can be; the page says when the node is down
    this.#view = this.#route.at === "model" && model ? MAKERS[this.#route.view](this.app, model) : openView(this.app);
    replace(this.#main, this.#view.element);
    this.#showHead();
    this.#showWarnings();
  }

  #open(route: ModelRoute, node = this.app.nodeFor(route.chainId, route.address)): void {
    this.#view?.dispose?.();
    this.#view = null;
    this.#isWaiting = node === null;
    if (node === null) {
      // Nobody is asked unless the user names a node, or connects a wallet of that chain.
      const words = `No node is known for chain ${route.chainId}. Name one, or connect a wallet that is on it.`;
      const said = notice("info", h("p", {}, words));
      replace(this.#main, h("section", { class: "card" }, said, this.#otherNode(route, node)));
      return;
    }
    const progress = new ProgressLine("Opening the model …");
    replace(this.#main, h("section", { class: "card" }, progress.element));
    this.#showHead();
    this.#showWarnings();
    const isStillWanted = (): boolean => this.#route === route;
    this.app.open(route.address, node, route.chainId, progress.tell).then(
      (model) => {
        if (model && isStillWanted()) this.#show();
      },
      (error: unknown) => {
        if (isStillWanted())
          replace(this.#main, h("section", { class: "card" }, refusalNotice(error), this.#otherNode(route, node)));
      },
    );
  }

  /** Another node for a model that could not be opened. */
  #otherNode(route: ModelRoute, node: NodeSource | null): HTMLElement {
    const url = h("input", {
      type: "url",
      class: "mono",
      autocomplete: "off",
      spellcheck: "false",
      value: node === null ? DEFAULT_NODE : "rpcUrl" in node ? node.rpcUrl : "",
    });
    const again = (): void => this.#open(route, { rpcUrl: url.value.trim() });
    return form(
      node === null ? "Open" : "Try again",
      again,
      field(`Node of chain ${route.chainId}`, url, "An Ethereum node that you trust with what you look at."),
    );
  }

  #showHead(): void {
    const { model } = this.app;
    const route = this.#route;
    if (route.at !== "model" || !model || !this.app.isOpen(route.chainId, route.address)) {
      document.title = "commonlearn";
      return void replace(this.#modelHead);
    }
    document.title = `${TITLES[route.view]}: ${model.info.name} – commonlearn`;
    if (this.#modelHead.dataset["route"] === `${model.info.address}/${route.view}` && this.#modelHead.firstChild) {
      const fact = this.#modelHead.querySelector(".model-facts");
      if (fact) replace(fact, modelFacts(model));
      return;
    }
    this.#modelHead.dataset["route"] = `${model.info.address}/${route.view}`;
    replace(this.#modelHead, modelHead(model, route.view));
    this.#modelHead.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
  }

  #showWarnings(): void {
    const { model } = this.app;
    const isShown = this.#route.at === "model" && model;
    const down = isShown && model.nodeState !== "ok";
    // Kept while nothing changes, so that it is not read out again with every block.
    const state = `${down ? model.nodeState : ""} ${isShown && this.app.isOnWrongChain ? `${this.app.wallet?.chainId}` : ""}`;
    if (this.#warnings.dataset["state"] === state) return;
    this.#warnings.dataset["state"] = state;
    const retry = (): void => void model?.sync().catch(() => {});
    const words =
      model?.nodeState === "wrong-chain"
        ? "The node now serves another chain. Predictions use the copy that is here."
        : "The node does not answer. Predictions work on with the copy that is here; everything else waits for the node.";
    replace(
      this.#warnings,
      down ? h("div", { id: "node-down" }, notice("warning", h("p", {}, words), button("Try again", retry))) : null,
      isShown ? wrongChainNotice(this.app) : null,
    );
  }
}

function modelFacts(model: Model): string {
  return `${count(model.contributions, "contribution")} · as of block ${model.block.toLocaleString("en")}`;
}

function modelHead(model: Model, current: ViewName): HTMLElement {
  const { info } = model;
  const shown = (Object.keys(TITLES) as ViewName[]).filter((name) => name !== "market" || info.incentive === "market");
  return h(
    "div",
    { class: "model-head" },
    h(
      "div",
      { class: "model-title" },
      h("h1", {}, info.name || "(without a name)"),
      h("span", { class: "chip" }, INCENTIVES[info.incentive]),
      h("span", { class: "chip quiet" }, info.network),
      info.isOpen ? null : h("span", { class: "chip" }, "not open yet"),
    ),
    info.description && h("p", { class: "model-about" }, info.description),
    h("p", { class: "muted model-facts" }, modelFacts(model)),
    h(
      "nav",
      { class: "tabs", "aria-label": "Views of the model" },
      ...shown.map((name) =>
        h(
          "a",
          { href: routeTo(info.chainId, info.address, name), "aria-current": name === current ? "page" : null },
          TITLES[name],
        ),
      ),
    ),
  );
}
