// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {CountVector} from "../../libraries/CountVector.sol";
import {LaneVector} from "../../libraries/LaneVector.sol";
import {DirtyMemory} from "./DirtyMemory.sol";

/// @title {LaneVector} and {CountVector} on a vector of words, as a contract
contract LaneVectorHarness {
    uint256[] private _words;

    /// @notice Replaces the words.
    function setWords(uint256[] calldata words_) external {
        _words = words_;
    }

    /// @notice All words.
    function words() external view returns (uint256[] memory) {
        return _words;
    }

    /// @notice {LaneVector-accumulate} from a word on, into sums that are not zero at first, on memory that was used before.
    function accumulate(
        uint256 start,
        uint256 bits,
        uint256[] calldata entries,
        int256[] calldata sums,
        uint256 dirt
    ) external view returns (int256[] memory grown) {
        uint256[] memory ended = _withEnd(entries);
        grown = sums;
        uint256 guard = DirtyMemory.soil(dirt);
        LaneVector.accumulate(_slot() + start, bits, grown.length, ended, grown);
        assert(DirtyMemory.isKept(guard, dirt));
    }

    /// @notice {LaneVector-add} from a word on, on memory that was used before.
    function add(
        uint256 start,
        uint256 bits,
        uint256 column,
        uint256[] calldata entries,
        int256 factor,
        uint256 dirt
    ) external returns (int256 squaresChange) {
        uint256[] memory ended = _withEnd(entries);
        uint256 guard = DirtyMemory.soil(dirt);
        squaresChange = LaneVector.add(_slot() + start, bits, column, ended, factor);
        assert(DirtyMemory.isKept(guard, dirt));
    }

    /// @notice {CountVector-accumulateLogarithms} from a word on, into sums that are not zero at first, on memory that was used before.
    function accumulateLogarithms(
        uint256 start,
        uint256 bits,
        uint256 smoothing,
        uint256[] calldata entries,
        int256[] calldata sums,
        uint256 dirt
    ) external view returns (int256[] memory grown, uint256 total) {
        uint256[] memory ended = _withEnd(entries);
        grown = sums;
        uint256 guard = DirtyMemory.soil(dirt);
        total = CountVector.accumulateLogarithms(_slot() + start, bits, smoothing, ended, grown);
        assert(DirtyMemory.isKept(guard, dirt));
    }

    /// @notice {CountVector-add} from a word on, on memory that was used before.
    function addCounts(
        uint256 start,
        uint256 bits,
        uint256 column,
        uint256[] calldata entries,
        uint256 dirt
    ) external returns (uint256 grown) {
        uint256[] memory ended = _withEnd(entries);
        uint256 guard = DirtyMemory.soil(dirt);
        grown = CountVector.add(_slot() + start, bits, column, ended);
        assert(DirtyMemory.isKept(guard, dirt));
    }

    /// @notice Entries with the one behind the last that {FeatureCodec} promises.
    function _withEnd(uint256[] calldata entries) private pure returns (uint256[] memory ended) {
        uint256 count = entries.length;
        ended = new uint256[](count + 1);
        for (uint256 i = 0; i < count; ++i) {
            ended[i] = entries[i];
        }
        ended[count] = 1 << 255;
        assembly ("memory-safe") {
            mstore(ended, count)
        }
    }

    /// @notice The slot of the first word: an array's elements begin at the hash of its own slot.
    function _slot() private pure returns (uint256 slot) {
        assembly ("memory-safe") {
            mstore(0x00, _words.slot)
            slot := keccak256(0x00, 0x20)
        }
    }
}
