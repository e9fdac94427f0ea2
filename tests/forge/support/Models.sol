// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Chance} from "./Chance.sol";

/// @title Configurations and first words, with many lanes near the ends of their range
library Models {
    /// @notice The fields that fuzzing chooses; the others follow.
    struct Shape {
        uint256 encoding;
        uint256 bits;
        uint256 classes;
        uint256 dimension;
    }

    function shape(Chance memory chance) internal pure returns (Shape memory) {
        uint256 dimension = chance.oneIn(3) ? chance.between(1, 4) : chance.between(1, 40);
        return Shape(chance.below(3), 4 << chance.below(4), chance.between(2, 5), dimension);
    }

    function perceptron(
        Shape memory s,
        uint256 step,
        uint256 interceptValue,
        uint256 margin
    ) internal pure returns (uint256 configuration) {
        return _common(s) | (step << 176) | (interceptValue << 160) | (margin << 96);
    }

    function naiveBayes(Shape memory s, uint256 smoothing) internal pure returns (uint256 configuration) {
        return _common(s) | (smoothing << 64);
    }

    function nearestCentroid(Shape memory s, uint256 noticeSeconds) internal pure returns (uint256 configuration) {
        return _common(s) | (noticeSeconds << 32);
    }

    /// @notice Fills words `start` to `start + count` with lanes.
    /// @param used Lanes that the model uses; those behind are zero three times in four.
    function fill(
        Chance memory chance,
        uint256[] memory words,
        uint256 start,
        uint256 count,
        uint256 bits,
        uint256 used
    ) internal pure {
        bool isClean = !chance.oneIn(4);
        uint256 manner = chance.below(3);
        uint256 perWord = 256 / bits;
        for (uint256 i = 0; i < count; ++i) {
            uint256 word = 0;
            for (uint256 lane = 0; lane < perWord; ++lane) {
                uint256 value = isClean && i * perWord + lane >= used ? 0 : _lane(chance, bits, manner);
                word |= value << (256 - bits * (lane + 1));
            }
            words[start + i] = word;
        }
    }

    /// @notice How many words hold so many lanes.
    function wordsFor(uint256 lanes, uint256 bits) internal pure returns (uint256) {
        return (lanes * bits + 255) / 256;
    }

    /// @notice The words one after another, as uploads carry them.
    function toBytes(uint256[] memory words) internal pure returns (bytes memory) {
        return abi.encodePacked(words);
    }

    function _common(Shape memory s) private pure returns (uint256) {
        return (s.encoding << 248) | (s.bits << 240) | (s.classes << 224) | (s.dimension << 192);
    }

    /// @dev The ends of the range as signed and as unsigned numbers, their neighbours, zero, and anything.
    function _lane(Chance memory chance, uint256 bits, uint256 manner) private pure returns (uint256) {
        if (manner == 0) return 0;
        uint256 mask = (1 << bits) - 1;
        if (manner == 1) return chance.next() & mask;
        uint256 end = chance.below(4);
        uint256 half = 1 << (bits - 1);
        if (end == 0) return (half - 1 - chance.below(2)) & mask;
        if (end == 1) return half + chance.below(2);
        if (end == 2) return mask - chance.below(2);
        return chance.below(2);
    }
}
