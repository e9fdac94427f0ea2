/** Who did how much: leaderboards of every incentive, and badges. */

import type { BadgeName, BadgeView, PointsTerms, Standing } from "../api.ts";
import { BADGES as BADGES_ABI, readMany } from "../chain/abi.ts";
import type { ChainEvent } from "../chain/events.ts";
import { pointsOf, tallyPoints, type PointsLedger } from "../incentives/points.ts";
import { formatEther, formatPoints, GWEI } from "../money.ts";
import { BADGES } from "./actions.ts";
import type { Contract } from "./contract.ts";
import { marketRecords, provenRecords, type AccountRecord } from "./standing.ts";

const ABOUT: Record<BadgeName, readonly [title: string, about: string]> = {
  "first-light": ["First light", "Contributed for the first time."],
  confirmed: ["Confirmed", "Has points of a confirmed contribution."],
  hundred: ["Hundred", "Has 100 points."],
  judge: ["Judge", "Cast 10 votes that agreed with the final tallies."],
  steady: ["Steady", "Contributed in 4 different weeks."],
};

/** All accounts with a part in a model that has points: most points first, then confirmed contributions, then by address. */
export function pointsRanking(ledger: PointsLedger, terms: PointsTerms, authors: readonly string[]): Standing[] {
  const rows = new Map(
    [...ledger.accounts].map(([address, account]) => [
      address,
      { account, contributions: 0, good: 0, bad: 0, votes: 0 },
    ]),
  );
  authors.forEach((author, id) => {
    const row = rows.get(author)!;
    const tally = ledger.tally(id);
    row.contributions++;
    if (tallyPoints(tally) > 0) row.good++;
    else if (tally.contested > 0) row.bad++;
  });
  for (const votes of ledger.votes.values()) for (const voter of votes.keys()) rows.get(voter)!.votes++;
  const standings = [...rows].map(([address, { account, contributions, good, bad, votes }]) => ({
    rank: 0,
    address,
    score: BigInt(pointsOf(account)),
    scoreWords: formatPoints(pointsOf(account)),
    contributions,
    good,
    bad,
    votes,
    rightVotes: account.rightVotes,
    canGive: ledger.weightOf(address),
    isFounder: terms.founders.includes(address),
    badges: [],
  }));
  return ranked(standings);
}

/** All accounts with a part where ether is staked. */
export function stakedRanking(events: readonly ChainEvent[], word: "self-assessment" | "market"): Standing[] {
  const records = word === "market" ? marketRecords(events) : provenRecords(events);
  const say = word === "market" ? wonWords : provenWords;
  return ranked([...records].map(([address, record]) => ({ ...EMPTY, ...record, address, scoreWords: say(record) })));
}

/** The standing of an account without any part. */
export const noStanding = (address: string, canGive = 0): Standing => ({
  ...EMPTY,
  address,
  canGive,
  scoreWords: formatPoints(0),
  score: 0n,
});

const EMPTY = {
  rank: 0,
  contributions: 0,
  good: 0,
  bad: 0,
  votes: 0,
  rightVotes: 0,
  canGive: 0,
  isFounder: false,
  badges: [],
};
const provenWords = ({ score }: AccountRecord): string => `${formatEther(score * GWEI)} proven`;
const wonWords = ({ score }: AccountRecord): string =>
  score < 0n ? `${formatEther(-score)} lost` : `${formatEther(score)} won`;

function ranked(rows: Standing[]): Standing[] {
  const order = (one: Standing, other: Standing): number =>
    one.score !== other.score
      ? one.score > other.score
        ? -1
        : 1
      : other.good - one.good || (one.address < other.address ? -1 : 1);
  return rows.sort(order).map((row, i) => ({ ...row, rank: i + 1 }));
}

/** Which badges accounts were awarded. */
export async function awardedBadges(
  contract: Contract,
  accounts: readonly string[],
): Promise<Map<string, BadgeName[]>> {
  const to = await contract.read("badges");
  const wanted = accounts.flatMap((account) => BADGES.map((badge, number) => ({ account, badge, number })));
  const reads = wanted.map(({ account, number }) => ({
    to,
    abi: BADGES_ABI,
    name: "isAwarded",
    args: [contract.address, account, number],
  }));
  const answers = await readMany(contract.node.rpc, reads);
  const found = new Map<string, BadgeName[]>(accounts.map((account) => [account, []]));
  wanted.forEach(({ account, badge }, i) => answers[i] && found.get(account)!.push(badge));
  return found;
}

/** Every badge and one account. @param now The chain's time. */
export async function badgeViews(
  contract: Contract,
  ledger: PointsLedger,
  account: string,
  now: number,
): Promise<BadgeView[]> {
  const to = await contract.read("badges");
  const reads = BADGES.map((_, number) => ({
    to,
    abi: BADGES_ABI,
    name: "tokenIdOf",
    args: [contract.address, account, number],
  }));
  const [tokens, awarded] = await Promise.all([readMany(contract.node.rpc, reads), awardedBadges(contract, [account])]);
  return BADGES.map((badge, i) => ({
    badge,
    title: ABOUT[badge][0],
    about: ABOUT[badge][1],
    isAwarded: awarded.get(account)!.includes(badge),
    isEarned: ledger.hasEarned(account, badge),
    countable: badge === "judge" ? ledger.countable(account, now) : [],
    tokenId: String(tokens[i]),
  }));
}
