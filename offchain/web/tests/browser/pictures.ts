/** Pictures of every view, to look at: `make web-pictures`. */

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { test } from "vitest";
import { connect, model, visit } from "./visit.ts";

const FOLDER = process.env["PICTURES"] ?? "";
const TEXT: Readonly<Record<string, string>> = {
  "Support tickets": "The invoice shows a wrong charge on my card",
  "Film reviews": "A great film with a fine plot and good acting, never dull.",
};
const MODES = [
  { mode: "light", width: 1100, height: 800, dark: false },
  { mode: "dark", width: 1100, height: 800, dark: true },
  { mode: "phone", width: 360, height: 740, dark: false },
];

async function settled(page: Page): Promise<void> {
  await page.waitForFunction(() => !document.querySelector("main .loading, main .progress, dialog .loading"));
  await page.waitForTimeout(150);
}

test.each(MODES)("pictures: $mode", async ({ mode, ...size }) => {
  mkdirSync(FOLDER, { recursive: true });
  const { page, errors, close } = await visit(size);
  const draw = async (name: string, fullPage = true): Promise<void> => {
    await settled(page);
    await page.screenshot({ path: join(FOLDER, `${mode}-${name}.png`), fullPage });
  };
  const go = async (name: string, view: string): Promise<void> => {
    const { chainId, address } = model(name);
    await page.evaluate((hash) => (location.hash = hash), `#/m/${chainId}/${address}/${view}`);
    await page.locator(`.tabs a[href*="${address}/${view}"][aria-current]`).waitFor();
    await settled(page);
  };
  await page.locator(".model-card").first().waitFor();
  await draw("open");
  await page.getByRole("button", { name: "Choose wallet" }).click();
  await draw("wallet", false);
  await page.keyboard.press("Escape");
  await connect(page);
  const text = "Support tickets";
  await go(text, "predict");
  await page.getByRole("textbox", { name: "Text" }).fill(TEXT[text] ?? "");
  await page.getByRole("button", { name: "Predict, free" }).click();
  await page.getByRole("button", { name: "Ask the contract itself" }).click();
  await draw("predict");
  await page.getByRole("link", { name: "Teach the model this" }).click();
  await page.locator(".choice").first().click();
  await draw("contribute");
  await page.getByRole("button", { name: "See the cost", exact: true }).click();
  await page.getByRole("button", { name: "Sign in the wallet" }).waitFor();
  await page.locator("dialog").getByLabel("Dollars for one ether").fill("2500");
  await page.locator("dialog").getByLabel("Dollars for one ether").blur();
  await draw("cost", false);
  await page.evaluate(() => (window.testWallet.rejects = true));
  await page.getByRole("button", { name: "Sign in the wallet" }).click();
  await page.locator("dialog .notice.error").waitFor();
  await draw("rejected", false);
  await page.evaluate(() => (window.testWallet.rejects = false));
  await page.getByRole("button", { name: "Back to the cost" }).click();
  await page.getByRole("button", { name: "Sign in the wallet" }).click();
  await page.locator(".receipt").waitFor();
  await draw("receipt", false);
  await page.keyboard.press("Escape");
  for (const view of ["mine", "history", "charts", "ranking", "about"]) {
    await go(text, view);
    await draw(view);
  }
  await page.evaluate(() => (location.hash = location.hash.replace("about", "history")));
  await page.getByRole("button", { name: "Everything" }).click();
  await draw("events");
  await go("Irises", "predict");
  await draw("row");
  await go("Irises", "history");
  await draw("votes");
  await go("Irises", "ranking");
  await draw("badges");
  await go("Billing or not", "market");
  await draw("market");
  await page.evaluate(() => {
    window.testWallet.chainId = "0x1";
    window.testWallet.emit("chainChanged", "0x1");
  });
  await page.locator("#wrong-chain").waitFor();
  await draw("wrong-chain");
  if (errors.length > 0) throw new Error(errors.join("\n"));
  await close();
});
