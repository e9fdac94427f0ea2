/** From descriptions to featurisers. Twin of `commonlearn/featurizers/registry.py`. */

import type { FeaturizerInfo } from "../api.ts";
import { Refusal } from "../refusal.ts";
import { INSTEAD, invalidMetadata, type Featurizer, type FeaturizerMaker } from "./base.ts";
import { HashedText } from "./hashed.ts";
import { PixelImage } from "./pixels.ts";
import { ScaledTable } from "./table.ts";
import { PresenceText } from "./text.ts";
import { VocabularyText } from "./vocabulary.ts";

interface Known {
  readonly version: number;
  readonly make: FeaturizerMaker;
}

const KNOWN = new Map<string, Known>();

/** Make a featuriser known, by its id. */
export function register(id: string, version: number, make: FeaturizerMaker): void {
  if (KNOWN.has(id)) throw new Error(`the featuriser ${id} is known already`);
  KNOWN.set(id, { version, make });
}

register("text-presence", 1, (parameters) => new PresenceText(parameters));
register("text-vocabulary", 1, (parameters) => new VocabularyText(parameters));
register("text-hashed", 1, (parameters) => new HashedText(parameters));
register("image-pixels", 1, (parameters) => new PixelImage(parameters));
register("table-scaled", 1, (parameters) => new ScaledTable(parameters));

/**
 * Rebuild a featuriser from its description on chain.
 * Throws `Refusal` "unsupported": it is not known here, or its description is broken.
 */
export function featurizerFrom(description: unknown): Featurizer {
  if (typeof description !== "object" || description === null) throw invalidMetadata("It is not a mapping.");
  const { id, version, ...parameters } = description as Record<string, unknown>;
  if (typeof id !== "string" || !Number.isInteger(version)) throw invalidMetadata("Its id or version is missing.");
  const known = KNOWN.get(id);
  if (known === undefined) {
    throw new Refusal(
      "unsupported",
      `This model prepares its input by ${JSON.stringify(id)} (version ${version}), which this page cannot do in the browser. ${INSTEAD}`,
      "UnknownFeaturizer",
    );
  }
  if (version !== known.version) {
    throw new Refusal(
      "unsupported",
      `This model needs version ${version} of the featuriser ${JSON.stringify(id)}; this page has version ${known.version}. ${INSTEAD}`,
      "UnknownFeaturizer",
    );
  }
  return known.make(parameters);
}

/** A model's featuriser, and what the page should know of it. @param description From the chain; null for encoded samples only. */
export function featurizerOf(
  description: unknown,
  dimension: number,
  encoding: number,
): [Featurizer | null, FeaturizerInfo] {
  const base = { id: "", version: 0, isAvailable: false, why: "", input: "encoded" as const, columns: [], dimension };
  if (description === null) {
    return [null, { ...base, why: "This model was published without a featuriser: it takes encoded samples only." }];
  }
  const { id, version } = description as Record<string, unknown>;
  const named = { ...base, id: String(id ?? ""), version: Number(version ?? 0) };
  try {
    const made = featurizerFrom(description);
    if (made.dimension !== dimension || made.encoding !== encoding) {
      throw invalidMetadata(
        `It makes ${made.dimension} features, but the model has ${dimension}, or encodes them otherwise.`,
      );
    }
    return [made, { ...named, isAvailable: true, input: made.input, columns: made.columns }];
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return [null, { ...named, why: error.message }];
  }
}
