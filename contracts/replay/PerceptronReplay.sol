// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IModel} from "../../interfaces/IModel.sol";
import {IReplay, ReplayInput, ReplayState, ReplayTerms} from "../../interfaces/IReplay.sol";
import {BitSlices} from "../libraries/BitSlices.sol";
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

    /// @dev A call of {prepare} with so many bytes of presence samples comes near the 128 KiB that nodes accept in a transaction, and the index takes half of the gas that a transaction may use.
    uint256 private constant MOST_BYTES = 49_152;
    /// @dev So the index takes at most 3.1 million gas of memory.
    uint256 private constant MOST_INDEX_WORDS = 40_000;

    /// @inheritdoc IReplay
    function canReplay(string calldata kind, uint256 configuration) external pure returns (bool) {
        ModelConfiguration c = ModelConfiguration.wrap(configuration);
        return keccak256(bytes(kind)) == keccak256("perceptron/1") && c.isValid(0) && c.classes() == 2;
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
        uint256 features = 0;
        uint256 longest = 0;
        for (uint256 t = 0; t < samples.length; ++t) {
            uint256 length = samples[t].length;
            features += length / (c.encoding() == ModelConfigurationLibrary.SPARSE ? 4 : 2);
            if (length > longest) longest = length;
        }
        _requireFitting(c, samples.length, features);
        initial.scores = new uint256[](_scoreWords(c, samples.length, longest));
        uint256 depth = SlicedTests.depthFor(c, longest);
        uint256 table = LanePointers.unpack(initial.words, c.weightBits(), c.dimension() + 1, 0);
        for (uint256 t = 0; t < samples.length; ++t) {
            _requireLabel(labels[t]);
            int256 score = _score(c, table, samples[t]);
            if ((score > 0) == (labels[t] == 1)) ++initial.correct;
            if (_isSliced(c)) BitSlices.put(initial.scores, depth, t, score - 1);
            else ScoreRows.put(initial.scores, t, uint64(int64(score)));
        }
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
        uint256 wanted = _scoreWords(c, tests, longest);
        if (next.scores.length != wanted) revert WrongScores(next.scores.length, wanted);
        if (_isSliced(c))
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
        SlicedTests.finish(w, next.words);
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

    function _score(ModelConfiguration c, uint256 table, bytes calldata sample) private pure returns (int256 score) {
        if (_isSliced(c)) return SlicedTests.scoreOf(c, table, sample);
        uint256 free = Scratch.mark();
        score = LanePointers.product(table, RowTests.entriesOf(c, sample));
        Scratch.release(free);
    }

    function _isSliced(ModelConfiguration c) private pure returns (bool) {
        return c.encoding() == ModelConfigurationLibrary.PRESENCE;
    }

    function _scoreWords(ModelConfiguration c, uint256 tests, uint256 longest) private pure returns (uint256) {
        return _isSliced(c) ? SlicedTests.scoreWords(c, tests, longest) : ScoreRows.wordsFor(tests);
    }

    /// @notice Reverts when the rows of all features that the test samples may have take too much memory.
    function _requireFitting(ModelConfiguration c, uint256 tests, uint256 features) private pure {
        uint256 rows = 1 + (features < c.dimension() ? features : c.dimension());
        // Words are counted whole, so the division rounds up before they are multiplied.
        // slither-disable-next-line divide-before-multiply
        uint256 size = rows * (_isSliced(c) ? (tests + 255) / 256 : ScoreRows.wordsFor(tests));
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
