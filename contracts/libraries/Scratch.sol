// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @title Memory that is given back
/// @notice Memory costs by the square of its length, so a loop of thousands of turns uses the same again in each.
library Scratch {
    /// @notice Where free memory begins.
    function mark() internal pure returns (uint256 free) {
        assembly ("memory-safe") {
            free := mload(0x40)
        }
    }

    /// @notice Sets where free memory begins: back to a {mark}, if what was allocated since is used no more; or ahead, to keep what lies before.
    function release(uint256 free) internal pure {
        assembly ("memory-safe") {
            mstore(0x40, free)
        }
    }
}
