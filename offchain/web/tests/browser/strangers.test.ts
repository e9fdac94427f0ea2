/** Texts from the chain stay texts. */

import { describe, expect, test } from "vitest";
import { begin } from "./steps.ts";
import { connect } from "./visit.ts";

describe("strangers' texts", () => {
  test("markup: names, descriptions, classes and words from the chain are shown as text", async () => {
    const one = await begin({ at: "<b>Bold</b>/predict" });
    const { page } = one;
    await page.getByRole("heading", { name: "<b>Bold</b>" }).waitFor();
    await connect(page);
    await page.getByRole("textbox", { name: "Text" }).fill("a good film");
    await page.getByRole("button", { name: "Predict, free" }).click();
    expect(await page.locator(".answer-class").innerText()).toContain(
      '<i>yes</i><img src=x onerror="window.hacked=1">',
    );
    for (const view of ["Contribute", "Mine", "History", "Charts", "Ranking", "About"]) {
      await page.getByRole("link", { name: view, exact: true }).click();
      await page.locator("main .notice, main table, main figure, main dl, main form").first().waitFor();
    }
    await page.getByRole("link", { name: "commonlearn" }).click();
    await page.getByText("<b>Bold</b>").waitFor();
    expect(await page.locator('img[src="x"], main b >> text=Bold').count()).toBe(0);
    expect(await page.locator("main script, header script").count()).toBe(0);
    expect(await page.evaluate(() => window.hacked)).toBeUndefined();
    expect(one.errors).toEqual([]);
  });
});
