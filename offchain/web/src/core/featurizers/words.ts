/** Lower case, and what Python calls word characters and spaces. Twin of the first steps of `commonlearn/featurizers/tokenizers.py`. */

/** Python's `\w` and `\s` as parts of a class, for regular expressions with the flag u. */
export const WORD = "\\p{L}\\p{N}_";
export const SPACE = "\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";

/** The same of Python's package `regex`, by which NLTK cuts. */
export const NLTK_WORD = "\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\p{Join_Control}";
export const NLTK_SPACE = "\\p{White_Space}";
export const DIGIT = "\\p{Nd}";

/** Lower case, and `<br />` as a space: what is done before texts are cut. */
export const lowered = (text: string): string => text.toLowerCase().replaceAll("<br />", " ");

/** Cut a text into words: lower case, runs of a-z, 0-9 and '; `<br />` counts as a space. */
export const plainWords = (text: string): string[] => lowered(text).match(/[a-z0-9']+/g) ?? [];
