/** The classes to choose a label from; those announced for later can be seen, but not chosen yet. */

import { formatDuration, type ModelInfo } from "../core/index.ts";
import { h, replace } from "./dom.ts";

/** From when a class can be contributed to, in words; empty if now. */
export function notYet(activeAt: number, now: number): string {
  return activeAt > now ? `takes part in ${formatDuration(activeAt - now)}` : "";
}

export class LabelChoice {
  readonly element: HTMLFieldSetElement;
  readonly #choices = h("div", { class: "choices" });
  #radios: HTMLInputElement[] = [];
  #shown = "";

  constructor(
    title: string,
    private readonly onChange: () => void,
  ) {
    this.element = h("fieldset", {}, h("legend", {}, title), this.#choices);
  }

  /** Class number; −1 while none is chosen. */
  get chosen(): number {
    return this.#radios.findIndex((radio) => radio.checked);
  }

  focus(): void {
    this.#radios.find((radio) => !radio.disabled)?.focus();
  }

  /** Show the classes of the moment; what was chosen stays chosen. */
  show(info: ModelInfo, now: number): void {
    const waits = info.classes.map((_, label) => notYet(info.classActiveAt[label] ?? 0, now));
    const state = JSON.stringify([info.classes, waits]);
    if (state === this.#shown) return;
    this.#shown = state;
    const before = this.chosen;
    const name = `label-${info.address}`;
    this.#radios = waits.map((wait, label) =>
      h("input", {
        type: "radio",
        name,
        value: label,
        disabled: wait !== "",
        on: { change: this.onChange },
      }),
    );
    replace(
      this.#choices,
      ...this.#radios.map((radio, label) =>
        h(
          "label",
          { class: "choice" },
          radio,
          h("span", {}, info.classes[label]),
          waits[label] && h("small", { class: "muted" }, waits[label]),
        ),
      ),
    );
    const again = this.#radios[before];
    if (again && !again.disabled) again.checked = true;
  }
}
