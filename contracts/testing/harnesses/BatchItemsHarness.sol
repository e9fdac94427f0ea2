// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {BatchItems} from "../../libraries/BatchItems.sol";
import {Refusals} from "../../libraries/Refusals.sol";
import {DirtyMemory} from "./DirtyMemory.sol";

/// @title {BatchItems} as a contract, beside what Solidity makes of the same
contract BatchItemsHarness {
    /// @notice {BatchItems-at}. Requirement: the list is as long.
    function at(bytes[] calldata list, uint256 i) external pure returns (bytes memory item) {
        return BatchItems.at(list, i);
    }

    /// @notice Solidity's own.
    function plain(bytes[] calldata list, uint256 i) external pure returns (bytes memory item) {
        return list[i];
    }

    /// @notice The first of some items, through {BatchItems-room}, {BatchItems-set} and {Refusals-cut}, on memory that was used before.
    function build(
        bytes[] calldata items,
        uint256 kept,
        uint256 dirt
    ) external pure returns (bytes[] memory list, uint256[] memory lengths) {
        uint256 guard = DirtyMemory.soil(dirt);
        lengths = new uint256[](items.length);
        list = BatchItems.room(items.length);
        for (uint256 i = 0; i < items.length; ++i) {
            bytes memory item = items[i];
            BatchItems.set(lengths, i, item.length);
            if (i < kept) BatchItems.set(list, i, item);
        }
        Refusals.cut(list, kept);
        assert(DirtyMemory.isKept(guard, dirt));
    }
}
