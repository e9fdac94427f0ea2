/**
 * Vectors of small integers inside 256-bit words, as the contracts store them: lane 0 is at the most significant end.
 * Twin of `commonlearn/numerics/lanes.py`; source: `docs/ref-models.md`, "Words and lanes". Widths are 4, 8, 16 or 32 bits.
 */

import { Refusal } from "../refusal.ts";
import { bigToBytes } from "./bytes.ts";

export const WORD_BYTES = 32;
export const WIDTHS: readonly number[] = [4, 8, 16, 32];

/** Number of words that `count` lanes of `bits` bits occupy. */
export const wordsNeeded = (count: number, bits: number): number => Math.ceil(count / (256 / bits));

/** Lowest and highest value of a lane, both included. */
export function laneRange(bits: number, signed = true): [number, number] {
  return signed ? [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1] : [0, 2 ** bits - 1];
}

/**
 * Read a vector of integers out of big-endian words. Bits behind the last lane are ignored, as the contracts do.
 * @param count Length of the vector; the words are exactly as many as it needs.
 */
export function unpackLanes(words: Uint8Array, bits: number, count: number, signed = true): Int32Array | Uint32Array {
  requireLength(words, wordsNeeded(count, bits));
  const view = new DataView(words.buffer, words.byteOffset, words.byteLength);
  const lanes = signed ? new Int32Array(count) : new Uint32Array(count);
  for (let i = 0; i < count; i++) lanes[i] = laneAt(view, bits, i, signed);
  return lanes;
}

/** Write a vector of integers into words; what surrounds the lanes stays as `rest` has it (zero without). */
export function packLanes(lanes: ArrayLike<number>, bits: number, rest?: Uint8Array): Uint8Array {
  const size = wordsNeeded(lanes.length, bits) * WORD_BYTES;
  const words = rest === undefined ? new Uint8Array(size) : rest.slice();
  const view = new DataView(words.buffer);
  for (let i = 0; i < lanes.length; i++) {
    const lane = lanes[i]!;
    if (bits === 8) view.setUint8(i, lane);
    else if (bits === 16) view.setUint16(2 * i, lane);
    else if (bits === 32) view.setUint32(4 * i, lane);
    else {
      const high = i % 2 === 0;
      words[i >> 1] = high ? (words[i >> 1]! & 0x0f) | ((lane & 15) << 4) : (words[i >> 1]! & 0xf0) | (lane & 15);
    }
  }
  return words;
}

/** Numbers of 256 bits as big-endian bytes, 32 each. */
export function wordsToBytes(words: readonly bigint[]): Uint8Array {
  const bytes = new Uint8Array(WORD_BYTES * words.length);
  words.forEach((word, i) => bytes.set(bigToBytes(word), WORD_BYTES * i));
  return bytes;
}

function laneAt(view: DataView, bits: number, i: number, signed: boolean): number {
  if (bits === 8) return signed ? view.getInt8(i) : view.getUint8(i);
  if (bits === 16) return signed ? view.getInt16(2 * i) : view.getUint16(2 * i);
  if (bits === 32) return signed ? view.getInt32(4 * i) : view.getUint32(4 * i);
  const byte = view.getUint8(i >> 1);
  const lane = i % 2 === 0 ? byte >> 4 : byte & 15;
  return signed && lane > 7 ? lane - 16 : lane;
}

function requireLength(words: Uint8Array, required: number): void {
  if (words.length !== required * WORD_BYTES) {
    throw new Refusal(
      "replay",
      `The model has ${Math.ceil(words.length / WORD_BYTES)} words of weights, but needs ${required}. The node's answer is not whole.`,
      words.length < required * WORD_BYTES ? "MissingWords" : "TooManyWords",
    );
  }
}
