/** A window over the page: the browser's own `<dialog>`, which keeps the focus inside and gives it back. */

import { type Child, freshId, h } from "./dom.ts";
import { icon } from "./icon.ts";

export interface Dialog {
  readonly body: HTMLDivElement;
  readonly element: HTMLDialogElement;
  close(): void;
}

/**
 * Open a dialog.
 *
 * @param title Its heading.
 * @param onClose Told once when it is closed, in whatever way.
 * @param children What it shows at first.
 */
export function openDialog(title: string, onClose: () => void, ...children: readonly Child[]): Dialog {
  const titleId = freshId("dialog");
  const body = h("div", { class: "dialog-body" }, ...children);
  const closer = h("button", { type: "button", class: "quiet close", "aria-label": "Close" }, icon("cross"));
  const element = h(
    "dialog",
    { "aria-labelledby": titleId },
    h("div", { class: "dialog-head" }, h("h2", { id: titleId }, title), closer),
    body,
  );
  const close = (): void => element.close();
  closer.addEventListener("click", close);
  element.addEventListener("close", () => {
    element.remove();
    onClose();
  });
  // A click beside it closes it: only there is the dialog itself the target.
  element.addEventListener("mousedown", (event) => {
    if (event.target === element) close();
  });
  document.body.append(element);
  element.showModal();
  return { body, element, close };
}
