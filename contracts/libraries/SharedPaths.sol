// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {MerkleTree} from "./MerkleTree.sol";

/// @notice What the claims of a call have shown so far of the batch that the last of them named.
/// @param batch Number of the batch.
/// @param waiting Nodes of its tree, see {SharedPaths}; empty if there is none yet.
struct BatchProof {
    uint256 batch;
    uint256[] waiting;
}

/// @title Merkle paths that end where an earlier path of the same tree passed by
/// @notice A path ends at the root, or at a sibling that the paths before it named and that lies in the tree for that reason: its own climb comes to the very hash that stands there. Leaves that are shown in order, from
/// the left, so cost one hash of proof each and not one for each level. Twin: `commonlearn.numerics.shared_paths`.
/// @dev What waits is a stack, the root at its bottom; above it the siblings along the last path, from the top of the tree down. What a climb meets, and all above it, is taken off: in order nothing of it is met again.
/// Hashes are compared but for their last byte, as a record keeps no more of them (see {DataHandler}).
library SharedPaths {
    /// @dev Trees are far less deep: numbers of contributions have 48 bits. Only what lies in a tree is put on the stack.
    uint256 private constant MOST = 64;

    /// @notice A stack for one tree after another; empty until {open}.
    function create() internal pure returns (uint256[] memory waiting) {
        waiting = new uint256[](MOST);
        _resize(waiting, 0);
    }

    /// @notice Begins with a tree.
    /// @param root Its root; the last byte does not matter.
    function open(uint256[] memory waiting, uint256 root) internal pure {
        _resize(waiting, 1);
        waiting[0] = root;
    }

    /// @notice Whether a leaf lies in the tree: whether its path leads to the root, or to what waits. If so, the path's siblings wait from now on.
    /// @dev Requirement: {open} was called.
    function leads(uint256[] memory waiting, bytes32 leaf, bytes32[] calldata path) internal pure returns (bool) {
        uint256 top = uint256(MerkleTree.climb(leaf, path));
        uint256 place = waiting.length;
        // Hashes are compared, of which there is one right value; no amount is.
        // slither-disable-next-line incorrect-equality
        do {
            if (place == 0) return false;
            --place;
        } while ((waiting[place] ^ top) >> 8 != 0);
        if (place == 0) place = 1; // the root stays
        uint256 size = place + path.length;
        if (size > MOST) return false;
        _resize(waiting, size);
        for (uint256 i = 0; i < path.length; ++i) waiting[size - 1 - i] = uint256(path[i]);
        return true;
    }

    function _resize(uint256[] memory waiting, uint256 size) private pure {
        assembly ("memory-safe") {
            mstore(waiting, size)
        }
    }
}
