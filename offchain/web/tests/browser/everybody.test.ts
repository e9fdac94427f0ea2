/** Privacy, keyboard, narrow screens, colours. */

import { describe, expect, test } from "vitest";
import { begin, FOURTH, TICKET, width, YOU } from "./steps.ts";
import { connect, model, world } from "./visit.ts";

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
    const one = await begin({ wallet: { account: YOU } });
    const { page } = one;
    await page.route("**/deployments.json", (route) => route.fulfill({ json: [] })); // no node comes with the model
    await page.reload();
    await page.getByLabel("Address of the model").waitFor();
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
    await page.reload(); // the wallet of the last visit is connected again, and is the node again
    await page.locator("tbody tr").first().waitFor();
    await page.evaluate(() => (sessionStorage.clear(), localStorage.clear()));
    await page.reload();
    await page.getByText("No node is known for chain 31337").waitFor();
    await connect(page);
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
    const one = await begin({ wallet: { account: FOURTH } });
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
