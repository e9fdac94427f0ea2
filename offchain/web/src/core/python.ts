/** Numbers read and written as Python does, so that a table's cells give the same samples and words here. */

// What `float` takes away at both ends; `str.strip` takes the separators 1c to 1f too.
const SPACE = "\\t-\\r\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
const ends = (more: string): RegExp => new RegExp(`^[${SPACE}${more}]+|[${SPACE}${more}]+$`, "gu");
const FLOAT_ENDS = ends("");
const STRIP_ENDS = ends("\\x1c-\\x1f");
const NUMBER = /^[+-]?(?:(?:\d+(?:_\d+)*)(?:\.(?:\d+(?:_\d+)*)?)?|\.\d+(?:_\d+)*)(?:e[+-]?\d+(?:_\d+)*)?$/i;

/** `text.strip()` */
export const pyStrip = (text: string): string => text.replace(STRIP_ENDS, "");

/** `float(text)`, or null where that raises. */
export function pyFloat(text: string): number | null {
  const plain = asciiDigits(text.replace(FLOAT_ENDS, ""));
  const special = /^([+-]?)(inf|infinity|nan)$/i.exec(plain);
  if (special !== null) {
    if (special[2]!.toLowerCase() === "nan") return NaN;
    return special[1] === "-" ? -Infinity : Infinity;
  }
  return NUMBER.test(plain) ? Number(plain.replaceAll("_", "")) : null;
}

/** `format(value, f".{digits}g")`, the halves to the even digit. */
export function pyGeneral(value: number, digits: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  const sign = value < 0 || Object.is(value, -0) ? "-" : "";
  if (value === 0) return `${sign}0`;
  let [mantissa, exponent] = rounded(Math.abs(value), digits);
  if (exponent < -4 || exponent >= digits) {
    const point = trimmed(`${mantissa[0]}.${mantissa.slice(1)}`);
    const size = String(Math.abs(exponent)).padStart(2, "0");
    return `${sign}${point}e${exponent < 0 ? "-" : "+"}${size}`;
  }
  if (exponent < 0) {
    mantissa = "0".repeat(-exponent) + mantissa;
    exponent = 0;
  }
  return sign + trimmed(`${mantissa.slice(0, exponent + 1)}.${mantissa.slice(exponent + 1)}`);
}

/** The first digits of a positive number, and the power of ten of the first. */
function rounded(value: number, digits: number): [string, number] {
  // Sixty digits tell a tie from what is only near one.
  const [text, power] = value.toExponential(60).split("e") as [string, string];
  const all = text.replace(".", "");
  const [kept, rest] = [BigInt(all.slice(0, digits)), all.slice(digits)];
  const half = "5".padEnd(rest.length, "0");
  const up = rest > half || (rest === half && kept % 2n === 1n);
  const result = String(kept + (up ? 1n : 0n));
  return result.length > digits ? [result.slice(0, digits), Number(power) + 1] : [result, Number(power)];
}

const trimmed = (text: string): string => text.replace(/0+$/, "").replace(/\.$/, "");

/** Decimal digits of any script as 0 to 9: they come in runs of ten, in order. */
function asciiDigits(text: string): string {
  return text.replace(/[^\0-\x7f]/gu, (character) => {
    if (!/\p{Nd}/u.test(character)) return character;
    let start = character.codePointAt(0)!;
    const point = start;
    while (/\p{Nd}/u.test(String.fromCodePoint(start - 1))) start--;
    return String((point - start) % 10);
  });
}
