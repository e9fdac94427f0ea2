// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {CountVector} from "../../contracts/libraries/CountVector.sol";
import {LaneVector} from "../../contracts/libraries/LaneVector.sol";

/// @notice Proofs by halmos, for every word, lane, value and factor, that one entry changes its own lane as plain arithmetic does and no other bit (requirement M-01).
/// @dev A vector's update is a chain of such steps: each entry reads the word that the one before it left. So equality of one step for all words is equality for all samples; that words are
/// loaded and stored at the right slots is shown by the steps of two entries in different words.
contract LanesProof {
    uint256 private _slot0;
    uint256 private _slot1;

    function check_addTo4(uint256 word, uint8 lane, int32 change) external {
        _checkAdd(4, word, _known(4, lane), change);
    }

    function check_addTo8(uint256 word, uint8 lane, int32 change) external {
        _checkAdd(8, word, _known(8, lane), change);
    }

    function check_addTo16(uint256 word, uint8 lane, int32 change) external {
        _checkAdd(16, word, _known(16, lane), change);
    }

    function check_addTo32(uint256 word, uint8 lane, int32 change) external {
        _checkAdd(32, word, _known(32, lane), change);
    }

    function check_countIn4(uint256 word, uint8 lane, uint16 value) external {
        _checkCount(4, word, _known(4, lane), value);
    }

    function check_countIn8(uint256 word, uint8 lane, uint16 value) external {
        _checkCount(8, word, _known(8, lane), value);
    }

    function check_countIn16(uint256 word, uint8 lane, uint16 value) external {
        _checkCount(16, word, _known(16, lane), value);
    }

    function check_countIn32(uint256 word, uint8 lane, uint16 value) external {
        _checkCount(32, word, _known(32, lane), value);
    }

    function check_productOf4(uint256 word, uint8 lane, int16 value, int256 sum) external {
        _checkProduct(4, word, _known(4, lane), value, sum);
    }

    function check_productOf8(uint256 word, uint8 lane, int16 value, int256 sum) external {
        _checkProduct(8, word, _known(8, lane), value, sum);
    }

    function check_productOf16(uint256 word, uint8 lane, int16 value, int256 sum) external {
        _checkProduct(16, word, _known(16, lane), value, sum);
    }

    function check_productOf32(uint256 word, uint8 lane, int16 value, int256 sum) external {
        _checkProduct(32, word, _known(32, lane), value, sum);
    }

    /// @notice Two entries in two words: each word gets its own, and the order of slots is that of the numbers.
    function check_twoWords(uint256 word0, uint256 word1, uint8 anyLane, int16 value) external {
        uint256 lane = _known(8, anyLane);
        if (value == type(int16).min) return;
        (_slot0, _slot1) = (word0, word1);
        uint256[] memory entries = new uint256[](3);
        entries[0] = _entry(8, lane, value);
        entries[1] = (uint256(256) << 16) | entries[0];
        entries[2] = 1 << 255;
        assembly ("memory-safe") {
            mstore(entries, 2)
        }
        LaneVector.add(_slotOf(), 8, 0, entries, 1);
        unchecked {
            assert(_slot0 == _replaced(8, word0, lane, _clamped(8, _laneOf(8, word0, lane) + value)));
            assert(_slot1 == _replaced(8, word1, lane, _clamped(8, _laneOf(8, word1, lane) + value)));
        }
    }

    /// @dev Any change that factor and value can make, as a factor of one: a symbolic product would keep the solver busy for hours and is one opcode, which {_checkProduct} shows to
    /// get the entry's value with its sign.
    function _checkAdd(uint256 bits, uint256 word, uint256 lane, int256 change) private {
        _slot0 = word;
        LaneVector.add(_slotOf(), bits, 0, _one(_entry(bits, lane, 1)), change);
        unchecked {
            int256 wanted = _clamped(bits, _laneOf(bits, word, lane) + change);
            assert(_slot0 == _replaced(bits, word, lane, wanted));
        }
    }

    function _checkCount(uint256 bits, uint256 word, uint256 lane, uint256 value) private {
        if (value >= 32_768) return;
        _slot0 = word;
        uint256 grown = CountVector.add(_slotOf(), bits, 0, _one(_entry(bits, lane, int256(value))));
        uint256 old = (word >> (256 - bits * (lane + 1))) & ((1 << bits) - 1);
        uint256 wanted = old + value >= 1 << bits ? (1 << bits) - 1 : old + value;
        assert(_slot0 == _replaced(bits, word, lane, int256(wanted)));
        assert(grown == wanted - old);
    }

    function _checkProduct(uint256 bits, uint256 word, uint256 lane, int256 value, int256 sum) private {
        if (value == type(int16).min) return;
        _slot0 = word;
        int256[] memory sums = new int256[](1);
        sums[0] = sum;
        LaneVector.accumulate(_slotOf(), bits, 1, _one(_entry(bits, lane, value)), sums);
        unchecked {
            assert(sums[0] == sum + value * _laneOf(bits, word, lane));
        }
    }

    /// @dev One path for each lane, on which its number is known, so that the slot is.
    function _known(uint256 bits, uint256 lane) private pure returns (uint256) {
        for (uint256 k = 0; k + 1 < 256 / bits; ++k) {
            if (lane == k) return k;
        }
        return 256 / bits - 1;
    }

    // ------------------------------------------------------------------------------------------------- plain arithmetic

    function _entry(uint256 bits, uint256 lane, int256 value) private pure returns (uint256) {
        return ((lane * bits) << 16) | uint16(int16(value));
    }

    function _one(uint256 entry) private pure returns (uint256[] memory entries) {
        entries = new uint256[](2);
        (entries[0], entries[1]) = (entry, 1 << 255); // behind the last, one that belongs to no word
        assembly ("memory-safe") {
            mstore(entries, 1)
        }
    }

    function _laneOf(uint256 bits, uint256 word, uint256 lane) private pure returns (int256) {
        uint256 raw = (word >> (256 - bits * (lane + 1))) & ((1 << bits) - 1);
        return raw >= 1 << (bits - 1) ? int256(raw) - int256(1 << bits) : int256(raw);
    }

    function _replaced(uint256 bits, uint256 word, uint256 lane, int256 value) private pure returns (uint256) {
        uint256 mask = (1 << bits) - 1;
        uint256 shift = 256 - bits * (lane + 1);
        return (word & ~(mask << shift)) | ((uint256(value) & mask) << shift);
    }

    function _clamped(uint256 bits, int256 value) private pure returns (int256) {
        int256 half = int256(1 << (bits - 1));
        if (value < -half) return -half;
        return value >= half ? half - 1 : value;
    }

    function _slotOf() private pure returns (uint256 slot) {
        assembly ("memory-safe") {
            slot := _slot0.slot
        }
    }
}
