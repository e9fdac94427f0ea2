/** Incentives by the id that a collaboration answers: a registry of their interfaces and rules. */

import { type Interface } from "ethers";
import type { IncentiveWord, SeriesKind, Terms } from "../api.ts";
import { COLLABORATION, MARKET, POINTS } from "../chain/abi.ts";

export interface Incentive {
  readonly word: IncentiveWord;
  readonly abi: Interface;
  readonly terms: (values: any) => Terms;
  /** Whether a contribution is learned when it is made; else when the log says so. */
  readonly learnsAtOnce: boolean;
  readonly series: readonly SeriesKind[];
}

const STAKED: readonly SeriesKind[] = [
  "contributions",
  "participants",
  "accuracy",
  "test-accuracy",
  "stake",
  "locked",
  "refunded",
  "forfeited",
];

const ENTRIES: Record<string, Incentive> = {
  "self-assessment/1": {
    word: "self-assessment",
    abi: COLLABORATION,
    learnsAtOnce: true,
    series: STAKED,
    terms: (v) => ({
      incentive: "self-assessment",
      beneficiary: v.beneficiary,
      floorWei: v.floorWei,
      growthBps: Number(v.growthBps),
      halfLifeSeconds: Number(v.halfLifeSeconds),
      refundWaitSeconds: Number(v.refundWaitSeconds),
      reportWaitSeconds: Number(v.reportWaitSeconds),
      sweepWaitSeconds: Number(v.sweepWaitSeconds),
      reporterBps: Number(v.reporterBps),
    }),
  },
  "points/1": {
    word: "points",
    abi: POINTS,
    learnsAtOnce: true,
    series: ["contributions", "participants", "accuracy", "test-accuracy"],
    terms: (v) => ({
      incentive: "points",
      founders: [...v.founders],
      grant: Number(v.grant),
      leastVote: Number(v.leastVote),
      mostVote: Number(v.mostVote),
      giveBps: Number(v.giveBps),
      feeBps: Number(v.feeBps),
      voteSeconds: Number(v.voteSeconds),
    }),
  },
  "market/1": {
    word: "market",
    abi: MARKET,
    learnsAtOnce: false,
    series: ["contributions", "participants", "stake", "locked"],
    terms: (v) => ({
      incentive: "market",
      minStakeWei: v.minStakeWei,
      bondWei: v.bondWei,
      stepFeeWei: v.stepFeeWei,
      postBondWei: v.postBondWei,
      fullScore: Number(v.fullScore),
      mostContributions: Number(v.mostContributions),
      participateSeconds: Number(v.participateSeconds),
      revealSeconds: Number(v.revealSeconds),
      disputeSeconds: Number(v.disputeSeconds),
      moveSeconds: Number(v.moveSeconds),
      rounds: Number(v.rounds),
      drawDelayBlocks: Number(v.drawDelayBlocks),
    }),
  },
};

/** The incentive of an id such as `points/1`; undefined for one that this page does not know. */
export const incentiveOf = (id: string): Incentive | undefined => ENTRIES[id];
