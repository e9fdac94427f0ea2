/** What one ether is worth: typed by the user, as the page asks no price server. */

import type { App } from "./app.ts";
import { field, h } from "./dom.ts";

export function rateField(app: App): HTMLElement {
  const input = h("input", {
    type: "number",
    min: "0",
    step: "any",
    inputmode: "decimal",
    placeholder: "not set",
    class: "rate",
    value: app.store.settings.ethUsd ?? "",
  });
  input.addEventListener("change", () => {
    const rate = Number(input.value);
    app.setRate(Number.isFinite(rate) && rate > 0 ? rate : null);
  });
  return field("Dollars for one ether", input, "You type it: this page asks no price server.");
}
