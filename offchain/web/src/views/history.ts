/** All that was contributed and all that happened, page by page, newest first. */

import type { ClaimKind, Model } from "../core/index.ts";
import type { App, Change } from "../ui/app.ts";
import { ClockFace } from "../ui/clocks.ts";
import { button, h, replace, update } from "../ui/dom.ts";
import { count, moment, sentence, shortAddress, shortHash } from "../ui/format.ts";
import { notice, ProgressLine, refusalNotice } from "../ui/notice.ts";
import { act } from "../ui/signing.ts";
import { pager, table } from "../ui/table.ts";
import { columns, row } from "./rows.ts";
import { latest, type View } from "./view.ts";

const SIZE = 20;

type Show = "all" | "ready" | "events";

export function historyView(app: App, model: Model): View {
  const isPoints = model.info.incentive === "points";
  const kinds: readonly ClaimKind[] = isPoints
    ? ["confirm", "contest"]
    : model.info.incentive === "market"
      ? []
      : ["report", "sweep"];
  const clocks = new ClockFace(() => model.now());
  const list = h("div", { class: "list" });
  let shown: Show = "all";
  let page = 0;

  const turnTo = (wanted: number): void => {
    page = wanted;
    show();
  };

  const contributions = async (progress: ProgressLine): Promise<Node[]> => {
    const account = app.account ?? undefined;
    const filter = {
      ...(account ? { account } : {}),
      ...(shown === "ready" ? { ready: isPoints ? ("confirm" as const) : ("report" as const) } : {}),
    };
    const found = await model.listContributions(filter, page, SIZE, progress.tell);
    clocks.clear();
    if (found.total === 0) {
      const words =
        shown === "ready"
          ? isPoints
            ? "Nothing can be voted on by this account now."
            : "Nothing can be reported by this account now."
          : "Nobody has contributed yet.";
      return [notice("info", h("p", {}, words))];
    }
    const rows = found.items.map((one) => row(app, model, one, "all", kinds, clocks, show));
    const ids = found.items.map((one) => one.id);
    const reportAll = async (): Promise<void> => {
      if (await act(app, { do: "report", ids })) show();
    };
    const all =
      shown === "ready" && !isPoints && ids.length > 1
        ? button(`Report all ${ids.length} of this page`, () => void reportAll(), { "data-action": "report-all" })
        : null;
    return [
      h("div", { class: "list-head" }, h("p", {}, count(found.total, "contribution")), all),
      table("Contributions, newest first", columns(model, "all", kinds), rows),
      pager(found.page, found.pages, found.total, turnTo) ?? h("span", {}),
    ];
  };

  const events = async (progress: ProgressLine): Promise<Node[]> => {
    const found = await model.history(page, SIZE, progress.tell);
    const titles = [
      { title: "When" },
      { title: "Who" },
      { title: "What" },
      { title: "Block", isNumber: true },
      { title: "Transaction" },
    ];
    const rows = found.items.map((line) => [
      line.time === null ? "" : moment(line.time),
      line.who ? h("code", { title: line.who }, shortAddress(line.who)) : "",
      sentence(line.words),
      String(line.block),
      h("code", { title: line.txHash }, shortHash(line.txHash)),
    ]);
    return [
      h("p", {}, count(found.total, "event")),
      table("Events, newest first", titles, rows),
      pager(found.page, found.pages, found.total, turnTo) ?? h("span", {}),
    ];
  };

  const show = latest(async (isNewest) => {
    const progress = new ProgressLine("Reading the log …");
    if (!list.querySelector("table")) replace(list, progress.element);
    list.setAttribute("aria-busy", "true");
    try {
      const made = await (shown === "events" ? events(progress) : contributions(progress));
      if (isNewest()) update(list, ...made);
    } catch (error) {
      if (isNewest()) replace(list, refusalNotice(error, button("Try again", show)));
    } finally {
      list.removeAttribute("aria-busy");
    }
  });

  const choices: readonly (readonly [Show, string])[] = [
    ["all", "Contributions"],
    ...(kinds.length > 0 ? [["ready", isPoints ? "To vote on" : "To report"] as const] : []),
    ["events", "Everything"],
  ];
  const choose = h("div", { class: "segments", role: "group", "aria-label": "What to show" });
  for (const [name, words] of choices) {
    const pick = (): void => {
      shown = name;
      page = 0;
      for (const one of choose.querySelectorAll("button")) one.setAttribute("aria-pressed", String(one === item));
      replace(list);
      show();
    };
    const item = button(words, pick, { "aria-pressed": String(name === shown), "data-show": name });
    choose.append(item);
  }
  show();
  return {
    element: h("section", { class: "card" }, h("h2", {}, "History"), choose, list),
    refresh(change: Change) {
      if (change === "wallet") page = 0;
      if (page === 0 || change !== "chain") show(); // older pages stay under the reader's eyes
    },
    dispose: () => clocks.stop(),
  };
}
