/** Contributions, refunds and reports, signed by a wallet and read back from the chain. */

import { describe, expect, test } from "vitest";
import { passTime, rpc } from "./rpc.ts";
import { ALICE, begin, contribute, DAY, FOURTH, NEWCOMER, OTHER, sign, THIRD, TICKET } from "./steps.ts";
import { connect, world } from "./visit.ts";

describe("stakes", () => {
  test("contribute: the cost before the signature, then a receipt", async () => {
    const one = await begin({ at: "Support tickets/contribute", wallet: { account: NEWCOMER } });
    const { page } = one;
    await connect(page);
    const before = BigInt((await rpc(world.node, "eth_getBalance", NEWCOMER, "latest")) as string);
    const label = await contribute(one, TICKET, "same");
    const dialog = page.locator("dialog");
    expect(await dialog.innerText()).toMatch(/Fee to the network[\s\S]*ether[\s\S]*Stake[\s\S]*ether/);
    expect(await dialog.innerText()).not.toContain("$");
    await dialog.getByLabel("Dollars for one ether").fill("2500");
    await dialog.getByLabel("Dollars for one ether").blur();
    await page.waitForFunction(() => document.querySelector("dialog")?.textContent?.includes("$"));
    expect(await page.evaluate(() => window.testWallet.asked)).not.toContain("eth_sendTransaction");
    expect(await sign(one)).toMatch(/Done[\s\S]*Fee paid/);
    expect(BigInt((await rpc(world.node, "eth_getBalance", NEWCOMER, "latest")) as string)).toBeLessThan(before);
    await page.getByRole("link", { name: "See how yours stand" }).click();
    await page.locator("tbody tr").waitFor();
    expect(await page.locator("tbody tr").innerText()).toContain(label);
    expect(await page.locator("tbody tr .clocks").innerText()).toMatch(/refund in/);
    expect(one.errors).toEqual([]);
  });

  test("refund: after its wait, then the stake is withdrawn", async () => {
    const one = await begin({ at: "Support tickets/contribute", wallet: { account: OTHER } });
    const { page } = one;
    await connect(page);
    await contribute(one, "My payment failed and I was charged twice", "same");
    await sign(one);
    await passTime(world.node, DAY + 60);
    await page.getByRole("link", { name: "Mine" }).click();
    await page.getByRole("button", { name: /^Refund contribution/ }).click();
    await page.locator("dialog").getByText("You are credited").waitFor();
    await sign(one);
    await page.locator(".chip.refunded").waitFor();
    await page.getByRole("button", { name: /^Withdraw/ }).click();
    const before = BigInt((await rpc(world.node, "eth_getBalance", OTHER, "latest")) as string);
    await sign(one);
    expect(BigInt((await rpc(world.node, "eth_getBalance", OTHER, "latest")) as string)).toBeGreaterThan(before);
    expect(one.errors).toEqual([]);
  });

  test("many at once: one transaction, and the wrong line is named", async () => {
    const one = await begin({ at: "Support tickets/contribute", wallet: { account: THIRD } });
    const { page } = one;
    await connect(page);
    await page.getByText("Many at once").click();
    const lines = page.getByLabel("Samples, one a line");
    await lines.fill("billing, the invoice is wrong\nnobody, the app is slow");
    await page.getByRole("button", { name: "See the cost of all" }).click();
    await page.getByText(/Line 2 does not begin with a class/).waitFor();
    await lines.fill("billing, the invoice is wrong\ntechnical, the app shows an error");
    await page.getByRole("button", { name: "See the cost of all" }).click();
    const nonce = Number(await rpc(world.node, "eth_getTransactionCount", THIRD, "latest"));
    await sign(one);
    await page.getByText(/^2 contributions in block/).waitFor();
    expect(Number(await rpc(world.node, "eth_getTransactionCount", THIRD, "latest"))).toBe(nonce + 1);
    expect(one.errors).toEqual([]);
  });

  test("development accounts: the local chain's own act without a wallet", async () => {
    const one = await begin({ at: "Support tickets/contribute", wallet: null });
    const { page } = one;
    await connect(page, "Development account 5");
    await contribute(one, TICKET, "same");
    expect(await sign(one)).toContain("Done");
    expect(one.errors).toEqual([]);
  });

  test("report: a proven account reports what the model disagrees with; others can't", async () => {
    await passTime(world.node, 2 * DAY); // mallory's flipped labels are old enough then
    const stranger = await begin({ at: "Support tickets/history", wallet: { account: FOURTH } });
    await connect(stranger.page);
    await stranger.page.locator("tbody tr").first().waitFor();
    await stranger.page.getByRole("button", { name: "To report" }).click();
    await stranger.page.getByText("Nothing can be reported").waitFor();

    const honest = await begin({ at: "Support tickets/history", wallet: { account: ALICE } });
    const { page } = honest;
    await connect(page);
    await page.getByRole("button", { name: "To report" }).click();
    const report = page.getByRole("button", { name: /^Report contribution/ }).first();
    const id = /(\d+)/.exec((await report.getAttribute("aria-label")) ?? "")?.[1] ?? "?";
    await report.click();
    await page.locator("dialog").getByText("You are credited").waitFor();
    expect(await sign(honest)).toContain("Done");
    await page.getByRole("button", { name: "Contributions" }).click();
    await page
      .locator("tr", { has: page.locator(`td:first-child >> text="${id}"`) })
      .locator(".chip.forfeited")
      .waitFor();
    await page.getByRole("button", { name: "Everything" }).click();
    await page.locator("tbody tr").first().waitFor();
    expect(honest.errors).toEqual([]);
  });
});
