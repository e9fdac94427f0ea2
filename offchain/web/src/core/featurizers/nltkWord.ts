/**
 * NLTK's `NLTKWordTokenizer`, rule by rule and in its order (nltk/tokenize/destructive.py).
 *
 * Rules are written as in Python, with what `\w`, `\d`, `\s`, `\b` and `$` mean there: to the package `regex`, and for
 * contractions to `re`. Texts come in lower case, so the rules for capitals are left out. Where `re` ignores case, an `i`
 * is also a dotless one.
 */

import { DIGIT, NLTK_SPACE, NLTK_WORD, SPACE, WORD } from "./words.ts";

const END_OF_WORD = `(?![${WORD}])`;
const START_OF_WORD = `(?<![${WORD}])`;

type Rule = readonly [RegExp, string];
const rule = (pattern: string, replacement: string, flags = "gu"): Rule => [new RegExp(pattern, flags), replacement];
const contraction = (first: string, second: string, end = END_OF_WORD): Rule =>
  rule(`${START_OF_WORD}(${first})(${second})${end}`, " $1 $2 ", "giu");

const STARTING_QUOTES: readonly Rule[] = [
  rule("([«“‘„]|[`]+)", " $1 "),
  rule('^"', "``"),
  rule("(``)", " $1 "),
  rule("([ ([{<])(\"|'{2})", "$1 `` "),
  rule(`(?<![${NLTK_WORD}])(')(?!(?:re|ve|ll|m|t|s|d|n)(?![${NLTK_WORD}]))(?=[${NLTK_WORD}])`, "$1 ", "giu"),
];

const PUNCTUATION: readonly Rule[] = [
  // The look-ahead holds what a possessive quantifier holds in Python.
  rule(`([^.])(\\.)(?=([\\])}>"'»”’ ]*))\\3[${NLTK_SPACE}]*$`, "$1 $2 $3 "),
  rule(`([:,])([^${DIGIT}])`, " $1 $2"),
  rule("([:,])(?=\\n?$)", " $1 "),
  rule("\\.{2,}", " $& "),
  rule("[;@#$%&]", " $& "),
  rule("[\\u2012-\\u2015]", " $& "),
  rule(`([^.])(\\.)([\\])}>"']*)[${NLTK_SPACE}]*$`, "$1 $2$3 "),
  rule("[?!]", " $& "),
  rule("([^'])' ", "$1 ' "),
  rule("[*]", " $& "),
];

const BRACKETS_AND_DASHES: readonly Rule[] = [rule("[\\][(){}<>]", " $& "), rule("--", " -- ")];

const ENDING_QUOTES: readonly Rule[] = [
  rule("([»”’])", " $1 "),
  rule("''", " '' "),
  rule('"', " '' "),
  rule(`[${NLTK_SPACE}]+`, " "),
  rule("([^' ])('s|'m|'d|') ", "$1 $2 "),
  rule("([^' ])('ll|'re|'ve|n't) ", "$1 $2 "),
];

const CONTRACTIONS: readonly Rule[] = [
  contraction("can", "not"),
  contraction("d", "'ye"),
  contraction("g[iı]m", "me"),
  contraction("gon", "na"),
  contraction("got", "ta"),
  contraction("lem", "me"),
  contraction("more", "'n"),
  contraction("wan", "na", `(?=[${SPACE}])`),
  rule(` ('t)([iı]s)${END_OF_WORD}`, " $1 $2 ", "giu"),
  rule(` ('t)(was)${END_OF_WORD}`, " $1 $2 ", "giu"),
];

const apply = (text: string, rules: readonly Rule[]): string =>
  rules.reduce((changed, [pattern, replacement]) => changed.replace(pattern, replacement), text);

/** Cut a text, in lower case already, as `NLTKWordTokenizer().tokenize` does. */
export function nltkWord(text: string): string[] {
  const padded = ` ${apply(text, [...STARTING_QUOTES, ...PUNCTUATION, ...BRACKETS_AND_DASHES])} `;
  const cut = apply(padded, [...ENDING_QUOTES, ...CONTRACTIONS]);
  return cut.split(new RegExp(`[${SPACE}]+`, "u")).filter((token) => token !== "");
}
