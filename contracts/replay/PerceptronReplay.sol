// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IModel} from "../../interfaces/IModel.sol";
import {IReplay, ReplayInput, ReplayState, ReplayTerms} from "../../interfaces/IReplay.sol";
import {FeatureCodec} from "../libraries/FeatureCodec.sol";
import {LanePointers} from "../libraries/LanePointers.sol";
import {ScoreRows} from "../libraries/ScoreRows.sol";
import {TestSet} from "../libraries/TestSet.sol";
import {ModelConfiguration} from "../types/ModelConfiguration.sol";
import {Replay} from "./Replay.sol";

/// @title Replays a perceptron of two classes in memory
/// @notice Keeps the score of each test sample, and an index of the test samples by feature: a contribution that taught changes the scores of those that share a feature with it, and no test sample is ever predicted again.
/// @dev Pure but for one question to the model in {prepare}. The prepared test set is that of {TestSet}; the index is made from it in each call, which costs less than to carry it in calldata.
contract PerceptronReplay is Replay {
    using ScoreRows for uint256[];

    /// @dev A prepared test set of this size still leaves a quarter of the 128 KiB that nodes accept in a transaction for state and contributions.
    uint256 private constant MOST_BYTES = 98_304;
    /// @dev So the index takes at most 3.1 million gas of memory.
    uint256 private constant MOST_INDEX_WORDS = 40_000;

    /// @dev The model and its test set while contributions are replayed.
    struct Working {
        ModelConfiguration configuration;
        uint256 table;
        uint256[] labels;
        uint256 tests;
    }

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
        initial.scores = new uint256[](ScoreRows.wordsFor(samples.length));
        uint256 table = _unpack(c, initial.words);
        uint256 entryCount = 0;
        uint256 free = _freeMemory();
        for (uint256 t = 0; t < samples.length; ++t) {
            if (labels[t] > 1) revert IModel.UnknownLabel(labels[t], 2);
            uint256[] memory entries = _entries(c, samples[t]);
            entryCount += entries.length;
            int256 score = LanePointers.product(table, entries);
            initial.scores.put(t, uint64(int64(score)));
            if ((score > 0) == (labels[t] == 1)) ++initial.correct;
            _release(free);
        }
        uint256 rows = entryCount < c.dimension() + 1 ? entryCount : c.dimension() + 1;
        uint256 indexWords = rows * initial.scores.length;
        if (indexWords > MOST_INDEX_WORDS) revert TestSetTooLarge(indexWords, MOST_INDEX_WORDS);
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
        Working memory w = _work(c, next, prepared);
        uint256 free = _freeMemory();
        for (uint256 i = 0; i < inputs.length; ++i) {
            ReplayInput calldata input = inputs[i];
            if (!_enter(next, input)) continue;
            if (_learn(w, next.scores, input.sample, input.label))
                _credit(next, input.participant, w.tests - next.scores.wrong(w.labels));
            _release(free);
        }
        LanePointers.pack(w.table, c.weightBits(), c.dimension() + 1, next.words);
    }

    /// @notice Learns one sample as the contract does, and follows with the scores.
    function _learn(
        Working memory w,
        uint256[] memory scores,
        bytes calldata sample,
        uint256 label
    ) private pure returns (bool taught) {
        ModelConfiguration c = w.configuration;
        if (label > 1) revert IModel.UnknownLabel(label, 2);
        uint256[] memory entries = _entries(c, sample);
        int256 score = LanePointers.product(w.table, entries);
        int256 lead = label == 1 ? score : -score;
        taught = (score > 0) != (label == 1) || lead < int256(c.margin());
        if (taught) {
            int256 step = int256(c.step());
            LanePointers.add(w.table, c.weightBits(), entries, label == 1 ? step : -step);
            scores.add(entries);
        }
    }

    /// @notice Takes the weights apart and makes the index.
    function _work(
        ModelConfiguration c,
        ReplayState memory next,
        bytes calldata prepared
    ) private pure returns (Working memory w) {
        w.configuration = c;
        w.tests = TestSet.count(prepared);
        uint256 width = ScoreRows.wordsFor(w.tests);
        if (next.scores.length != width) revert WrongScores(next.scores.length, width);
        w.labels = new uint256[](width);
        w.table = _unpack(c, next.words);
        // A sample is decoded in front, and the rows grow behind the longest possible.
        uint256 front = _freeMemory();
        uint256 end = front + 32 * (_longest(prepared) + 3);
        uint256 cursor = 0;
        for (uint256 t = 0; t < w.tests; ++t) {
            uint256 label;
            bytes calldata sample;
            (label, sample, cursor) = TestSet.read(prepared, cursor);
            w.labels.put(t, label << 63);
            end = ScoreRows.index(w.table, _entries(c, sample), t, width, end);
            _release(front);
        }
        _release(end);
    }

    function _unpack(ModelConfiguration c, uint256[] memory words) private pure returns (uint256 table) {
        uint256 lanes = c.dimension() + 1;
        uint256 wanted = c.wordsFor(lanes);
        if (words.length < wanted) revert IModel.MissingWords(words.length, wanted);
        if (words.length > wanted) revert IModel.TooManyWords(words.length, wanted);
        return LanePointers.unpack(words, c.weightBits(), lanes);
    }

    function _entries(ModelConfiguration c, bytes calldata sample) private pure returns (uint256[] memory) {
        return FeatureCodec.decode(sample, c, LanePointers.STRIDE, 1, c.interceptValue());
    }

    /// @notice Features of the longest sample.
    function _longest(bytes calldata prepared) private pure returns (uint256 most) {
        uint256 cursor = 0;
        while (cursor < prepared.length) {
            bytes calldata sample;
            (, sample, cursor) = TestSet.read(prepared, cursor);
            if (sample.length > most) most = sample.length;
        }
        return most / 2;
    }

    function _freeMemory() private pure returns (uint256 free) {
        assembly ("memory-safe") {
            free := mload(0x40)
        }
    }

    /// @dev What lies behind is used no more.
    function _release(uint256 free) private pure {
        assembly ("memory-safe") {
            mstore(0x40, free)
        }
    }
}
