/** Where a market stands, and what can be done now by whom. Twin of `commonlearn/client/market/status.py`. */

import type { Due, MarketStatus, PhaseName } from "../api.ts";
import { NOBODY } from "../chain/abi.ts";
import type { ChainEvent } from "../chain/events.ts";
import { formatDuration } from "../durations.ts";
import type { Contract } from "./contract.ts";
import { PHASE_WORDS, PHASES, WAY } from "./phases.ts";

/** For so many blocks a contract can ask for an earlier block's hash. */
const DRAW_BLOCKS = 256;

/** A posted outcome, as far as dues depend on it. */
export interface Post {
  readonly isThere: boolean;
  readonly isDisputed: boolean;
  readonly isPostersTurn: boolean;
  readonly until: number;
  readonly moveUntil: number;
}

export type MarketView = Pick<
  MarketStatus,
  "phase" | "deadline" | "drawBlock" | "contributions" | "isSettled" | "credited" | "participants" | "testCount"
>;

/** Ask the chain where a market stands. @param now The chain's time. */
export async function marketStatus(contract: Contract, now: number, block: number): Promise<MarketStatus> {
  const [market, posted, totals] = await Promise.all([
    contract.read("market"),
    contract.read("posted"),
    contract.read("totals"),
  ]);
  const phase = PHASES[Number(market.phase)] ?? "idle";
  const deadline = Number(market.deadline);
  const post: Post = {
    isThere: posted.poster !== NOBODY,
    isDisputed: posted.challenger !== NOBODY,
    isPostersTurn: posted.isPostersTurn,
    until: Number(posted.until),
    moveUntil: Number(posted.moveUntil),
  };
  const status = {
    number: Number(market.number),
    phase,
    words: PHASE_WORDS[phase],
    deadline,
    secondsLeft: deadline === 0 ? 0 : Math.max(0, deadline - now),
    first: Number(market.first),
    contributions: Number(market.contributions),
    participants: Number(market.participants),
    stakesWei: market.stakesWei,
    bountyWei: market.bountyWei,
    purseWei: market.purseWei,
    postBondsWei: totals.postBondsWei,
    provider: market.provider,
    drawBlock: Number(market.drawBlock),
    partitions: Number(market.partitions),
    drawn: Number(market.drawn),
    testCount: Number(market.testCount),
    revealed: Number(market.revealed),
    isSettled: market.isSettled,
    credited: Number(market.credited),
    trained: Number(market.trained),
    steps: stepsOf(phase),
  };
  return { ...status, dues: duesOf(status, post, now, block) };
}

/** Samples and labels of the test set that is scored: what was revealed, but for the drawn partition. */
export async function scoredTests(
  contract: Contract,
  events: readonly ChainEvent[],
): Promise<{ samples: string[]; labels: number[] }> {
  const market = await contract.read("market");
  const scored = events.filter(
    ({ name, values }) =>
      name === "TestSampleRevealed" &&
      values.market === BigInt(market.number) &&
      values.partition !== BigInt(market.drawn),
  );
  return {
    samples: scored.map(({ values }) => values.sample),
    labels: scored.map(({ values }) => Number(values.label)),
  };
}

function stepsOf(phase: PhaseName): MarketStatus["steps"] {
  const at = WAY.findIndex(([name]) => name === phase);
  return WAY.map(([name, title], i) => ({
    phase: name,
    title,
    state: i === at ? "current" : i < at ? "done" : "to come",
  }));
}

/** What can be done with a market now. */
export function duesOf(view: MarketView, post: Post, now: number, block: number): Due[] {
  const late = view.deadline !== 0 && now > view.deadline;
  const left = formatDuration(view.deadline - now);
  const anyone = (action: Due["action"], why: string): Due => ({ action, who: "anyone", why });
  const end = (why: string): Due[] => [anyone("end", why)];
  switch (view.phase) {
    case "idle":
      return [byPython("anyone", "commit", "Offer a bounty and commit to a test set: you are the provider then.")];
    case "closed":
    case "void":
      return [
        anyone("withdraw", "Whoever is owed something takes it."),
        byPython("anyone", "commit", "Begin the next market as its provider."),
      ];
    case "drawing":
      return drawing(view, block);
    case "participating":
      return [anyone("contribute", `Give labelled data with a stake, for another ${left}.`)];
    case "proving":
    case "revealing":
      if (view.phase === "revealing" && view.contributions === 0)
        return end("Nobody took part: the provider gets everything back.");
      if (late)
        return end("The provider did not reveal: stakes come back, and whoever ends it gets a twentieth of the bond.");
      return [
        byPython(
          "the provider",
          "reveal",
          `Reveal ${view.phase === "proving" ? "the drawn part" : "the rest of the test set"} within ${left}, or the bond is lost.`,
        ),
      ];
    case "preparing":
      return late
        ? end("Nobody prepared the test set in time.")
        : [
            anyone(
              "prepare",
              `Prepare the test set, within ${left}; it is paid by ${view.testCount} step fees at most.`,
            ),
          ];
    case "settling":
      if (!view.isSettled) return late ? end("It was never settled: stakes go back.") : settling(post, now);
      return [byPython("anyone", "claim", "Have the participants credited; it is paid.")];
    case "training": {
      if (view.credited < view.participants)
        return [byPython("anyone", "claim", "Have the participants credited; it is paid.")];
      return [
        byPython("anyone", "train", "Teach the model what was not punished; it is paid."),
        ...(late ? end("The training was given up.") : []),
      ];
    }
  }
}

function drawing(view: MarketView, block: number): Due[] {
  if (block <= view.drawBlock)
    return [
      { action: null, who: "anyone", why: `The part is drawn after block ${view.drawBlock}; the latest is ${block}.` },
    ];
  if (block > view.drawBlock + DRAW_BLOCKS)
    return [{ action: "end", who: "anyone", why: "The draw was missed, which is the provider's fault." }];
  return [
    {
      action: "draw",
      who: "anyone",
      why: `Fix the drawn part within ${view.drawBlock + DRAW_BLOCKS - block} blocks, or the provider's bond is lost.`,
    },
  ];
}

function settling(post: Post, now: number): Due[] {
  const direct = byPython("anyone", "settle", "Compute the next portion on chain; it is paid.");
  if (!post.isThere) return [direct, byPython("anyone", "watch --post", "Post the outcome under a bond.")];
  if (post.isDisputed) {
    const late = now > post.moveUntil;
    const why = late
      ? "The side whose turn it is is late; the other side ends the dispute."
      : `It must move within ${formatDuration(post.moveUntil - now)}.`;
    return [byPython(post.isPostersTurn ? "the poster" : "the challenger", "watch", why), direct];
  }
  if (now < post.until)
    return [
      byPython(
        "anyone",
        "watch",
        `Check the posted outcome: it can be disputed for ${formatDuration(post.until - now)}.`,
      ),
    ];
  return [{ action: "accept", who: "anyone", why: "Accept the posted outcome: nobody disputed it." }];
}

// What needs the secrets of a provider, or a replay, is done by the Python client.
const byPython = (who: Due["who"], command: string, why: string): Due => ({
  action: null,
  who,
  why: `${why} This page cannot do it; the command is commonlearn market ${command}.`,
});
