// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @title Memory as earlier code may leave it
/// @notice Free memory and the scratch space hold no zeros in general. Code that counts on zeros there works in a small test and fails in use.
library DirtyMemory {
    uint256 private constant GUARD_WORDS = 4;
    uint256 private constant DIRTY_WORDS = 512;

    /// @notice Allocates a few words and fills them, the scratch space and much of the free memory behind them.
    /// @param dirt What to fill with; 0 is no dirt.
    /// @return guard Where the allocated words begin, for {isKept}.
    function soil(uint256 dirt) internal pure returns (uint256 guard) {
        assembly ("memory-safe") {
            guard := mload(0x40)
            mstore(0x40, add(guard, mul(GUARD_WORDS, 0x20)))
            let end := add(guard, mul(DIRTY_WORDS, 0x20))
            for {
                let p := guard
            } lt(p, end) {
                p := add(p, 0x20)
            } {
                mstore(p, dirt)
            }
            mstore(0x00, dirt)
            mstore(0x20, dirt)
        }
    }

    /// @notice Whether the allocated words, and the word that Solidity keeps at zero, are as they were.
    function isKept(uint256 guard, uint256 dirt) internal pure returns (bool kept) {
        assembly ("memory-safe") {
            let end := add(guard, mul(GUARD_WORDS, 0x20))
            kept := iszero(mload(0x60))
            for {
                let p := guard
            } lt(p, end) {
                p := add(p, 0x20)
            } {
                kept := and(kept, eq(mload(p), dirt))
            }
        }
    }

    /// @notice Whether an array is the last thing that was allocated, and allocated whole, with so many words behind its end.
    function isLast(uint256[] memory array, uint256 more) internal pure returns (bool last) {
        assembly ("memory-safe") {
            last := eq(mload(0x40), add(array, mul(add(add(mload(array), more), 1), 0x20)))
        }
    }
}
