/** Tables that become a list of cards where the screen is narrow; roles are named, as such styles would undo them. */

import { type Child, h } from "./dom.ts";

export interface Column {
  readonly title: string;
  /** Numbers stand at the right. */
  readonly isNumber?: boolean;
  /** No title in a card: the cell speaks for itself. */
  readonly isPlain?: boolean;
}

export function table(caption: string, columns: readonly Column[], rows: readonly (readonly Child[])[]): HTMLElement {
  const head = columns.map((column) =>
    h("th", { scope: "col", role: "columnheader", class: column.isNumber ? "number" : null }, column.title),
  );
  const body = rows.map((row) =>
    h(
      "tr",
      { role: "row" },
      ...row.map((cell, i) => {
        const column = columns[i];
        return h(
          "td",
          {
            role: "cell",
            class: column?.isNumber ? "number" : null,
            "data-title": column?.isPlain ? null : column?.title,
          },
          h("div", { class: "cell" }, cell),
        );
      }),
    ),
  );
  return h(
    "table",
    { role: "table" },
    h("caption", { class: "unseen" }, caption),
    h("thead", { role: "rowgroup" }, h("tr", { role: "row" }, ...head)),
    h("tbody", { role: "rowgroup" }, ...body),
  );
}

/** Pages of a long list. */
export function pager(page: number, pages: number, total: number, go: (page: number) => void): HTMLElement | null {
  if (pages <= 1) return null;
  const step = (text: string, to: number, label: string): HTMLButtonElement =>
    h(
      "button",
      {
        type: "button",
        class: "quiet",
        "aria-label": label,
        disabled: to < 0 || to >= pages || to === page,
        on: { click: () => go(to) },
      },
      text,
    );
  return h(
    "nav",
    { class: "pager", "aria-label": "Pages" },
    step("« Newest", 0, "First page, newest"),
    step("‹ Newer", page - 1, "Newer"),
    h("span", { "aria-current": "page" }, `Page ${page + 1} of ${pages} (${total.toLocaleString("en")})`),
    step("Older ›", page + 1, "Older"),
    step("Oldest »", pages - 1, "Last page, oldest"),
  );
}

/** Names and what they are. */
export function facts(...pairs: readonly (readonly [string, Child] | null)[]): HTMLDListElement {
  const list = h("dl", { class: "facts" });
  for (const pair of pairs) if (pair) list.append(h("div", {}, h("dt", {}, pair[0]), h("dd", {}, pair[1])));
  return list;
}
