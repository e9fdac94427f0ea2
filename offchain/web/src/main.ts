/** Where the page begins. */

import { App } from "./ui/app.ts";
import { watchRoute } from "./ui/router.ts";
import { SettingsStore } from "./ui/store.ts";
import { applyTheme } from "./ui/theme.ts";
import { Frame } from "./views/frame.ts";

/** Connect the wallet of the last visit again, if it is there and says so without asking the user. */
function reconnect(app: App): void {
  const wanted = app.store.settings.walletId;
  if (!wanted) return;
  const attempt = (): void => {
    if (app.wallet || !app.wallets.offers.some((offer) => offer.id === wanted)) return;
    stop();
    void app.connect(wanted).catch(() => {}); // locked, or the leave was taken away: the button at the top remains
  };
  const stop = app.wallets.subscribe(attempt);
  attempt();
}

async function main(): Promise<void> {
  if (window.top !== window) {
    // Another page around this one could lay its own words over what is signed here.
    document.body.textContent = "This page does not work inside of other pages: open it by itself.";
    return;
  }
  const store = SettingsStore.ofWindow();
  applyTheme(store.settings.theme);
  const app = new App(store);
  const frame = new Frame(app);
  document.getElementById("app")?.replaceChildren(frame.element);
  reconnect(app);
  await app.loadDeployments().catch(() => {}); // none beside the page: models are opened by address
  watchRoute(window, (route) => frame.go(route));
}

void main();
