/** Steps that several tests take, and who takes them. */

import { afterEach } from "vitest";
import { type Visit, type VisitOptions, visit, world } from "./visit.ts";

/** Accounts of the chain: the first has contributed, alice is proven, the others did nothing yet. */
export const [YOU = "", ALICE = "", , , , NEWCOMER = "", OTHER = "", THIRD = "", FOURTH = "", FIFTH = ""] =
  world.accounts;
export const TICKET = "The invoice shows a wrong charge on my card";
export const DAY = 86_400;

let open: Visit[] = [];

export async function begin(options: VisitOptions = {}): Promise<Visit> {
  const made = await visit(options);
  open.push(made);
  return made;
}

afterEach(async () => {
  await Promise.all(open.map((one) => one.close()));
  open = [];
});

/** Fill in a ticket, choose what the model says (or another class), and see the cost. */
export async function contribute({ page }: Visit, text: string, pick: "same" | "other"): Promise<string> {
  await page.getByRole("textbox", { name: "Text" }).fill(text);
  const opinion = page.getByText(/^The model says/);
  await opinion.waitFor().catch(async (error: unknown) => {
    throw new Error(
      `${String(error)}\nThe text is ${JSON.stringify(await page.getByRole("textbox", { name: "Text" }).inputValue())}, and the page shows: ${await page.locator("body").innerText()}`,
    );
  });
  const said = await opinion.innerText();
  const name = /^The model says (\w+)/.exec(said)?.[1] ?? "";
  const choices = page.locator(".choice");
  const names = await choices.allInnerTexts();
  const label = pick === "same" ? name : (names.find((one) => one.trim() !== name) ?? "");
  await page.getByRole("radio", { name: label.trim() }).check();
  await page.getByRole("button", { name: "See the cost", exact: true }).click();
  await page.getByRole("button", { name: "Sign in the wallet" }).waitFor();
  return label.trim();
}

export async function sign({ page }: Visit): Promise<string> {
  await page.getByRole("button", { name: "Sign in the wallet" }).click();
  const receipt = page.locator(".receipt");
  await receipt.waitFor();
  const words = await receipt.innerText();
  await receipt.getByRole("button", { name: "Close" }).click();
  return words;
}

export async function width({ page }: Visit): Promise<{ content: number; screen: number }> {
  return await page.evaluate(() => ({ content: document.documentElement.scrollWidth, screen: window.innerWidth }));
}
