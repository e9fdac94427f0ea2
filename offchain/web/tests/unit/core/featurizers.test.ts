/** Featurisers encode as Python's do, and say so when they cannot. Requirements W-13, W-14. */
import { describe, expect, test } from "vitest";
import { fromHex, toHex } from "../../../src/core/numerics/bytes.ts";
import { pyFloat, pyGeneral } from "../../../src/core/python.ts";
import { featurizerFrom, featurizerOf, register } from "../../../src/core/featurizers/registry.ts";
import { greys } from "../../../src/core/featurizers/pixels.ts";
import { probeOf, tokenizerFrom } from "../../../src/core/featurizers/tokenizers.ts";
import { DIGIT, NLTK_SPACE, NLTK_WORD, plainWords, SPACE, WORD } from "../../../src/core/featurizers/words.ts";
import { readPng } from "../../../src/core/featurizers/png.ts";
import { keccak } from "../../../src/core/numerics/merkle.ts";
import { murmur3 } from "../../../src/core/numerics/murmur.ts";
import { Refusal } from "../../../src/core/refusal.ts";
import { vectors } from "./vectors.ts";

describe("texts", () => {
  const { featurizer: description, cases, bringing } = vectors("texts");
  const featurizer = featurizerFrom(description);

  test("are cut and encoded as in Python", () => {
    for (const one of cases) {
      expect(plainWords(one.text), one.text).toEqual(one.tokens);
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
      if (plainWords(character).length > 0) found.push(character);
    }
    expect(found).toEqual(bringing);
  });
});

describe("tokenisers", () => {
  const known = vectors("unicode");
  const points = (ranges: [number, number][]): number[] =>
    ranges.flatMap(([first, length]) => Array.from({ length }, (_, i) => first + i));

  test("cut as NLTK does", () => {
    let cases = 0;
    for (const { tokenizer, cases: given } of vectors("tokens")) {
      const cut = tokenizerFrom(tokenizer);
      for (const [text, tokens] of given)
        expect(cut(text), `${tokenizer.tokenizer} ${JSON.stringify(text)}`).toEqual(tokens);
      cases += given.length;
    }
    expect(cases).toBeGreaterThan(300);
  });

  test.each([
    ["word", WORD],
    ["digit", DIGIT],
    ["space", SPACE],
    ["nltk_word", NLTK_WORD],
    ["nltk_space", NLTK_SPACE],
  ])("take for a %s what Python does, in all of its Unicode", (name, kind) => {
    const pattern = new RegExp(`[${kind}]`, "u");
    const found = points(known.assigned).filter((point) => pattern.test(String.fromCodePoint(point)));
    expect(found).toEqual(points(known[name]));
  });

  test("lower case is Python's", () => {
    const all = points(known.assigned).map((point) => String.fromCodePoint(point));
    const text = [...all.map((one) => one.toLowerCase()), ...all.map((one) => `a${one} `.toLowerCase())].join("");
    expect(toHex(keccak(new TextEncoder().encode(text)))).toBe(`0x${known.lower}`);
  });

  test("say which of them only Python has, and find another NLTK out", () => {
    expect(() => tokenizerFrom({ tokenizer: "nltk-tweet", probe: "00" })).toThrow(/nltk-tweet.*commonlearn encode/s);
    expect(() => tokenizerFrom({ tokenizer: "nltk-word", probe: "0011223344556677" })).toThrow(/version of NLTK/);
    expect(() => tokenizerFrom({ tokenizer: "shears" })).toThrow(/cannot be used/);
    expect(() => tokenizerFrom({})).toThrow(/cannot be used/);
    expect(probeOf(plainWords)).not.toBe(probeOf(tokenizerFrom(vectors("tokens")[1].tokenizer)));
  });
});

describe("bags of words", () => {
  test("are counted, hashed and described as in Python", () => {
    let refused = 0;
    for (const { featurizer: description, cases } of vectors("bags")) {
      const featurizer = featurizerFrom(description);
      for (const { text, word, times, sample, described } of cases) {
        const raw = { kind: "text", text: text ?? word.repeat(times) } as const;
        if (sample === undefined) {
          refused++;
          expect(() => featurizer.encode(raw), text).toThrow(Refusal);
          continue;
        }
        const encoded = featurizer.encode(raw);
        expect(toHex(encoded), JSON.stringify(text)).toBe(`0x${sample}`);
        expect(featurizer.describe(encoded)).toBe(described);
      }
    }
    expect(refused).toBeGreaterThan(3);
  });

  test("hashes are those of the published test vectors", () => {
    // MurmurHash3_x86_32 with seed 0: the values that its users quote
    const hash = (text: string): number => murmur3(new TextEncoder().encode(text)) >>> 0;
    expect(["", "test", "Hello, world!", "The quick brown fox jumps over the lazy dog"].map(hash)).toEqual([
      0, 0xba6bd213, 0xc0363e43, 0x2e4ff723,
    ]);
  });

  test.each([
    [{ id: "text-hashed", version: 1, tokenizer: "plain", encoding: "presence", dimension: 0, sign: false }],
    [{ id: "text-hashed", version: 1, tokenizer: "plain", encoding: "presence", dimension: 4, sign: true }],
    [{ id: "text-hashed", version: 1, tokenizer: "plain", encoding: "dense", dimension: 4 }],
    [{ id: "text-hashed", version: 1, tokenizer: "plain", encoding: "braille", dimension: 4, sign: false }],
    [{ id: "text-vocabulary", version: 1, tokenizer: "plain", encoding: "dense" }],
    [{ id: "text-vocabulary", version: 1, tokenizer: "plain", encoding: "dense", words: "a  b" }],
    [{ id: "text-vocabulary", version: 1, tokenizer: "plain", encoding: "dense", words: "a b a" }],
    [{ id: "image-pixels", version: 1, height: 0, width: 2, levels: 2, invert: false, encoding: "dense" }],
    [{ id: "image-pixels", version: 1, height: 2, width: 2, levels: 3, invert: false, encoding: "presence" }],
    [{ id: "image-pixels", version: 1, height: 2, width: 2, levels: 3, encoding: "dense" }],
  ])("refuses the broken description %j", (description) => {
    expect(() => featurizerFrom(description)).toThrow(/cannot be used/);
  });

  test("a vocabulary in a file is for Python", () => {
    const stored = { id: "text-vocabulary", version: 1, tokenizer: "plain", encoding: "dense", state: "sha256:00" };
    expect(featurizerOf(stored, 3, 2)[1].why).toMatch(/sha256:00.*commonlearn encode/s);
  });
});

describe("pictures", () => {
  const { featurizers, cases, drawn } = vectors("pictures");
  const made = featurizers.map(featurizerFrom);
  const file = (one: { png: string }): Uint8Array => Uint8Array.from(Buffer.from(one.png, "base64"));

  test("are read, made grey, sized and described as by Pillow", async () => {
    for (const one of cases) {
      const image = await readPng(file(one));
      expect([one.name, image!.width, image!.height]).toEqual([one.name, one.width, one.height]);
      expect(toHex(keccak(image!.rgba)), one.name).toBe(`0x${one.rgba}`);
      made.forEach((featurizer: ReturnType<typeof featurizerFrom>, i: number) => {
        const encode = (): Uint8Array => featurizer.encode({ kind: "image", ...image! });
        if (one.samples[i] === null) expect(encode).toThrow(Refusal);
        else expect(toHex(encode()), `${one.name} ${i}`).toBe(`0x${one.samples[i]}`);
        if (one.name === "L") expect(featurizer.describe(encode())).toBe(drawn[i]);
      });
    }
  });

  test("what is transparent is white paper", () => {
    expect(greys(Uint8Array.from([0, 0, 0, 0, 0, 0, 0, 255, 255, 255, 255, 7]))).toEqual([255, 0, 255]);
  });

  test("files of other kinds are left to the browser, and damaged ones refused", async () => {
    expect(await readPng(Uint8Array.from([0xff, 0xd8, 0xff]))).toBeNull();
    const whole = file(cases[0]);
    const changed = whole.slice();
    changed[changed.length - 20]! ^= 1;
    await expect(readPng(whole.slice(0, whole.length - 30))).rejects.toThrow(/damaged/);
    await expect(readPng(changed)).rejects.toThrow(/damaged/);
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
    expect(info.why).toMatch(/cannot do in the browser.*commonlearn encode.*paste/);
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
