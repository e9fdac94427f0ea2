// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Hashes} from "@openzeppelin/contracts/utils/cryptography/Hashes.sol";

/// @title Root of a Merkle tree, from all of its leaves
/// @notice As OpenZeppelin's `MerkleProof` verifies: pairs are sorted before hashing; an odd last one is carried up. Where every leaf holds its own number, the root and the number of leaves bind each one's place. Twin: `commonlearn.numerics.merkle`.
library MerkleRoot {
    /// @dev Requirement: at least one leaf.
    function root(bytes32[] calldata leaves) internal pure returns (bytes32) {
        bytes32[] memory nodes = leaves;
        for (uint256 count = nodes.length; count > 1; count = (count + 1) / 2) {
            for (uint256 i = 0; i < count / 2; ++i) {
                nodes[i] = Hashes.commutativeKeccak256(nodes[2 * i], nodes[2 * i + 1]);
            }
            if (count % 2 == 1) nodes[count / 2] = nodes[count - 1];
        }
        return nodes[0];
    }
}
