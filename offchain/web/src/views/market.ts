/** A market's phases, money and what can be done now. */

import { type Due, formatDuration, type MarketStatus, type Model } from "../core/index.ts";
import type { App, Change } from "../ui/app.ts";
import { button, h, replace, update } from "../ui/dom.ts";
import { count, moment, sentence } from "../ui/format.ts";
import { icon } from "../ui/icon.ts";
import { loading, notice, refusalNotice } from "../ui/notice.ts";
import { routeTo } from "../ui/router.ts";
import { act } from "../ui/signing.ts";
import { facts } from "../ui/table.ts";
import { latest, type View } from "./view.ts";

const WORDS: Record<NonNullable<Due["action"]>, string> = {
  contribute: "Contribute",
  draw: "Draw",
  end: "End the market",
  withdraw: "Withdraw",
  prepare: "Prepare",
  accept: "Accept the outcome",
};

export function marketView(app: App, model: Model): View {
  const content = h("div", {});
  const { info } = model;

  const due = (one: Due): HTMLElement => {
    const make = async (action: "draw" | "end" | "withdraw" | "prepare" | "accept"): Promise<void> => {
      if (await act(app, { do: action })) show();
    };
    const { action } = one;
    return h(
      "li",
      {},
      h("span", {}, h("b", {}, sentence(one.who)), `: ${one.why}`),
      action === null
        ? null
        : action === "contribute"
          ? h("a", { class: "button small", href: routeTo(info.chainId, info.address, "contribute") }, WORDS.contribute)
          : button(WORDS[action], () => void make(action), { class: "small", "data-action": action }),
    );
  };

  const view = (status: MarketStatus): HTMLElement[] => [
    h(
      "section",
      { class: "card" },
      h("h2", {}, status.number > 0 ? `Market ${status.number}` : "Market"),
      h("p", { class: "what" }, status.words),
      h(
        "ol",
        { class: "phases" },
        ...status.steps.map((step) =>
          h(
            "li",
            { class: step.state.replace(" ", "-"), "aria-current": step.state === "current" ? "step" : null },
            step.state === "done" && icon("check"),
            h("span", {}, step.title),
            h("span", { class: "unseen" }, `: ${step.state}`),
          ),
        ),
      ),
      status.deadline > 0 &&
        h(
          "p",
          {},
          `Until ${moment(status.deadline)}: ${status.secondsLeft > 0 ? `${formatDuration(status.secondsLeft)} left` : "over"}.`,
        ),
    ),
    h(
      "section",
      { class: "card" },
      h("h2", {}, "What can be done now"),
      status.dues.length > 0
        ? h("ul", { class: "dues" }, ...status.dues.map(due))
        : h("p", { class: "muted" }, "Nothing: it waits."),
    ),
    h(
      "section",
      { class: "card" },
      h("h2", {}, "Numbers"),
      facts(
        ["Bounty", app.money(status.bountyWei)],
        ["Stakes", app.money(status.stakesWei)],
        ["Purse for the computation", app.money(status.purseWei)],
        status.postBondsWei > 0n ? ["Bonds of a posted outcome", app.money(status.postBondsWei)] : null,
        ["Contributions", `${status.contributions} by ${count(status.participants, "account")}`],
        ["Secret test set", `${status.testCount} samples in ${status.partitions} partitions; ${status.revealed} shown`],
        ["Taught so far", String(status.trained)],
        ["Provider", h("code", { class: "long" }, status.provider)],
      ),
    ),
  ];

  const show = latest(async (isNewest) => {
    if (!content.firstChild) replace(content, loading("Asking the node …"));
    try {
      const status = await model.market();
      if (!isNewest()) return;
      update(
        content,
        ...(status ? view(status) : [notice("info", h("p", {}, "This model's incentive is no market."))]),
      );
    } catch (error) {
      if (isNewest()) replace(content, refusalNotice(error, button("Try again", show)));
    }
  });
  show();
  return { element: content, refresh: (_: Change) => show() };
}
