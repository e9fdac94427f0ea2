/** What happened, where the reader looks: errors as alerts, everything else politely. */

import { explain } from "../core/index.ts";
import { type Child, h } from "./dom.ts";
import { icon } from "./icon.ts";

export type NoticeKind = "error" | "warning" | "info" | "success";

const MARKS: Record<NoticeKind, () => Child> = {
  error: () => icon("cross"),
  warning: () => "!",
  info: () => "i",
  success: () => icon("check"),
};

export function notice(kind: NoticeKind, ...children: readonly Child[]): HTMLDivElement {
  return h(
    "div",
    { class: `notice ${kind}`, role: kind === "error" ? "alert" : "status" },
    h("span", { class: "mark", "aria-hidden": "true" }, MARKS[kind]()),
    h("div", { class: "notice-body" }, ...children),
  );
}

/** Anything thrown, in the core's words. */
export function refusalNotice(error: unknown, ...actions: readonly Child[]): HTMLDivElement {
  const { code, name, message } = explain(error);
  const shown = notice("error", h("p", {}, message), ...actions);
  shown.dataset["code"] = code;
  if (name) shown.dataset["name"] = name;
  return shown;
}

/** A line that says how far work is; screen readers hear its words now and then, not each step. */
export class ProgressLine {
  readonly element: HTMLDivElement;
  readonly #words = h("span", {});
  readonly #bar = h("progress", { max: 1, "aria-label": "progress" });
  readonly #heard = h("span", { class: "unseen", role: "status" });
  #last = "";

  constructor(words: string) {
    this.#words.textContent = words;
    this.#heard.textContent = words;
    this.element = h("div", { class: "progress" }, this.#bar, this.#words, this.#heard);
  }

  /** For the core's `Progress`. */
  readonly tell = (what: string, done: number, total: number): void => {
    this.#words.textContent =
      total > 0 ? `${what}: ${done.toLocaleString("en")} of ${total.toLocaleString("en")}` : what;
    if (total > 0) this.#bar.value = done / total;
    if (what !== this.#last) this.#heard.textContent = what;
    this.#last = what;
  };
}

export function loading(words: string): HTMLElement {
  return h("p", { class: "loading", role: "status" }, h("span", { class: "spinner", "aria-hidden": "true" }), words);
}
