/** Numbers and dates for people. Ether, dollars, durations and points are formatted by the core. */

export function shortAddress(address: string): string {
  return address.length > 12 ? `${address.slice(0, 6)}…${address.slice(-4)}` : address;
}

export function shortHash(hash: string): string {
  return hash.length > 14 ? `${hash.slice(0, 10)}…` : hash;
}

/** A moment in the reader's own time zone. */
export function moment(seconds: number): string {
  return new Date(seconds * 1000).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
}

export function day(seconds: number): string {
  return new Date(seconds * 1000).toLocaleDateString(undefined, { month: "short", day: "numeric" });
}

export function count(number: number, one: string, many = `${one}s`): string {
  return `${number.toLocaleString("en")} ${number === 1 ? one : many}`;
}

export function percent(part: number): string {
  return `${(100 * part).toFixed(1)} %`;
}

/** Hundredths of a percent, as contracts count parts. */
export function basisPoints(bps: number): string {
  return `${Number((bps / 100).toFixed(2))} %`;
}

/** A short number for the axis of a chart. */
export function short(value: number): string {
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 1e6 || size < 1e-4) return value.toExponential(0);
  return String(Number(value.toPrecision(3)));
}

/** Words as a sentence's beginning. */
export function sentence(words: string): string {
  return `${words.slice(0, 1).toUpperCase()}${words.slice(1)}`;
}

/** An amount to so many digits that count: stakes have as many as wei allow, and nobody reads those. */
export function rounded(wei: bigint, digits = 6): bigint {
  const size = (wei < 0n ? -wei : wei).toString().length;
  if (size <= digits) return wei;
  const unit = 10n ** BigInt(size - digits);
  return ((wei + (wei < 0n ? -unit : unit) / 2n) / unit) * unit;
}
