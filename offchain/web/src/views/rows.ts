/** Contributions as rows of a table, with buttons for what the account can do about them. */

import type { ClaimKind, Contribution, Model } from "../core/index.ts";
import type { App } from "../ui/app.ts";
import { type ClockFace, VERBS } from "../ui/clocks.ts";
import { button, type Child, h } from "../ui/dom.ts";
import { moment, shortAddress } from "../ui/format.ts";
import { icon } from "../ui/icon.ts";
import { act } from "../ui/signing.ts";
import type { Column } from "../ui/table.ts";

const STATUS: Record<Contribution["status"], string> = {
  open: "locked",
  refunded: "refunded",
  forfeited: "forfeited",
  swept: "swept",
  none: "",
};

/** Columns that fit the model's incentive. */
export function columns(model: Model, whose: "mine" | "all", kinds: readonly ClaimKind[]): Column[] {
  const { incentive } = model.info;
  return [
    { title: "No.", isNumber: true },
    ...(whose === "all" ? [{ title: "Author" }] : []),
    { title: "Sample" },
    { title: "Label" },
    { title: "Model now" },
    { title: incentive === "points" ? "Votes" : "Stake", isNumber: incentive !== "points" },
    ...(incentive === "market" ? [] : [{ title: "Clocks" }]),
    ...(kinds.length > 0 ? [{ title: "Actions", isPlain: true }] : []),
  ];
}

function standing(one: Contribution, app: App, model: Model): Child {
  if (model.info.incentive === "points") {
    if (!one.tally || one.tally.votes === 0) return h("span", { class: "muted" }, "none yet");
    return `+${(one.tally.confirmed / 100).toFixed(2)} −${(one.tally.contested / 100).toFixed(2)}`;
  }
  const status = model.info.incentive === "market" ? "" : STATUS[one.status];
  return h(
    "span",
    { class: "stake" },
    app.money(one.stakeWei),
    status && h("span", { class: `chip ${one.status}` }, status),
  );
}

/** Buttons for what is possible now; the reason, where nothing is. */
function actions(app: App, one: Contribution, kinds: readonly ClaimKind[], onDone: () => void): Child {
  const verdicts = one.verdicts.filter((verdict) => kinds.includes(verdict.kind));
  const ready = verdicts.filter((verdict) => verdict.isReady);
  if (ready.length > 0) {
    const make = async (kind: ClaimKind): Promise<void> => {
      if (await act(app, { do: kind, ids: [one.id] })) onDone();
    };
    return h(
      "span",
      { class: "row-actions" },
      ...ready.map((verdict) =>
        button(VERBS[verdict.kind], () => void make(verdict.kind), {
          class: "small",
          "aria-label": `${VERBS[verdict.kind]} contribution ${one.id}`,
          "data-action": verdict.kind,
        }),
      ),
    );
  }
  const why = verdicts.find((verdict) => verdict.why)?.why ?? "";
  return h("small", { class: "muted" }, why);
}

export function row(
  app: App,
  model: Model,
  one: Contribution,
  whose: "mine" | "all",
  kinds: readonly ClaimKind[],
  clocks: ClockFace,
  onDone: () => void,
): Child[] {
  const isOwn = app.account?.toLowerCase() === one.author.toLowerCase();
  const isOver = model.info.incentive !== "points" && one.status !== "open";
  const author = h(
    "span",
    {},
    h("code", { title: one.author }, shortAddress(one.author)),
    isOwn && h("span", { class: "chip" }, "you"),
  );
  const learned = model.info.incentive === "market" ? "" : one.taught ? "it taught the model" : "the model knew it";
  return [
    String(one.id),
    ...(whose === "all" ? [author] : []),
    h("span", { class: "sample", title: `${moment(one.contributedAt)}; ${learned}` }, one.described),
    one.className,
    h(
      "span",
      { class: one.agrees ? "good" : "bad" },
      icon(one.agrees ? "check" : "cross"),
      " ",
      one.predictedName,
      h("span", { class: "unseen" }, one.agrees ? ", agrees" : ", disagrees"),
    ),
    standing(one, app, model),
    ...(model.info.incentive === "market"
      ? []
      : [isOver ? h("span", { class: "muted" }, "ended") : clocks.face(one.clocks)]),
    ...(kinds.length > 0 ? [actions(app, one, kinds, onDone)] : []),
  ];
}
