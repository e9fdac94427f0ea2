/** What the exact models share. Twins of `commonlearn/models/exact`: encoded samples in, words out, bit for bit. */

import { decode, type Features } from "../numerics/codec.ts";
import { sampleRefusal } from "../words/contract.ts";
import type { Kind, ModelConfiguration } from "./configuration.ts";

export abstract class ExactModel {
  abstract readonly kind: Kind;
  /** False for naive Bayes, which counts. */
  protected readonly allowNegative: boolean = true;
  readonly configuration: ModelConfiguration;

  constructor(configuration: ModelConfiguration) {
    this.configuration = configuration;
  }

  /** Number of classes, announced ones included. */
  get classes(): number {
    return this.configuration.classes;
  }

  /** Unix seconds from which each class takes part; 0 for first classes. */
  get activeAt(): readonly number[] {
    return new Array<number>(this.classes).fill(0);
  }

  /** Decode and check a sample; throws `Refusal` "sample". */
  decode(sample: Uint8Array): Features {
    return decode(sample, this.configuration.encoding, this.configuration.dimension, this.allowNegative);
  }

  /** Class number that the contract gives. @param now Unix seconds; matters to added classes only. */
  abstract predict(features: Features, now: number): number;
  /** What the contract's `scores` gives. */
  abstract scores(features: Features, now: number): bigint[];
  /** One score a class, larger for nearer; null for a class that takes no part. */
  abstract decision(features: Features, now: number): (number | null)[];
  /** How clearly the best class leads the next, 0 (undecided) to 1: for people, not for the contract. */
  abstract lead(features: Features, now: number): number;
  /** Learn a labelled sample; whether it taught. Throws `Refusal` "sample" for a label that takes no part. */
  abstract train(features: Features, label: number, now: number): boolean;
  /** All words, big-endian, 32 bytes each. */
  abstract words(): Uint8Array;
  /** An independent model in the same state. */
  abstract copy(): ExactModel;

  protected checkLabel(label: number): void {
    if (!Number.isInteger(label) || label < 0 || label >= this.classes) {
      throw sampleRefusal("UnknownLabel", [label, this.classes]);
    }
  }
}

/** Below this every sum of whole numbers is exact in a `number`. */
export const SAFE = 2 ** 53;

/** The two greatest scores; null where fewer than two classes take part. */
export function bestTwo(scores: readonly (number | null)[]): [number, number] | null {
  const sorted = scores.filter((score) => score !== null).sort((one, other) => other - one);
  return sorted.length < 2 ? null : [sorted[0]!, sorted[1]!];
}

/** Index of the greatest; the lowest-numbered of equals. */
export function argmax<T extends number | bigint>(values: readonly T[]): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i]! > values[best]!) best = i;
  return best;
}
