// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @title Address of the first contract that this contract created
library FirstChild {
    /// @notice A contract's first child is at `keccak256(rlp([address, 1]))`: computing it is cheaper than storing it.
    /// @dev Equivalent to: `address(uint160(uint256(keccak256(abi.encodePacked(hex"d694", address(this), hex"01")))))`.
    function here() internal view returns (address child) {
        assembly ("memory-safe") {
            mstore(0x00, or(or(shl(168, 0xd694), shl(8, address())), 1)) // 23 bytes at the end of scratch space's first word
            child := and(keccak256(9, 23), 0xffffffffffffffffffffffffffffffffffffffff)
        }
    }
}
