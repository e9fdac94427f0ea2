// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @title A clone's immutable arguments, read without allocating memory
/// @notice Reads what OpenZeppelin's `Clones.cloneWithImmutableArgs` wrote behind the 45 bytes of proxy code. `Clones.fetchCloneArgs` gives the same in one array, at about three times the gas.
library CloneArguments {
    uint256 private constant PROXY_LENGTH = 45;

    /// @notice Two neighbouring words of this contract's arguments; zeros behind their end.
    /// @param offset Where the first begins, in bytes.
    function pair(uint256 offset) internal view returns (uint256 first, uint256 second) {
        assembly ("memory-safe") {
            extcodecopy(address(), 0x00, add(PROXY_LENGTH, offset), 0x40) // scratch space
            first := mload(0x00)
            second := mload(0x20)
        }
    }
}
