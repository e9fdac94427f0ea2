/** Contributions of a batch as the contract wants them claimed. Twin of `commonlearn/incentives/batch.py`. */

import { bigToBytes, concat } from "../numerics/bytes.ts";
import { keccak } from "../numerics/merkle.ts";

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
  const words = [BigInt(id), BigInt(given.author), BigInt(given.label), BigInt(given.taught), given.stakeWei, BigInt(given.contributedAt)];
  return keccak(concat(...words.map((word) => bigToBytes(word)), keccak(sample)));
}
