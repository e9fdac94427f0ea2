/** Images as the grey levels of their pixels, in exact integers. Twin of `commonlearn/featurizers/images.py` and `pictures.py`. */

import type { RawInput } from "../api.ts";
import { decode, type Encoding, PRESENCE } from "../numerics/codec.ts";
import { invalidMetadata, wrongInput, type Featurizer } from "./base.ts";
import { encodeCounts, encodingNamed, wholeNumber } from "./bag.ts";

const WHITE = 255;
const SHADES = " .:-=+*#%@";

export class PixelImage implements Featurizer {
  readonly id = "image-pixels";
  readonly version = 1;
  readonly encoding: Encoding;
  readonly input = "image";
  readonly columns: readonly string[] = [];
  private readonly height: number;
  private readonly width: number;
  private readonly levels: number;
  private readonly invert: boolean;

  constructor(parameters: Readonly<Record<string, unknown>>) {
    this.height = wholeNumber(parameters, "height", 1, 256);
    this.width = wholeNumber(parameters, "width", 1, 256);
    this.levels = wholeNumber(parameters, "levels", 2, 256);
    if (typeof parameters.invert !== "boolean") throw invalidMetadata("Its invert is neither true nor false.");
    this.invert = parameters.invert;
    this.encoding = encodingNamed(parameters.encoding);
    if (this.encoding === PRESENCE && this.levels !== 2) throw invalidMetadata("Presence has two levels.");
  }

  get dimension(): number {
    return this.height * this.width;
  }

  encode(raw: RawInput): Uint8Array {
    if (raw.kind !== "image") throw wrongInput("a picture");
    const grey = greys(raw.rgba).map((value) => (this.invert ? WHITE - value : value));
    const sums = areaSums(grey, raw.height, raw.width, this.height, this.width);
    const white = raw.height * raw.width * WHITE;
    const counts = new Map<number, number>();
    sums.forEach((sum, i) => {
      const level = roundedQuotient(sum * (this.levels - 1), white);
      if (level !== 0) counts.set(i, level);
    });
    return encodeCounts(counts, this.encoding, this.dimension);
  }

  describe(sample: Uint8Array): string {
    const { indices, values } = decode(sample, this.encoding, this.dimension);
    const shades = Array.from({ length: this.dimension }, () => SHADES[0]!);
    indices.forEach((index, i) => {
      const level = Math.min(this.levels - 1, Math.max(0, values === null ? 1 : values[i]!));
      shades[index] = SHADES[Math.floor((level * (SHADES.length - 1)) / (this.levels - 1))]!;
    });
    return Array.from({ length: this.height }, (_, row) =>
      shades.slice(row * this.width, (row + 1) * this.width).join(""),
    ).join("\n");
  }
}

/** Grey by Pillow's integer formula; what is transparent lies on white paper, as Pillow's `alpha_composite` has it. */
export function greys(rgba: Uint8Array): number[] {
  return Array.from({ length: rgba.length / 4 }, (_, i) => {
    const alpha = rgba[4 * i + 3]!;
    const [red, green, blue] = [0, 1, 2].map((band) => onPaper(rgba[4 * i + band]!, alpha)) as [number, number, number];
    return (19_595 * red + 38_470 * green + 7_471 * blue + 32_768) >> 16;
  });
}

function onPaper(value: number, alpha: number): number {
  const sum = (value * alpha + WHITE * (WHITE - alpha)) * 128 + (128 << 7);
  return ((sum >> 8) + sum) >> 15;
}

/** Sum the pixels under each cell of another grid, by area; a cell's mean is its sum over the number of pixels. */
function areaSums(grey: readonly number[], height: number, width: number, rows: number, columns: number): number[] {
  const down = overlaps(rows, height);
  const across = overlaps(columns, width);
  const narrow = new Float64Array(height * columns); // whole numbers far below 2^53
  for (let row = 0; row < height; row++) {
    across.forEach((parts, column) => {
      let sum = 0;
      for (const [x, part] of parts) sum += grey[row * width + x]! * part;
      narrow[row * columns + column] = sum;
    });
  }
  return down.flatMap((parts) =>
    Array.from({ length: columns }, (_, column) => {
      let sum = 0;
      for (const [y, part] of parts) sum += narrow[y * columns + column]! * part;
      return sum;
    }),
  );
}

/** Which pixels (`cells` units long) lie under each cell (`pixels` units long), and how much of each. */
function overlaps(cells: number, pixels: number): [number, number][][] {
  return Array.from({ length: cells }, (_, cell) => {
    const [start, end] = [cell * pixels, (cell + 1) * pixels];
    const parts: [number, number][] = [];
    for (let pixel = Math.floor(start / cells); pixel * cells < end; pixel++) {
      parts.push([pixel, Math.min(end, (pixel + 1) * cells) - Math.max(start, pixel * cells)]);
    }
    return parts;
  });
}

/** A quotient of whole numbers of 0 and above, rounded, halves to even. */
function roundedQuotient(numerator: number, denominator: number): number {
  const rest = numerator % denominator;
  const quotient = (numerator - rest) / denominator;
  const up = 2 * rest > denominator || (2 * rest === denominator && quotient % 2 === 1);
  return quotient + (up ? 1 : 0);
}
