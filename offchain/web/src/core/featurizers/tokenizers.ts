/** Ways to cut a text into words, by name. Twin of `commonlearn/featurizers/tokenizers.py`. */

import { toHex } from "../numerics/bytes.ts";
import { keccak } from "../numerics/merkle.ts";
import { Refusal } from "../refusal.ts";
import { invalidMetadata, INSTEAD } from "./base.ts";
import { nltkWord } from "./nltkWord.ts";
import { lowered, NLTK_SPACE, NLTK_WORD, plainWords, SPACE } from "./words.ts";

export type Cut = (text: string) => string[];

const WORDS_AND_SIGNS = new RegExp(`[${NLTK_WORD}]+|[^${NLTK_WORD}${NLTK_SPACE}]+`, "gu");
const HAS_SPACE = new RegExp(`[${SPACE}]`, "u");

const NLTK: ReadonlyMap<string, Cut> = new Map<string, Cut>([
  ["nltk-wordpunct", (text) => (lowered(text).match(WORDS_AND_SIGNS) ?? []).filter((token) => !HAS_SPACE.test(token))],
  ["nltk-word", (text) => nltkWord(lowered(text))],
]);
const ELSEWHERE = ["nltk-tweet", "nltk-punkt"];

// Python's text, whose tokens are hashed into the description: an NLTK that cuts otherwise is found out.
const PROBE =
  "Mr. O'Neil didn't pay $3.88 in New York... \"Wow!!! soooo good,\" she said :-) <3 #nlp @home (10/10). " +
  "gonna cannot they'll e-mail me@x.org, see https:/" + // an address to cut, not to ask
  "/x.org/a?b=c\nNaïve café — 100% d'accord; it's 5 o'clock. End";

/** Short hash of what a tokeniser makes of the probe, as descriptions record it. */
export function probeOf(cut: Cut): string {
  const json = JSON.stringify([cut(PROBE), ""]);
  return toHex(keccak(new TextEncoder().encode(json))).slice(2, 18);
}

/**
 * The tokeniser of a featuriser's description.
 * Throws `Refusal` "unsupported": there is none of the name, it cuts otherwise, or only Python has it.
 */
export function tokenizerFrom(parameters: Readonly<Record<string, unknown>>): Cut {
  const { tokenizer: name, probe } = parameters;
  if (name === "plain") return plainWords;
  if (typeof name !== "string") throw invalidMetadata("Its tokenizer is missing.");
  const cut = NLTK.get(name);
  if (cut === undefined) {
    if (!ELSEWHERE.includes(name)) throw invalidMetadata(`Its tokenizer ${JSON.stringify(name)} is not known.`);
    throw new Refusal(
      "unsupported",
      `This model cuts texts by NLTK's tokeniser ${JSON.stringify(name)}, which this page cannot do in the browser. ${INSTEAD}`,
      "UnknownFeaturizer",
    );
  }
  if (probe !== probeOf(cut)) {
    throw new Refusal(
      "unsupported",
      `This model was made with a version of NLTK that cuts texts otherwise than this page. ${INSTEAD}`,
      "OtherLibrary",
    );
  }
  return cut;
}
