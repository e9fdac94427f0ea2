// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Hashes} from "@openzeppelin/contracts/utils/cryptography/Hashes.sol";

/// @title The root of a tree whose proofs OpenZeppelin's `MerkleProof` verifies
/// @notice Neighbours are paired from the left, each pair in ascending order; an odd last one is carried up. Twin: `commonlearn.numerics.merkle`.
library MerkleRoot {
    /// @notice The root over the first leaves of a list, which is overwritten.
    /// @dev Requirement: 1 ≤ count ≤ length.
    function take(bytes32[] memory leaves, uint256 count) internal pure returns (bytes32) {
        unchecked {
            while (count > 1) {
                uint256 pairs = count / 2;
                for (uint256 i = 0; i < pairs; ++i) {
                    leaves[i] = Hashes.commutativeKeccak256(leaves[2 * i], leaves[2 * i + 1]);
                }
                if (count % 2 == 1) leaves[pairs] = leaves[count - 1];
                count = pairs + (count % 2);
            }
        }
        return leaves[0];
    }

    /// @notice The root over a list. Where every leaf holds its own number, the root and the number of leaves bind the place of each.
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
