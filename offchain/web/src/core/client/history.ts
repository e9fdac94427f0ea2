/** Events in words. Twin of `history_line` in `commonlearn/client/views.py`, with the market's. */

import type { HistoryLine } from "../api.ts";
import type { ChainEvent } from "../chain/events.ts";
import { formatMoment } from "../durations.ts";
import { formatEther, formatPoints } from "../money.ts";
import { PHASES } from "./phases.ts";

const WHO = [
  "voter",
  "author",
  "reporter",
  "beneficiary",
  "account",
  "provider",
  "poster",
  "challenger",
  "caller",
  "payee",
];
const AMOUNT = ["stakeWei", "excessWei", "amountWei", "bountyWei", "balanceWei"];
/** Parts of the machinery that nobody wants to read line by line. */
const HIDDEN = new Set(["Described", "WordsUploaded", "SampleRefused"]);

/** Whether an event belongs into the history. */
export const isShown = (event: ChainEvent): boolean => !HIDDEN.has(event.name);

/** An event in words. @param time Unix seconds of its block. */
export function historyLine(event: ChainEvent, classes: readonly string[], time: number | null): HistoryLine {
  const { values } = event;
  const field = (names: readonly string[]): any =>
    names.map((name) => values[name]).find((value) => value !== undefined) ?? null;
  return {
    block: event.block,
    time: values.contributedAt === undefined ? time : Number(values.contributedAt),
    txHash: event.txHash,
    logIndex: event.logIndex,
    event: event.name,
    who: field(WHO),
    id: values.id === undefined ? null : Number(values.id),
    amountWei: field(AMOUNT),
    words: inWords(event, classes),
  };
}

/** What happened, in a line. Class names are a stranger's text. */
export function inWords({ name, values: v }: ChainEvent, classes: readonly string[]): string {
  const say = SAYINGS[name];
  return say === undefined ? name : say(v, classes);
}

const SAYINGS: Record<string, (v: Record<string, any>, classes: readonly string[]) => string> = {
  Contributed: (v, classes) =>
    `contribution ${v.id} as ${JSON.stringify(classes[Number(v.label)] ?? String(v.label))}` +
    `${v.stakeWei > 0n ? ` under a stake of ${formatEther(v.stakeWei)}` : ""}; ${v.taught ? "it taught" : "it was known already"}`,
  Sponsored: (v) => `contribution ${v.id} was paid for by another; the stake comes back to ${v.payee}`,
  BatchRecorded: (v) => `contributions ${v.first} to ${v.first + v.count - 1n} came together`,
  ClaimRefused: (v) => `a claim on contribution ${v.id} was refused`,
  Refunded: (v) =>
    `the stake of contribution ${v.id} went back: ${formatEther(v.stakeWei)}; ` +
    (v.provenGwei > 0n
      ? `its author is proven for ${v.provenGwei} gwei more`
      : "it proves nothing, as it had not taught"),
  Forfeited: (v) =>
    `the stake of contribution ${v.id} was forfeited: ${formatEther(v.stakeWei)}, of which the reporter gets ${formatEther(v.bountyWei)}`,
  Swept: (v) => `nobody claimed the stake of contribution ${v.id}: ${formatEther(v.stakeWei)} went to the beneficiary`,
  ExcessCredited: (v) => `${formatEther(v.excessWei)} were paid beyond the stake and credited`,
  Withdrawn: (v) => `${formatEther(v.amountWei)} were paid out to ${v.to}`,
  Voted: (v) =>
    `contribution ${v.id} was ${v.confirms ? "confirmed" : "contested"} by ${formatPoints(v.weight)}${v.fromGrant ? " out of a founder's grant" : ""}`,
  Judged: (v) => `a vote on contribution ${v.id} agreed with the final tally`,
  ClassAdded: (v) => `class ${v.class} was announced; it takes part from ${formatMoment(v.activeAt)}`,
  Opened: (v) => `opened for contributions; first weights ${v.wordsHash.slice(0, 10)}…`,
  Sealed: (v) => `the first weights were sealed (${v.wordsHash.slice(0, 10)}…)`,
  Committed: (v) =>
    `market ${v.market} began: a bounty of ${formatEther(v.bountyWei)} on ${v.testCount} secret test samples in ${v.partitions} partitions`,
  Drawn: (v) => `partition ${v.partition} was drawn: it must be shown`,
  TestSampleRevealed: (v, classes) =>
    `a test sample of partition ${v.partition} was revealed: ${JSON.stringify(classes[Number(v.label)] ?? String(v.label))}`,
  PhaseChanged: (v) =>
    `market ${v.market} is now ${PHASES[Number(v.phase)]}${v.deadline > 0n ? `, until ${formatMoment(v.deadline)}` : ""}`,
  Ended: (v) => `market ${v.market} ended: ${ENDINGS[Number(v.ending)] ?? v.ending}`,
  Prepared: () => "the replay can begin",
  Advanced: (v) => `${v.steps} steps of the replay were computed (round ${v.round}, position ${v.position})`,
  Settled: () => "the outcome is fixed",
  Finalised: (v) => `the outcome is paid out; the provider gets ${formatEther(v.bountyLeftWei)} of the bounty back`,
  ParticipantCredited: (v) => `credited with ${formatEther(v.balanceWei)} for a stake of ${formatEther(v.depositWei)}`,
  Trained: (v) =>
    `the model was taught ${[...v.learned.slice(2).matchAll(/01/g)].length} of the market's contributions`,
  Posted: (v) => `an outcome was posted under a bond (${v.steps} steps)`,
  Disputed: () => "the posted outcome is disputed",
  Bisected: () => "a state in the middle of the disputed steps was shown",
  HalfChosen: () => "the disputed half was chosen",
  PostJudged: () => "the posted outcome was judged",
  PostAccepted: () => "the posted outcome was accepted",
};

const ENDINGS = [
  "it was settled and the model trained",
  "nobody took part",
  "nobody fixed the draw in time",
  "the drawn partition was not revealed",
  "the rest of the test set was not revealed",
  "the test set was never prepared",
  "it was never settled",
  "the training was given up",
];
