/** A market's phases, in the contract's order. */

import type { PhaseName } from "../api.ts";

export const PHASES: readonly PhaseName[] = [
  "idle",
  "drawing",
  "proving",
  "participating",
  "revealing",
  "preparing",
  "settling",
  "training",
  "closed",
  "void",
];

/** The way of a market that goes well, with a title for each step. */
export const WAY: readonly (readonly [PhaseName, string])[] = [
  ["drawing", "Draw"],
  ["proving", "Show a part"],
  ["participating", "Contribute"],
  ["revealing", "Reveal"],
  ["preparing", "Prepare"],
  ["settling", "Settle"],
  ["training", "Pay and teach"],
  ["closed", "Done"],
];

export const PHASE_WORDS: Record<PhaseName, string> = {
  idle: "There is no market yet. Anyone can offer a bounty and commit to a secret test set.",
  drawing: "A test set is committed to. A coming block draws the part of it that must be shown.",
  proving: "The provider must show the drawn part of the test set.",
  participating: "Anyone can contribute labelled data under a stake.",
  revealing: "Contributions are over. The provider must reveal the rest of the test set.",
  preparing: "The test set is revealed. Anyone can prepare the replay.",
  settling: "The contributions are replayed to find what each is worth.",
  training: "Participants are credited, then the model learns what helped.",
  closed: "The market is over and paid out. Another one can begin.",
  void: "The market ended without an outcome; stakes are owed to who gave them.",
};
