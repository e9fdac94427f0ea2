/** Multinomial naive Bayes in integer logarithms. Twin of `commonlearn/models/exact/naive_bayes.py`. */

import { bigToBytes, bytesToBig, concat } from "../numerics/bytes.ts";
import type { Features } from "../numerics/codec.ts";
import { laneRange, packLanes, unpackLanes, WORD_BYTES } from "../numerics/lanes.ts";
import { log2Q32 } from "../numerics/logarithm.ts";
import type { ModelConfiguration } from "./configuration.ts";
import { argmax, bestTwo, ExactModel } from "./exact.ts";

const HALF = 64n;
const MOST = (1n << HALF) - 1n;
const NO_DOCUMENTS = -(1n << 255n);

export class ExactNaiveBayes extends ExactModel {
  readonly kind = "naive-bayes/1";
  protected override readonly allowNegative = false;
  /** Feature-major: the count of feature `j` in class `k` is at `j * classes + k`. */
  private readonly counts: Uint32Array;
  /** Samples of each class, below 2**64. */
  private readonly documents: bigint[] = [];
  /** Sum of each class's counts, below 2**64. */
  private readonly totals: bigint[] = [];
  private readonly original: Uint8Array;
  // Most counts are small and come again: their logarithms are kept.
  private readonly logarithms = new Map<number, bigint>();

  constructor(configuration: ModelConfiguration, words: Uint8Array) {
    super(configuration);
    const { classes, weightBits, dimension } = configuration;
    const headers = Math.ceil(classes / 2) * WORD_BYTES;
    for (let k = 0; k < classes; k++) {
      const half = bytesToBig(words.subarray(16 * k, 16 * (k + 1)));
      this.documents.push(half >> HALF);
      this.totals.push(half & MOST);
    }
    this.counts = unpackLanes(words.subarray(headers), weightBits, dimension * classes, false) as Uint32Array;
    this.original = words.slice();
  }

  predict(features: Features): number {
    return argmax(this.scores(features));
  }

  scores({ indices, values }: Features): bigint[] {
    const { classes, smoothing, dimension } = this.configuration;
    let sum = 0;
    if (values === null) sum = indices.length;
    else for (const value of values) sum += value;
    return this.documents.map((documents, k) => {
      if (documents === 0n) return NO_DOCUMENTS; // takes no part
      const total = log2Q32(256n * this.totals[k]! + BigInt(smoothing) * BigInt(dimension));
      let score = log2Q32(documents) - BigInt(sum) * total;
      for (let i = 0; i < indices.length; i++) {
        const logarithm = this.logarithm(this.counts[indices[i]! * classes + k]!);
        if (values === null) score += logarithm;
        else if (values[i] !== 0) score += BigInt(values[i]!) * logarithm;
      }
      return score;
    });
  }

  decision(features: Features): (number | null)[] {
    return this.scores(features).map((score) => (score === NO_DOCUMENTS ? null : Number(score) * 2 ** -32));
  }

  /** 2p - 1, where p is the probability of the best against the next under the model's own assumptions. */
  lead(features: Features): number {
    const two = bestTwo(this.decision(features));
    return two === null ? 0 : Math.tanh(((two[0] - two[1]) * Math.LN2) / 2);
  }

  train(features: Features, label: number): boolean {
    this.checkLabel(label);
    const taught = this.predict(features) !== label;
    const { classes, weightBits } = this.configuration;
    const most = laneRange(weightBits, false)[1];
    const { indices, values } = features;
    let grown = 0;
    for (let i = 0; i < indices.length; i++) {
      const at = indices[i]! * classes + label;
      const old = this.counts[at]!;
      const count = Math.min(most, old + (values === null ? 1 : values[i]!));
      grown += count - old;
      this.counts[at] = count;
    }
    this.totals[label] = least(this.totals[label]! + BigInt(grown));
    this.documents[label] = least(this.documents[label]! + 1n);
    return taught;
  }

  words(): Uint8Array {
    const { classes, weightBits } = this.configuration;
    const size = Math.ceil(classes / 2) * WORD_BYTES;
    const halves = this.documents.map((documents, k) => bigToBytes((documents << HALF) | this.totals[k]!, 16));
    // An odd number of classes leaves half a word that belongs to none.
    const headers = concat(...halves, this.original.subarray(16 * classes, size));
    return concat(headers, packLanes(this.counts, weightBits, this.original.slice(size)));
  }

  copy(): ExactNaiveBayes {
    return new ExactNaiveBayes(this.configuration, this.words());
  }

  private logarithm(count: number): bigint {
    let known = this.logarithms.get(count);
    if (known === undefined) {
      known = log2Q32(256n * BigInt(count) + BigInt(this.configuration.smoothing));
      if (this.logarithms.size < 1 << 16) this.logarithms.set(count, known);
    }
    return known;
  }
}

const least = (value: bigint): bigint => (value > MOST ? MOST : value);
