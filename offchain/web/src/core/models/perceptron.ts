/** Perceptron with a margin on saturating lanes. Twin of `commonlearn/models/exact/perceptron.py`. */

import { absoluteSum, type Features } from "../numerics/codec.ts";
import { laneRange, packLanes, unpackLanes } from "../numerics/lanes.ts";
import { columnsOf, type ModelConfiguration } from "./configuration.ts";
import { argmax, bestTwo, ExactModel, SAFE } from "./exact.ts";

export class ExactPerceptron extends ExactModel {
  readonly kind = "perceptron/1";
  /** Feature-major, the constant feature first: column `c` of feature `j` is at `(j + 1) * columns + c`. */
  private readonly weights: Int32Array;
  private readonly columns: number;
  private readonly original: Uint8Array;

  constructor(configuration: ModelConfiguration, words: Uint8Array) {
    super(configuration);
    this.columns = columnsOf(configuration);
    const count = (configuration.dimension + 1) * this.columns;
    this.weights = unpackLanes(words, configuration.weightBits, count) as Int32Array;
    this.original = words.slice();
  }

  predict(features: Features): number {
    const scores = this.raw(features);
    return this.columns === 1 ? Number(scores[0]! > 0) : argmax(scores);
  }

  scores(features: Features): bigint[] {
    return this.raw(features).map(BigInt);
  }

  decision(features: Features): number[] {
    const scores = this.raw(features).map(Number);
    return this.columns === 1 ? [0 - scores[0]! / 2, scores[0]! / 2] : scores;
  }

  /** Part of all that the features say that is left when what speaks against the class is taken off. */
  lead(features: Features): number {
    const two = bestTwo(this.decision(features))!;
    const said = this.said(features);
    return said === 0 ? 0 : Math.min(1, (two[0] - two[1]) / said);
  }

  train(features: Features, label: number): boolean {
    this.checkLabel(label);
    const scores = this.raw(features);
    const rival = this.columns === 1 ? 0 : rivalOf(scores, label);
    const predicted = this.columns === 1 ? Number(scores[0]! > 0) : argmax(scores);
    const lead =
      this.columns === 1
        ? label === 1
          ? BigInt(scores[0]!)
          : -BigInt(scores[0]!)
        : BigInt(scores[label]!) - BigInt(scores[rival]!);
    if (predicted === label && lead >= this.configuration.margin) return false;
    const { step } = this.configuration;
    if (this.columns === 1) this.move(features, 0, label === 1 ? step : -step);
    else {
      this.move(features, label, step);
      this.move(features, rival, -step);
    }
    return true;
  }

  words(): Uint8Array {
    return packLanes(this.weights, this.configuration.weightBits, this.original);
  }

  copy(): ExactPerceptron {
    return new ExactPerceptron(this.configuration, this.words());
  }

  /** Exact scores: numbers where the sums are safe in them, else whole numbers of any size. */
  private raw(features: Features): (number | bigint)[] {
    const { interceptValue, weightBits } = this.configuration;
    const safe = (absoluteSum(features) + interceptValue) * 2 ** (weightBits - 1) < SAFE;
    const scores: (number | bigint)[] = [];
    for (let c = 0; c < this.columns; c++) scores.push(safe ? this.sum(features, c) : this.bigSum(features, c));
    return scores;
  }

  private sum({ indices, values }: Features, column: number): number {
    const { weights, columns } = this;
    let sum = this.configuration.interceptValue * weights[column]!;
    for (let i = 0; i < indices.length; i++) {
      const weight = weights[(indices[i]! + 1) * columns + column]!;
      sum += values === null ? weight : weight * values[i]!;
    }
    return sum;
  }

  private bigSum({ indices, values }: Features, column: number): bigint {
    let sum = BigInt(this.configuration.interceptValue * this.weights[column]!);
    // A product is below 2**46, so 64 of them are safe in a number.
    for (let start = 0; start < indices.length; start += 64) {
      let part = 0;
      for (let i = start; i < Math.min(start + 64, indices.length); i++) {
        part += this.weights[(indices[i]! + 1) * this.columns + column]! * (values === null ? 1 : values[i]!);
      }
      sum += BigInt(part);
    }
    return sum;
  }

  private said({ indices, values }: Features): number {
    const { weights, columns } = this;
    const scores = new Array<number>(columns).fill(0);
    for (let c = 0; c < columns; c++) {
      scores[c] = Math.abs(this.configuration.interceptValue * weights[c]!);
      indices.forEach(
        (index, i) =>
          (scores[c]! += Math.abs(weights[(index + 1) * columns + c]! * (values === null ? 1 : values[i]!))),
      );
    }
    return columns === 1 ? scores[0]! : 2 * Math.max(...scores);
  }

  private move({ indices, values }: Features, column: number, change: number): void {
    const [low, high] = laneRange(this.configuration.weightBits);
    const { weights, columns } = this;
    const add = (at: number, value: number): void => {
      weights[at] = Math.min(high, Math.max(low, weights[at]! + change * value));
    };
    add(column, this.configuration.interceptValue);
    for (let i = 0; i < indices.length; i++)
      add((indices[i]! + 1) * columns + column, values === null ? 1 : values[i]!);
  }
}

/** Lowest-numbered class with the greatest score among the others. */
function rivalOf(scores: readonly (number | bigint)[], label: number): number {
  let rival = label === 0 ? 1 : 0;
  for (let k = rival + 1; k < scores.length; k++) if (k !== label && scores[k]! > scores[rival]!) rival = k;
  return rival;
}
