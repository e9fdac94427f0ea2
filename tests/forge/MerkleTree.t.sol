// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Hashes} from "@openzeppelin/contracts/utils/cryptography/Hashes.sol";
import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";
import {MerkleTree} from "../../contracts/libraries/MerkleTree.sol";
import {Chance} from "./support/Chance.sol";
import {Check} from "./support/Check.sol";

/// @notice Trees in place against trees row by row, whose paths OpenZeppelin's verifier accepts (requirement B-06).
contract MerkleTreeTest {
    uint256 private constant MOST = 70;

    function testFuzz_rootIsTheReferences(uint256 seed) public pure {
        Chance memory chance = Chance(seed);
        bytes32[] memory leaves = _leaves(chance);
        bytes32[][] memory rows = _rows(leaves);
        uint256 before = leaves.length;
        bytes memory behind = abi.encodePacked(keccak256("what lies behind the leaves"));
        bytes32 kept = keccak256(behind);
        Check.equal(uint256(MerkleTree.root(leaves)), uint256(rows[rows.length - 1][0]), "root");
        Check.equal(leaves.length, before, "length");
        Check.equal(uint256(keccak256(behind)), uint256(kept), "memory behind");
    }

    function testFuzz_everyPathIsAcceptedHereAndByOpenZeppelin(uint256 seed) public view {
        bytes32[] memory leaves = _leaves(Chance(seed));
        bytes32[][] memory rows = _rows(leaves);
        bytes32 root = rows[rows.length - 1][0];
        for (uint256 i = 0; i < rows[0].length; ++i) {
            bytes32[] memory path = _path(rows, i);
            Check.isTrue(MerkleProof.verify(path, root, rows[0][i]), "OpenZeppelin's");
            Check.equal(uint256(this.climbed(rows[0][i], path)), uint256(root), "here");
            bytes32 other = bytes32(uint256(rows[0][i]) ^ 1);
            Check.isTrue(!MerkleProof.verify(path, root, other), "another leaf");
        }
    }

    /// @notice The library's own, on calldata.
    function climbed(bytes32 leaf, bytes32[] calldata path) external pure returns (bytes32) {
        return MerkleTree.climb(leaf, path);
    }

    function _leaves(Chance memory chance) private pure returns (bytes32[] memory leaves) {
        leaves = new bytes32[](1 + chance.below(MOST));
        for (uint256 i = 0; i < leaves.length; ++i) leaves[i] = bytes32(chance.next());
        // equal neighbours are a case of their own: their order cannot be told
        if (leaves.length > 1 && chance.below(4) == 0) leaves[1] = leaves[0];
    }

    /// @dev All rows of the tree, from a copy of the leaves to the root.
    function _rows(bytes32[] memory leaves) private pure returns (bytes32[][] memory rows) {
        uint256 height = 1;
        for (uint256 n = leaves.length; n > 1; n = (n + 1) / 2) ++height;
        rows = new bytes32[][](height);
        rows[0] = new bytes32[](leaves.length);
        for (uint256 i = 0; i < leaves.length; ++i) rows[0][i] = leaves[i];
        for (uint256 h = 1; h < height; ++h) {
            bytes32[] memory below = rows[h - 1];
            rows[h] = new bytes32[]((below.length + 1) / 2);
            for (uint256 i = 0; i < rows[h].length; ++i) {
                bool isPair = 2 * i + 1 < below.length;
                rows[h][i] = isPair ? Hashes.commutativeKeccak256(below[2 * i], below[2 * i + 1]) : below[2 * i];
            }
        }
    }

    function _path(bytes32[][] memory rows, uint256 i) private pure returns (bytes32[] memory path) {
        bytes32[] memory longest = new bytes32[](rows.length);
        uint256 length = 0;
        for (uint256 h = 0; h + 1 < rows.length; ++h) {
            if ((i ^ 1) < rows[h].length) longest[length++] = rows[h][i ^ 1];
            i /= 2;
        }
        path = new bytes32[](length);
        for (uint256 k = 0; k < length; ++k) path[k] = longest[k];
    }
}
