// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @title What a minimal clone is a clone of
/// @notice Reads the code that OpenZeppelin's `Clones` write (ERC-1167): 10 bytes, the implementation's address, 15 bytes, then immutable arguments if any.
library CloneCode {
    bytes10 private constant HEAD = 0x363d3d373d3d3d363d73;
    bytes15 private constant TAIL = 0x5af43d82803e903d91602b57fd5bf3;

    /// @notice The implementation behind a clone; any other contract is its own.
    function implementationOf(address account) internal view returns (address) {
        uint256 first;
        uint256 second;
        assembly ("memory-safe") {
            extcodecopy(account, 0x00, 0x00, 0x40) // scratch space; zeros behind the code's end
            first := mload(0x00)
            second := mload(0x20)
        }
        // Bytes 10 to 29 are the address: 22 of the first word's 32 bytes begin with it, of which the last 2 are the tail's first.
        bytes15 tail = bytes15(bytes32((first << 240) | (second >> 16)));
        if (bytes10(bytes32(first)) != HEAD || tail != TAIL) return account;
        return address(uint160(first >> 16));
    }
}
