// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {FeatureCodec} from "../libraries/FeatureCodec.sol";
import {LanePointers} from "../libraries/LanePointers.sol";
import {ScoreRows} from "../libraries/ScoreRows.sol";
import {Scratch} from "../libraries/Scratch.sol";
import {TestSet} from "../libraries/TestSet.sol";
import {ModelConfiguration} from "../types/ModelConfiguration.sol";

/// @title A perceptron of two classes and its test set at work, for samples with values
/// @notice Each feature has a row of its values in all test samples; {ScoreRows} adds a row times the change of the weight to four scores at once.
library RowTests {
    using ScoreRows for uint256[];

    /// @param labels In the top bit of each lane.
    struct Working {
        ModelConfiguration configuration;
        uint256 table;
        uint256 tests;
        uint256[] scores;
        uint256[] labels;
    }

    /// @notice Takes the weights apart and makes the rows of all features.
    /// @param prepared The test set.
    /// @param tests How many test samples it has.
    /// @param longest Bytes of the longest.
    /// @param scores Kept and changed.
    function begin(
        ModelConfiguration c,
        uint256[] memory words,
        uint256[] memory scores,
        bytes calldata prepared,
        uint256 tests,
        uint256 longest
    ) internal pure returns (Working memory w) {
        w.configuration = c;
        w.scores = scores;
        w.tests = tests;
        w.labels = new uint256[](scores.length);
        w.table = LanePointers.unpack(words, c.weightBits(), c.dimension() + 1, 0);
        // A sample is decoded in front, and the rows grow behind the longest possible.
        uint256 front = Scratch.mark();
        uint256 end = front + 32 * (longest / 2 + 3);
        uint256 cursor = 0;
        for (uint256 t = 0; t < w.tests; ++t) {
            uint256 label;
            bytes calldata sample;
            (label, sample, cursor) = TestSet.read(prepared, cursor);
            w.labels.put(t, label << 63);
            end = ScoreRows.index(w.table, entriesOf(c, sample), t, scores.length, end);
            Scratch.release(front);
        }
        Scratch.release(end);
    }

    /// @notice Learns one sample as the contract does, and follows with the scores.
    /// @return taught Whether anything may have changed.
    function learn(Working memory w, bytes calldata sample, uint256 label) internal pure returns (bool taught) {
        ModelConfiguration c = w.configuration;
        uint256 free = Scratch.mark();
        uint256[] memory entries = entriesOf(c, sample);
        int256 score = LanePointers.product(w.table, entries);
        taught = (score > 0) != (label == 1) || (label == 1 ? score : -score) < int256(c.margin());
        if (taught) {
            LanePointers.add(w.table, c.weightBits(), entries, label == 1 ? int256(c.step()) : -int256(c.step()));
            w.scores.add(entries);
        }
        Scratch.release(free);
    }

    /// @notice How many test samples are on the wrong side.
    function wrong(Working memory w) internal pure returns (uint256) {
        return w.scores.wrong(w.labels);
    }

    /// @notice Puts the weights back.
    function finish(Working memory w, uint256[] memory words) internal pure {
        LanePointers.pack(w.table, w.configuration.weightBits(), w.configuration.dimension() + 1, words);
    }

    /// @notice A sample's entries on a {LanePointers}, the constant feature in front.
    function entriesOf(ModelConfiguration c, bytes calldata sample) internal pure returns (uint256[] memory) {
        return FeatureCodec.decode(sample, c, LanePointers.STRIDE, 1, c.interceptValue());
    }
}
