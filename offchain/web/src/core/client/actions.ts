/** Actions as transactions to be. */

import type { Action, BadgeName, ClaimKind, Model } from "../api.ts";
import { checksummed } from "../chain/abi.ts";
import { forecast, withTolerance } from "../incentives/stake.ts";
import { keccak } from "../numerics/merkle.ts";
import { Refusal } from "../refusal.ts";
import type { Contract } from "./contract.ts";
import type { Logged } from "./logged.ts";
import { claimsOf, contributionTuple } from "./proofs.ts";

export const BADGES: readonly BadgeName[] = ["first-light", "confirmed", "hundred", "judge", "steady"];

/** What is sent where, with how much ether, and what comes of it. */
export interface Call {
  readonly what: string;
  readonly data: string;
  /** Wei sent along. */
  readonly valueWei: bigint;
  /** Of these, what is expected to be staked. */
  readonly stakeWei: bigint;
  /** What the account is credited, as expected. */
  readonly gainWei: bigint;
  readonly notes: readonly string[];
}

/** What building a call may ask of the model. */
export interface Source {
  readonly contract: Contract;
  readonly model: Model;
  /** All contributions of the log, by number. */
  contributions(): Promise<readonly Logged[]>;
  /** Labels and samples of the test set that a market scores. */
  scoredTests(): Promise<{ readonly samples: readonly string[]; readonly labels: readonly number[] }>;
}

/** Build an action's call; throws `Refusal` where it cannot be, or makes no sense. @param account Who acts. */
export async function callOf(source: Source, action: Action, account: string): Promise<Call> {
  switch (action.do) {
    case "contribute":
      return contribution(source, action.sample, action.label, action.stakeWei);
    case "contribute-many":
      return contributions(source, action.samples, action.labels);
    case "refund":
    case "report":
    case "sweep":
      return claims(source, action.do, action.ids, account);
    case "confirm":
    case "contest":
      return votes(source, action.do, action.ids, account);
    case "withdraw":
      return withdrawal(source, account, action.to);
    case "judge":
      return plain(source, `count ${action.ids.length} right vote(s)`, "judge", [
        checksummed(action.voter),
        action.ids,
      ]);
    case "claim-badge":
      return plain(source, "claim a badge", "claimBadge", [checksummed(action.account), BADGES.indexOf(action.badge)]);
    case "draw":
      return plain(source, "fix the drawn part of the test set", "draw");
    case "end":
      return plain(source, "end the market", "end");
    case "accept":
      return plain(source, "accept the posted outcome", "accept");
    case "prepare": {
      const { samples, labels } = await source.scoredTests();
      return plain(source, `prepare ${samples.length} test samples`, "prepare", [samples, labels]);
    }
  }
}

function plain(
  { contract }: Source,
  what: string,
  name: string,
  args: readonly unknown[] = [],
  more: Partial<Call> = {},
): Call {
  const { abi, word } = contract.incentive;
  if (!abi.hasFunction(name))
    throw new Refusal("unsupported", `This is not possible here: the model's incentive is ${word}.`);
  return {
    what,
    data: abi.encodeFunctionData(name, args),
    valueWei: 0n,
    stakeWei: 0n,
    gainWei: 0n,
    notes: [],
    ...more,
  };
}

async function contribution(source: Source, sample: Uint8Array, label: number, wanted?: bigint): Promise<Call> {
  const { contract, model } = source;
  const least: bigint = await contract.read("stakeNow");
  if (contract.incentive.word === "points") {
    return plain(source, "contribute", "contribute", [sample, label], {
      notes: ["Nothing is staked: this model gives points, not money."],
    });
  }
  if (contract.incentive.word === "market") {
    const stake = wanted !== undefined && wanted > least ? wanted : least;
    const notes =
      wanted !== undefined && wanted < least ? ["The stake was raised to the least that this market takes."] : [];
    return plain(source, "contribute under a stake", "contribute", [sample, label], {
      valueWei: stake,
      stakeWei: stake,
      notes,
    });
  }
  const agrees = model.predictSample(sample).label === label;
  const notes = ["What is sent above the stake is credited to you: others may raise it meanwhile."];
  if (agrees)
    notes.push(
      "The model says the same already. If that is safe, the contribution teaches nothing and proves nothing.",
    );
  return plain(source, "contribute under a stake", "contribute", [sample, label], {
    valueWei: withTolerance(least),
    stakeWei: least,
    notes,
  });
}

async function contributions(source: Source, samples: readonly Uint8Array[], labels: readonly number[]): Promise<Call> {
  const { terms } = source.contract;
  if (terms.incentive !== "self-assessment")
    throw new Refusal(
      "unsupported",
      "Many contributions go into one transaction only where the incentive is self-assessment. Make them one by one.",
    );
  const stakes = forecast(await source.contract.read("stakeNow"), terms.floorWei, terms.growthBps, samples.length);
  const sum = (list: readonly bigint[]): bigint => list.reduce((one, other) => one + other, 0n);
  return plain(
    source,
    `contribute ${samples.length} samples under stakes`,
    "contributeMany",
    [samples, labels, false],
    {
      valueWei: sum(stakes.map(withTolerance)),
      stakeWei: sum(stakes),
      notes: ["Samples that the contract refuses are left out; what is sent above the stakes is credited to you."],
    },
  );
}

async function claims(
  source: Source,
  kind: "refund" | "report" | "sweep",
  ids: readonly number[],
  account: string,
): Promise<Call> {
  const { ready, notes, gainWei } = await readyOf(source, kind, ids, account);
  const [one] = ready;
  if (ready.length === 1 && one!.batch === null && one!.payee === null) {
    const last = kind === "sweep" ? keccak(one!.sample) : one!.sample;
    return plain(source, `${kind} contribution ${one!.id}`, kind, [one!.id, contributionTuple(one!), last], {
      gainWei,
      notes,
    });
  }
  const proven = claimsOf(await source.contributions(), ready);
  const what = ready.length === 1 ? `${kind} contribution ${one!.id}` : `${kind} ${ready.length} contributions`;
  return plain(source, what, `${kind}Many`, [proven, ready.length === 1], { gainWei, notes });
}

async function votes(
  source: Source,
  kind: "confirm" | "contest",
  ids: readonly number[],
  account: string,
): Promise<Call> {
  const { ready, notes } = await readyOf(source, kind, ids, account);
  const ballots = ready.map((one) => [one.id, contributionTuple(one), keccak(one.sample)]);
  if (ballots.length === 1) return plain(source, `${kind} contribution ${ready[0]!.id}`, kind, ballots[0], { notes });
  return plain(source, `${kind} ${ballots.length} contributions`, `${kind}Many`, [ballots], { notes });
}

// What the contract would refuse now is left out, and said; a single one is refused in words.
async function readyOf(
  source: Source,
  kind: ClaimKind,
  ids: readonly number[],
  account: string,
): Promise<{ ready: Logged[]; notes: string[]; gainWei: bigint }> {
  const all = await source.contributions();
  const wanted = [...new Set(ids)];
  const { items } = await source.model.listContributions({ ids: wanted, account }, 0, Math.max(1, wanted.length));
  const ready: Logged[] = [];
  const notes: string[] = [];
  let gainWei = 0n;
  for (const view of items) {
    const verdict = view.verdicts.find((one) => one.kind === kind);
    if (verdict?.isReady) {
      ready.push(all[view.id]!);
      gainWei += verdict.gainWei;
    } else
      notes.push(`Contribution ${view.id} is left out: ${verdict?.why ?? "it is not possible under this incentive"}.`);
  }
  if (ready.length === 0) {
    const why = notes[0]?.replace(" is left out:", " cannot be claimed:") ?? "No such contribution is recorded.";
    throw new Refusal("contract", `${why} Nothing was sent.`, "", {});
  }
  ready.sort((one, other) => one.id - other.id);
  return { ready, notes, gainWei };
}

async function withdrawal(source: Source, account: string, to?: string): Promise<Call> {
  const target = to === undefined || to.trim() === "" ? account : checksummed(to);
  const { owedWei } = await source.model.account(account);
  return plain(source, "withdraw what you are owed", "withdraw", [target], { gainWei: owedWei });
}
