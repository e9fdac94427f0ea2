/**
 * PNG files as pixels, exactly: browsers multiply transparent pixels by their alpha and back, and change colours by profile.
 * Source: Portable Network Graphics, third edition (W3C, 2025), sections 5, 9 and 11.
 */

import { concat } from "../numerics/bytes.ts";
import { Refusal } from "../refusal.ts";

export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly rgba: Uint8Array;
}

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
/** Bands a pixel of each colour type: grey, RGB, palette, grey and alpha, RGB and alpha. */
const BANDS: ReadonlyMap<number, number> = new Map([
  [0, 1],
  [2, 3],
  [3, 1],
  [4, 2],
  [6, 4],
]);
const MOST_PIXELS = 4096 * 4096;

const damaged = (): Refusal => new Refusal("input", "This PNG file is damaged. Save the picture anew.");

/**
 * Read a PNG file of up to 8 bits a band that is not interlaced.
 * @returns null for anything else, which is then the browser's to read.
 * Throws `Refusal` "input" for a damaged file.
 */
export async function readPng(file: Uint8Array): Promise<Pixels | null> {
  if (!SIGNATURE.every((byte, i) => file[i] === byte)) return null;
  const chunks = chunksOf(file);
  const header = chunks.get("IHDR")?.[0];
  if (header?.length !== 13) throw damaged();
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
  const [width, height, depth, colour] = [view.getUint32(0), view.getUint32(4), header[8]!, header[9]!];
  const bands = BANDS.get(colour);
  const key = chunks.get("tRNS")?.[0];
  if (bands === undefined || width === 0 || height === 0) throw damaged();
  if (header[12] !== 0 || depth > 8 || width * height > MOST_PIXELS || (colour === 0 && depth < 8 && key)) return null;
  const stride = Math.ceil((width * bands * depth) / 8);
  const lines = await inflated(concat(...(chunks.get("IDAT") ?? [])), height * (stride + 1));
  unfilter(lines, height, stride, Math.max(1, (bands * depth) / 8));
  const at = (row: number, place: number): number => {
    const start = row * (stride + 1) + 1;
    if (depth === 8) return lines[start + place]!;
    const bit = place * depth;
    return (lines[start + (bit >> 3)]! >> (8 - depth - (bit & 7))) & ((1 << depth) - 1);
  };
  const rgba = new Uint8Array(4 * width * height);
  const palette = chunks.get("PLTE")?.[0] ?? new Uint8Array();
  const pixel = pixelOf(colour, depth, palette, key ?? null);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const values = Array.from({ length: bands }, (_, band) => at(row, column * bands + band));
      rgba.set(pixel(values), 4 * (row * width + column));
    }
  }
  return { width, height, rgba };
}

/** From a pixel's bands to red, green, blue and alpha. */
function pixelOf(
  colour: number,
  depth: number,
  palette: Uint8Array,
  key: Uint8Array | null,
): (values: readonly number[]) => readonly number[] {
  if (colour === 3) {
    return ([index]) => {
      if (3 * index! + 2 >= palette.length) throw damaged();
      return [...palette.slice(3 * index!, 3 * index! + 3), key?.[index!] ?? 255];
    };
  }
  if (colour === 6) return (values) => values;
  const alpha = (values: readonly number[]): number =>
    key !== null && values.every((value, i) => value === key[2 * i + 1] && key[2 * i] === 0) ? 0 : 255;
  if (colour === 2) return (values) => [...values, alpha(values)];
  const white = 255 / ((1 << depth) - 1);
  return (values) => {
    const grey = values[0]! * white;
    return [grey, grey, grey, colour === 4 ? values[1]! : alpha(values)];
  };
}

/** A file's chunks by name, each of which fits its checksum. */
function chunksOf(file: Uint8Array): Map<string, Uint8Array[]> {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const found = new Map<string, Uint8Array[]>();
  for (let at = SIGNATURE.length; !found.has("IEND");) {
    if (at + 12 > file.length) throw damaged();
    const length = view.getUint32(at);
    if (at + 12 + length > file.length) throw damaged();
    const name = String.fromCharCode(...file.slice(at + 4, at + 8));
    const content = file.slice(at + 8, at + 8 + length);
    if (crc32(file.subarray(at + 4, at + 8 + length)) !== view.getUint32(at + 8 + length)) throw damaged();
    found.set(name, [...(found.get(name) ?? []), content]);
    at += 12 + length;
  }
  return found;
}

function crc32(bytes: Uint8Array): number {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

/** Inflate to a known length; never much more, however small the file. */
async function inflated(data: Uint8Array, length: number): Promise<Uint8Array> {
  const made = new Uint8Array(length);
  let at = 0;
  try {
    const reader = new Blob([data.slice()]).stream().pipeThrough(new DecompressionStream("deflate")).getReader();
    for (let part = await reader.read(); !part.done && at < length; part = await reader.read()) {
      made.set(part.value.subarray(0, length - at), at);
      at += part.value.length;
    }
    await reader.cancel();
  } catch {
    throw damaged();
  }
  if (at < length) throw damaged();
  return made;
}

/** Undo the filters of all lines, in place. @param step Bytes from a pixel to the next, at least 1. */
function unfilter(lines: Uint8Array, height: number, stride: number, step: number): void {
  for (let row = 0; row < height; row++) {
    const start = row * (stride + 1) + 1;
    const filter = lines[start - 1]!;
    if (filter > 4) throw damaged();
    for (let i = 0; i < stride; i++) {
      const left = i >= step ? lines[start + i - step]! : 0;
      const up = row > 0 ? lines[start + i - stride - 1]! : 0;
      const corner = i >= step && row > 0 ? lines[start + i - stride - 1 - step]! : 0;
      const guess = [0, left, up, (left + up) >> 1, filter === 4 ? paeth(left, up, corner) : 0][filter]!;
      lines[start + i] = lines[start + i]! + guess;
    }
  }
}

function paeth(left: number, up: number, corner: number): number {
  const [toLeft, toUp, toCorner] = [left, up, corner].map((one) => Math.abs(left + up - corner - one)) as [
    number,
    number,
    number,
  ];
  if (toLeft <= toUp && toLeft <= toCorner) return left;
  return toUp <= toCorner ? up : corner;
}
