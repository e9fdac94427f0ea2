/** Texts as counts, or presence, of the words of a vocabulary. Twin of `commonlearn/featurizers/words.py`. */

import { Refusal } from "../refusal.ts";
import { invalidMetadata, INSTEAD } from "./base.ts";
import { BagOfWords } from "./bag.ts";
import { SPACE } from "./words.ts";

const HAS_SPACE = new RegExp(`[${SPACE}]`, "u");

export class VocabularyText extends BagOfWords {
  readonly id = "text-vocabulary";
  readonly dimension: number;
  private readonly words: readonly string[];
  private readonly numbers: ReadonlyMap<string, number>;

  constructor(parameters: Readonly<Record<string, unknown>>) {
    super(parameters);
    const { words, state } = parameters;
    if (typeof state === "string") {
      throw new Refusal(
        "unsupported",
        `This model's vocabulary is too long for the chain and lies in a file (${state}), which this page does not read. ${INSTEAD}`,
        "StateMissing",
      );
    }
    if (typeof words !== "string") throw invalidMetadata("Its words are missing.");
    this.words = words.split(" ");
    this.dimension = this.words.length;
    if (this.dimension > 65_536) throw invalidMetadata("It has more than 65,536 words.");
    if (this.words.some((word) => word === "" || HAS_SPACE.test(word)))
      throw invalidMetadata("Its vocabulary has something that is no word.");
    this.numbers = new Map(this.words.map((word, number) => [word, number]));
    if (this.numbers.size !== this.dimension) throw invalidMetadata("A word is in its vocabulary twice.");
  }

  protected feature(word: string): readonly [number, number] | null {
    const number = this.numbers.get(word);
    return number === undefined ? null : [number, 1];
  }

  protected label(index: number): string {
    return this.words[index]!;
  }

  protected joined(said: readonly string[]): string {
    return said.join(", ");
  }
}
