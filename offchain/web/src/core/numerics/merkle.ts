/** Merkle trees as OpenZeppelin's `MerkleProof` verifies them. Twin of `commonlearn/numerics/merkle.py`. */

import { keccak256 } from "ethers";
import { concat, fromHex, toHex } from "./bytes.ts";

/** Keccak-256 of bytes. */
export const keccak = (data: Uint8Array): Uint8Array => fromHex(keccak256(data));

/** A tree over leaves that are hashes of 32 bytes already; neighbours are paired from the left, an odd last one carried up. */
export class MerkleTree {
  private readonly levels: Uint8Array[][];

  constructor(leaves: readonly Uint8Array[]) {
    if (leaves.length === 0) throw new RangeError("a tree needs at least one leaf");
    this.levels = [[...leaves]];
    for (let below = this.levels[0]!; below.length > 1; below = this.levels.at(-1)!) {
      const above: Uint8Array[] = [];
      for (let i = 0; i < below.length; i += 2)
        above.push(i + 1 < below.length ? node(below[i]!, below[i + 1]!) : below[i]!);
      this.levels.push(above);
    }
  }

  get root(): Uint8Array {
    return this.levels.at(-1)![0]!;
  }

  /** What must be hashed with a leaf to reach the root, from the bottom up. */
  proof(index: number): Uint8Array[] {
    const path: Uint8Array[] = [];
    for (const level of this.levels.slice(0, -1)) {
      const sibling = level[index ^ 1];
      if (sibling !== undefined) path.push(sibling);
      index >>= 1;
    }
    return path;
  }
}

function node(one: Uint8Array, other: Uint8Array): Uint8Array {
  return keccak(toHex(one) < toHex(other) ? concat(one, other) : concat(other, one));
}
