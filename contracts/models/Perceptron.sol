// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IModel} from "../../interfaces/IModel.sol";
import {FeatureCodec} from "../libraries/FeatureCodec.sol";
import {LaneTable, LaneTableLibrary} from "../libraries/LaneTable.sol";
import {LaneVector} from "../libraries/LaneVector.sol";
import {ModelConfiguration, ModelConfigurationLibrary} from "../types/ModelConfiguration.sol";
import {Model} from "./Model.sol";

/// @title Perceptron with a margin, two or more classes
/// @notice Presence, sparse or dense features; the intercept learns as the weight of a constant feature at the samples' own scale.
contract Perceptron is Model {
    /// @dev The constant feature's value is a sample's: below 2^15.
    uint256 private constant UNUSED_INTERCEPT_BIT =
        ModelConfigurationLibrary.INTERCEPT_VALUE & ~(ModelConfigurationLibrary.INTERCEPT_VALUE >> 1);

    /// @inheritdoc IModel
    function kind() public pure override returns (string memory) {
        return "perceptron/1";
    }

    /// @inheritdoc IModel
    function predict(bytes calldata sample) external view returns (uint256 class) {
        ModelConfiguration c = _configuration();
        (, int256[] memory sums) = _scores(c, sample);
        return _best(sums);
    }

    /// @inheritdoc IModel
    function scores(bytes calldata sample) external view returns (int256[] memory values) {
        (, values) = _scores(_configuration(), sample);
    }

    function _train(
        ModelConfiguration c,
        bytes calldata sample,
        uint256 label
    ) internal override returns (bool taught) {
        _requireClass(c, label);
        (uint256[] memory entries, int256[] memory sums) = _scores(c, sample);
        unchecked {
            int256 step = int256(c.step());
            uint256 column = label;
            uint256 rival = 0;
            int256 lead = sums[0];
            if (sums.length > 1) {
                rival = _bestExcept(sums, label);
                lead = sums[label] - sums[rival];
            } else {
                column = 0;
                if (label == 0) (lead, step) = (-lead, -step);
            }
            taught = _best(sums) != label || lead < int256(c.margin());
            if (!taught) return false;
            // Only centroids need the change of the squares.
            // slither-disable-next-line unused-return
            LaneVector.add(_slot(0), c.weightBits(), column, entries, step);
            // Only centroids need the change of the squares.
            // slither-disable-next-line unused-return
            if (column != rival) LaneVector.add(_slot(0), c.weightBits(), rival, entries, -step);
        }
    }

    /// @dev {_score} and {LaneTable-add} have two calls each, lest they are compiled into the loop over the samples, where the stack has no room for them.
    function _tryUnpacked(
        ModelConfiguration c,
        LaneTable table,
        bytes calldata sample,
        uint256 label
    ) internal pure override returns (uint256 outcome) {
        if (label != UNLABELLED) return _trainUnpacked(c, table, sample, label);
        (bool isFine, int256 sum) = _score(c, table, sample);
        if (!isFine) return REFUSED;
        return sum > 0 ? 1 : 0;
    }

    function _trainUnpacked(
        ModelConfiguration c,
        LaneTable table,
        bytes calldata sample,
        uint256 label
    ) private pure returns (uint256 outcome) {
        (bool isFine, int256 sum) = _score(c, table, sample);
        if (!isFine || label > 1) return REFUSED;
        unchecked {
            int256 step = int256(c.step());
            int256 constantStep = step * int256(c.interceptValue());
            if (label == 1) {
                if (sum > 0 && sum >= int256(c.margin())) return 0;
                table.add(c.weightBits(), sample, step, constantStep);
            } else {
                if (sum <= 0 && -sum >= int256(c.margin())) return 0;
                table.add(c.weightBits(), sample, -step, -constantStep);
            }
            return 1;
        }
    }

    /// @dev It pays if the samples have as many features as the model, and the table is not too large. What comes along with the samples is not told from them.
    function _unpack(ModelConfiguration c) internal view override returns (LaneTable) {
        unchecked {
            uint256 lanes = c.dimension() + 1;
            if (
                c.encoding() != ModelConfigurationLibrary.PRESENCE ||
                c.classes() != 2 ||
                lanes > LaneTableLibrary.MOST_LANES ||
                msg.data.length / 2 < lanes
            ) return LaneTable.wrap(0);
            return LaneTableLibrary.load(_slot(0), c.weightBits(), c.wordsFor(lanes));
        }
    }

    function _pack(ModelConfiguration c, LaneTable table) internal override {
        if (LaneTable.unwrap(table) != 0) table.store(_slot(0), c.weightBits(), c.wordsFor(c.dimension() + 1));
    }

    /// @notice Whether there is a table and the sample is well formed, and then its score.
    function _score(
        ModelConfiguration c,
        LaneTable table,
        bytes calldata sample
    ) private pure returns (bool isFine, int256 sum) {
        if (LaneTable.unwrap(table) == 0) return (false, 0);
        unchecked {
            uint256 bits = c.weightBits();
            (isFine, sum) = table.score(bits, sample, c.dimension());
            sum += int256(c.interceptValue()) * table.constantLane(bits);
        }
    }

    function _check(ModelConfiguration c, bytes calldata sample, uint256 label) internal pure override {
        _requireClass(c, label);
        _entries(c, sample, _columns(c));
    }

    function _requireClass(ModelConfiguration c, uint256 label) private pure {
        if (label >= c.classes()) revert UnknownLabel(label, c.classes());
    }

    function _entries(
        ModelConfiguration c,
        bytes calldata sample,
        uint256 columns
    ) private pure returns (uint256[] memory) {
        return FeatureCodec.decode(sample, c, _stride(c, columns), 1, c.interceptValue());
    }

    function _scores(
        ModelConfiguration c,
        bytes calldata sample
    ) private view returns (uint256[] memory entries, int256[] memory sums) {
        uint256 columns = _columns(c);
        entries = _entries(c, sample, columns);
        sums = new int256[](columns);
        LaneVector.accumulate(_slot(0), c.weightBits(), columns, entries, sums);
    }

    function _best(int256[] memory sums) private pure returns (uint256) {
        if (sums.length == 1) return sums[0] > 0 ? 1 : 0;
        return _bestExcept(sums, sums.length);
    }

    /// @notice Lowest-numbered class with the greatest score among all but one.
    function _bestExcept(int256[] memory sums, uint256 except) private pure returns (uint256 best) {
        int256 most = type(int256).min;
        for (uint256 k = 0; k < sums.length; ++k) {
            if (k != except && sums[k] > most) (best, most) = (k, sums[k]);
        }
    }

    function _isValid(ModelConfiguration c) internal pure override returns (bool) {
        return
            c.isValid(
                UNUSED_INTERCEPT_BIT | ModelConfigurationLibrary.SMOOTHING | ModelConfigurationLibrary.NOTICE_SECONDS
            ) && c.step() > 0;
    }

    function _requiredWords(ModelConfiguration c) internal pure override returns (uint256) {
        return c.wordsFor((c.dimension() + 1) * _columns(c));
    }

    /// @dev Cannot overflow: at most 32 bits × 256 columns.
    function _stride(ModelConfiguration c, uint256 columns) private pure returns (uint256) {
        unchecked {
            return c.weightBits() * columns;
        }
    }

    function _columns(ModelConfiguration c) private pure returns (uint256) {
        uint256 count = c.classes();
        return count == 2 ? 1 : count;
    }
}
