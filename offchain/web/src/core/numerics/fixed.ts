/** From floating point to integers. Twin of `commonlearn/numerics/fixed.py`. */

import { sampleRefusal } from "../words/contract.ts";
import { VALUE_LIMIT } from "./codec.ts";

/** Nearest whole number, halves to the even neighbour (IEEE 754's default). */
export function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const part = value - floor;
  if (part !== 0.5) return part < 0.5 ? floor : floor + 1;
  return floor % 2 === 0 ? floor : floor + 1;
}

/** Round `value * scale`, halves to even, and stop at `±limit`. Throws `Refusal` "sample" for what is no number. */
export function quantise(value: number, scale = 1, limit: number = VALUE_LIMIT): number {
  const scaled = value * scale;
  if (Number.isNaN(scaled)) throw sampleRefusal("ValueOutOfRange", [NaN]);
  const whole = Math.min(limit, Math.max(-limit, roundHalfEven(scaled)));
  return whole === 0 ? 0 : whole; // never -0
}
