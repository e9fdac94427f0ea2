/** What goes wrong: refusals, wrong chains, nodes that go away. */

import { describe, expect, test } from "vitest";
import { doorTo, rpc } from "./rpc.ts";
import { begin, contribute, FIFTH, FOURTH, sign, TICKET, YOU } from "./steps.ts";
import { connect, world } from "./visit.ts";

describe("what goes wrong", () => {
  test("rejected signature: said in words, nothing sent, tried again", async () => {
    const one = await begin({ at: "Support tickets/contribute", wallet: { account: FOURTH } });
    const { page } = one;
    await connect(page);
    await contribute(one, TICKET, "same");
    const nonce = await rpc(world.node, "eth_getTransactionCount", FOURTH, "latest");
    await page.evaluate(() => (window.testWallet.rejects = true));
    await page.getByRole("button", { name: "Sign in the wallet" }).click();
    await page.locator('dialog .notice.error[data-code="rejected"]').waitFor();
    expect(await rpc(world.node, "eth_getTransactionCount", FOURTH, "latest")).toBe(nonce);
    await page.evaluate(() => (window.testWallet.rejects = false));
    await page.getByRole("button", { name: "Back to the cost" }).click();
    await page.getByRole("button", { name: "Sign in the wallet" }).waitFor();
    expect(await sign(one)).toContain("Done");
  });

  test("wrong chain: said, nothing can be signed, one button switches", async () => {
    const { page } = await begin({ at: "Support tickets/contribute", wallet: { chainId: 1 } });
    await connect(page);
    const warning = page.locator("#wrong-chain");
    await warning.waitFor();
    expect(await warning.innerText()).toMatch(/chain 1\b[\s\S]*31337/);
    await page.getByRole("textbox", { name: "Text" }).fill(TICKET);
    await page.locator(".choice").first().click();
    await page.getByRole("button", { name: "See the cost", exact: true }).click();
    const dialog = page.locator("dialog");
    await dialog.getByText(/The wallet is on chain 1/).waitFor();
    expect(await dialog.getByRole("button", { name: "Sign in the wallet" }).count()).toBe(0);
    await dialog.getByRole("button", { name: /^Switch to/ }).click();
    await dialog.getByRole("button", { name: "Sign in the wallet" }).waitFor();
    expect(await warning.count()).toBe(0);
  });

  test("another account: the page follows", async () => {
    const { page } = await begin({ at: "Support tickets/mine", wallet: { account: YOU } });
    await connect(page);
    await page.locator("tbody tr").first().waitFor();
    await page.evaluate((account) => {
      window.testWallet.accounts = [account];
      window.testWallet.emit("accountsChanged", [account]);
    }, FIFTH);
    await page.getByText("This account has contributed nothing").waitFor();
    await page.evaluate(() => {
      window.testWallet.accounts = [];
      window.testWallet.emit("accountsChanged", []);
    });
    await page.getByText("Connect a wallet to see").waitFor();
    await page.reload(); // the wallet still gives its leave, so nobody is asked again
    await page.getByRole("button", { name: /^Wallet Test wallet/ }).waitFor();
    expect(await page.evaluate(() => window.testWallet.asked)).not.toContain("wallet_requestPermissions");
  });

  test("node down: said, predictions go on, and it recovers", async () => {
    const door = await doorTo(world.node);
    try {
      const { page } = await begin({ at: "Support tickets/predict", wallet: null, node: door.url });
      await page.getByRole("textbox", { name: "Text" }).fill(TICKET);
      await door.shut();
      await page.locator("#node-down").waitFor({ timeout: 15_000 });
      await page.getByRole("button", { name: "Predict, free" }).click();
      await page.locator(".answer-class").waitFor();
      await page.getByRole("button", { name: "Ask the contract itself" }).click();
      await page.locator('.notice.error[data-code="node-down"]').waitFor();
      await door.open();
      await page.locator("#node-down").getByRole("button", { name: "Try again" }).click();
      await page.locator("#node-down").waitFor({ state: "detached" });
    } finally {
      await door.shut();
    }
  });

  test("node down from the beginning: another node can be named", async () => {
    const door = await doorTo(world.node);
    await door.shut();
    const { page } = await begin({ at: "Support tickets/predict", wallet: null, node: door.url });
    await page.locator('.notice.error[data-code="node-down"]').waitFor();
    await page.getByLabel("Node of chain 31337").fill(world.node);
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByRole("heading", { name: "Support tickets" }).waitFor();
  });

  test("no model: said in words", async () => {
    const { page } = await begin({ wallet: null });
    await page.getByLabel("Address of the model").fill("0x12");
    await page.getByRole("button", { name: "Open", exact: true }).click();
    await page.getByText("This is no address").waitFor();
    await page.getByLabel("Address of the model").fill(world.accounts[0] ?? "");
    await page.getByLabel("Node", { exact: true }).fill(world.node);
    await page.getByRole("button", { name: "Open", exact: true }).click();
    await page.locator('.notice.error[data-code="not-a-model"]').waitFor();
  });
});
