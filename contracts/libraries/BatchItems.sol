// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @title Items of lists, by a number that is known to be below their length
library BatchItems {
    /// @notice An item of a list of `bytes`; reverts where it does not lie within the calldata.
    /// @dev Equivalent to: `list[i]`.
    function at(bytes[] calldata list, uint256 i) internal pure returns (bytes calldata item) {
        assembly ("memory-safe") {
            let start := add(list.offset, calldataload(add(list.offset, shl(5, i))))
            item.offset := add(start, 0x20)
            // Offset and length are the two halves of one calldata slice.
            // slither-disable-next-line write-after-write
            item.length := calldataload(start)
            // no sum can wrap unless one of its terms is beyond the end
            let end := add(item.offset, item.length)
            if or(gt(start, calldatasize()), or(gt(item.length, calldatasize()), gt(end, calldatasize()))) {
                revert(0x00, 0x00)
            }
        }
    }

    /// @notice An item of a list of small numbers; reverts where it is none.
    /// @dev Equivalent to: `list[i]`.
    function at(uint16[] calldata list, uint256 i) internal pure returns (uint16 item) {
        assembly ("memory-safe") {
            item := calldataload(add(list.offset, shl(5, i)))
            if shr(16, item) {
                revert(0x00, 0x00)
            }
        }
    }

    /// @notice An item of a list of numbers.
    function at(uint256[] memory list, uint256 i) internal pure returns (uint256 item) {
        assembly ("memory-safe") {
            item := mload(add(add(list, 0x20), shl(5, i)))
        }
    }

    /// @notice Sets an item of a list of numbers.
    function set(uint256[] memory list, uint256 i, uint256 item) internal pure {
        assembly ("memory-safe") {
            mstore(add(add(list, 0x20), shl(5, i)), item)
        }
    }

    /// @notice Sets an item of a list of hashes.
    function set(bytes32[] memory list, uint256 i, bytes32 item) internal pure {
        assembly ("memory-safe") {
            mstore(add(add(list, 0x20), shl(5, i)), item)
        }
    }

    /// @notice Sets an item of a list of `bytes`.
    function set(bytes[] memory list, uint256 i, bytes memory item) internal pure {
        assembly ("memory-safe") {
            mstore(add(add(list, 0x20), shl(5, i)), item)
        }
    }

    /// @notice Room for a list of `bytes`, whose items and length are still to be set.
    function room(uint256 count) internal pure returns (bytes[] memory list) {
        assembly ("memory-safe") {
            list := mload(0x40)
            mstore(0x40, add(add(list, 0x20), shl(5, count)))
        }
    }
}
