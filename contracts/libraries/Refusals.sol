// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @title Errors as data: kept where one refusal must not stop the rest, thrown where it must
library Refusals {
    /// @notice Throws an error that was encoded before; nothing if there is none.
    /// @param reason Selector and arguments; empty for no error.
    function raise(bytes memory reason) internal pure {
        if (reason.length == 0) return;
        assembly ("memory-safe") {
            revert(add(reason, 0x20), mload(reason))
        }
    }

    /// @notice Leaves only the first entries of a list.
    /// @dev Requirement: the list has as many.
    function cut(bytes[] memory reasons, uint256 count) internal pure {
        assembly ("memory-safe") {
            mstore(reasons, count)
        }
    }
}
