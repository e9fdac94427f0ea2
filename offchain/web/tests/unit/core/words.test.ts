/** Refusals, money and times are said in Python's words. Requirement W-15. */
import { describe, expect, test } from "vitest";
import { formatDuration, formatMoment } from "../../../src/core/durations.ts";
import { formatEther, formatPoints, formatUsd, parseEther } from "../../../src/core/money.ts";
import { Refusal } from "../../../src/core/refusal.ts";
import { refusalFromRevert, sampleRefusal } from "../../../src/core/words/contract.ts";
import { vectors } from "./vectors.ts";

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

describe("the contracts' refusals", () => {
  const cases = vectors("refusals");

  test("are said in Python's words", () => {
    expect(cases.length).toBeGreaterThan(100);
    for (const { data, says } of cases) expect(refusalFromRevert(data).message, data).toBe(capital(says));
  });

  test("carry name and fields", () => {
    const early = refusalFromRevert(
      cases.find((one: { says: string }) => one.says.includes("too early for this claim")).data,
    );
    expect(early).toBeInstanceOf(Refusal);
    expect([early.code, early.name, Object.keys(early.fields)]).toEqual(["contract", "TooEarly", ["id", "opensAt"]]);
  });

  test("of foreign contracts do no harm", () => {
    const panic = `0x4e487b71${"11".padStart(64, "0")}`;
    expect(refusalFromRevert("0x").message).toMatch(/no reason given/);
    expect(refusalFromRevert("0x12345678").message).toMatch(/0x12345678/);
    expect(refusalFromRevert(`${cases[0].data.slice(0, 20)}`).name).toBe("UnknownRevert");
    expect(refusalFromRevert(panic).message).toMatch(/internal check failed/);
    const said = `0x08c379a0${"20".padStart(64, "0")}${"9".padStart(64, "0")}${"3c623e24243c2f623e".padEnd(64, "0")}`;
    expect(refusalFromRevert(said).message).toContain("<b>$$</b>"); // as text, unchanged
  });

  test("of samples are found before they are sent", () => {
    expect(sampleRefusal("IndexOutOfRange", [7, 5])).toMatchObject({
      code: "sample",
      message: expect.stringContaining("0 to 4"),
    });
  });
});

describe("money and time", () => {
  const formats = vectors("formats");

  test("are written as in Python", () => {
    for (const [wei, text] of formats.ether) expect(formatEther(BigInt(wei))).toBe(text);
    for (const [seconds, text] of formats.durations) expect(formatDuration(seconds)).toBe(text);
    for (const [wei, text] of formats.usd) expect(formatUsd(BigInt(wei), 2500), wei).toBe(text);
  });

  test("amounts are read as in Python, or refused in words", () => {
    for (const [text, wei] of formats.amounts) {
      if (text === "1e3") continue; // Python's decimals know powers of ten; nobody types them
      if (wei === null) expect(() => parseEther(text), text).toThrow(/is no amount/);
      else expect(String(parseEther(text)), text).toBe(wei);
    }
  });

  test("without a rate there are no dollars", () => {
    expect([formatUsd(10n, null), formatUsd(10n, 0), formatUsd(10n, NaN)]).toEqual(["", "", ""]);
    expect([formatUsd(1n, 2500), formatUsd(0n, 1)]).toEqual(["less than $0.0001", "$0.00"]);
    expect([formatEther(-(10n ** 15n)), formatPoints(1250), formatPoints(100n)]).toEqual([
      "-0.001 ether",
      "12.5 points",
      "1 point",
    ]);
    expect(formatMoment(1_800_000_000)).toBe("2027-01-15 08:00:00 UTC");
  });
});
