// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IModel} from "../../interfaces/IModel.sol";
import {FeatureCodec} from "../libraries/FeatureCodec.sol";
import {LaneTable} from "../libraries/LaneTable.sol";
import {LaneVector} from "../libraries/LaneVector.sol";
import {Refusals} from "../libraries/Refusals.sol";
import {ModelConfiguration, ModelConfigurationLibrary} from "../types/ModelConfiguration.sol";
import {Model} from "./Model.sol";

/// @title Perceptron with a margin, two or more classes
/// @notice Presence, sparse or dense features; the intercept learns as the weight of a constant feature at the samples' own scale.
contract Perceptron is Model {
    /// @dev Beyond this number of lanes the memory of a {LaneTable} would cost more than it saves.
    uint256 private constant MOST_LANES = 8_192;

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
        if (label >= c.classes()) revert UnknownLabel(label, c.classes());
        (uint256[] memory entries, int256[] memory sums) = _scores(c, sample);
        int256 margin = int256(c.margin());
        int256 step = int256(c.step());
        if (sums.length == 1) {
            int256 lead = label == 1 ? sums[0] : -sums[0];
            taught = _best(sums) != label || lead < margin;
            if (taught) LaneVector.add(_slot(0), c.weightBits(), 0, entries, label == 1 ? step : -step);
        } else {
            uint256 rival = _bestExcept(sums, label);
            taught = _best(sums) != label || sums[label] - sums[rival] < margin;
            if (taught) {
                LaneVector.add(_slot(0), c.weightBits(), label, entries, step);
                LaneVector.add(_slot(0), c.weightBits(), rival, entries, -step);
            }
        }
    }

    /// @dev The same as of single calls, on unpacked words where that is cheaper.
    function _trainMany(
        ModelConfiguration c,
        bytes[] calldata samples,
        uint16[] calldata labels
    ) internal override returns (bytes memory outcomes, bytes[] memory reasons) {
        if (!_isForTable(c, samples)) return super._trainMany(c, samples, labels);
        uint256 table = _load(c);
        outcomes = new bytes(samples.length);
        reasons = new bytes[](samples.length);
        uint256 refused = 0;
        for (uint256 i = 0; i < samples.length; ++i) {
            uint256 label = labels[i];
            if (label > 1 || !LaneTable.isWellFormed(samples[i], c.dimension())) {
                (outcomes[i], reasons[refused++]) = (REFUSED, _reason(samples[i], label));
                continue;
            }
            int256 sum = _sum(c, table, samples[i]);
            int256 lead = label == 1 ? sum : -sum;
            if (sum > 0 == (label == 1) && lead >= int256(c.margin())) continue;
            outcomes[i] = TAUGHT;
            int256 step = label == 1 ? int256(c.step()) : -int256(c.step());
            LaneTable.add(table, c.weightBits(), samples[i], step, step * int256(c.interceptValue()));
        }
        Refusals.cut(reasons, refused);
        LaneTable.store(table, _slot(0), c.weightBits(), _requiredWords(c));
    }

    /// @dev As {_trainMany}.
    function _predictMany(
        ModelConfiguration c,
        bytes[] calldata samples
    ) internal view override returns (uint256[] memory classes_, bytes[] memory reasons) {
        if (!_isForTable(c, samples)) return super._predictMany(c, samples);
        uint256 table = _load(c);
        classes_ = new uint256[](samples.length);
        reasons = new bytes[](samples.length);
        uint256 refused = 0;
        for (uint256 i = 0; i < samples.length; ++i) {
            if (LaneTable.isWellFormed(samples[i], c.dimension())) classes_[i] = _sum(c, table, samples[i]) > 0 ? 1 : 0;
            else (classes_[i], reasons[refused++]) = (type(uint256).max, _reason(samples[i], 0));
        }
        Refusals.cut(reasons, refused);
    }

    /// @notice Whether unpacking all words pays: if the samples have as many features as the model, and the table is not too large.
    function _isForTable(ModelConfiguration c, bytes[] calldata samples) private pure returns (bool) {
        uint256 lanes = c.dimension() + 1;
        if (c.encoding() != ModelConfigurationLibrary.PRESENCE || c.classes() != 2 || lanes > MOST_LANES) return false;
        uint256 length = 0;
        for (uint256 i = 0; i < samples.length; ++i) {
            length += samples[i].length;
        }
        return length / 2 >= lanes;
    }

    function _load(ModelConfiguration c) private view returns (uint256 table) {
        return LaneTable.load(_slot(0), c.weightBits(), _requiredWords(c));
    }

    /// @notice The score of a well-formed sample: lanes in a table are biased by half their range.
    function _sum(ModelConfiguration c, uint256 table, bytes calldata sample) private pure returns (int256) {
        unchecked {
            int256 half = int256(1 << (c.weightBits() - 1));
            int256 constantLane = int256(LaneTable.constantLane(table)) - half;
            int256 lanes = int256(LaneTable.sum(table, sample)) - int256(sample.length / 2) * half;
            return lanes + int256(c.interceptValue()) * constantLane;
        }
    }

    /// @notice What a single call would throw. Dear, but only the refused ones need it.
    function _reason(bytes calldata sample, uint256 label) private view returns (bytes memory) {
        try this.check(sample, label) {
            return ""; // never: it refuses what is refused here
        } catch (bytes memory reason) {
            return reason;
        }
    }

    function _check(ModelConfiguration c, bytes calldata sample, uint256 label) internal pure override {
        if (label >= c.classes()) revert UnknownLabel(label, c.classes());
        _entries(c, sample, _columns(c));
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
            c.isValid() && c.step() > 0 && c.interceptValue() < 1 << 15 && c.smoothing() == 0 && c.noticeSeconds() == 0;
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
