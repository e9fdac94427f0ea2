// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {FeatureCodecReference} from "./FeatureCodecReference.sol";

/// @title The replay of a perceptron of two classes as `docs/ref-market.md` words it: every test sample is predicted after every contribution
contract PerceptronReplayReference {
    struct Model {
        uint256 encoding;
        uint256 bits;
        uint256 dimension;
        int256 step;
        int256 constantValue;
        int256 margin;
        int256[] weights;
    }

    /// @notice Replays contributions on the words of a model.
    /// @return correct How many test samples were right before the first contribution, and after each.
    /// @return newWords The words at the end.
    /// @return scores Of the test samples at the end.
    function replay(
        uint256 configuration,
        uint256[] memory words,
        bytes[] calldata tests,
        uint16[] calldata testLabels,
        bytes[] calldata samples,
        uint16[] calldata labels
    ) external pure returns (uint256[] memory correct, uint256[] memory newWords, int256[] memory scores) {
        Model memory m = _read(configuration, words);
        correct = new uint256[](samples.length + 1);
        correct[0] = _correct(m, tests, testLabels);
        for (uint256 i = 0; i < samples.length; ++i) {
            _learn(m, samples[i], labels[i]);
            correct[i + 1] = _correct(m, tests, testLabels);
        }
        scores = new int256[](tests.length);
        for (uint256 t = 0; t < tests.length; ++t) {
            scores[t] = _score(m, tests[t]);
        }
        _write(m, words);
        newWords = words;
    }

    function _correct(
        Model memory m,
        bytes[] calldata tests,
        uint16[] calldata labels
    ) private pure returns (uint256 n) {
        for (uint256 t = 0; t < tests.length; ++t) {
            uint256 predicted = _score(m, tests[t]) > 0 ? 1 : 0;
            if (predicted == labels[t]) ++n;
        }
    }

    function _score(Model memory m, bytes calldata sample) private pure returns (int256 score) {
        (uint256[] memory features, int256[] memory values) = _decode(m, sample);
        score = m.constantValue * m.weights[0];
        for (uint256 k = 0; k < features.length; ++k) {
            score += values[k] * m.weights[features[k] + 1];
        }
    }

    function _learn(Model memory m, bytes calldata sample, uint256 label) private pure {
        int256 score = _score(m, sample);
        int256 sign = label == 1 ? int256(1) : int256(-1);
        if ((score > 0) == (label == 1) && sign * score >= m.margin) return;
        (uint256[] memory features, int256[] memory values) = _decode(m, sample);
        _move(m, 0, sign * m.step * m.constantValue);
        for (uint256 k = 0; k < features.length; ++k) {
            _move(m, features[k] + 1, sign * m.step * values[k]);
        }
    }

    function _move(Model memory m, uint256 lane, int256 amount) private pure {
        int256 half = int256(2 ** (m.bits - 1));
        int256 moved = m.weights[lane] + amount;
        if (moved < -half) moved = -half;
        if (moved > half - 1) moved = half - 1;
        m.weights[lane] = moved;
    }

    function _decode(Model memory m, bytes calldata sample) private pure returns (uint256[] memory, int256[] memory) {
        return FeatureCodecReference.decode(sample, m.encoding, m.dimension);
    }

    function _read(uint256 configuration, uint256[] memory words) private pure returns (Model memory m) {
        m.encoding = configuration >> 248;
        m.bits = (configuration >> 240) % 256;
        m.dimension = (configuration >> 192) % 2 ** 32;
        m.step = int256((configuration >> 176) % 2 ** 16);
        m.constantValue = int256((configuration >> 160) % 2 ** 16);
        m.margin = int256((configuration >> 96) % 2 ** 64);
        m.weights = new int256[](m.dimension + 1);
        for (uint256 n = 0; n <= m.dimension; ++n) {
            (uint256 word, uint256 weight) = _place(m.bits, n);
            int256 lane = int256((words[word] / weight) % 2 ** m.bits);
            m.weights[n] = lane >= int256(2 ** (m.bits - 1)) ? lane - int256(2 ** m.bits) : lane;
        }
    }

    function _write(Model memory m, uint256[] memory words) private pure {
        for (uint256 n = 0; n <= m.dimension; ++n) {
            (uint256 word, uint256 weight) = _place(m.bits, n);
            uint256 old = (words[word] / weight) % 2 ** m.bits;
            uint256 lane = uint256(m.weights[n] < 0 ? m.weights[n] + int256(2 ** m.bits) : m.weights[n]);
            words[word] = words[word] - old * weight + lane * weight;
        }
    }

    function _place(uint256 bits, uint256 lane) private pure returns (uint256 word, uint256 weight) {
        uint256 perWord = 256 / bits;
        return (lane / perWord, 2 ** (256 - bits * ((lane % perWord) + 1)));
    }
}
