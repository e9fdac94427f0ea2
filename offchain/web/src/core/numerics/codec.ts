/**
 * Samples as the bytes that contracts take and events carry, with strict checks in the contract's order.
 * Twin of `commonlearn/numerics/codec.py`; source: `docs/ref-models.md`, "Samples".
 */

import { sampleRefusal } from "../words/contract.ts";

export const PRESENCE = 0;
export const SPARSE = 1;
export const DENSE = 2;
/** How a sample's features are written as bytes. */
export type Encoding = typeof PRESENCE | typeof SPARSE | typeof DENSE;

/** Largest absolute value of a feature: int16 without -32,768, so that negating a value never overflows. */
export const VALUE_LIMIT = 32_767;
export const MAX_DIMENSION = 65_536;

/** A decoded sample: feature numbers, strictly increasing, and their values (null where all are 1). */
export interface Features {
  readonly indices: Uint16Array;
  readonly values: Int16Array | null;
}

/** Encode the features that are present: 2 bytes each. Indices strictly increase, from 0 to `dimension - 1`. */
export function encodePresence(indices: readonly number[], dimension: number = MAX_DIMENSION): Uint8Array {
  checkIndices(indices, dimension);
  const bytes = new Uint8Array(2 * indices.length);
  const view = new DataView(bytes.buffer);
  indices.forEach((index, i) => view.setUint16(2 * i, index));
  return bytes;
}

/** Encode the features that are not zero: 4 bytes each. */
export function encodeSparse(
  indices: readonly number[],
  values: readonly number[],
  dimension: number = MAX_DIMENSION,
): Uint8Array {
  checkIndices(indices, dimension);
  if (indices.length !== values.length) throw sampleRefusal("SampleLength", [2 * (indices.length + values.length), 4]);
  const bytes = new Uint8Array(4 * indices.length);
  const view = new DataView(bytes.buffer);
  indices.forEach((index, i) => {
    const value = values[i]!;
    if (Math.abs(value) > VALUE_LIMIT || value === 0) throw sampleRefusal("ValueOutOfRange", [value]);
    view.setUint16(4 * i, index);
    view.setInt16(4 * i + 2, value);
  });
  return bytes;
}

/** Encode every feature's value: 2 bytes each. */
export function encodeDense(values: readonly number[], dimension?: number): Uint8Array {
  if (values.length === 0) throw sampleRefusal("EmptySample", []);
  if (dimension !== undefined && values.length !== dimension) {
    throw sampleRefusal("SampleDimension", [2 * values.length, 2 * dimension]);
  }
  const bytes = new Uint8Array(2 * values.length);
  const view = new DataView(bytes.buffer);
  values.forEach((value, i) => {
    if (Math.abs(value) > VALUE_LIMIT) throw sampleRefusal("ValueOutOfRange", [value]);
    view.setInt16(2 * i, value);
  });
  return bytes;
}

/**
 * Decode one sample. Throws `Refusal` "sample" with the contract's error for the first feature that breaks a rule, and the
 * first rule that it breaks.
 * @param allowNegative False for naive Bayes, which counts.
 */
export function decode(sample: Uint8Array, encoding: Encoding, dimension: number, allowNegative = true): Features {
  const view = new DataView(sample.buffer, sample.byteOffset, sample.byteLength);
  if (encoding === DENSE) {
    if (sample.length !== 2 * dimension) throw sampleRefusal("SampleDimension", [sample.length, 2 * dimension]);
    const values = Int16Array.from({ length: dimension }, (_, i) => view.getInt16(2 * i));
    checkValues(values, encoding, allowNegative);
    return { indices: allIndices(dimension), values };
  }
  if (sample.length === 0) throw sampleRefusal("EmptySample", []);
  const unit = encoding === SPARSE ? 4 : 2;
  if (sample.length % unit !== 0) throw sampleRefusal("SampleLength", [sample.length, unit]);
  const count = sample.length / unit;
  const indices = Uint16Array.from({ length: count }, (_, i) => view.getUint16(unit * i));
  const values = encoding === SPARSE ? Int16Array.from({ length: count }, (_, i) => view.getInt16(unit * i + 2)) : null;
  for (let i = 0; i < count; i++) {
    const index = indices[i]!;
    if (index >= dimension) throw sampleRefusal("IndexOutOfRange", [index, dimension]);
    if (i > 0 && index <= indices[i - 1]!) throw sampleRefusal("IndexNotIncreasing", [indices[i - 1]!, index]);
    if (values !== null && refused(values[i]!, encoding)) throw sampleRefusal("ValueOutOfRange", [values[i]!]);
  }
  if (values !== null && !allowNegative) checkNegative(values);
  return { indices, values };
}

/** Sum of the absolute values of a sample's features: bounds what a product with weights can be. */
export function absoluteSum(features: Features): number {
  if (features.values === null) return features.indices.length;
  let sum = 0;
  for (const value of features.values) sum += Math.abs(value);
  return sum;
}

const refused = (value: number, encoding: Encoding): boolean =>
  value === -32_768 || (encoding === SPARSE && value === 0);

function checkValues(values: Int16Array, encoding: Encoding, allowNegative: boolean): void {
  for (const value of values) if (refused(value, encoding)) throw sampleRefusal("ValueOutOfRange", [value]);
  if (!allowNegative) checkNegative(values);
}

// Naive Bayes looks for these when all else is right, as the contract does.
function checkNegative(values: Int16Array): void {
  for (const value of values) if (value < 0) throw sampleRefusal("ValueOutOfRange", [value]);
}

function checkIndices(indices: readonly number[], dimension: number): void {
  if (indices.length === 0) throw sampleRefusal("EmptySample", []);
  const end = Math.min(dimension, MAX_DIMENSION);
  indices.forEach((index, i) => {
    if (!(index >= 0 && index < end)) throw sampleRefusal("IndexOutOfRange", [index, dimension]);
    if (i > 0 && index <= indices[i - 1]!) throw sampleRefusal("IndexNotIncreasing", [indices[i - 1]!, index]);
  });
}

const numbered = new Map<number, Uint16Array>();

function allIndices(dimension: number): Uint16Array {
  let indices = numbered.get(dimension);
  if (indices === undefined) {
    indices = Uint16Array.from({ length: dimension }, (_, i) => i);
    numbered.set(dimension, indices);
  }
  return indices;
}
