// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IModel} from "../../../interfaces/IModel.sol";
import {LaneVectorReference} from "./LaneVectorReference.sol";
import {ModelReference} from "./ModelReference.sol";

/// @title Nearest centroid as `docs/ref-models.md` words it, one sum a slot
contract NearestCentroidReference is ModelReference {
    using LaneVectorReference for int256[];

    struct Class {
        uint256 activeAt;
        uint256 count;
        uint256 norm;
    }

    Class[] private _classes;
    /// @dev Class by class.
    int256[] private _sums;

    constructor(uint256 configuration, uint256[] memory words_) ModelReference(configuration, words_) {
        for (uint256 k = 0; k < settings.classes; ++k) {
            _readClass(words_, k);
        }
    }

    function predict(bytes calldata sample) external view override returns (uint256 class) {
        return _nearest(_numerators(sample));
    }

    function scores(bytes calldata sample) external view override returns (int256[] memory values) {
        int256[] memory numerators = _numerators(sample);
        values = new int256[](2 * numerators.length);
        for (uint256 k = 0; k < numerators.length; ++k) {
            if (!_takesPart(k)) continue;
            values[2 * k] = numerators[k];
            values[2 * k + 1] = int256(_classes[k].count);
        }
    }

    function train(bytes calldata sample, uint256 label) external override returns (bool taught) {
        if (label >= _classes.length || _classes[label].activeAt > block.timestamp) {
            revert IModel.UnknownLabel(label, _classes.length);
        }
        (uint256[] memory features, int256[] memory values) = decode(sample);
        taught = _nearest(_numerators(sample)) != label;

        Class storage class = _classes[label];
        (int256 least, int256 most) = signedRange();
        int256 norm = int256(class.norm);
        for (uint256 k = 0; k < features.length; ++k) {
            uint256 lane = label * settings.dimension + features[k];
            int256 old = _sums[lane];
            _sums.add(lane, values[k], least, most);
            norm += _sums[lane] * _sums[lane] - old * old;
        }
        if (norm < 0) norm = 0;
        if (norm > 2 ** 184 - 1) norm = 2 ** 184 - 1;
        class.norm = uint256(norm);
        if (class.count < 2 ** 32 - 1) ++class.count;
    }

    /// @notice See {IModel-addClass}; the notice counts from now.
    function addClass(uint256[] calldata words_) external returns (uint256 class) {
        class = _classes.length;
        for (uint256 i = 0; i < words_.length; ++i) {
            _words.push(words_[i]);
        }
        _readClass(_words, class);
        _classes[class].activeAt = block.timestamp + settings.noticeSeconds;
    }

    function words() external view override returns (uint256[] memory all) {
        all = _words;
        for (uint256 k = 0; k < _classes.length; ++k) {
            uint256 header = k * _wordsPerClass();
            all[header] = _classes[k].activeAt * 2 ** 216 + _classes[k].count * 2 ** 184 + _classes[k].norm;
            _sums.write(k * settings.dimension, settings.dimension, all, header + 1, settings.weightBits);
        }
    }

    function _readClass(uint256[] memory from, uint256 class) private {
        uint256 start = class * _wordsPerClass();
        uint256 header = from[start];
        _classes.push(Class(field(header, 216, 40), field(header, 184, 32), field(header, 0, 184)));
        _sums.read(from, start + 1, settings.weightBits, settings.dimension, true);
    }

    /// @notice For each class, squared norm of its sum less twice its count times the scalar product with the sample.
    function _numerators(bytes calldata sample) private view returns (int256[] memory numerators) {
        (uint256[] memory features, int256[] memory values) = decode(sample);
        numerators = new int256[](_classes.length);
        for (uint256 k = 0; k < _classes.length; ++k) {
            int256 product = _sums.products(k * settings.dimension, 1, features, values)[0];
            numerators[k] = int256(_classes[k].norm) - 2 * int256(_classes[k].count) * product;
        }
    }

    /// @notice The lowest-numbered class that no other one beats; 0 when none takes part.
    function _nearest(int256[] memory numerators) private view returns (uint256) {
        for (uint256 k = 0; k < numerators.length; ++k) {
            if (!_takesPart(k)) continue;
            bool isBeaten = false;
            for (uint256 other = 0; other < numerators.length; ++other) {
                if (!_takesPart(other)) continue;
                int256 ownCount = int256(_classes[k].count);
                int256 otherCount = int256(_classes[other].count);
                int256 own = numerators[k] * otherCount * otherCount;
                if (numerators[other] * ownCount * ownCount < own) isBeaten = true;
            }
            if (!isBeaten) return k;
        }
        return 0;
    }

    function _takesPart(uint256 class) private view returns (bool) {
        return _classes[class].count > 0 && _classes[class].activeAt <= block.timestamp;
    }

    function _wordsPerClass() private view returns (uint256) {
        return 1 + wordsFor(settings.dimension);
    }
}
