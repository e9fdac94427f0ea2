// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IModel} from "../../../interfaces/IModel.sol";
import {LaneVectorReference} from "./LaneVectorReference.sol";
import {ModelReference} from "./ModelReference.sol";

/// @title The perceptron as `docs/ref-models.md` words it, one weight a slot
contract PerceptronReference is ModelReference {
    using LaneVectorReference for int256[];

    /// @dev Feature-major, the constant feature first.
    int256[] private _weights;

    constructor(uint256 configuration, uint256[] memory words_) ModelReference(configuration, words_) {
        _weights.read(words_, 0, settings.weightBits, (settings.dimension + 1) * columns(), true);
    }

    function predict(bytes calldata sample) external view override returns (uint256 class) {
        (, , int256[] memory sums) = _read(sample);
        return best(sums);
    }

    function scores(bytes calldata sample) external view override returns (int256[] memory values) {
        (, , values) = _read(sample);
    }

    function train(bytes calldata sample, uint256 label) external override returns (bool taught) {
        if (label >= settings.classes) revert IModel.UnknownLabel(label, settings.classes);
        (uint256[] memory features, int256[] memory values, int256[] memory sums) = _read(sample);
        uint256 rival = settings.classes == 2 ? 0 : bestExcept(sums, label);
        int256 lead;
        if (settings.classes == 2) lead = label == 1 ? sums[0] : -sums[0];
        else lead = sums[label] - sums[rival];

        taught = best(sums) != label || lead < int256(settings.margin);
        if (!taught) return false;
        int256 step = int256(settings.step);
        if (settings.classes == 2) {
            _move(0, features, values, label == 1 ? step : -step);
        } else {
            _move(label, features, values, step);
            _move(rival, features, values, -step);
        }
    }

    function words() external view override returns (uint256[] memory all) {
        all = _words;
        _weights.write(0, _weights.length, all, 0, settings.weightBits);
    }

    function columns() public view returns (uint256) {
        return settings.classes == 2 ? 1 : settings.classes;
    }

    /// @notice The sample with the constant feature in front (so feature `j` is number `j + 1`), and its scores.
    function _read(
        bytes calldata sample
    ) private view returns (uint256[] memory features, int256[] memory values, int256[] memory sums) {
        (uint256[] memory indices, int256[] memory given) = decode(sample);
        features = new uint256[](indices.length + 1);
        values = new int256[](indices.length + 1);
        values[0] = int256(settings.interceptValue);
        for (uint256 k = 0; k < indices.length; ++k) {
            features[k + 1] = indices[k] + 1;
            values[k + 1] = given[k];
        }
        sums = _weights.products(0, columns(), features, values);
    }

    function _move(uint256 column, uint256[] memory features, int256[] memory values, int256 step) private {
        (int256 least, int256 most) = signedRange();
        for (uint256 k = 0; k < features.length; ++k) {
            _weights.add(features[k] * columns() + column, step * values[k], least, most);
        }
    }

    function best(int256[] memory sums) private view returns (uint256 class) {
        if (settings.classes == 2) return sums[0] > 0 ? 1 : 0;
        for (uint256 k = 1; k < sums.length; ++k) {
            if (sums[k] > sums[class]) class = k;
        }
    }

    function bestExcept(int256[] memory sums, uint256 except) private pure returns (uint256 class) {
        class = except == 0 ? 1 : 0;
        for (uint256 k = 0; k < sums.length; ++k) {
            if (k != except && sums[k] > sums[class]) class = k;
        }
    }
}
