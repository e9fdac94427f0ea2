/** The page in real Chromium, on a real chain. Names begin with what `tests/offchain/web/test_browser.py` expects. */

import { afterEach, describe, expect, test } from "vitest";
import { doorTo, passTime, rpc } from "./rpc.ts";
import { connect, model, type Visit, type VisitOptions, visit, world } from "./visit.ts";

const [YOU, ALICE, , , , NEWCOMER, OTHER, THIRD, FOURTH] = world.accounts;
const TICKET = "The invoice shows a wrong charge on my card";
const DAY = 86_400;

let open: Visit[] = [];

async function begin(options: VisitOptions = {}): Promise<Visit> {
  const made = await visit(options);
  open.push(made);
  return made;
}

afterEach(async () => {
  await Promise.all(open.map((one) => one.close()));
  open = [];
});

/** Fill in a ticket, choose what the model says (or another class), and see the cost. */
async function contribute({ page }: Visit, text: string, pick: "same" | "other"): Promise<string> {
  await page.getByRole("textbox", { name: "Text" }).fill(text);
  const said = await page.getByText(/^The model says/).innerText();
  const name = /^The model says (\w+)/.exec(said)?.[1] ?? "";
  const choices = page.locator(".choice");
  const names = await choices.allInnerTexts();
  const label = pick === "same" ? name : (names.find((one) => one.trim() !== name) ?? "");
  await page.getByRole("radio", { name: label.trim() }).check();
  await page.getByRole("button", { name: "See the cost", exact: true }).click();
  await page.getByRole("button", { name: "Sign in the wallet" }).waitFor();
  return label.trim();
}

async function sign({ page }: Visit): Promise<string> {
  await page.getByRole("button", { name: "Sign in the wallet" }).click();
  const receipt = page.locator(".receipt");
  await receipt.waitFor();
  const words = await receipt.innerText();
  await receipt.getByRole("button", { name: "Close" }).click();
  return words;
}

async function width({ page }: Visit): Promise<{ content: number; screen: number }> {
  return await page.evaluate(() => ({ content: document.documentElement.scrollWidth, screen: window.innerWidth }));
}

describe("predictions", () => {
  test("predict: free, in the browser, as the contract says", async () => {
    const one = await begin({ at: "Support tickets/predict", wallet: null });
    const { page } = one;
    await page.getByRole("textbox", { name: "Text" }).fill(TICKET);
    const before = await page.evaluate(() => performance.getEntriesByType("resource").length);
    await page.getByRole("button", { name: "Predict, free" }).click();
    const said = page.locator(".answer-class");
    await said.waitFor();
    expect(await page.evaluate(() => performance.getEntriesByType("resource").length)).toBe(before);
    expect(await page.locator(".free").innerText()).toContain("Nothing was sent");
    expect(await page.locator(".scores li").count()).toBe(3);
    await page.getByRole("button", { name: "Ask the contract itself" }).click();
    await page.getByText(`The contract says the same: ${await said.innerText()}`).waitFor();
    expect(one.errors).toEqual([]);
  });

  test("predict: a row of a table, pasted; what is missing is said", async () => {
    const { page } = await begin({ at: "Irises/predict", wallet: null });
    await page.getByRole("button", { name: "Predict, free" }).click();
    await page.getByText("There is nothing to predict yet").waitFor();
    await page.getByLabel("sepal length (cm)").focus();
    await page.evaluate(() => {
      const clipboardData = new DataTransfer();
      clipboardData.setData("text", "5.1\t3.5\t1.4\t0.2");
      document.activeElement?.dispatchEvent(
        new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }),
      );
    });
    expect(await page.getByLabel("petal width (cm)").inputValue()).toBe("0.2");
    await page.getByRole("button", { name: "Predict, free" }).click();
    expect(await page.locator(".answer-class").innerText()).toBe("setosa");
    await page.getByLabel("petal width (cm)").fill("wide");
    await page.getByRole("button", { name: "Predict, free" }).click();
    await page.locator('.notice.error[data-code="sample"]').waitFor();
  });
});

describe("stakes", () => {
  test("contribute: the cost before the signature, then a receipt", async () => {
    const one = await begin({ at: "Support tickets/contribute", wallet: { account: NEWCOMER ?? "" } });
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
    const one = await begin({ at: "Support tickets/contribute", wallet: { account: OTHER ?? "" } });
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
    const one = await begin({ at: "Support tickets/contribute", wallet: { account: THIRD ?? "" } });
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
    await page.getByRole("button", { name: "Choose wallet" }).click();
    await page.getByRole("button", { name: "Development account 5" }).click();
    await contribute(one, TICKET, "same");
    expect(await sign(one)).toContain("Done");
    expect(one.errors).toEqual([]);
  });

  test("report: a proven account reports what the model disagrees with; others can't", async () => {
    await passTime(world.node, 2 * DAY); // mallory's flipped labels are old enough then
    const stranger = await begin({ at: "Support tickets/history", wallet: { account: FOURTH ?? "" } });
    await connect(stranger.page);
    await stranger.page.locator("tbody tr").first().waitFor();
    await stranger.page.getByRole("button", { name: "To report" }).click();
    await stranger.page.getByText("Nothing can be reported").waitFor();

    const honest = await begin({ at: "Support tickets/history", wallet: { account: ALICE ?? "" } });
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

describe("what goes wrong", () => {
  test("rejected signature: said in words, nothing sent, tried again", async () => {
    const one = await begin({ at: "Support tickets/contribute", wallet: { account: FOURTH ?? "" } });
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
    const { page } = await begin({ at: "Support tickets/mine", wallet: { account: YOU ?? "" } });
    await connect(page);
    await page.locator("tbody tr").first().waitFor();
    await page.evaluate((account) => {
      window.testWallet.accounts = [account];
      window.testWallet.emit("accountsChanged", [account]);
    }, world.accounts[9] ?? "");
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

describe("other incentives", () => {
  test("points: a founder confirms; the board and badges show it", async () => {
    const one = await begin({ at: "Irises/history", wallet: { account: YOU ?? "" } });
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

  test("market: its phase, its money, a contribution", async () => {
    const one = await begin({ at: "Billing or not/market", wallet: { account: NEWCOMER ?? "" } });
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

describe("for everybody", () => {
  test("third parties: nothing is asked but the page's server and the user's node", async () => {
    const one = await begin({ at: "Support tickets/predict" });
    const { page } = one;
    await page.getByRole("textbox", { name: "Text" }).waitFor();
    await connect(page);
    for (const view of ["Contribute", "Mine", "History", "Charts", "Ranking", "About"]) {
      await page.getByRole("link", { name: view, exact: true }).click();
      await page.locator("main .notice, main table, main figure, main dl, main form").first().waitFor();
    }
    expect([...one.origins].sort()).toEqual([new URL(world.page).origin, new URL(world.node).origin].sort());
    const policy = await page.locator('meta[http-equiv="Content-Security-Policy"]').getAttribute("content");
    expect(policy).toMatch(/default-src 'none'; script-src 'self'; style-src 'self';/);
    const refused = await page.evaluate(() => {
      const script = document.createElement("script");
      try {
        script.textContent = "window.hacked = 1";
      } catch {
        return true;
      }
      document.body.append(script);
      return window.hacked === undefined;
    });
    expect(refused).toBe(true);
  });

  test("the wallet's node: read through the wallet, the page itself asks nobody", async () => {
    const one = await begin({ wallet: { account: YOU ?? "" } });
    const { page } = one;
    await page.getByRole("link", { name: /Support tickets/ }).waitFor();
    await connect(page);
    await page.getByLabel("Address of the model").fill(model("Support tickets").address);
    await page.getByLabel(/Ask the connected wallet/).check();
    await page.getByRole("button", { name: "Open", exact: true }).click();
    await page.getByRole("textbox", { name: "Text" }).fill(TICKET);
    await page.getByRole("button", { name: "Predict, free" }).click();
    await page.getByRole("button", { name: "Ask the contract itself" }).click();
    await page.getByText("The contract says the same").waitFor();
    await page.getByRole("link", { name: "Mine", exact: true }).click();
    await page.locator("tbody tr").first().waitFor();
    expect([...one.origins]).toEqual([new URL(world.page).origin]);
    expect(one.errors).toEqual([]);
  });

  test("inside of another page: nothing is shown", async () => {
    const { page } = await begin({ wallet: null });
    await page.getByRole("heading", { name: "Models that nobody owns" }).waitFor();
    const body = `<iframe src="${world.page}"></iframe>`;
    await page.route("**/around.html", (route) => route.fulfill({ contentType: "text/html", body }));
    // A server that sends no header against frames: the page must see to itself.
    await page.route(world.page, async (route) => {
      const response = await route.fetch();
      const { "content-security-policy": _, ...headers } = response.headers();
      await route.fulfill({ response, headers });
    });
    await page.goto(`${world.page}around.html`);
    const inner = page.frameLocator("iframe");
    await inner.getByText("does not work inside of other pages").waitFor();
    expect(await inner.locator("button, a, input").count()).toBe(0);
  });

  test("keyboard only: from the start to a prediction and a signature", async () => {
    const one = await begin({ wallet: { account: FOURTH ?? "" } });
    const { page } = one;
    await page.getByRole("link", { name: /Support tickets/ }).waitFor();
    /** Tab until something has the focus, seen: every stop on the way must show a ring. */
    const tabTo = async (wanted: string): Promise<void> => {
      for (let i = 0; i < 60; i += 1) {
        await page.keyboard.press("Tab");
        const at = await page.evaluate(() => {
          const element = document.activeElement as HTMLElement;
          const ring = element.closest(".choice") ?? element;
          return {
            text:
              element.getAttribute("aria-label") ??
              (element.innerText || (element as HTMLInputElement).labels?.[0]?.innerText || ""),
            isSeen: getComputedStyle(ring).outlineStyle !== "none",
          };
        });
        expect(at.isSeen, at.text).toBe(true);
        if (at.text.includes(wanted)) return;
      }
      throw new Error(`the keyboard does not reach ${wanted}`);
    };
    await tabTo("Support tickets");
    await page.keyboard.press("Enter");
    await page.getByRole("textbox", { name: "Text" }).waitFor();
    await tabTo("Text");
    await page.keyboard.type(TICKET);
    await page.keyboard.press("Control+Enter");
    await page.locator(".answer-class").waitFor();
    await tabTo("Teach the model this");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "See the cost", exact: true }).first().waitFor();
    expect(await page.getByRole("textbox", { name: "Text" }).inputValue()).toBe(TICKET);
    await tabTo("account");
    await page.keyboard.press("Space");
    await tabTo("See the cost");
    await page.keyboard.press("Enter");
    await page.locator("dialog").getByRole("button", { name: "Choose wallet" }).waitFor();
    await tabTo("Choose wallet");
    await page.keyboard.press("Enter");
    await tabTo("Test wallet");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Sign in the wallet" }).waitFor();
    await page.waitForFunction(() => document.activeElement?.textContent === "Sign in the wallet");
    await page.keyboard.press("Enter");
    await page.locator(".receipt").waitFor();
    await page.keyboard.press("Escape");
    await page.locator("dialog").waitFor({ state: "detached" });
  });

  test("phone: no view scrolls sideways at 360 pixels", async () => {
    const one = await begin({ width: 360, height: 740 });
    const { page } = one;
    await page.getByRole("link", { name: /Support tickets/ }).waitFor();
    expect(await width(one)).toEqual({ content: 360, screen: 360 });
    await connect(page);
    for (const name of ["Support tickets", "Irises", "Billing or not", "<b>Bold</b>"]) {
      const { chainId, address, incentive } = model(name);
      for (const view of [
        "predict",
        "contribute",
        "mine",
        "history",
        "charts",
        "ranking",
        "about",
        ...(incentive === "market" ? ["market"] : []),
      ]) {
        await page.evaluate((hash) => (location.hash = hash), `#/m/${chainId}/${address}/${view}`);
        await page.locator(`.tabs a[href$="${view}"][aria-current]`).waitFor();
        await page.waitForFunction(() => !document.querySelector("main .loading, main .progress"));
        const { content, screen } = await width(one);
        expect(content, `${name}, ${view}`).toBeLessThanOrEqual(screen);
      }
    }
  });

  test("dark: as the system has it, and by the switch, readable both ways", async () => {
    const { page } = await begin({ at: "Support tickets/about", dark: true, wallet: null });
    await page.locator("dl.facts dt").first().waitFor();
    /** Contrast of texts against what is behind them (WCAG 2.2: 4.5 to 1). */
    const worst = (): Promise<number> =>
      page.evaluate(() => {
        const parse = (text: string): number[] => (/\(([^)]+)\)/.exec(text)?.[1] ?? "").split(/[ ,/]+/).map(Number);
        const light = (text: string): number => {
          const [r = 0, g = 0, b = 0] = parse(text).map((part) =>
            part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4,
          );
          return 0.2126 * r + 0.7152 * g + 0.0722 * b;
        };
        const behind = (element: Element | null): string => {
          for (let at = element; at; at = at.parentElement) {
            const colour = getComputedStyle(at).backgroundColor;
            if ((parse(colour)[3] ?? 1) === 1) return colour;
          }
          return "rgb(255, 255, 255)";
        };
        let least = 21;
        for (const element of document.querySelectorAll("h1, h2, dt, dd, a, button:not(:disabled), p, small, label")) {
          if (!(element as HTMLElement).innerText?.trim()) continue;
          const [one, other] = [light(getComputedStyle(element).color), light(behind(element))];
          least = Math.min(least, (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05));
        }
        return least;
      });
    const ground = (): Promise<string> => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const dark = await ground();
    expect(await worst()).toBeGreaterThanOrEqual(4.5);
    await page.getByLabel("Colours").selectOption("light");
    expect(await ground()).not.toBe(dark);
    expect(await worst()).toBeGreaterThanOrEqual(4.5);
    await page.reload();
    await page.locator("dl.facts dt").first().waitFor();
    expect(await ground()).not.toBe(dark);
  });
});
