// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IModel} from "../../interfaces/IModel.sol";
import {CountVector} from "../libraries/CountVector.sol";
import {FeatureCodec} from "../libraries/FeatureCodec.sol";
import {Log2} from "../libraries/Log2.sol";
import {ClassTotals} from "../types/ClassTotals.sol";
import {ModelConfiguration, ModelConfigurationLibrary} from "../types/ModelConfiguration.sol";
import {Model} from "./Model.sol";

/// @title Multinomial naive Bayes in logarithms
/// @notice Keeps the counts themselves, so learning is exact; adds logarithms, so nothing underflows however long the sample.
contract NaiveBayes is Model {
    /// @inheritdoc IModel
    function kind() public pure override returns (string memory) {
        return "naive-bayes/1";
    }

    /// @inheritdoc IModel
    function predict(bytes calldata sample) external view returns (uint256 class) {
        ModelConfiguration c = _configuration();
        return _best(_scores(c, _entries(c, sample)));
    }

    /// @inheritdoc IModel
    function scores(bytes calldata sample) external view returns (int256[] memory values) {
        ModelConfiguration c = _configuration();
        return _scores(c, _entries(c, sample));
    }

    function _train(
        ModelConfiguration c,
        bytes calldata sample,
        uint256 label
    ) internal override returns (bool taught) {
        uint256 count = c.classes();
        if (label >= count) revert UnknownLabel(label, count);
        uint256[] memory entries = _entries(c, sample);
        taught = _best(_scores(c, entries)) != label;
        uint256 grown = CountVector.add(_slot(_headers(count)), c.weightBits(), label, entries);
        // the half of a class with an even number is the upper one
        uint256 shift = 128 - 128 * (label % 2);
        uint256 pair = _word(label / 2);
        uint256 half = ClassTotals.unwrap(ClassTotals.wrap(uint128(pair >> shift)).withDocument(grown));
        _setWord(label / 2, (pair & (uint256(type(uint128).max) << (128 - shift))) | (half << shift));
    }

    function _check(ModelConfiguration c, bytes calldata sample, uint256 label) internal pure override {
        if (label >= c.classes()) revert UnknownLabel(label, c.classes());
        _entries(c, sample);
    }

    /// @dev A class without documents takes no part: its score is the least there is.
    function _scores(ModelConfiguration c, uint256[] memory entries) private view returns (int256[] memory sums) {
        uint256 count = c.classes();
        uint256 smoothing = c.smoothing();
        sums = new int256[](count);
        uint256 length = CountVector.accumulateLogarithms(
            _slot(_headers(count)),
            c.weightBits(),
            smoothing,
            entries,
            sums
        );
        for (uint256 k = 0; k < count; ++k) {
            ClassTotals totals = _totals(k);
            uint256 documents = totals.documents();
            if (documents == 0) {
                sums[k] = type(int256).min;
            } else {
                sums[k] +=
                    int256(Log2.log2(documents)) -
                    int256(length * Log2.log2(256 * totals.total() + smoothing * c.dimension()));
            }
        }
    }

    function _best(int256[] memory sums) private pure returns (uint256 best) {
        for (uint256 k = 1; k < sums.length; ++k) {
            if (sums[k] > sums[best]) best = k;
        }
    }

    /// @notice Decoded entries; counts cannot be negative.
    function _entries(ModelConfiguration c, bytes calldata sample) private pure returns (uint256[] memory entries) {
        entries = FeatureCodec.decode(sample, c, c.weightBits() * c.classes(), 0, 0);
        if (c.encoding() == ModelConfigurationLibrary.PRESENCE) return entries;
        for (uint256 i = 0; i < entries.length; ++i) {
            int256 value = int16(uint16(entries[i]));
            if (value < 0) revert FeatureCodec.ValueOutOfRange(value);
        }
    }

    function _checkFirstWords(ModelConfiguration c) internal view override {
        for (uint256 k = 0; k < c.classes(); ++k) {
            if (_totals(k).documents() == 0) revert EmptyClass(k);
        }
    }

    function _totals(uint256 class) private view returns (ClassTotals) {
        return ClassTotals.wrap(uint128(_word(class / 2) >> (128 - 128 * (class % 2))));
    }

    function _isValid(ModelConfiguration c) internal pure override returns (bool) {
        return
            c.isValid(
                ModelConfigurationLibrary.STEP |
                    ModelConfigurationLibrary.INTERCEPT_VALUE |
                    ModelConfigurationLibrary.MARGIN |
                    ModelConfigurationLibrary.NOTICE_SECONDS
            ) && c.smoothing() > 0;
    }

    function _requiredWords(ModelConfiguration c) internal pure override returns (uint256) {
        return _headers(c.classes()) + c.wordsFor(c.dimension() * c.classes());
    }

    function _headers(uint256 count) private pure returns (uint256) {
        return (count + 1) / 2;
    }
}
