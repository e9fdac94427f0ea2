// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @title A call of which no more is read than asked for
/// @notice Reading all that a call throws costs the caller as much gas as the thrower likes.
library BoundedCall {
    /// @notice Calls this contract itself, without ether.
    /// @dev Equivalent to: `(succeeded, result) = address(this).call(data);` and cutting the result.
    /// @param mostBytes Most of what it gave or threw that is read.
    function callItself(bytes memory data, uint256 mostBytes) internal returns (bool succeeded, bytes memory result) {
        assembly ("memory-safe") {
            succeeded := call(gas(), address(), 0, add(data, 0x20), mload(data), 0, 0)
            let length := returndatasize()
            if gt(length, mostBytes) {
                length := mostBytes
            }
            result := mload(0x40)
            mstore(result, length)
            returndatacopy(add(result, 0x20), 0, length)
            mstore(add(add(result, 0x20), length), 0) // memory is handed out by whole words, and unused ones are not clean
            mstore(0x40, and(add(add(result, 0x3f), length), not(0x1f)))
        }
    }
}
