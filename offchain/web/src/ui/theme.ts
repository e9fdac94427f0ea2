/** Light, dark, or as the system has it. */

import { h } from "./dom.ts";
import type { SettingsStore, Theme } from "./store.ts";

const WORDS: Record<Theme, string> = { auto: "Auto", light: "Light", dark: "Dark" };

export function applyTheme(theme: Theme): void {
  if (theme === "auto") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = theme;
}

export function themeSwitch(store: SettingsStore): HTMLElement {
  const select = h("select", { class: "quiet", "aria-label": "Colours" });
  for (const [theme, words] of Object.entries(WORDS)) {
    select.append(h("option", { value: theme, selected: theme === store.settings.theme }, words));
  }
  select.addEventListener("change", () => {
    const theme = select.value as Theme;
    store.change({ theme });
    applyTheme(theme);
  });
  return select;
}
