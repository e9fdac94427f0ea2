// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IModel} from "../../interfaces/IModel.sol";
import {BatchItems} from "../libraries/BatchItems.sol";
import {CloneArguments} from "../libraries/CloneArguments.sol";
import {LaneTable} from "../libraries/LaneTable.sol";
import {OwnAnswer} from "../libraries/OwnAnswer.sol";
import {Refusals} from "../libraries/Refusals.sol";
import {ModelConfiguration} from "../types/ModelConfiguration.sol";
import {UploadState} from "../types/UploadState.sol";

/// @title What all models share: who may write, the words and their upload
/// @dev A clone's immutable arguments are the trainer and the configuration, so neither costs storage.
abstract contract Model is IModel {
    /// @dev Answer for a refused sample of many.
    uint256 internal constant REFUSED = type(uint256).max;
    /// @dev In place of a label: the class is asked for.
    uint256 internal constant UNLABELLED = type(uint256).max;

    UploadState internal _upload;
    bytes32 private _wordsHash;
    /// @dev Longer than any configuration needs (65,537 features × 256 classes × 32 bits are 2.1 million words), so indices need no check.
    // A mapping or array needs no first value; assembly fills it.
    // slither-disable-next-line uninitialized-state
    uint256[1 << 24] internal _words;

    /// @inheritdoc IModel
    function upload(bytes calldata words) external {
        ModelConfiguration c = _authorise();
        UploadState state = _upload;
        if (state.isSealed()) revert AlreadySealed();
        uint256 from = state.uploaded();
        if (from == 0) {
            if (!_isValid(c)) revert InvalidConfiguration(ModelConfiguration.unwrap(c));
            _wordsHash = bytes32(ModelConfiguration.unwrap(c));
        }
        uint256 required = _requiredWords(c);
        unchecked {
            uint256 end = from + words.length / 32;
            if (end > required) revert TooManyWords(end, required);
        }
        _append(c, state, c.classes(), words);
    }

    /// @inheritdoc IModel
    function seal() external returns (bytes32 wordsHash) {
        ModelConfiguration c = _authorise();
        UploadState state = _upload;
        if (state.isSealed()) revert AlreadySealed();
        uint256 required = _requiredWords(c);
        if (state.uploaded() != required) revert MissingWords(state.uploaded(), required);
        _checkFirstWords(c);
        _upload = state.withSeal();
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
        return _many(_authorise(), samples, labels, false);
    }

    /// @inheritdoc IModel
    function predictMany(
        bytes[] calldata samples
    ) external view returns (uint256[] memory classes_, bytes[] memory reasons) {
        uint16[] calldata none;
        assembly ("memory-safe") {
            none.offset := 0
            none.length := 0
        }
        return _reading(_many)(_configuration(), samples, none, true);
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
        return (kind(), configuration(), wordsAt(0, _upload.uploaded()));
    }

    /// @inheritdoc IModel
    function wordsAt(uint256 from, uint256 count) public view returns (uint256[] memory words_) {
        words_ = new uint256[](count);
        unchecked {
            for (uint256 i = 0; i < count; ++i) {
                words_[i] = _word(from + i);
            }
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
        return _upload.classCount();
    }

    /// @inheritdoc IModel
    function uploadState()
        external
        view
        returns (uint256 uploaded, uint256 required, bool isSealed, bytes32 wordsHash)
    {
        UploadState state = _upload;
        uploaded = state.uploaded();
        isSealed = state.isSealed();
        required = isSealed ? uploaded : _requiredWords(_configuration());
        wordsHash = _wordsHash;
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

    /// @notice Learns one of many samples on words that are unpacked, or predicts it if it is {UNLABELLED}.
    /// @return outcome As {IModel-trainMany} or {IModel-predictMany} answers; {REFUSED} also if words are not unpacked.
    function _tryUnpacked(
        ModelConfiguration,
        LaneTable,
        bytes calldata,
        uint256
    ) internal pure virtual returns (uint256 outcome) {
        return REFUSED;
    }

    /// @notice Unpacks the words for many samples, where that pays; 0 where not.
    function _unpack(ModelConfiguration) internal view virtual returns (LaneTable) {}

    /// @notice Stores the words that were unpacked, if any.
    function _pack(ModelConfiguration c, LaneTable table) internal virtual {}

    /// @notice Learns or predicts many samples: what is refused, or not unpacked, in a way that tells why.
    function _many(
        ModelConfiguration c,
        bytes[] calldata samples,
        uint16[] calldata labels,
        bool predicts
    ) private returns (uint256[] memory outcomes, bytes[] memory reasons) {
        LaneTable table = _unpack(c);
        outcomes = new uint256[](samples.length);
        reasons = BatchItems.room(samples.length);
        uint256 refused = 0;
        unchecked {
            for (uint256 i = 0; i < samples.length; ++i) {
                bytes calldata sample = BatchItems.at(samples, i);
                uint256 label = predicts ? UNLABELLED : labels[i];
                uint256 outcome = _tryUnpacked(c, table, sample, label);
                if (outcome == REFUSED) {
                    (bool isFine, uint256 answer, bytes memory reason) = OwnAnswer.ask(
                        predicts ? this.predict.selector : this.check.selector,
                        sample,
                        label
                    );
                    if (!isFine) BatchItems.set(reasons, refused++, reason);
                    else if (predicts) outcome = answer;
                    else outcome = _train(c, sample, label) ? 1 : 0;
                }
                BatchItems.set(outcomes, i, outcome);
            }
        }
        Refusals.cut(reasons, refused);
        if (!predicts) _pack(c, table);
    }

    /// @notice {_many} for a view: it changes nothing when it predicts, which the compiler cannot know.
    function _reading(
        function(
            ModelConfiguration,
            bytes[] calldata,
            uint16[] calldata,
            bool
        ) internal returns (uint256[] memory, bytes[] memory) f
    )
        private
        pure
        returns (
            function(
                ModelConfiguration,
                bytes[] calldata,
                uint16[] calldata,
                bool
            ) internal view returns (uint256[] memory, bytes[] memory) g
        )
    {
        assembly ("memory-safe") {
            g := f
        }
    }

    /// @notice Reverts where {_train} would refuse the sample or label.
    function _check(ModelConfiguration c, bytes calldata sample, uint256 label) internal view virtual;

    /// @dev The trainer may be trusted with words that break no type: any 256 bits are lanes.
    function _append(ModelConfiguration c, UploadState state, uint256 classCount, bytes calldata words) internal {
        if (words.length % 32 != 0) revert ChunkLength(words.length);
        uint256 from = state.uploaded();
        bytes32 hash = _wordsHash;
        uint256 index = from;
        unchecked {
            for (uint256 head = 0; head < words.length; head += 32) {
                uint256 word;
                assembly ("memory-safe") {
                    word := calldataload(add(words.offset, head))
                    mstore(0x00, hash) // scratch space: keccak256(abi.encode(hash, word))
                    mstore(0x20, word)
                    hash := keccak256(0x00, 0x40)
                }
                _setWord(index, word);
                _received(c, index, word);
                ++index;
            }
        }
        if (!state.isSealed()) _wordsHash = hash; // the seal has fixed it, whatever classes are added
        _upload = state.withWords(index, classCount);
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

    function _word(uint256 index) internal view returns (uint256 word) {
        uint256 slot = _slot(index);
        assembly ("memory-safe") {
            word := sload(slot)
        }
    }

    function _setWord(uint256 index, uint256 word) internal {
        uint256 slot = _slot(index);
        assembly ("memory-safe") {
            sstore(slot, word)
        }
    }

    /// @notice Storage slot of a word.
    function _slot(uint256 word) internal pure returns (uint256 slot) {
        assembly ("memory-safe") {
            slot := add(_words.slot, word)
        }
    }
}
