/** Points, markets, history and charts. */

import { describe, expect, test } from "vitest";
import { passTime, rpc } from "./rpc.ts";
import { ALICE, begin, contribute, DAY, NEWCOMER, sign, TICKET, YOU } from "./steps.ts";
import { connect, world } from "./visit.ts";

describe("other incentives", () => {
  test("points: a founder confirms; the board and badges show it", async () => {
    const one = await begin({ at: "Irises/history", wallet: { account: YOU } });
    const { page } = one;
    await connect(page);
    await page.getByRole("button", { name: "To vote on" }).click();
    await page
      .getByRole("button", { name: /^Confirm contribution/ })
      .first()
      .click();
    expect(await sign(one)).toContain("Done");
    await page.getByRole("link", { name: "Ranking" }).click();
    await page
      .locator("tbody tr")
      .first()
      .getByText(/points/)
      .waitFor();
    await page
      .getByRole("button", { name: /^Claim / })
      .first()
      .click();
    await sign(one);
    await page.locator(".badge.awarded").first().waitFor();
    expect(one.errors).toEqual([]);
  });

  test("judge: right votes are counted after they have closed, then the badge is claimed", async () => {
    const before = await rpc(world.node, "evm_snapshot");
    try {
      await passTime(world.node, 31 * DAY);
      const one = await begin({ at: "Irises/ranking", wallet: { account: ALICE } });
      const { page } = one;
      await connect(page);
      await page.getByRole("button", { name: /^Count \d+ right votes/ }).click();
      expect(await sign(one)).toContain("Done");
      await page.getByRole("button", { name: "Claim Judge" }).click();
      await sign(one);
      await page.locator(".badge.awarded", { hasText: "Judge" }).waitFor();
      expect(one.errors).toEqual([]);
    } finally {
      await rpc(world.node, "evm_revert", before);
    }
  });

  test("market: its phase, its money, a contribution", async () => {
    const one = await begin({ at: "Billing or not/market", wallet: { account: NEWCOMER } });
    const { page } = one;
    await page.locator('.phases [aria-current="step"]').waitFor();
    expect(await page.locator("main").innerText()).toMatch(/Bounty[\s\S]*0.5 ether/);
    await connect(page);
    await page.getByRole("link", { name: "Contribute", exact: true }).first().click();
    await page.waitForFunction(() => document.querySelector<HTMLInputElement>("input[inputmode=decimal]")?.value);
    await contribute(one, TICKET, "same");
    expect(await sign(one)).toContain("Done");
    expect(one.errors).toEqual([]);
  });

  test("history has pages; charts have titles, descriptions and tables", async () => {
    const one = await begin({ at: "Support tickets/history", wallet: null });
    const { page } = one;
    const first = page.locator("tbody tr td:first-child").first();
    await first.waitFor();
    const newest = Number(await first.innerText());
    await page.getByRole("button", { name: "Older" }).click();
    await page.waitForFunction(
      (id) => Number(document.querySelector("tbody tr td:first-child")?.textContent) === id - 20,
      newest,
    );
    await page.getByRole("link", { name: "Charts" }).click();
    await page.locator("figure").first().waitFor();
    const kinds = await page
      .locator("figure")
      .evaluateAll((all) => all.map((figure) => (figure as HTMLElement).dataset["series"]));
    expect(kinds).toEqual(expect.arrayContaining(["accuracy", "participants", "stake", "forfeited"]));
    for (const picture of await page.getByRole("img").all()) {
      const titles = await picture.locator("title, desc").allTextContents();
      if (titles.length > 0) expect(titles.every((text) => text.length > 3)).toBe(true);
    }
    await page.locator("figure summary").first().click();
    expect(await page.locator("figure table").first().locator("tbody tr").count()).toBeGreaterThan(3);
    await page
      .getByLabel("Samples, one a line")
      .fill(`billing, ${TICKET}\ntechnical, the app shows an error\naccount, change my password`);
    await page.getByRole("button", { name: "Measure" }).click();
    await page.locator('figure[data-series="test-accuracy"]').waitFor();
    expect(one.errors).toEqual([]);
  });
});
