/** What every featuriser offers. To add one: implement this, and name it in `./registry.ts`. */

import type { InputKind, RawInput } from "../api.ts";
import { Refusal } from "../refusal.ts";
import type { Encoding } from "../numerics/codec.ts";

export interface Featurizer {
  readonly id: string;
  readonly version: number;
  readonly encoding: Encoding;
  /** Number of features. */
  readonly dimension: number;
  /** What the page should ask for. */
  readonly input: InputKind;
  /** Names of a table's columns; empty otherwise. */
  readonly columns: readonly string[];
  /** Raw input as the bytes that contracts take; throws `Refusal` "sample" or "input". */
  encode(raw: RawInput): Uint8Array;
  /** What is in an encoded sample, for people who are to judge it; throws `Refusal` "sample" for malformed ones. */
  describe(sample: Uint8Array): string;
}

/** Makes a featuriser out of its description without `id` and `version`; throws `Refusal` "unsupported" for a broken one. */
export type FeaturizerMaker = (parameters: Readonly<Record<string, unknown>>) => Featurizer;

/** What to do where only Python can encode. */
export const INSTEAD =
  "Predict with the Python package (commonlearn predict); or have it encode the sample (commonlearn encode), and paste what it prints.";

/** A description that is incomplete or contradicts itself. */
export function invalidMetadata(reason: string): Refusal {
  return new Refusal(
    "unsupported",
    `The featuriser's description cannot be used: ${reason} Ask whoever published the model.`,
    "InvalidMetadata",
  );
}

/** The wrong kind of input was given. */
export function wrongInput(wanted: string): Refusal {
  return new Refusal("input", `This model takes ${wanted}.`);
}
