/** Learning a log again: the copy either agrees with the contract contribution by contribution, or is of no more use. */

import { ExactCentroid } from "../models/centroid.ts";
import type { ExactModel } from "../models/exact.ts";
import { Refusal } from "../refusal.ts";
import { mismatch, type Addition, type Logged } from "./logged.ts";

/** Told each contribution just before it is learned. */
export type Before = (model: ExactModel, logged: Logged) => void;

/**
 * Learn a part of the log in the chain's order; throws `Refusal` "replay".
 * @param model The twin as of just before; trained in place.
 * @param firstId Number that the first contribution must have.
 */
export function replay(
  model: ExactModel,
  contributions: readonly Logged[],
  additions: readonly Addition[],
  firstId: number,
  before?: Before,
): void {
  const waiting = [...additions];
  contributions.forEach((logged, i) => {
    if (logged.id !== firstId + i) throw mismatch(`contribution ${logged.id} comes where ${firstId + i} should`);
    while (waiting.length > 0 && isBefore(waiting[0]!, logged)) add(model, waiting.shift()!);
    before?.(model, logged);
    if (teach(model, logged) !== logged.taught) {
      throw mismatch(`contribution ${logged.id} taught the contract but not the copy, or the reverse`);
    }
  });
  for (const addition of waiting) add(model, addition);
}

/** Learn one contribution; whether it taught. */
export function teach(model: ExactModel, { id, sample, label, contributedAt }: Logged): boolean {
  try {
    return model.train(model.decode(sample), label, contributedAt);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw mismatch(`the copy cannot learn contribution ${id} (${error.message})`);
  }
}

function add(model: ExactModel, { number, words, activeAt }: Addition): void {
  const found = model instanceof ExactCentroid ? model.addClass(words, activeAt) : -1;
  if (found !== number) throw mismatch(`class ${number} was announced where ${found} should be`);
}

const isBefore = (one: Addition, other: Logged): boolean =>
  one.block < other.block || (one.block === other.block && one.logIndex < other.logIndex);
