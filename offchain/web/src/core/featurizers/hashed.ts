/** Texts as hashed words, as scikit-learn's `FeatureHasher` counts them. Twin of `commonlearn/featurizers/hashed.py`. */

import { murmur3 } from "../numerics/murmur.ts";
import { PRESENCE } from "../numerics/codec.ts";
import { invalidMetadata } from "./base.ts";
import { BagOfWords, wholeNumber } from "./bag.ts";

const LOWEST = -(2 ** 31);

export class HashedText extends BagOfWords {
  readonly id = "text-hashed";
  readonly dimension: number;
  private readonly sign: boolean;
  private readonly bytes = new TextEncoder();

  constructor(parameters: Readonly<Record<string, unknown>>) {
    super(parameters);
    this.dimension = wholeNumber(parameters, "dimension", 1, 65_536);
    if (typeof parameters.sign !== "boolean") throw invalidMetadata("Its sign is neither true nor false.");
    this.sign = parameters.sign;
    if (this.sign && this.encoding === PRESENCE) throw invalidMetadata("It has signs, but presence has none.");
  }

  protected feature(word: string): readonly [number, number] {
    const hash = murmur3(this.bytes.encode(word));
    const index = hash === LOWEST ? (2 ** 31 - this.dimension) % this.dimension : Math.abs(hash) % this.dimension;
    return [index, this.sign && hash < 0 ? -1 : 1];
  }

  protected label(index: number): string {
    return `#${index}`;
  }

  protected joined(said: readonly string[]): string {
    return `hashed words ${said.join(" ")}`;
  }
}
