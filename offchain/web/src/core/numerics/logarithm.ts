/**
 * Binary logarithm in units of 2**-32, identical to the contract's. Twin of `commonlearn/numerics/logarithm.py`;
 * source: `docs/ref-models.md`, "Multinomial naive Bayes".
 */

const ONE = 1n << 31n;
/** `round(2**32 * (2 / ln 2) / (2i + 1))` for i = 0..8. */
const COEFFICIENTS = [
  12392656037n,
  4130885346n,
  2478531207n,
  1770379434n,
  1376961782n,
  1126605094n,
  953281234n,
  826177069n,
  728979767n,
];

/** Logarithm of a whole number of 1 and above: below 2**41, and too low by less than 2**5 units. */
export function log2Q32(value: bigint): bigint {
  if (value < 1n) throw new RangeError(`${value} has no logarithm`);
  const exponent = value.toString(2).length - 1;
  const shift = BigInt(Math.abs(exponent - 31));
  const mantissa = exponent >= 31 ? value >> shift : value << shift;
  const z = ((mantissa - ONE) << 31n) / (mantissa + ONE);
  const q = (z * z) >> 31n;
  let t = 0n;
  for (let i = COEFFICIENTS.length - 1; i >= 0; i--) t = COEFFICIENTS[i]! + ((t * q) >> 31n);
  return (BigInt(exponent) << 32n) + ((t * z) >> 31n);
}
