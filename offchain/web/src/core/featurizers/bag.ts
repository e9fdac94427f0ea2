/** What featurisers that count words have in common: from counts to samples. Twin of `commonlearn/featurizers/bag.py`. */

import type { RawInput } from "../api.ts";
import {
  decode,
  DENSE,
  encodeDense,
  encodePresence,
  encodeSparse,
  PRESENCE,
  SPARSE,
  VALUE_LIMIT,
  type Encoding,
} from "../numerics/codec.ts";
import { Refusal } from "../refusal.ts";
import { invalidMetadata, wrongInput, type Featurizer } from "./base.ts";
import { tokenizerFrom, type Cut } from "./tokenizers.ts";

const ENCODINGS: ReadonlyMap<unknown, Encoding> = new Map<unknown, Encoding>([
  ["presence", PRESENCE],
  ["sparse", SPARSE],
  ["dense", DENSE],
]);

/** An encoding by the name that descriptions use; throws `Refusal` "unsupported". */
export function encodingNamed(name: unknown): Encoding {
  const found = ENCODINGS.get(name);
  if (found === undefined) throw invalidMetadata(`Its encoding ${JSON.stringify(name)} is not known.`);
  return found;
}

/** A whole number of a description; throws `Refusal` "unsupported" where it is none, or out of range. */
export function wholeNumber(
  parameters: Readonly<Record<string, unknown>>,
  name: string,
  low: number,
  high: number,
): number {
  const value = parameters[name];
  if (typeof value !== "number" || !Number.isInteger(value) || value < low || value > high) {
    throw invalidMetadata(
      `Its ${name} is ${JSON.stringify(value)}, but must be a whole number from ${low} to ${high}.`,
    );
  }
  return value;
}

/** Features that are not 0, by number, as the bytes that contracts take; throws `Refusal` "sample" where there is none. */
export function encodeCounts(counts: ReadonlyMap<number, number>, encoding: Encoding, dimension: number): Uint8Array {
  const indices = [...counts.keys()].sort((one, other) => one - other);
  if (encoding === PRESENCE) return encodePresence(indices, dimension);
  const stopped = (index: number): number => Math.min(VALUE_LIMIT, Math.max(-VALUE_LIMIT, counts.get(index)!));
  if (encoding === SPARSE) return encodeSparse(indices, indices.map(stopped), dimension);
  const values = Array.from({ length: dimension }, () => 0);
  for (const index of indices) values[index] = stopped(index);
  return encodeDense(values, dimension);
}

/** Texts by what words they hold, and how often; their order is lost. */
export abstract class BagOfWords implements Featurizer {
  abstract readonly id: string;
  readonly version = 1;
  readonly encoding: Encoding;
  readonly input = "text";
  readonly columns: readonly string[] = [];
  abstract readonly dimension: number;
  private readonly cut: Cut;

  protected constructor(parameters: Readonly<Record<string, unknown>>) {
    this.encoding = encodingNamed(parameters.encoding);
    this.cut = tokenizerFrom(parameters);
  }

  encode(raw: RawInput): Uint8Array {
    if (raw.kind !== "text") throw wrongInput("a text");
    const counts = new Map<number, number>();
    for (const word of this.cut(raw.text)) {
      const [index, value] = this.feature(word) ?? [-1, 0];
      if (index >= 0) counts.set(index, (counts.get(index) ?? 0) + value);
    }
    for (const [index, count] of counts) if (count === 0) counts.delete(index);
    if (counts.size === 0) {
      throw new Refusal(
        "sample",
        "The text has no word that this model knows. Give a longer or another text.",
        "EmptySample",
      );
    }
    return encodeCounts(counts, this.encoding, this.dimension);
  }

  describe(sample: Uint8Array): string {
    const { indices, values } = decode(sample, this.encoding, this.dimension);
    const said: string[] = [];
    indices.forEach((index, i) => {
      const value = values === null ? 1 : values[i]!;
      if (value !== 0) said.push(value === 1 ? this.label(index) : `${this.label(index)} ×${value}`);
    });
    return this.joined(said);
  }

  /** What a word counts for, and how much; null for an unknown one. */
  protected abstract feature(word: string): readonly [number, number] | null;
  protected abstract label(index: number): string;
  protected abstract joined(said: readonly string[]): string;
}
