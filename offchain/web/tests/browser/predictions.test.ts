/** Free predictions in real Chromium, checked against the contract. */

import { describe, expect, test } from "vitest";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { begin, FIFTH, sign, TICKET } from "./steps.ts";
import { connect } from "./visit.ts";

const [PICTURE] = JSON.parse(
  readFileSync(join(import.meta.dirname, "..", "..", "vectors", "pictures.json"), "utf8"),
).cases;

describe("predictions", () => {
  test("predict: free, in the browser, as the contract says", async () => {
    const one = await begin({ at: "Support tickets/predict", wallet: null });
    const { page } = one;
    await page.getByRole("textbox", { name: "Text" }).fill(TICKET);
    const asked: string[] = [];
    page.on("request", (request) => {
      const sent = request.postDataJSON() as { method: string } | { method: string }[] | null;
      asked.push(...(sent === null ? [request.url()] : [sent].flat().map(({ method }) => method)));
    });
    await page.getByRole("button", { name: "Predict, free" }).click();
    const said = page.locator(".answer-class");
    await said.waitFor();
    // The page may look for new blocks meanwhile, and for nothing else.
    expect(asked.filter((method) => method !== "eth_getBlockByNumber")).toEqual([]);
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

  test("predict: a picture of a file, as the contract says", async () => {
    const one = await begin({ at: "Digits/predict", wallet: null });
    const { page } = one;
    const choose = async (name: string, buffer: Buffer): Promise<void> =>
      await page.getByLabel("Picture", { exact: true }).setInputFiles({ name, mimeType: "image/png", buffer });
    await choose("noise.png", Buffer.from("no picture"));
    await page.getByText("This picture can't be read").waitFor();
    await choose("digit.png", Buffer.from(PICTURE.png, "base64"));
    await page.getByRole("img", { name: "The chosen picture" }).waitFor();
    await page.getByRole("button", { name: "Predict, free" }).click();
    const said = await page.locator(".answer-class").innerText();
    await page.getByText("What the model sees of it").click();
    expect((await page.locator(".drawn").innerText()).split("\n").length).toBe(8);
    await page.getByRole("button", { name: "Ask the contract itself" }).click();
    await page.getByText(`The contract says the same: ${said}`).waitFor();
    expect(one.errors).toEqual([]);
  });

  test("encoded: what only Python can prepare is pasted, predicted and contributed", async () => {
    const one = await begin({ at: "Tweets/contribute", wallet: { account: FIFTH } });
    const { page } = one;
    await connect(page);
    await page.getByText(/nltk-tweet.*commonlearn encode/).waitFor();
    const sample = page.getByLabel("Encoded sample");
    await sample.fill("0x0001zz");
    await page.getByText(/no hexadecimal bytes/).waitFor();
    await sample.fill("0x00000001");
    await page.getByText(/^The model says/).waitFor();
    await page.getByRole("radio", { name: "yes" }).check();
    await page.getByRole("button", { name: "See the cost", exact: true }).click();
    expect(await sign(one)).toContain("Done");
    await page.getByRole("link", { name: "Predict", exact: true }).click();
    await page.getByRole("button", { name: "Predict, free" }).waitFor(); // the view before has a field of the same name
    await page.getByLabel("Encoded sample").fill("0x00000001");
    await page.getByRole("button", { name: "Predict, free" }).click();
    await page.locator(".answer-class").waitFor();
    expect(one.errors).toEqual([]);
  });
});
