/** The fixed parameters of a model in one 256-bit number. Twin of `commonlearn/models/configuration.py`. */

import { Refusal } from "../refusal.ts";
import type { Encoding } from "../numerics/codec.ts";
import { WIDTHS, wordsNeeded } from "../numerics/lanes.ts";

export type Kind = "perceptron/1" | "nearest-centroid/1" | "naive-bayes/1";
export const KINDS: readonly Kind[] = ["perceptron/1", "nearest-centroid/1", "naive-bayes/1"];

export interface ModelConfiguration {
  readonly encoding: Encoding;
  /** Lane width: 4, 8, 16 or 32. */
  readonly weightBits: number;
  /** Number of classes at creation, 2 to 256. */
  readonly classes: number;
  /** Number of features, 1 to 65,536. */
  readonly dimension: number;
  readonly step: number;
  /** Value of the constant feature, 0 (no intercept) to 32,767. */
  readonly interceptValue: number;
  /** Units of the score, below 2**64. */
  readonly margin: bigint;
  /** In 1/256. */
  readonly smoothing: number;
  readonly noticeSeconds: number;
  /** The configuration word itself. */
  readonly word: bigint;
}

// Field and width in bits from the most significant end; the lowest 32 bits stay zero.
const LAYOUT = {
  encoding: 8,
  weightBits: 8,
  classes: 16,
  dimension: 32,
  step: 16,
  interceptValue: 16,
  margin: 64,
  smoothing: 32,
  noticeSeconds: 32,
};

/** Read a configuration word and check it for a kind; throws `Refusal` "unsupported" or "replay". */
export function configurationFrom(kind: string, word: bigint): ModelConfiguration {
  if (!(KINDS as readonly string[]).includes(kind)) {
    throw new Refusal(
      "unsupported",
      `This page cannot compute models of the kind ${JSON.stringify(kind)}; it knows ${KINDS.join(", ")}. The model may be newer than the page.`,
    );
  }
  const raw: Record<string, bigint> = {};
  let shift = 256n;
  for (const [name, width] of Object.entries(LAYOUT)) {
    shift -= BigInt(width);
    raw[name] = (word >> shift) & ((1n << BigInt(width)) - 1n);
  }
  const of = (name: keyof typeof LAYOUT): number => Number(raw[name]);
  const found: ModelConfiguration = {
    encoding: of("encoding") as Encoding,
    weightBits: of("weightBits"),
    classes: of("classes"),
    dimension: of("dimension"),
    step: of("step"),
    interceptValue: of("interceptValue"),
    margin: raw.margin!,
    smoothing: of("smoothing"),
    noticeSeconds: of("noticeSeconds"),
    word,
  };
  const sound =
    (word & 0xffffffffn) === 0n &&
    found.encoding <= 2 &&
    WIDTHS.includes(found.weightBits) &&
    found.classes >= 2 &&
    found.classes <= 256 &&
    found.dimension >= 1 &&
    found.dimension <= 65_536 &&
    fieldsFit(kind as Kind, found);
  if (!sound)
    throw new Refusal(
      "replay",
      `The model's configuration 0x${word.toString(16)} is not valid.`,
      "InvalidConfiguration",
    );
  return found;
}

// A field that an algorithm does not use must be zero.
function fieldsFit(kind: Kind, c: ModelConfiguration): boolean {
  const perceptron = c.step >= 1 && c.interceptValue <= 32_767;
  const noPerceptron = c.step === 0 && c.interceptValue === 0 && c.margin === 0n;
  if (kind === "perceptron/1") return perceptron && c.smoothing === 0 && c.noticeSeconds === 0;
  if (kind === "naive-bayes/1") return noPerceptron && c.smoothing >= 1 && c.noticeSeconds === 0;
  return noPerceptron && c.smoothing === 0;
}

/** Weights a feature: classes, but 1 for a perceptron with two. */
export const columnsOf = (c: ModelConfiguration): number => (c.classes === 2 ? 1 : c.classes);

/** Nearest centroid: words of one class, header included. */
export const wordsPerClass = (c: ModelConfiguration): number => 1 + wordsNeeded(c.dimension, c.weightBits);
