// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {LaneTable, LaneTableLibrary} from "../../libraries/LaneTable.sol";
import {DirtyMemory} from "./DirtyMemory.sol";

/// @title {LaneTable} on a vector of words, as a contract, on memory that was used before
contract LaneTableHarness {
    uint256[] private _words;

    /// @notice Replaces the words.
    function setWords(uint256[] calldata words_) external {
        _words = words_;
    }

    /// @notice All words.
    function words() external view returns (uint256[] memory) {
        return _words;
    }

    /// @notice {LaneTable-score} and lane 0.
    function score(
        uint256 bits,
        bytes calldata sample,
        uint256 dimension,
        uint256 dirt
    ) external view returns (bool wellFormed, int256 sum, int256 constantLane) {
        uint256 guard = DirtyMemory.soil(dirt);
        LaneTable table = LaneTableLibrary.load(_slot(), bits, _words.length);
        (wellFormed, sum) = table.score(bits, sample, dimension);
        constantLane = table.constantLane(bits);
        assert(DirtyMemory.isKept(guard, dirt));
    }

    /// @notice {LaneTable-add} some times, and {LaneTable-store}.
    function add(
        uint256 bits,
        bytes calldata sample,
        int256 change,
        int256 constantChange,
        uint256 times,
        uint256 dirt
    ) external {
        uint256 guard = DirtyMemory.soil(dirt);
        LaneTable table = LaneTableLibrary.load(_slot(), bits, _words.length);
        for (uint256 i = 0; i < times; ++i) table.add(bits, sample, change, constantChange);
        table.store(_slot(), bits, _words.length);
        assert(DirtyMemory.isKept(guard, dirt));
    }

    /// @notice The slot of the first word: an array's elements begin at the hash of its own slot.
    function _slot() private pure returns (uint256 slot) {
        assembly ("memory-safe") {
            mstore(0x00, _words.slot)
            slot := keccak256(0x00, 0x20)
        }
    }
}
