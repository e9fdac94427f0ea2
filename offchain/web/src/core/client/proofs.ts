/** Contributions of a batch as the contract wants them claimed. Twin of `commonlearn/incentives/batch.py`. */

import { bigToBytes, concat } from "../numerics/bytes.ts";
import { NOBODY } from "../chain/abi.ts";
import { keccak, MerkleTree } from "../numerics/merkle.ts";
import { mismatch, type Logged } from "./logged.ts";

/** What is known of a contribution besides its features, field for field the contract's structure. */
export interface ContributionFields {
  readonly author: string;
  readonly label: number;
  readonly taught: boolean;
  readonly stakeWei: bigint;
  /** Unix seconds. */
  readonly contributedAt: number;
}

/** Leaf of one contribution: `keccak256(abi.encode(id, contribution, keccak256(sample)))`. */
export function leafOf(id: number, given: ContributionFields, sample: Uint8Array): Uint8Array {
  const words = [
    BigInt(id),
    BigInt(given.author),
    BigInt(given.label),
    BigInt(given.taught),
    given.stakeWei,
    BigInt(given.contributedAt),
  ];
  return keccak(concat(...words.map((word) => bigToBytes(word)), keccak(sample)));
}

/** A contribution as `IBatch` wants it claimed, in the contract's order. */
export type ClaimTuple = readonly [
  id: number,
  contribution: ContributionTuple,
  sample: Uint8Array,
  payee: string,
  batch: number,
  proof: readonly Uint8Array[],
];
export type ContributionTuple = readonly [
  author: string,
  label: number,
  taught: boolean,
  stakeWei: bigint,
  contributedAt: number,
];

export const contributionTuple = (one: ContributionFields): ContributionTuple => [
  one.author,
  one.label,
  one.taught,
  one.stakeWei,
  one.contributedAt,
];

/** Each contribution with the Merkle path of its batch. @param all The whole log's contributions, by number. */
export function claimsOf(all: readonly Logged[], wanted: readonly Logged[]): ClaimTuple[] {
  const trees = new Map<number, MerkleTree>();
  return wanted.map((one) => {
    if (one.batch === null) return [one.id, contributionTuple(one), one.sample, one.payee ?? NOBODY, one.id, []];
    let tree = trees.get(one.batch);
    if (tree === undefined) {
      tree = new MerkleTree(membersOf(all, one).map((member) => leafOf(member.id, member, member.sample)));
      trees.set(one.batch, tree);
    }
    return [one.id, contributionTuple(one), one.sample, one.payee ?? NOBODY, one.batch, tree.proof(one.id - one.batch)];
  });
}

function membersOf(all: readonly Logged[], one: Logged): readonly Logged[] {
  const members = all.slice(one.batch!, one.batch! + one.batchCount);
  if (members.length !== one.batchCount || members.some((member) => member.batch !== one.batch)) {
    throw mismatch(`the batch of contribution ${one.id} is not complete`);
  }
  return members;
}
