/** The numerics are Python's, bit for bit. Requirement W-13. */
import { describe, expect, test } from "vitest";
import { fromHex, toHex, bigToBytes, bytesToBig, concat } from "../../../src/core/numerics/bytes.ts";
import {
  decode,
  encodeDense,
  encodePresence,
  encodeSparse,
  DENSE,
  PRESENCE,
  SPARSE,
} from "../../../src/core/numerics/codec.ts";
import { packLanes, unpackLanes } from "../../../src/core/numerics/lanes.ts";
import { log2Q32 } from "../../../src/core/numerics/logarithm.ts";
import { roundHalfEven } from "../../../src/core/numerics/fixed.ts";
import { keccak, MerkleTree } from "../../../src/core/numerics/merkle.ts";
import { leafOf } from "../../../src/core/client/proofs.ts";
import { Refusal } from "../../../src/core/refusal.ts";
import { vectors } from "./vectors.ts";

describe("samples", () => {
  const cases = vectors("codec");

  test("decode to the same features, or are refused by the same error with the same fields", () => {
    let refused = 0;
    for (const one of cases) {
      const sample = fromHex(one.sample);
      try {
        const { indices, values } = decode(sample, one.encoding, one.dimension, one.negative);
        expect([[...indices], values === null ? one.values : [...values]], one.sample).toEqual([
          one.indices,
          one.values,
        ]);
        const again =
          one.encoding === DENSE
            ? encodeDense([...values!])
            : one.encoding === SPARSE
              ? encodeSparse([...indices], [...values!])
              : encodePresence([...indices]);
        expect(toHex(again)).toBe(`0x${one.sample}`);
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        refused++;
        expect([error.name, Object.values(error.fields).map(Number)], one.sample).toEqual([one.error, one.fields]);
      }
    }
    expect(refused).toBeGreaterThan(50);
    expect(cases.length - refused).toBeGreaterThan(50);
  });

  test("with a feature twice are refused", () => {
    expect(() => decode(fromHex("00010001"), PRESENCE, 9)).toThrow(/feature 1 follows feature 1/i);
    expect(() => decode(fromHex("0001000200010002"), SPARSE, 9)).toThrow(/strictly increase/);
  });

  test("are refused before they are encoded wrongly", () => {
    expect(() => encodePresence([])).toThrow(/no feature/i);
    expect(() => encodePresence([3], 3)).toThrow(/0 to 2/);
    expect(() => encodePresence([-1])).toThrow(/does not exist/);
    expect(() => encodePresence([2, 2])).toThrow(/strictly increase/);
    expect(() => encodeSparse([1], [0])).toThrow(/not allowed/);
    expect(() => encodeSparse([1], [1, 2])).toThrow(/multiple of 4/);
    expect(() => encodeDense([32_768])).toThrow(/not allowed/);
    expect(() => encodeDense([1], 2)).toThrow(/4/);
  });
});

test("lanes of every width are packed and unpacked as in words", () => {
  for (const one of vectors("lanes")) {
    const words = fromHex(one.words);
    expect([...unpackLanes(words, one.bits, one.lanes.length, one.signed)]).toEqual(one.lanes);
    expect(toHex(packLanes(one.lanes, one.bits))).toBe(`0x${one.words}`);
  }
});

test("bits behind the last lane stay as they were", () => {
  const words = new Uint8Array(32).fill(255);
  for (const bits of [4, 8, 16, 32]) expect([...packLanes([-1], bits, words)]).toEqual([...words]);
  expect(packLanes([0, 0, 0], 4, words)[1]).toBe(0x0f);
});

test("logarithms are the contract's", () => {
  for (const [value, logarithm] of vectors("logarithms")) expect(String(log2Q32(BigInt(value))), value).toBe(logarithm);
  expect(() => log2Q32(0n)).toThrow(RangeError);
});

test("halves round to the even neighbour", () => {
  expect(
    [0.5, 1.5, 2.5, -0.5, -1.5, -2.5, 0.49999999999999994, 2 ** 52 + 1, Infinity].map((x) => roundHalfEven(x) + 0),
  ).toEqual([0, 2, 2, 0, -2, -2, 0, 2 ** 52 + 1, Infinity]);
});

test("trees of batches have Python's roots and proofs", () => {
  for (const one of vectors("trees")) {
    const leaves = one.given.map(({ c, sample }: { c: string[]; sample: string }, i: number) =>
      leafOf(
        one.first + i,
        {
          author: c[0]!,
          label: Number(c[1]),
          taught: c[2] === "True",
          stakeWei: BigInt(c[3]!),
          contributedAt: Number(c[4]),
        },
        fromHex(sample),
      ),
    );
    const tree = new MerkleTree(leaves);
    expect(toHex(tree.root)).toBe(`0x${one.root}`);
    one.proofs.forEach((proof: string[], i: number) => {
      expect(tree.proof(i).map(toHex)).toEqual(proof.map((node) => `0x${node}`));
    });
  }
  expect(() => new MerkleTree([])).toThrow(RangeError);
});

test("bytes go there and back", () => {
  expect(toHex(keccak(new Uint8Array()))).toMatch(/^0xc5d24601/);
  expect(bytesToBig(bigToBytes(258n, 4))).toBe(258n);
  expect(() => bigToBytes(256n, 1)).toThrow(RangeError);
  expect(() => fromHex("0x123")).toThrow(/two digits a byte/);
  expect(() => fromHex("xy")).toThrow(Refusal);
  expect([...concat(fromHex("0102"), fromHex(" 0X03 "))]).toEqual([1, 2, 3]);
});
