/** From what a contract's `snapshot` gives to its twin. Twin of `commonlearn/models/registry.py`. */

import { ExactCentroid } from "./centroid.ts";
import { configurationFrom, type Kind, type ModelConfiguration } from "./configuration.ts";
import type { ExactModel } from "./exact.ts";
import { ExactNaiveBayes } from "./naiveBayes.ts";
import { ExactPerceptron } from "./perceptron.ts";

const MODELS: Record<Kind, new (configuration: ModelConfiguration, words: Uint8Array) => ExactModel> = {
  "perceptron/1": ExactPerceptron,
  "nearest-centroid/1": ExactCentroid,
  "naive-bayes/1": ExactNaiveBayes,
};

/**
 * The twin of a contract's model.
 * @param words All words, big-endian. Throws `Refusal` where kind, configuration and words do not fit one another.
 */
export function modelFrom(kind: string, configuration: bigint, words: Uint8Array): ExactModel {
  const read = configurationFrom(kind, configuration);
  return new MODELS[kind as Kind](read, words);
}
