/**
 * Points that contributors give one another, as a ledger. Twin of `commonlearn/incentives/points.py`: amounts are hundredths of
 * a point, parts are 1/10,000, times Unix seconds. A refused call throws the name of the contract's error and changes nothing.
 */

import type { BadgeName, PointsTerms } from "../api.ts";

const ONE = 10_000;
const WEEK = 604_800;
const HUNDRED_POINTS = 10_000;
const JUDGE_VOTES = 10;
const STEADY_WEEKS = 4;

export interface PointsAccount {
  received: number;
  given: number;
  burned: number;
  grantLeft: number;
  weeksActive: number;
  lastWeek: number;
  rightVotes: number;
}

export interface Tally {
  confirmed: number;
  contested: number;
  /** 0 before the first vote. */
  closesAt: number;
  votes: number;
}

export interface Vote {
  readonly weight: number;
  readonly fee: number;
  readonly confirms: boolean;
  readonly fromGrant: boolean;
  isCounted: boolean;
}

export type VoteRefusal =
  "UnknownContribution" | "VoteOnOwn" | "AlreadyVoted" | "VotesClosed" | "NoStanding" | "NotRight" | "VotesStillOpen";

/** Names the contract's error, with its fields in the contract's order. */
export class LedgerRefusal extends Error {
  override readonly name: VoteRefusal;
  readonly values: readonly (number | string)[];

  constructor(name: VoteRefusal, values: readonly (number | string)[]) {
    super(name);
    this.name = name;
    this.values = values;
  }
}

const fresh = (grantLeft = 0): PointsAccount => ({
  received: 0,
  given: 0,
  burned: 0,
  grantLeft,
  weeksActive: 0,
  lastWeek: 0,
  rightVotes: 0,
});

/** Points of an account: received less burned, at least 0. */
export const pointsOf = (account: PointsAccount): number => Math.max(0, account.received - account.burned);
/** The author's points from a contribution. */
export const tallyPoints = (tally: Tally): number => Math.max(0, tally.confirmed - tally.contested);

export class PointsLedger {
  readonly accounts = new Map<string, PointsAccount>();
  readonly tallies = new Map<number, Tally>();
  /** By number of the contribution, then by voter. */
  readonly votes = new Map<number, Map<string, Vote>>();
  private readonly records: { author: string; contributedAt: number }[] = [];
  private readonly terms: PointsTerms;

  constructor(terms: PointsTerms) {
    this.terms = terms;
    for (const founder of terms.founders) this.accounts.set(founder, fresh(terms.grant));
  }

  get contributions(): number {
    return this.records.length;
  }

  account(who: string): PointsAccount {
    return this.accounts.get(who) ?? fresh();
  }

  tally(id: number): Tally {
    return this.tallies.get(id) ?? { confirmed: 0, contested: 0, closesAt: 0, votes: 0 };
  }

  /** The weight that an account's next vote would have; 0 without standing. */
  weightOf(who: string): number {
    const [weight] = this.canGive(this.account(who));
    return weight >= this.terms.leastVote ? weight : 0;
  }

  hasEarned(who: string, badge: BadgeName): boolean {
    const account = this.account(who);
    switch (badge) {
      case "first-light":
        return account.weeksActive > 0;
      case "confirmed":
        return account.received > 0;
      case "hundred":
        return pointsOf(account) >= HUNDRED_POINTS;
      case "judge":
        return account.rightVotes >= JUDGE_VOTES;
      case "steady":
        return account.weeksActive >= STEADY_WEEKS;
    }
  }

  /** Record a contribution; gives its number. */
  contribute(author: string, now: number): number {
    const week = Math.floor(now / WEEK);
    const account = this.own(author);
    if (account.lastWeek < week && week <= 0xffff) {
      account.lastWeek = week;
      account.weeksActive++;
    }
    return this.records.push({ author, contributedAt: now }) - 1;
  }

  /** Throws `LedgerRefusal` where a vote is not possible now, in the order of the contract's checks; gives its weight. */
  mayVote(id: number, voter: string, now: number): number {
    const record = this.records[id];
    if (record === undefined) throw new LedgerRefusal("UnknownContribution", [id]);
    if (voter === record.author) throw new LedgerRefusal("VoteOnOwn", [id]);
    if (this.votes.get(id)?.has(voter)) throw new LedgerRefusal("AlreadyVoted", [id, voter]);
    const closesAt = record.contributedAt + this.terms.voteSeconds;
    if (now >= closesAt) throw new LedgerRefusal("VotesClosed", [id, closesAt]);
    const [weight] = this.canGive(this.account(voter));
    if (weight < this.terms.leastVote) throw new LedgerRefusal("NoStanding", [voter, weight, this.terms.leastVote]);
    return weight;
  }

  /** Confirm or contest a contribution. @param now 0 for a vote of the log, which came in time. */
  vote(id: number, voter: string, confirms: boolean, now: number): Vote {
    this.mayVote(id, voter, now);
    const account = this.own(voter);
    const [weight, fromGrant] = this.canGive(account);
    const fee = Math.ceil((weight * this.terms.feeBps) / ONE);
    if (fromGrant) account.grantLeft -= weight + fee;
    else {
      account.given += weight;
      account.burned += fee;
    }
    const vote: Vote = { weight, fee, confirms, fromGrant, isCounted: false };
    if (!this.votes.has(id)) this.votes.set(id, new Map());
    this.votes.get(id)!.set(voter, vote);
    this.count(id, vote);
    return vote;
  }

  /** Throws `LedgerRefusal` where votes cannot be counted as right now. */
  mayJudge(voter: string, ids: readonly number[], now: number): void {
    const seen = new Set<number>();
    for (const id of ids) {
      const [tally, vote] = [this.tally(id), this.votes.get(id)?.get(voter)];
      const agrees =
        vote !== undefined && (vote.confirms ? tally.confirmed > tally.contested : tally.confirmed < tally.contested);
      if (!agrees || vote.isCounted || seen.has(id)) throw new LedgerRefusal("NotRight", [id, voter]);
      if (now < tally.closesAt) throw new LedgerRefusal("VotesStillOpen", [id, tally.closesAt]);
      seen.add(id);
    }
  }

  judge(voter: string, ids: readonly number[], now: number): void {
    this.mayJudge(voter, ids, now);
    for (const id of ids) this.countRight(id, voter);
  }

  /** Count one vote that is known to have agreed, as the log's event `Judged` says. */
  countRight(id: number, voter: string): void {
    this.votes.get(id)!.get(voter)!.isCounted = true;
    this.own(voter).rightVotes++;
  }

  /** Votes of an account that can be counted as right now. */
  countable(voter: string, now: number): number[] {
    return [...this.votes.keys()].filter((id) => {
      try {
        this.mayJudge(voter, [id], now);
        return true;
      } catch (error) {
        if (error instanceof LedgerRefusal) return false;
        throw error;
      }
    });
  }

  private canGive(account: PointsAccount): [weight: number, fromGrant: boolean] {
    const { feeBps, giveBps, leastVote, mostVote } = this.terms;
    const granted = Math.floor((account.grantLeft * ONE) / (ONE + feeBps));
    const fromGrant = granted >= leastVote;
    const weight = fromGrant ? granted : Math.max(0, Math.floor((account.received * giveBps) / ONE) - account.given);
    return [Math.min(weight, mostVote), fromGrant];
  }

  private count(id: number, vote: Vote): void {
    const record = this.records[id]!;
    const tally = this.tally(id);
    this.tallies.set(id, tally);
    const before = tallyPoints(tally);
    if (vote.confirms) tally.confirmed += vote.weight;
    else tally.contested += vote.weight;
    tally.votes++;
    tally.closesAt = record.contributedAt + this.terms.voteSeconds;
    this.own(record.author).received += tallyPoints(tally) - before;
  }

  private own(who: string): PointsAccount {
    let account = this.accounts.get(who);
    if (account === undefined) this.accounts.set(who, (account = fresh()));
    return account;
  }
}
