// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IModel} from "../../interfaces/IModel.sol";
import {CloneArguments} from "../libraries/CloneArguments.sol";
import {LaneTable} from "../libraries/LaneTable.sol";
import {Refusals} from "../libraries/Refusals.sol";
import {ModelConfiguration} from "../types/ModelConfiguration.sol";

/// @title What all models share: who may write, the words and their upload
/// @dev A clone's immutable arguments are the trainer and the configuration, so neither costs storage.
abstract contract Model is IModel {
    /// @dev One slot. `classCount` is counted here only because nearest-centroid classes can be added.
    struct Upload {
        uint32 uploaded;
        uint16 classCount;
        bool isSealed;
    }

    /// @dev Answer for a refused sample of many.
    uint256 internal constant REFUSED = type(uint256).max;

    Upload internal _upload;
    bytes32 private _wordsHash;
    /// @dev Longer than any configuration needs (65,537 features × 256 classes × 32 bits are 2.1 million words), so indices need no check.
    uint256[1 << 24] internal _words;

    /// @inheritdoc IModel
    function upload(bytes calldata words) external {
        ModelConfiguration c = _authorise();
        Upload memory state = _upload;
        if (state.isSealed) revert AlreadySealed();
        if (state.uploaded == 0) {
            if (!_isValid(c)) revert InvalidConfiguration(ModelConfiguration.unwrap(c));
            _wordsHash = bytes32(ModelConfiguration.unwrap(c));
        }
        uint256 required = _requiredWords(c);
        if (state.uploaded + words.length / 32 > required)
            revert TooManyWords(state.uploaded + words.length / 32, required);
        state.uploaded = uint32(_append(c, state.uploaded, words));
        state.classCount = uint16(c.classes());
        _upload = state;
    }

    /// @inheritdoc IModel
    function seal() external returns (bytes32 wordsHash) {
        ModelConfiguration c = _authorise();
        Upload memory state = _upload;
        if (state.isSealed) revert AlreadySealed();
        uint256 required = _requiredWords(c);
        if (state.uploaded != required) revert MissingWords(state.uploaded, required);
        _checkFirstWords(c);
        _upload.isSealed = true;
        wordsHash = _wordsHash;
        emit Sealed(wordsHash);
    }

    /// @inheritdoc IModel
    function train(bytes calldata sample, uint256 label) external returns (bool taught) {
        return _train(_authorise(), sample, label);
    }

    /// @inheritdoc IModel
    function trainMany(
        bytes[] calldata samples,
        uint16[] calldata labels
    ) external returns (uint256[] memory outcomes, bytes[] memory reasons) {
        ModelConfiguration c = _authorise();
        LaneTable table = _unpack(c, samples);
        outcomes = new uint256[](samples.length);
        reasons = new bytes[](samples.length);
        uint256 refused = 0;
        for (uint256 i = 0; i < samples.length; ++i) {
            (uint256 outcome, bytes memory reason) = _tryTrain(c, table, samples[i], labels[i]);
            outcomes[i] = outcome;
            if (outcome == REFUSED) reasons[refused++] = reason;
        }
        Refusals.cut(reasons, refused);
        _pack(c, table);
    }

    /// @inheritdoc IModel
    function predictMany(
        bytes[] calldata samples
    ) external view returns (uint256[] memory classes_, bytes[] memory reasons) {
        ModelConfiguration c = _configuration();
        LaneTable table = _unpack(c, samples);
        classes_ = new uint256[](samples.length);
        reasons = new bytes[](samples.length);
        uint256 refused = 0;
        for (uint256 i = 0; i < samples.length; ++i) {
            (uint256 class, bytes memory reason) = _tryPredict(c, table, samples[i]);
            classes_[i] = class;
            if (class == REFUSED) reasons[refused++] = reason;
        }
        Refusals.cut(reasons, refused);
    }

    /// @inheritdoc IModel
    function check(bytes calldata sample, uint256 label) external view {
        _check(_configuration(), sample, label);
    }

    /// @inheritdoc IModel
    function addClass(bytes calldata) external virtual returns (uint256) {
        revert ClassesFixed();
    }

    /// @inheritdoc IModel
    function snapshot() external view returns (string memory kind_, uint256 configuration_, uint256[] memory words_) {
        return (kind(), configuration(), wordsAt(0, _upload.uploaded));
    }

    /// @inheritdoc IModel
    function wordsAt(uint256 from, uint256 count) public view returns (uint256[] memory words_) {
        words_ = new uint256[](count);
        for (uint256 i = 0; i < count; ++i) {
            words_[i] = _words[from + i];
        }
    }

    /// @inheritdoc IModel
    function kind() public view virtual returns (string memory);

    /// @inheritdoc IModel
    function configuration() public view returns (uint256) {
        (, ModelConfiguration c) = _arguments();
        return ModelConfiguration.unwrap(c);
    }

    /// @inheritdoc IModel
    function trainer() external view returns (address trainer_) {
        (trainer_, ) = _arguments();
    }

    /// @inheritdoc IModel
    function classes() external view returns (uint256) {
        return _upload.classCount;
    }

    /// @inheritdoc IModel
    function uploadState()
        external
        view
        returns (uint256 uploaded, uint256 required, bool isSealed, bytes32 wordsHash)
    {
        Upload memory state = _upload;
        required = state.isSealed ? state.uploaded : _requiredWords(_configuration());
        return (state.uploaded, required, state.isSealed, _wordsHash);
    }

    /// @notice Whether the configuration is one this model can run with.
    function _isValid(ModelConfiguration c) internal pure virtual returns (bool);

    /// @notice Number of first words.
    function _requiredWords(ModelConfiguration c) internal pure virtual returns (uint256);

    /// @notice Reverts when the first words leave a class without samples.
    function _checkFirstWords(ModelConfiguration c) internal view virtual {}

    /// @notice Checks an uploaded word as it comes, in order; reverts when it cannot be right.
    function _received(ModelConfiguration c, uint256 index, uint256 word) internal virtual {}

    /// @notice Learns one sample; the caller is the trainer, who waits for the seal (reading the flag here would cost each contribution 2,100 gas).
    function _train(ModelConfiguration c, bytes calldata sample, uint256 label) internal virtual returns (bool taught);

    /// @notice Learns one of many samples.
    /// @dev The table is as {_unpack} gave it.
    /// @return outcome 0, 1 or {REFUSED}, as {IModel-trainMany} answers.
    /// @return reason If it is refused.
    function _tryTrain(
        ModelConfiguration c,
        LaneTable,
        bytes calldata sample,
        uint256 label
    ) internal virtual returns (uint256 outcome, bytes memory reason) {
        // A call of its own, whose refusal is data.
        try this.check(sample, label) {
            return (_train(c, sample, label) ? 1 : 0, "");
        } catch (bytes memory thrown) {
            return (REFUSED, thrown);
        }
    }

    /// @notice Predicts one of many samples; see {_tryTrain}.
    function _tryPredict(
        ModelConfiguration,
        LaneTable,
        bytes calldata sample
    ) internal view virtual returns (uint256 class, bytes memory reason) {
        try this.predict(sample) returns (uint256 predicted) {
            return (predicted, "");
        } catch (bytes memory thrown) {
            return (REFUSED, thrown);
        }
    }

    /// @notice Unpacks the words for many samples, where that pays; 0 where not.
    function _unpack(ModelConfiguration, bytes[] calldata) internal view virtual returns (LaneTable) {}

    /// @notice Stores the words that were unpacked, if any.
    function _pack(ModelConfiguration c, LaneTable table) internal virtual {}

    /// @notice Reverts where {_train} would refuse the sample or label.
    function _check(ModelConfiguration c, bytes calldata sample, uint256 label) internal view virtual;

    /// @dev The trainer may be trusted with words that break no type: any 256 bits are lanes.
    function _append(ModelConfiguration c, uint256 from, bytes calldata words) internal returns (uint256 end) {
        if (words.length % 32 != 0) revert ChunkLength(words.length);
        end = from + words.length / 32;
        bytes32 hash = _wordsHash;
        for (uint256 i = from; i < end; ++i) {
            uint256 word = uint256(bytes32(words[(i - from) * 32:]));
            _words[i] = word;
            _received(c, i, word);
            hash = keccak256(abi.encode(hash, word));
        }
        if (!_upload.isSealed) _wordsHash = hash; // the seal has fixed it, whatever classes are added
        if (words.length > 0) emit WordsUploaded(from, words);
    }

    /// @notice The configuration, after checking that the caller is the trainer.
    function _authorise() internal view returns (ModelConfiguration) {
        (address trainer_, ModelConfiguration c) = _arguments();
        if (msg.sender != trainer_) revert OnlyTrainer(msg.sender, trainer_);
        return c;
    }

    function _configuration() internal view returns (ModelConfiguration c) {
        (, c) = _arguments();
    }

    function _arguments() private view returns (address trainer_, ModelConfiguration c) {
        (uint256 first, uint256 second) = CloneArguments.pair(0); // 20 bytes trainer, 32 bytes configuration
        return (address(uint160(first >> 96)), ModelConfiguration.wrap((first << 160) | (second >> 96)));
    }

    /// @notice Storage slot of a word.
    function _slot(uint256 word) internal pure returns (uint256 slot) {
        assembly ("memory-safe") {
            slot := add(_words.slot, word)
        }
    }
}
