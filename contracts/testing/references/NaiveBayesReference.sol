// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IModel} from "../../../interfaces/IModel.sol";
import {FeatureCodec} from "../../libraries/FeatureCodec.sol";
import {LaneVectorReference} from "./LaneVectorReference.sol";
import {Log2Reference} from "./Log2Reference.sol";
import {ModelReference} from "./ModelReference.sol";

/// @title Multinomial naive Bayes as `docs/ref-models.md` words it, one count a slot
contract NaiveBayesReference is ModelReference {
    using LaneVectorReference for int256[];

    uint256 private constant MOST = 2 ** 64 - 1;

    uint256[] private _documents;
    uint256[] private _totals;
    /// @dev Feature by feature.
    int256[] private _counts;

    constructor(uint256 configuration, uint256[] memory words_) ModelReference(configuration, words_) {
        for (uint256 k = 0; k < settings.classes; ++k) {
            (uint256 word, uint256 low) = _half(k);
            _documents.push(field(words_[word], low + 64, 64));
            _totals.push(field(words_[word], low, 64));
        }
        uint256 lanes = settings.dimension * settings.classes;
        _counts.read(words_, _headers(), settings.weightBits, lanes, false);
    }

    function predict(bytes calldata sample) external view override returns (uint256 class) {
        (uint256[] memory features, int256[] memory values) = _decode(sample);
        return _best(_scores(features, values));
    }

    function scores(bytes calldata sample) external view override returns (int256[] memory) {
        (uint256[] memory features, int256[] memory values) = _decode(sample);
        return _scores(features, values);
    }

    function train(bytes calldata sample, uint256 label) external override returns (bool taught) {
        if (label >= settings.classes) revert IModel.UnknownLabel(label, settings.classes);
        (uint256[] memory features, int256[] memory values) = _decode(sample);
        taught = _best(_scores(features, values)) != label;

        for (uint256 k = 0; k < features.length; ++k) {
            uint256 lane = features[k] * settings.classes + label;
            int256 grown = _counts.add(lane, values[k], 0, int256(2 ** settings.weightBits) - 1);
            _totals[label] += uint256(grown);
        }
        if (_totals[label] > MOST) _totals[label] = MOST;
        if (_documents[label] < MOST) ++_documents[label];
    }

    function words() external view override returns (uint256[] memory all) {
        all = _words;
        for (uint256 k = 0; k < settings.classes; ++k) {
            (uint256 word, uint256 low) = _half(k);
            all[word] = withField(all[word], low + 64, 64, _documents[k]);
            all[word] = withField(all[word], low, 64, _totals[k]);
        }
        _counts.write(0, _counts.length, all, _headers(), settings.weightBits);
    }

    /// @notice Every rule of the encoding first, for the whole sample; then what this model refuses.
    function _decode(bytes calldata sample) private view returns (uint256[] memory features, int256[] memory values) {
        (features, values) = decode(sample);
        for (uint256 k = 0; k < values.length; ++k) {
            if (values[k] < 0) revert FeatureCodec.ValueOutOfRange(values[k]);
        }
    }

    function _scores(uint256[] memory features, int256[] memory values) private view returns (int256[] memory sums) {
        sums = new int256[](settings.classes);
        for (uint256 k = 0; k < settings.classes; ++k) {
            if (_documents[k] == 0) {
                sums[k] = type(int256).min;
                continue;
            }
            uint256 all = 256 * _totals[k] + settings.smoothing * settings.dimension;
            sums[k] = int256(Log2Reference.log2(_documents[k]));
            for (uint256 i = 0; i < features.length; ++i) {
                uint256 count = uint256(_counts[features[i] * settings.classes + k]);
                sums[k] += values[i] * int256(Log2Reference.log2(256 * count + settings.smoothing));
                sums[k] -= values[i] * int256(Log2Reference.log2(all));
            }
        }
    }

    function _best(int256[] memory sums) private pure returns (uint256 class) {
        for (uint256 k = 1; k < sums.length; ++k) {
            if (sums[k] > sums[class]) class = k;
        }
    }

    /// @notice Number of the word that holds a class's totals, and the lowest bit of its half.
    function _half(uint256 class) private pure returns (uint256 word, uint256 low) {
        return (class / 2, class % 2 == 0 ? 128 : 0);
    }

    function _headers() private view returns (uint256) {
        return (settings.classes + 1) / 2;
    }
}
