// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IModel} from "../../interfaces/IModel.sol";
import {IReplay, ReplayInput, ReplayState, ReplayTerms} from "../../interfaces/IReplay.sol";
import {LanePointers} from "../libraries/LanePointers.sol";
import {ScoreRows} from "../libraries/ScoreRows.sol";
import {Scratch} from "../libraries/Scratch.sol";
import {TestSet} from "../libraries/TestSet.sol";
import {ModelConfiguration, ModelConfigurationLibrary} from "../types/ModelConfiguration.sol";
import {Replay} from "./Replay.sol";
import {RowTests} from "./RowTests.sol";
import {SlicedTests} from "./SlicedTests.sol";

/// @title Replays a perceptron of two classes in memory
/// @notice Keeps the score of each test sample, and an index of the test samples by feature: a contribution that taught changes the scores of those that share a feature with it, and no test sample is ever predicted again.
/// @dev Pure but for one question to the model in {prepare}. The prepared test set is that of {TestSet}; the index is made from it in each call, which costs less than to carry it in calldata.
contract PerceptronReplay is Replay {
    using ScoreRows for uint256[];

    /// @dev A prepared test set of this size still leaves a quarter of the 128 KiB that nodes accept in a transaction for state and contributions.
    uint256 private constant MOST_BYTES = 98_304;
    /// @dev So the index takes at most 3.1 million gas of memory.
    uint256 private constant MOST_INDEX_WORDS = 40_000;

    /// @inheritdoc IReplay
    function canReplay(string calldata kind, uint256 configuration) external pure returns (bool) {
        ModelConfiguration c = ModelConfiguration.wrap(configuration);
        return keccak256(bytes(kind)) == keccak256("perceptron/1") && c.isValid() && c.classes() == 2;
    }

    /// @inheritdoc IReplay
    function prepare(
        address model,
        uint256[] calldata words,
        bytes[] calldata samples,
        uint16[] calldata labels
    ) external view returns (ReplayState memory initial, bytes memory prepared) {
        if (samples.length != labels.length) revert LabelCount(samples.length, labels.length);
        ModelConfiguration c = ModelConfiguration.wrap(IModel(model).configuration());
        prepared = TestSet.pack("", samples, labels);
        if (prepared.length > MOST_BYTES) revert TestSetTooLarge(prepared.length, MOST_BYTES);
        initial.words = words;
        _requireWords(c, initial.words);
        initial.scores = new uint256[](ScoreRows.wordsFor(samples.length));
        uint256 table = LanePointers.unpack(initial.words, c.weightBits(), c.dimension() + 1, 0);
        uint256 entryCount = 0;
        for (uint256 t = 0; t < samples.length; ++t) {
            _requireLabel(labels[t]);
            uint256 free = Scratch.mark();
            uint256[] memory entries = RowTests.entriesOf(c, samples[t]);
            entryCount += entries.length;
            int256 score = LanePointers.product(table, entries);
            Scratch.release(free);
            initial.scores.put(t, uint64(int64(score)));
            if ((score > 0) == (labels[t] == 1)) ++initial.correct;
        }
        _requireFitting(c, samples.length, entryCount);
    }

    /// @inheritdoc IReplay
    function advance(
        ReplayTerms calldata terms,
        ReplayState calldata state,
        bytes calldata prepared,
        ReplayInput[] calldata inputs
    ) external pure returns (ReplayState memory next) {
        next = _begin(terms, state, prepared, inputs.length);
        if (inputs.length == 0) return next;
        ModelConfiguration c = ModelConfiguration.wrap(terms.configuration);
        _requireWords(c, next.words);
        (uint256 tests, uint256 longest) = TestSet.measure(prepared);
        if (next.scores.length != ScoreRows.wordsFor(tests))
            revert WrongScores(next.scores.length, ScoreRows.wordsFor(tests));
        if (c.encoding() == ModelConfigurationLibrary.PRESENCE)
            _advanceSliced(SlicedTests.begin(c, next.words, next.scores, prepared, tests, longest), next, inputs);
        else _advanceRows(RowTests.begin(c, next.words, next.scores, prepared, tests, longest), next, inputs);
    }

    function _advanceSliced(
        SlicedTests.Working memory w,
        ReplayState memory next,
        ReplayInput[] calldata inputs
    ) private pure {
        for (uint256 i = 0; i < inputs.length; ++i) {
            ReplayInput calldata input = inputs[i];
            if (!_enter(next, input)) continue;
            _requireLabel(input.label);
            if (SlicedTests.learn(w, input.sample, input.label))
                _credit(next, input.participant, w.tests - SlicedTests.wrong(w));
        }
        SlicedTests.finish(w, next.words, next.scores);
    }

    function _advanceRows(
        RowTests.Working memory w,
        ReplayState memory next,
        ReplayInput[] calldata inputs
    ) private pure {
        for (uint256 i = 0; i < inputs.length; ++i) {
            ReplayInput calldata input = inputs[i];
            if (!_enter(next, input)) continue;
            _requireLabel(input.label);
            if (RowTests.learn(w, input.sample, input.label))
                _credit(next, input.participant, w.tests - RowTests.wrong(w));
        }
        RowTests.finish(w, next.words);
    }

    /// @notice Reverts when the rows of all features that the test samples have take too much memory.
    function _requireFitting(ModelConfiguration c, uint256 tests, uint256 entries) private pure {
        uint256 rows = entries < c.dimension() + 1 ? entries : c.dimension() + 1;
        bool isSliced = c.encoding() == ModelConfigurationLibrary.PRESENCE;
        uint256 size = rows * (isSliced ? (tests + 255) / 256 : ScoreRows.wordsFor(tests));
        if (size > MOST_INDEX_WORDS) revert TestSetTooLarge(size, MOST_INDEX_WORDS);
    }

    function _requireLabel(uint256 label) private pure {
        if (label > 1) revert IModel.UnknownLabel(label, 2);
    }

    function _requireWords(ModelConfiguration c, uint256[] memory words) private pure {
        uint256 wanted = c.wordsFor(c.dimension() + 1);
        if (words.length < wanted) revert IModel.MissingWords(words.length, wanted);
        if (words.length > wanted) revert IModel.TooManyWords(words.length, wanted);
    }
}
