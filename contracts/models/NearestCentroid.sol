// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IModel} from "../../interfaces/IModel.sol";
import {FeatureCodec} from "../libraries/FeatureCodec.sol";
import {LaneVector} from "../libraries/LaneVector.sol";
import {CentroidHeader} from "../types/CentroidHeader.sol";
import {ModelConfiguration, ModelConfigurationLibrary} from "../types/ModelConfiguration.sol";
import {UploadState} from "../types/UploadState.sol";
import {Model} from "./Model.sol";

/// @title Nearest centroid whose classes can grow in number
/// @notice Keeps the exact sum of each class's samples, their number, and the sum's squared norm, so that a class costs one scalar product a prediction and nothing is ever rounded.
contract NearestCentroid is Model {
    /// @dev Classes cannot be added beyond this number: each makes every later claim dearer.
    uint256 private constant MOST_CLASSES = 64;

    /// @dev Of the class being uploaded: the norm that its header claims, less the squares of the lanes that have come.
    uint256 private _normLeft;

    /// @inheritdoc IModel
    function kind() public pure override returns (string memory) {
        return "nearest-centroid/1";
    }

    /// @inheritdoc IModel
    function predict(bytes calldata sample) external view returns (uint256 class) {
        ModelConfiguration c = _configuration();
        return _nearest(c, _entries(c, sample), _upload.classCount());
    }

    /// @inheritdoc IModel
    function scores(bytes calldata sample) external view returns (int256[] memory values) {
        ModelConfiguration c = _configuration();
        uint256[] memory entries = _entries(c, sample);
        uint256 count = _upload.classCount();
        values = new int256[](2 * count);
        for (uint256 k = 0; k < count; ++k) {
            (values[2 * k], values[2 * k + 1]) = _distance(c, entries, k);
        }
    }

    /// @inheritdoc IModel
    function addClass(bytes calldata words) external override returns (uint256 class) {
        ModelConfiguration c = _authorise();
        UploadState state = _upload;
        if (!state.isSealed()) revert NotSealed();
        uint256 wanted = _wordsPerClass(c);
        if (words.length / 32 < wanted) revert MissingWords(words.length / 32, wanted);
        if (words.length / 32 > wanted) revert TooManyWords(words.length / 32, wanted);
        class = state.classCount();
        if (class >= MOST_CLASSES) revert ClassesFixed();
        uint256 first = state.uploaded();
        _append(c, state, class + 1, words);
        CentroidHeader header = _header(first);
        // Zero is the one number of samples that leaves no centroid.
        // slither-disable-next-line incorrect-equality
        if (header.count() == 0) revert EmptyClass(class);
        uint256 activeAt = block.timestamp + c.noticeSeconds();
        _setWord(first, CentroidHeader.unwrap(header.withActiveAt(activeAt)));
        emit ClassAdded(class, activeAt);
    }

    function _train(
        ModelConfiguration c,
        bytes calldata sample,
        uint256 label
    ) internal override returns (bool taught) {
        uint256 count = _upload.classCount();
        uint256 first = _firstWord(c, label, count);
        uint256[] memory entries = _entries(c, sample);
        taught = _nearest(c, entries, count) != label;
        int256 normChange = LaneVector.add(_slot(first + 1), c.weightBits(), 0, entries, 1);
        _setWord(first, CentroidHeader.unwrap(_header(first).withSample(normChange)));
    }

    function _check(ModelConfiguration c, bytes calldata sample, uint256 label) internal view override {
        _firstWord(c, label, _upload.classCount());
        // Only whether it can be decoded matters here: it reverts if not.
        // slither-disable-next-line unused-return
        _entries(c, sample);
    }

    /// @notice Number of a class's first word; reverts unless the class takes part.
    function _firstWord(ModelConfiguration c, uint256 label, uint256 count) private view returns (uint256 first) {
        if (label >= count) revert UnknownLabel(label, count);
        first = label * _wordsPerClass(c);
        if (_header(first).activeAt() > block.timestamp) revert UnknownLabel(label, count);
    }

    /// @dev Compares a/n² with cross-multiplication: |a| < 2^184 + 2^33·2^63·… < 2^186 and n² < 2^64, so products stay below 2^250.
    function _nearest(
        ModelConfiguration c,
        uint256[] memory entries,
        uint256 count
    ) private view returns (uint256 nearest) {
        // Begins at zero, as Solidity sets it.
        // slither-disable-next-line uninitialized-local
        int256 least;
        // Begins at zero, as Solidity sets it.
        // slither-disable-next-line uninitialized-local
        int256 leastSize;
        for (uint256 k = 0; k < count; ++k) {
            (int256 numerator, int256 size) = _distance(c, entries, k);
            if (size == 0) continue;
            if (leastSize == 0 || numerator * leastSize * leastSize < least * size * size)
                (nearest, least, leastSize) = (k, numerator, size);
        }
    }

    /// @notice Squared distance to a centroid times its squared count, less what all classes share; (0, 0) for a class that takes no part.
    function _distance(
        ModelConfiguration c,
        uint256[] memory entries,
        uint256 class
    ) private view returns (int256 numerator, int256 size) {
        uint256 first = class * _wordsPerClass(c);
        CentroidHeader header = _header(first);
        if (header.activeAt() > block.timestamp) return (0, 0);
        size = int256(header.count());
        int256[] memory product = new int256[](1);
        LaneVector.accumulate(_slot(first + 1), c.weightBits(), 1, entries, product);
        numerator = int256(header.norm()) - 2 * size * product[0];
    }

    /// @dev The norm decides predictions as much as the sum does, so it is not taken on trust: what is left of it after each word must come out as zero.
    function _received(ModelConfiguration c, uint256 index, uint256 word) internal virtual override {
        uint256 size = _wordsPerClass(c);
        if (index % size == 0) {
            CentroidHeader header = CentroidHeader.wrap(word);
            if (header.activeAt() != 0 && !_upload.isSealed()) revert FirstClassDelayed(index / size);
            _normLeft = header.norm();
        } else {
            uint256 squares = LaneVector.squares(word, c.weightBits());
            if (squares > _normLeft || (index % size == size - 1 && squares != _normLeft))
                revert WrongNorm(index / size);
            _normLeft -= squares;
        }
    }

    function _checkFirstWords(ModelConfiguration c) internal view override {
        for (uint256 k = 0; k < c.classes(); ++k) {
            if (_header(k * _wordsPerClass(c)).count() == 0) revert EmptyClass(k);
        }
    }

    function _isValid(ModelConfiguration c) internal pure override returns (bool) {
        return
            c.isValid(
                ModelConfigurationLibrary.STEP |
                    ModelConfigurationLibrary.INTERCEPT_VALUE |
                    ModelConfigurationLibrary.MARGIN |
                    ModelConfigurationLibrary.SMOOTHING
            );
    }

    function _requiredWords(ModelConfiguration c) internal pure override returns (uint256) {
        return c.classes() * _wordsPerClass(c);
    }

    function _entries(ModelConfiguration c, bytes calldata sample) private pure returns (uint256[] memory) {
        return FeatureCodec.decode(sample, c, c.weightBits(), 0, 0);
    }

    function _header(uint256 first) private view returns (CentroidHeader) {
        return CentroidHeader.wrap(_word(first));
    }

    function _wordsPerClass(ModelConfiguration c) private pure returns (uint256) {
        return 1 + c.wordsFor(c.dimension());
    }
}
