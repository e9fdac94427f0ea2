/** Who did most for the model; badges. */

import type { Action, BadgeView, Model } from "../core/index.ts";
import type { App, Change } from "../ui/app.ts";
import { button, h, replace, update } from "../ui/dom.ts";
import { shortAddress } from "../ui/format.ts";
import { loading, notice, ProgressLine, refusalNotice } from "../ui/notice.ts";
import { act } from "../ui/signing.ts";
import { table } from "../ui/table.ts";
import { latest, type View } from "./view.ts";

const WORDS = {
  points: {
    about: "Points that contributors gave one another. Votes are cast in the history.",
    good: "Confirmed",
    bad: "Contested",
  },
  "self-assessment": {
    about: "By the stake that each account has proven with data that taught the model.",
    good: "Refunded",
    bad: "Forfeited",
  },
  market: { about: "By what each account won and lost in markets.", good: "Taught", bad: "Punished" },
} as const;

const MARKS: Record<BadgeView["badge"], string> = {
  "first-light": "1st",
  confirmed: "+1",
  hundred: "100",
  judge: "10",
  steady: "4w",
};

const TITLES: Record<BadgeView["badge"], string> = {
  "first-light": "First light",
  confirmed: "Confirmed",
  hundred: "Hundred",
  judge: "Judge",
  steady: "Steady",
};

export function rankingView(app: App, model: Model): View {
  const isPoints = model.info.incentive === "points";
  const words = WORDS[model.info.incentive];
  const board = h("div", { class: "list" });
  const badges = h("div", {});

  const showBoard = latest(async (isNewest) => {
    const progress = new ProgressLine("Reading the log …");
    if (!board.firstChild) replace(board, progress.element);
    try {
      const rows = await model.leaderboard(progress.tell);
      if (!isNewest()) return;
      if (rows.length === 0) return void replace(board, notice("info", h("p", {}, "Nobody has contributed yet.")));
      const number = true;
      const titles = [
        { title: "Rank", isNumber: number },
        { title: "Account" },
        { title: "Score", isNumber: number },
        { title: "Contributions", isNumber: number },
        { title: words.good, isNumber: number },
        { title: words.bad, isNumber: number },
        ...(isPoints ? [{ title: "Votes", isNumber: number }, { title: "Badges" }] : []),
      ];
      const cells = rows.map((one) => [
        String(one.rank),
        h(
          "span",
          {},
          h("code", { title: one.address }, shortAddress(one.address)),
          one.isFounder && h("span", { class: "chip quiet" }, "founder"),
          one.address.toLowerCase() === app.account?.toLowerCase() && h("span", { class: "chip" }, "you"),
        ),
        one.scoreWords,
        String(one.contributions),
        String(one.good),
        String(one.bad),
        ...(isPoints ? [String(one.votes), one.badges.map((badge) => TITLES[badge]).join(", ") || "none"] : []),
      ]);
      replace(board, table("Leaderboard", titles, cells));
    } catch (error) {
      if (isNewest()) replace(board, refusalNotice(error, button("Try again", showBoard)));
    }
  });

  const badge = (one: BadgeView, account: string): HTMLElement => {
    const make = async (action: Action): Promise<void> => {
      if (await act(app, action)) show();
    };
    const claim = (): void => void make({ do: "claim-badge", account, badge: one.badge });
    const count = (): void => void make({ do: "judge", voter: account, ids: one.countable });
    const state = one.isAwarded ? "yours" : one.isEarned ? "earned" : "not yet";
    return h(
      "li",
      { class: `card badge ${one.isAwarded ? "awarded" : ""}` },
      h("span", { class: "badge-mark", "aria-hidden": "true" }, MARKS[one.badge]),
      h("strong", {}, one.title),
      h("p", {}, one.about),
      one.isEarned && !one.isAwarded
        ? button("Claim", claim, { class: "small", "aria-label": `Claim ${one.title}` })
        : h("span", { class: "chip quiet" }, state),
      one.countable.length > 0 && !one.isAwarded
        ? button(`Count ${one.countable.length} right votes`, count, { class: "small" })
        : null,
    );
  };

  const showBadges = latest(async (isNewest) => {
    const { account } = app;
    if (!isPoints) return;
    if (!account) return void replace(badges, notice("info", h("p", {}, "Connect a wallet to see your badges.")));
    if (!badges.firstChild) replace(badges, loading("Reading …"));
    try {
      const found = await model.badges(account);
      if (isNewest()) update(badges, h("ul", { class: "cards" }, ...found.map((one) => badge(one, account))));
    } catch (error) {
      if (isNewest()) replace(badges, refusalNotice(error));
    }
  });

  const show = (): void => {
    showBoard();
    showBadges();
  };
  show();
  return {
    element: h(
      "div",
      {},
      h("section", { class: "card" }, h("h2", {}, "Leaderboard"), h("p", { class: "muted" }, words.about), board),
      isPoints ? h("section", { class: "card" }, h("h2", {}, "My badges"), badges) : null,
    ),
    refresh: (change: Change) => {
      if (change !== "money") show();
    },
  };
}
