/** Texts as the set of known words that they contain. Twin of `commonlearn/featurizers/text.py`. */

import type { RawInput } from "../api.ts";
import { decode, encodePresence, PRESENCE } from "../numerics/codec.ts";
import { Refusal } from "../refusal.ts";
import { invalidMetadata, wrongInput, type Featurizer } from "./base.ts";
import { plainWords } from "./words.ts";

export class PresenceText implements Featurizer {
  readonly id = "text-presence";
  readonly version = 1;
  readonly encoding = PRESENCE;
  readonly input = "text";
  readonly columns: readonly string[] = [];
  private readonly words: readonly string[];
  private readonly numbers: ReadonlyMap<string, number>;

  constructor(parameters: Readonly<Record<string, unknown>>) {
    if (typeof parameters.words !== "string") throw invalidMetadata("Its words are missing.");
    this.words = parameters.words.split(" ");
    if (this.words.length > 65_536) throw invalidMetadata("It has more than 65,536 words.");
    this.numbers = new Map(this.words.map((word, number) => [word, number]));
    if (this.numbers.size !== this.words.length) throw invalidMetadata("A word is in its vocabulary twice.");
    if (!this.words.every((word) => /^[a-z0-9']+$/.test(word)))
      throw invalidMetadata("Its vocabulary has something that is no word.");
  }

  get dimension(): number {
    return this.words.length;
  }

  encode(raw: RawInput): Uint8Array {
    if (raw.kind !== "text") throw wrongInput("a text");
    const found = new Set<number>();
    for (const word of plainWords(raw.text)) {
      const number = this.numbers.get(word);
      if (number !== undefined) found.add(number);
    }
    if (found.size === 0) {
      throw new Refusal(
        "sample",
        "The text has no word that this model knows. Give a longer or another text.",
        "EmptySample",
      );
    }
    return encodePresence(
      [...found].sort((one, other) => one - other),
      this.dimension,
    );
  }

  describe(sample: Uint8Array): string {
    return Array.from(decode(sample, PRESENCE, this.dimension).indices, (number) => this.words[number]!).join(" ");
  }
}
