// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @title Trees whose proofs OpenZeppelin's `MerkleProof` verifies
/// @notice Neighbours are paired from the left, each pair in ascending order; an odd last one is carried up. Twin: `commonlearn.numerics.merkle`. Fuzzed for equality with a plain tree and OpenZeppelin's verifier.
library MerkleTree {
    /// @notice The root over a list of leaves, which is overwritten.
    /// @dev Requirement: one leaf at least. Equivalent to, until one is left:
    ///   `for each pair: leaves[i] = Hashes.commutativeKeccak256(leaves[2 * i], leaves[2 * i + 1])`, an odd last one moving behind the pairs.
    function root(bytes32[] memory leaves) internal pure returns (bytes32 top) {
        assembly ("memory-safe") {
            let start := add(leaves, 0x20)
            for {
                let size := shl(5, mload(leaves))
            } gt(size, 0x20) {} {
                let to := start
                let from := start
                for {
                    let end := add(start, and(size, not(0x3f)))
                } lt(from, end) {
                    from := add(from, 0x40)
                } {
                    let a := mload(from)
                    let b := mload(add(from, 0x20))
                    let higher := mul(lt(a, b), 0x20) // where b goes
                    mstore(xor(0x20, higher), a)
                    mstore(higher, b)
                    mstore(to, keccak256(0x00, 0x40))
                    to := add(to, 0x20)
                }
                if and(size, 0x20) {
                    mstore(to, mload(from))
                    to := add(to, 0x20)
                }
                size := sub(to, start)
            }
            top := mload(start)
        }
    }

    /// @notice Where a path leads from a leaf.
    /// @dev Equivalent to: `MerkleProof.processProofCalldata(path, leaf)`.
    function climb(bytes32 leaf, bytes32[] calldata path) internal pure returns (bytes32 top) {
        assembly ("memory-safe") {
            top := leaf
            let p := path.offset
            for {
                let end := add(p, shl(5, path.length))
            } lt(p, end) {
                p := add(p, 0x20)
            } {
                let other := calldataload(p)
                let higher := mul(lt(top, other), 0x20)
                mstore(xor(0x20, higher), top)
                mstore(higher, other)
                top := keccak256(0x00, 0x40)
            }
        }
    }
}
