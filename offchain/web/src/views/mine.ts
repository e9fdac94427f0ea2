/** The account's own contributions: what is locked, what comes back when, what can be withdrawn. */

import { type Action, type ClaimKind, formatPoints, type Model } from "../core/index.ts";
import type { App, Change } from "../ui/app.ts";
import { ClockFace } from "../ui/clocks.ts";
import { button, field, h, replace, update } from "../ui/dom.ts";
import { count } from "../ui/format.ts";
import { form } from "../ui/input.ts";
import { loading, notice, ProgressLine, refusalNotice } from "../ui/notice.ts";
import { act } from "../ui/signing.ts";
import { facts, pager, table } from "../ui/table.ts";
import { chooseWallet } from "../ui/wallet.ts";
import { columns, row } from "./rows.ts";
import { latest, type View } from "./view.ts";

const SIZE = 20;
const MOST_AT_ONCE = 40;

export function mineView(app: App, model: Model): View {
  const summary = h("div", { class: "stack" });
  const list = h("div", { class: "list" });
  const clocks = new ClockFace(() => model.now());
  const kinds: readonly ClaimKind[] = model.info.incentive === "self-assessment" ? ["refund"] : [];
  let page = 0;

  const withdraw = async (action: Action): Promise<void> => {
    if (await act(app, action)) show();
  };
  const to = h("input", { type: "text", class: "mono", placeholder: "0x…", autocomplete: "off", spellcheck: "false" });
  const pay = (): void => void withdraw({ do: "withdraw", to: to.value.trim() });
  const hint = "For accounts that are contracts and take no ether. Check it twice.";
  const elsewhere = h(
    "details",
    { hidden: true },
    h("summary", {}, "Withdraw to another address"),
    form("See the cost", pay, field("Recipient", to, hint)),
  );

  const showSummary = latest(async (isNewest) => {
    const { account } = app;
    if (!account) {
      elsewhere.hidden = true;
      return void replace(summary);
    }
    try {
      const status = await model.account(account);
      if (!isNewest()) return;
      const { points } = status;
      elsewhere.hidden = status.owedWei === 0n;
      update(
        summary,
        facts(
          ["Balance", app.money(status.balanceWei)],
          points
            ? ["Points", `${points.scoreWords}${points.isFounder ? ", founder" : ""}`]
            : ["Owed to you", h("span", {}, h("b", {}, app.money(status.owedWei)))],
          points
            ? ["Next vote can weigh", formatPoints(points.canGive)]
            : ["Your locked stakes", app.money(status.lockedWei)],
          model.info.incentive === "self-assessment"
            ? [
                "Proven by good data",
                `${app.money(status.provenGwei * 10n ** 9n)}${status.provenGwei > 0n ? ": you may report others" : ": not yet, so you can't report"}`,
              ]
            : null,
          status.isPunished ? ["Last market", "punished: it ended below your stake"] : null,
        ),
        status.owedWei > 0n &&
          h(
            "div",
            { class: "actions" },
            button(`Withdraw ${app.money(status.owedWei)}`, () => void withdraw({ do: "withdraw" }), {
              class: "primary",
              "data-action": "withdraw",
            }),
          ),
      );
    } catch (error) {
      if (isNewest()) replace(summary, refusalNotice(error));
    }
  });

  const showList = latest(async (isNewest) => {
    const { account } = app;
    if (!account) {
      const choose = button("Choose wallet", () => void chooseWallet(app), { class: "primary" });
      return void replace(
        list,
        notice("info", h("p", {}, "Connect a wallet to see your contributions and their clocks."), choose),
      );
    }
    const progress = new ProgressLine("Reading the log …");
    if (!list.querySelector("table")) replace(list, progress.element);
    try {
      const [found, ready] = await Promise.all([
        model.listContributions({ author: account, account }, page, SIZE, progress.tell),
        model.info.incentive === "self-assessment"
          ? model.listContributions({ author: account, account, ready: "refund" }, 0, MOST_AT_ONCE)
          : null,
      ]);
      if (!isNewest()) return;
      clocks.clear();
      if (found.total === 0)
        return void replace(
          list,
          notice("info", h("p", {}, "This account has contributed nothing to this model yet.")),
        );
      const refundAll = async (): Promise<void> => {
        if (ready && (await act(app, { do: "refund", ids: ready.items.map((one) => one.id) }))) show();
      };
      update(
        list,
        h(
          "div",
          { class: "list-head" },
          h("p", {}, count(found.total, "contribution")),
          ready &&
            ready.items.length > 1 &&
            button(`Refund all ${ready.items.length} that are ready`, () => void refundAll(), {
              "data-action": "refund-all",
            }),
        ),
        table(
          "My contributions",
          columns(model, "mine", kinds),
          found.items.map((one) => row(app, model, one, "mine", kinds, clocks, show)),
        ),
        pager(found.page, found.pages, found.total, (wanted) => {
          page = wanted;
          showList();
        }),
      );
    } catch (error) {
      if (isNewest()) replace(list, refusalNotice(error, button("Try again", show)));
    }
  });

  const show = (): void => {
    showSummary();
    showList();
  };
  replace(list, loading("Reading …"));
  show();
  return {
    element: h(
      "div",
      {},
      h("section", { class: "card" }, h("h2", {}, "My part"), summary, elsewhere),
      h("section", { class: "card" }, h("h2", {}, "My contributions"), list),
    ),
    refresh(change: Change) {
      if (change === "wallet") page = 0;
      show();
    },
    dispose: () => clocks.stop(),
  };
}
