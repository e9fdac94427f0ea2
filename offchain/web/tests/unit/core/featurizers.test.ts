/** Featurisers encode as Python's do, and say so when they cannot. Requirements W-13, W-14. */
import { describe, expect, test } from "vitest";
import { fromHex, toHex } from "../../../src/core/numerics/bytes.ts";
import { pyFloat, pyGeneral } from "../../../src/core/python.ts";
import { featurizerFrom, featurizerOf, register } from "../../../src/core/featurizers/registry.ts";
import { tokenize } from "../../../src/core/featurizers/text.ts";
import { Refusal } from "../../../src/core/refusal.ts";
import { vectors } from "./vectors.ts";

describe("texts", () => {
  const { featurizer: description, cases, bringing } = vectors("texts");
  const featurizer = featurizerFrom(description);

  test("are cut and encoded as in Python", () => {
    for (const one of cases) {
      expect(tokenize(one.text), one.text).toEqual(one.tokens);
      if (one.sample === undefined) {
        expect(() => featurizer.encode({ kind: "text", text: one.text }), one.text).toThrow(
          /no word that this model knows/,
        );
        continue;
      }
      const sample = featurizer.encode({ kind: "text", text: one.text });
      expect(toHex(sample), one.text).toBe(`0x${one.sample}`);
      expect(featurizer.describe(sample)).toBe(one.described);
    }
  });

  test("no other character of Unicode is brought into a-z by lower case than in Python", () => {
    const found: string[] = [];
    for (let point = 128; point < 0x110000; point++) {
      if (point >= 0xd800 && point < 0xe000) continue;
      const character = String.fromCodePoint(point);
      if (tokenize(character).length > 0) found.push(character);
    }
    expect(found).toEqual(bringing);
  });
});

describe("tables", () => {
  test("are scaled and described as in Python", () => {
    let refused = 0;
    for (const { featurizer: description, rows } of vectors("tables")) {
      const featurizer = featurizerFrom(description);
      for (const { cells, sample, described } of rows) {
        if (sample === null) {
          refused++;
          expect(() => featurizer.encode({ kind: "row", cells }), JSON.stringify(cells)).toThrow(Refusal);
          continue;
        }
        expect(toHex(featurizer.encode({ kind: "row", cells })), JSON.stringify(cells)).toBe(`0x${sample}`);
        expect(featurizer.describe(fromHex(sample))).toBe(described);
      }
    }
    expect(refused).toBeGreaterThan(20);
  });

  test("numbers are read and written as Python does", () => {
    for (const [number, text] of vectors("formats").general) expect(pyGeneral(number, 6), String(number)).toBe(text);
    expect(pyGeneral(NaN, 6) + pyGeneral(-Infinity, 6)).toBe("nan-inf");
    expect([" 1_0.5e1 ", "1__0", "", "1e", "٤٢", "𝟜𝟚", "infinity", "+NaN"].map(pyFloat)).toEqual([
      105,
      null,
      null,
      null,
      42,
      42,
      Infinity,
      NaN,
    ]);
  });
});

describe("the registry", () => {
  test("says in words that a featuriser is not available here", () => {
    const [made, info] = featurizerOf({ id: "text-sentences", version: 3 }, 10, 2);
    expect(made).toBeNull();
    expect(info).toMatchObject({ id: "text-sentences", version: 3, isAvailable: false, input: "encoded" });
    expect(info.why).toMatch(/cannot do in the browser.*encoded sample/);
    expect(() => featurizerFrom({ id: "text-presence", version: 2, words: "a" })).toThrow(/needs version 2/);
  });

  test("gives nothing that would encode for another model", () => {
    expect(featurizerOf({ id: "text-presence", version: 1, words: "a b" }, 2, 0)[1].isAvailable).toBe(true);
    expect(featurizerOf({ id: "text-presence", version: 1, words: "a b" }, 3, 0)[1].why).toMatch(
      /2 features, but the model has 3/,
    );
    expect(featurizerOf(null, 3, 0)[1].why).toMatch(/encoded samples only/);
  });

  test.each([
    [{}],
    [{ id: "text-presence" }],
    [null],
    [{ id: "text-presence", version: 1 }],
    [{ id: "text-presence", version: 1, words: "a a" }],
    [{ id: "text-presence", version: 1, words: "A" }],
    [{ id: "table-scaled", version: 1, fill: [1], offset: [1], factor: [1, 2] }],
    [{ id: "table-scaled", version: 1, fill: [1], offset: ["x"], factor: [1] }],
    [{ id: "table-scaled", version: 1, fill: [], offset: [], factor: [] }],
    [{ id: "table-scaled", version: 1, fill: 3, offset: [], factor: [] }],
  ])("refuses the broken description %j", (description) => {
    expect(() => featurizerFrom(description)).toThrow(/cannot be used/);
  });

  test("takes new ones, once", () => {
    register("test-only", 1, () => featurizerFrom({ id: "text-presence", version: 1, words: "a" }));
    expect(featurizerFrom({ id: "test-only", version: 1 }).dimension).toBe(1);
    expect(() => register("test-only", 1, () => featurizerFrom(null))).toThrow(/known already/);
  });

  test("the wrong kind of input is named", () => {
    const text = featurizerFrom({ id: "text-presence", version: 1, words: "a" });
    expect(() => text.encode({ kind: "row", cells: [] })).toThrow(/takes a text/);
  });
});
