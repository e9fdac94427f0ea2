/** Tables of numbers as standardised whole numbers. Twin of `commonlearn/featurizers/tabular.py`. */

import type { RawInput } from "../api.ts";
import { decode, DENSE, encodeDense } from "../numerics/codec.ts";
import { quantise } from "../numerics/fixed.ts";
import { Refusal } from "../refusal.ts";
import { sampleRefusal } from "../words/contract.ts";
import { invalidMetadata, wrongInput, type Featurizer } from "./base.ts";
import { pyFloat, pyGeneral, pyStrip } from "../python.ts";

const MISSING = new Set(["", "?", "na", "n/a", "nan", "null", "none"]);

export class ScaledTable implements Featurizer {
  readonly id = "table-scaled";
  readonly version = 1;
  readonly encoding = DENSE;
  readonly input = "row";
  readonly columns: readonly string[];
  private readonly fill: readonly number[];
  private readonly offset: readonly number[];
  private readonly factor: readonly number[];

  constructor(parameters: Readonly<Record<string, unknown>>) {
    this.fill = numbers(parameters, "fill");
    this.offset = numbers(parameters, "offset");
    this.factor = numbers(parameters, "factor");
    const count = this.fill.length;
    const names = parameters.names;
    if (names !== undefined && names !== null && !Array.isArray(names)) throw invalidMetadata("Its names are no list.");
    this.columns = Array.isArray(names) ? names.map(String) : Array.from({ length: count }, (_, i) => `column ${i}`);
    const differ = [this.offset, this.factor, this.columns].some((list) => list.length !== count);
    if (differ || count < 1 || count > 65_536) {
      throw invalidMetadata("Its columns differ in number, or there are none, or more than 65,536.");
    }
  }

  get dimension(): number {
    return this.fill.length;
  }

  encode(raw: RawInput): Uint8Array {
    if (raw.kind !== "row") throw wrongInput("a row of numbers");
    if (raw.cells.length !== this.dimension)
      throw sampleRefusal("SampleDimension", [2 * raw.cells.length, 2 * this.dimension]);
    const values = raw.cells.map((cell, i) => {
      const value = this.cell(cell, i);
      return quantise(((Number.isNaN(value) ? this.fill[i]! : value) - this.offset[i]!) * this.factor[i]!);
    });
    return encodeDense(values, this.dimension);
  }

  describe(sample: Uint8Array): string {
    const { values } = decode(sample, DENSE, this.dimension);
    return this.columns
      .map((name, i) => {
        const factor = this.factor[i]!;
        return `${name} ${factor === 0 ? "?" : pyGeneral(values![i]! / factor + this.offset[i]!, 6)}`;
      })
      .join(", ");
  }

  /** A cell as a number; NaN where it is missing. */
  private cell(cell: string, i: number): number {
    if (MISSING.has(pyStrip(cell).toLowerCase())) return NaN;
    const value = pyFloat(cell);
    if (value === null) {
      throw new Refusal(
        "sample",
        `${JSON.stringify(cell)} in ${JSON.stringify(this.columns[i])} is no number. Write for example 1.5, or leave it empty if it is not known.`,
      );
    }
    if (!Number.isNaN(value) && !Number.isFinite(value)) {
      throw new Refusal("sample", `The cell ${JSON.stringify(this.columns[i])} is infinite. Leave it empty.`);
    }
    return value;
  }
}

function numbers(parameters: Readonly<Record<string, unknown>>, name: string): number[] {
  const given = parameters[name];
  if (given === undefined) throw invalidMetadata(`Its ${name} is missing.`);
  if (!Array.isArray(given)) throw invalidMetadata(`Its ${name} is no list of numbers.`);
  if (!given.every((value) => typeof value === "number")) throw invalidMetadata(`Its ${name} is no list of numbers.`);
  if (!given.every(Number.isFinite)) throw invalidMetadata(`Its ${name} has a number that is not finite.`);
  return given as number[];
}
