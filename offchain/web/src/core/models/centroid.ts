/** Nearest centroid on saturating sums, compared exactly. Twin of `commonlearn/models/exact/centroid.py`. */

import { Refusal } from "../refusal.ts";
import { sampleRefusal } from "../words/contract.ts";
import { bigToBytes, bytesToBig, concat } from "../numerics/bytes.ts";
import { absoluteSum, type Features } from "../numerics/codec.ts";
import { laneRange, packLanes, unpackLanes, WORD_BYTES } from "../numerics/lanes.ts";
import { wordsPerClass, type ModelConfiguration } from "./configuration.ts";
import { bestTwo, ExactModel, SAFE } from "./exact.ts";

const NORM_BITS = 184n;
const COUNT_BITS = 32n;
const MOST_NORM = (1n << NORM_BITS) - 1n;
const MOST_COUNT = (1n << COUNT_BITS) - 1n;

interface CentroidClass {
  /** Unix seconds from which it takes part. */
  readonly activeAt: number;
  count: bigint;
  /** Squared length of the sum, below 2**184. */
  norm: bigint;
  readonly sums: Int32Array;
  /** Lanes as they came: bits behind the last lane are kept. */
  readonly original: Uint8Array;
}

export class ExactCentroid extends ExactModel {
  readonly kind = "nearest-centroid/1";
  private readonly list: CentroidClass[];

  constructor(configuration: ModelConfiguration, words: Uint8Array) {
    super(configuration);
    const size = wordsPerClass(configuration) * WORD_BYTES;
    const count = words.length / size;
    if (!Number.isInteger(count) || count < configuration.classes || count > Math.max(configuration.classes, 64)) {
      throw new Refusal(
        "replay",
        `The model has ${words.length / WORD_BYTES} words of weights, which are no whole classes.`,
      );
    }
    this.list = Array.from({ length: count }, (_, k) => this.readClass(words.subarray(k * size, (k + 1) * size)));
  }

  override get classes(): number {
    return this.list.length;
  }

  override get activeAt(): readonly number[] {
    return this.list.map((one) => one.activeAt);
  }

  predict(features: Features, now: number): number {
    return this.nearest(features, now);
  }

  scores(features: Features, now: number): bigint[] {
    return this.list.flatMap((one) => (one.activeAt <= now ? [this.numerator(one, features), one.count] : [0n, 0n]));
  }

  decision(features: Features, now: number): (number | null)[] {
    return this.list.map((one) => {
      if (one.count === 0n || one.activeAt > now) return null;
      const count = Number(one.count);
      return -(Number(one.norm) / (count * count) - (2 * Number(product(one.sums, features, this.bits))) / count);
    });
  }

  /** By how much nearer (squared) the nearest is than the next, relative to both. */
  lead(features: Features, now: number): number {
    const two = bestTwo(this.decision(features, now));
    if (two === null) return 0;
    const own =
      features.values === null
        ? features.indices.length
        : features.values.reduce((sum, value) => sum + value * value, 0);
    const sum = 2 * own - two[0] - two[1];
    return sum <= 0 ? 0 : Math.min(1, (two[0] - two[1]) / sum);
  }

  train(features: Features, label: number, now: number): boolean {
    this.checkLabel(label);
    const own = this.list[label]!;
    if (own.activeAt > now) throw sampleRefusal("UnknownLabel", [label, this.classes]);
    const taught = this.nearest(features, now) !== label;
    const [low, high] = laneRange(this.bits);
    let grown = own.norm;
    const { indices, values } = features;
    for (let i = 0; i < indices.length; i++) {
      const old = own.sums[indices[i]!]!;
      const sum = Math.min(high, Math.max(low, old + (values === null ? 1 : values[i]!)));
      if (sum === old) continue;
      own.sums[indices[i]!] = sum;
      grown += BigInt((sum - old) * (sum + old)); // below 2**48
    }
    own.norm = grown < 0n ? 0n : grown > MOST_NORM ? MOST_NORM : grown;
    if (own.count < MOST_COUNT) own.count += 1n;
    return taught;
  }

  words(): Uint8Array {
    return concat(
      ...this.list.flatMap((one) => {
        const header = (BigInt(one.activeAt) << (COUNT_BITS + NORM_BITS)) | (one.count << NORM_BITS) | one.norm;
        return [bigToBytes(header), packLanes(one.sums, this.bits, one.original)];
      }),
    );
  }

  copy(): ExactCentroid {
    return new ExactCentroid(this.configuration, this.words());
  }

  /**
   * Announce a class, as the contract does for the curator.
   * @param words Header and lanes; the header's time is ignored.
   * @param activeAt Unix seconds from which the class takes part.
   */
  addClass(words: Uint8Array, activeAt: number): number {
    if (words.length !== wordsPerClass(this.configuration) * WORD_BYTES) {
      throw new Refusal("replay", "An announced class has not the words of one class.");
    }
    const read = this.readClass(words);
    if (read.count === 0n) throw new Refusal("replay", "An announced class has no samples.", "EmptyClass");
    return this.list.push({ ...read, activeAt }) - 1;
  }

  private get bits(): number {
    return this.configuration.weightBits;
  }

  private nearest(features: Features, now: number): number {
    let nearest = 0;
    let least = 0n;
    let size = 0n;
    this.list.forEach((one, k) => {
      if (one.count === 0n || one.activeAt > now) return;
      const numerator = this.numerator(one, features);
      if (size === 0n || numerator * size * size < least * one.count * one.count) {
        [nearest, least, size] = [k, numerator, one.count];
      }
    });
    return nearest;
  }

  private numerator(one: CentroidClass, features: Features): bigint {
    return one.norm - 2n * one.count * product(one.sums, features, this.bits);
  }

  private readClass(words: Uint8Array): CentroidClass {
    const header = bytesToBig(words.subarray(0, WORD_BYTES));
    const lanes = words.slice(WORD_BYTES);
    return {
      activeAt: Number(header >> (COUNT_BITS + NORM_BITS)),
      count: (header >> NORM_BITS) & MOST_COUNT,
      norm: header & MOST_NORM,
      sums: unpackLanes(lanes, this.bits, this.configuration.dimension) as Int32Array,
      original: lanes,
    };
  }
}

/** Inner product, exactly. */
function product(sums: Int32Array, features: Features, bits: number): bigint {
  const { indices, values } = features;
  const safe = absoluteSum(features) * 2 ** (bits - 1) < SAFE;
  const block = safe ? indices.length : 64; // 64 products below 2**46 are safe in a number
  let sum = 0n;
  for (let start = 0; start < indices.length; start += block) {
    let part = 0;
    for (let i = start; i < Math.min(start + block, indices.length); i++) {
      part += sums[indices[i]!]! * (values === null ? 1 : values[i]!);
    }
    sum += BigInt(part);
  }
  return sum;
}
