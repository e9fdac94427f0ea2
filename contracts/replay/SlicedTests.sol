// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {BitSlices} from "../libraries/BitSlices.sol";
import {FeatureCodec} from "../libraries/FeatureCodec.sol";
import {LanePointers} from "../libraries/LanePointers.sol";
import {PresenceLanes} from "../libraries/PresenceLanes.sol";
import {Scratch} from "../libraries/Scratch.sol";
import {TestSet} from "../libraries/TestSet.sol";
import {ModelConfiguration} from "../types/ModelConfiguration.sol";

/// @title A perceptron of two classes and its test set at work, for presence samples
/// @notice A contribution adds the same to the weights of all its features, so a test sample's score changes by that times the number of features it shares. {BitSlices} counts them for 256 test samples at once.
library SlicedTests {
    uint256 private constant MOST_COUNT_SLICES = 34;

    /// @param depth Slices that hold any score.
    /// @param none Pointer to a row of zeros.
    /// @param counts Where counts of shared features go.
    /// @param slices Scores less 1, so that the sign tells whether a score is above 0.
    /// @param labels A bit a test sample.
    /// @param everyone The row of the constant feature: all test samples.
    struct Working {
        ModelConfiguration configuration;
        uint256 table;
        uint256 tests;
        uint256 depth;
        uint256 none;
        uint256 counts;
        uint256[] slices;
        uint256[] labels;
        uint256[] everyone;
    }

    /// @notice How many words hold the scores of a test set.
    function scoreWords(ModelConfiguration c, uint256 tests, uint256 longest) internal pure returns (uint256) {
        // Words are counted whole, so the division rounds up before they are multiplied.
        // slither-disable-next-line divide-before-multiply
        return ((tests + 255) / 256) * depthFor(c, longest);
    }

    /// @notice Slices that hold any score of the test set, less 1: as many as a two's complement number from `-most - 1` to `most` has bits.
    /// @param longest Bytes of the longest test sample.
    function depthFor(ModelConfiguration c, uint256 longest) internal pure returns (uint256 depth) {
        uint256 most = (longest / 2 + c.interceptValue()) << (c.weightBits() - 1);
        depth = 1;
        while (most >> (depth - 1) > 0) ++depth;
    }

    /// @notice Takes the weights apart and makes the rows of all features.
    /// @param slices The scores; kept and changed.
    /// @param prepared The test set.
    /// @param tests How many test samples it has.
    /// @param longest Bytes of the longest.
    function begin(
        ModelConfiguration c,
        uint256[] memory words,
        uint256[] memory slices,
        bytes calldata prepared,
        uint256 tests,
        uint256 longest
    ) internal pure returns (Working memory w) {
        w.configuration = c;
        w.tests = tests;
        w.depth = depthFor(c, longest);
        w.slices = slices;
        uint256 blocks = (w.tests + 255) / 256;
        w.labels = new uint256[](blocks);
        w.everyone = new uint256[](blocks);
        w.counts = _pointer(new uint256[](MOST_COUNT_SLICES));
        w.none = _pointer(new uint256[](blocks));
        w.table = LanePointers.unpack(words, c.weightBits(), c.dimension() + 1, w.none);
        uint256 end = Scratch.mark();
        uint256 cursor = 0;
        for (uint256 t = 0; t < w.tests; ++t) {
            uint256 label;
            bytes calldata sample;
            (label, sample, cursor) = TestSet.read(prepared, cursor);
            w.labels[t / 256] |= label << (t % 256);
            w.everyone[t / 256] |= 1 << (t % 256);
            end = BitSlices.index(w.table, sample, t, blocks, w.none, end);
        }
        Scratch.release(end);
    }

    /// @notice Learns one sample as the contract does, and follows with the scores.
    /// @return taught Whether anything may have changed.
    function learn(Working memory w, bytes calldata sample, uint256 label) internal pure returns (bool taught) {
        ModelConfiguration c = w.configuration;
        int256 score = scoreOf(c, w.table, sample);
        taught = (score > 0) != (label == 1) || (label == 1 ? score : -score) < int256(c.margin());
        if (taught) _teach(w, sample, label == 1 ? int256(c.step()) : -int256(c.step()));
    }

    /// @notice A sample's score; reverts as {FeatureCodec} does when it is malformed.
    function scoreOf(ModelConfiguration c, uint256 table, bytes calldata sample) internal pure returns (int256 score) {
        bool wellFormed;
        (score, wellFormed) = PresenceLanes.sum(table, c.dimension(), sample);
        // Only whether it can be decoded matters here: it reverts if not.
        // slither-disable-next-line unused-return
        if (!wellFormed) FeatureCodec.decode(sample, c, LanePointers.STRIDE, 0, 0); // reverts, and says why
        return score + int256(c.interceptValue()) * LanePointers.first(table);
    }

    /// @notice How many test samples are on the wrong side.
    function wrong(Working memory w) internal pure returns (uint256 count) {
        uint256 blocks = w.labels.length;
        for (uint256 b = 0; b < blocks; ++b) {
            uint256 notAbove = w.slices[(b + 1) * w.depth - 1];
            count += BitSlices.population(~(notAbove ^ w.labels[b]) & w.everyone[b]);
        }
    }

    /// @notice Puts the weights back.
    function finish(Working memory w, uint256[] memory words) internal pure {
        LanePointers.pack(w.table, w.configuration.weightBits(), w.configuration.dimension() + 1, words);
    }

    function _teach(Working memory w, bytes calldata sample, int256 factor) private pure {
        uint256 bits = w.configuration.weightBits();
        uint256 whole = Scratch.mark();
        uint256 lesser = whole + 16 * sample.length + 0x100; // a word a feature, and room to fill up eight
        Scratch.release(lesser + 16 * sample.length + 0x20);
        (uint256 wholeEnd, uint256 lesserEnd) = PresenceLanes.add(w.table, bits, sample, factor, whole, lesser);
        int256 constantValue = int256(w.configuration.interceptValue());
        int256 change = LanePointers.addToFirst(w.table, bits, factor * constantValue);
        // Unless it reached an end, the intercept counts as so many features more that every test sample shares.
        bool isWhole = change == factor * constantValue;
        uint256 first = isWhole ? uint256(constantValue * constantValue) : 0;
        int256 rest = isWhole ? int256(0) : change * constantValue;
        for (uint256 b = 0; b < w.labels.length; ++b) {
            uint256 slices = _pointer(w.slices) + 32 * b * w.depth;
            uint256 countsDepth = BitSlices.count(whole, wholeEnd, w.none, 32 * b, first, w.everyone[b], w.counts);
            BitSlices.addMultiple(slices, w.depth, w.counts, countsDepth, factor);
            if (lesserEnd > lesser || rest != 0) _addLesser(w, slices, 32 * b, lesser, lesserEnd, rest);
        }
        Scratch.release(whole);
    }

    /// @notice Adds the changes of weights that reached an end of their range.
    function _addLesser(
        Working memory w,
        uint256 slices,
        uint256 ahead,
        uint256 list,
        uint256 end,
        int256 rest
    ) private pure {
        for (; list < end; list += 32) {
            (int256 change, uint256 row) = PresenceLanes.lesserAt(list);
            BitSlices.addMultiple(slices, w.depth, row + ahead, 1, change);
        }
        BitSlices.addMultiple(slices, w.depth, _pointer(w.everyone) + ahead, 1, rest);
    }

    /// @notice Where an array's elements begin.
    function _pointer(uint256[] memory array) private pure returns (uint256 pointer) {
        assembly ("memory-safe") {
            pointer := add(array, 0x20)
        }
    }
}
