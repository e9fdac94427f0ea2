/** A visit to the page in a browser of its own: a fresh profile, all requests noted, all errors kept. */

import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { inject } from "vitest";
import { injectWallet, type WalletOptions } from "./wallet.ts";

export const world = inject("world");

export function model(name: string): (typeof world.models)[number] {
  const found = world.models.find((one) => one.name.includes(name));
  if (!found) throw new Error(`no model ${name}`);
  return found;
}

export interface VisitOptions {
  /** Name of a model and view, such as "Support tickets/predict"; the start by default. */
  readonly at?: string;
  readonly wallet?: Partial<WalletOptions> | null;
  readonly width?: number;
  readonly height?: number;
  readonly dark?: boolean;
  /** A node in place of the listed one. */
  readonly node?: string;
}

export interface Visit {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Origins that were asked. */
  readonly origins: Set<string>;
  /** Whatever the page logged as an error, its security policy's complaints included. */
  readonly errors: string[];
  close(): Promise<void>;
}

let browser: Browser | null = null;

export async function visit({
  at,
  wallet,
  width = 1100,
  height = 900,
  dark = false,
  node,
}: VisitOptions = {}): Promise<Visit> {
  browser ??= await chromium.connect(inject("browser"));
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: dark ? "dark" : "light",
    reducedMotion: "reduce",
    locale: "en-GB",
    timezoneId: "UTC",
  });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  const origins = new Set<string>();
  const errors: string[] = [];
  context.on("request", (request) => {
    const url = new URL(request.url());
    if (url.protocol !== "data:") origins.add(url.origin);
  });
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error") errors.push(message.text());
  });
  if (wallet !== null) await injectWallet(page, { account: world.accounts[0] ?? "", node: world.node, ...wallet });
  if (node) {
    await page.addInitScript((url) => {
      localStorage.setItem("commonlearn", JSON.stringify({ nodes: { "31337": url } }));
    }, node);
  }
  let hash = "#/";
  if (at) {
    const cut = at.lastIndexOf("/");
    const [name, view] = [at.slice(0, cut), at.slice(cut + 1)];
    const { chainId, address } = model(name);
    hash = `#/m/${chainId}/${address}/${view}`;
  }
  await page.goto(`${world.page}${hash}`);
  return { page, context, origins, errors, close: () => context.close() };
}

/** Connect a wallet, the injected one by default. */
export async function connect(page: Page, name = "Test wallet"): Promise<void> {
  await page.getByRole("button", { name: "Choose wallet" }).first().click();
  await page.getByRole("button", { name }).click();
  await page.getByRole("button", { name: `Wallet ${name}` }).waitFor();
  await page.locator("dialog").waitFor({ state: "detached" }); // what lies under it takes no text before
}
