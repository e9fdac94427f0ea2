// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Clones} from "@openzeppelin/contracts/proxy/Clones.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {ICollaboration} from "../../interfaces/ICollaboration.sol";
import {Contribution, IDataHandler, Status} from "../../interfaces/IDataHandler.sol";
import {IModel} from "../../interfaces/IModel.sol";
import {ISelfAssessment, Terms} from "../../interfaces/ISelfAssessment.sol";
import {CloneArguments} from "../libraries/CloneArguments.sol";
import {DataHandler} from "../data/DataHandler.sol";
import {SelfAssessment} from "../incentives/SelfAssessment.sol";
import {LedgerStateLibrary} from "../types/LedgerState.sol";
import {CreationRecord, CreationRecordLibrary} from "./CreationRecord.sol";

/// @title A public model, its data and its incentive behind one address
/// @dev Data and incentive are compiled in and share one storage word: three separate contracts would cost each contribution about 16,000 gas more. The model is a contract of its own, called
/// through {IModel}, so that it can be anyone's and never touches money.
contract Collaboration is ICollaboration, DataHandler, SelfAssessment {
    /// @dev Lives in the implementation's code; the same for all clones.
    address private immutable FACTORY;

    constructor(address factory) {
        FACTORY = factory;
    }

    /// @notice Sets up a new clone. Called by the factory in the transaction that makes it.
    /// @param modelImplementation What to clone as the model.
    /// @param configuration The model's configuration.
    /// @param words First words, or the first chunk of them; with all of them the collaboration opens.
    /// @param metadata See {Described}.
    /// @return model_ The model.
    function initialize(
        address modelImplementation,
        uint256 configuration,
        bytes calldata words,
        bytes calldata metadata
    ) external returns (address model_) {
        if (msg.sender != FACTORY) revert OnlyFactory(msg.sender);
        _requireValid(terms());
        model_ = Clones.cloneWithImmutableArgs(modelImplementation, abi.encodePacked(address(this), configuration));
        assert(model_ == address(model())); // our first child, as a contract's nonce starts at 1
        emit Described(metadata);
        IModel(model_).upload(words);
        (uint256 uploaded, uint256 required, , ) = IModel(model_).uploadState();
        if (uploaded == required) _open();
    }

    /// @inheritdoc ICollaboration
    function upload(bytes calldata words) external {
        _onlyCreator();
        model().upload(words);
    }

    /// @inheritdoc ICollaboration
    function open() external returns (bytes32 wordsHash) {
        _onlyCreator();
        return _open();
    }

    /// @inheritdoc ICollaboration
    function addClass(bytes calldata words) external returns (uint256 class) {
        address curator_ = curator();
        if (msg.sender != curator_) revert OnlyCurator(msg.sender, curator_);
        return model().addClass(words);
    }

    /// @inheritdoc ICollaboration
    /// @dev Needs no guard: the call to the model comes before anything is read or written here, and nothing is called after it.
    function contribute(bytes calldata sample, uint256 label) external payable returns (uint256 id) {
        bool taught = model().train(sample, label);
        uint96 stakeWei;
        (id, stakeWei) = _lock();
        // Time fits 40 bits for 34,000 years.
        _record(
            id,
            Contribution(msg.sender, SafeCast.toUint16(label), taught, stakeWei, uint40(block.timestamp)),
            sample
        );
    }

    /// @inheritdoc ICollaboration
    function predict(bytes calldata sample) external view returns (uint256 class) {
        return model().predict(sample);
    }

    /// @inheritdoc ICollaboration
    function snapshot()
        external
        view
        returns (
            string memory kind,
            uint256 configuration,
            uint256[] memory words,
            uint256 contributions_,
            uint256 createdAtBlock_,
            bytes32 metadataHash_
        )
    {
        (kind, configuration, words) = model().snapshot();
        CreationRecord memory record = _creation();
        return (kind, configuration, words, _ledger.count(), record.createdAtBlock, record.metadataHash);
    }

    /// @inheritdoc ICollaboration
    /// @dev A contract's first child is at `keccak256(rlp([address, 1]))`: computing it is cheaper than storing it.
    /// Equivalent to: `address(uint160(uint256(keccak256(abi.encodePacked(hex"d694", address(this), hex"01")))))`.
    function model() public view returns (IModel child) {
        assembly ("memory-safe") {
            mstore(0x00, or(or(shl(168, 0xd694), shl(8, address())), 1)) // 23 bytes at the end of scratch space's first word
            child := and(keccak256(9, 23), 0xffffffffffffffffffffffffffffffffffffffff)
        }
    }

    /// @inheritdoc ICollaboration
    function creator() public view returns (address) {
        return _creation().creator;
    }

    /// @inheritdoc ICollaboration
    function curator() public view returns (address) {
        return _creation().curator;
    }

    /// @inheritdoc ICollaboration
    function createdAtBlock() external view returns (uint256) {
        return _creation().createdAtBlock;
    }

    /// @inheritdoc ICollaboration
    function metadataHash() external view returns (bytes32) {
        return _creation().metadataHash;
    }

    /// @inheritdoc ICollaboration
    function isOpen() external view returns (bool) {
        return _ledger.lastTime() != 0;
    }

    /// @inheritdoc IDataHandler
    function contributions() public view override(IDataHandler, DataHandler) returns (uint256) {
        return _ledger.count();
    }

    /// @inheritdoc ISelfAssessment
    function terms() public view override(ISelfAssessment, SelfAssessment) returns (Terms memory) {
        (uint256 word0, uint256 word1) = CloneArguments.pair(0);
        (uint256 word2, ) = CloneArguments.pair(64);
        return CreationRecordLibrary.terms(word0, word1, word2);
    }

    function _open() private returns (bytes32 wordsHash) {
        if (_ledger.lastTime() != 0) revert AlreadyOpen(); // a model of somebody else's may let itself be sealed twice
        wordsHash = model().seal();
        _ledger = LedgerStateLibrary.pack(0, block.timestamp, 0, 0);
        emit Opened(wordsHash);
    }

    function _onlyCreator() private view {
        address creator_ = creator();
        if (msg.sender != creator_) revert OnlyCreator(msg.sender, creator_);
    }

    function _creation() private view returns (CreationRecord memory) {
        (, uint256 word1) = CloneArguments.pair(0);
        (uint256 word2, uint256 word3) = CloneArguments.pair(64);
        return CreationRecordLibrary.creation(word1, word2, word3);
    }

    function _priceTerms() internal view override returns (uint256, uint256, uint256) {
        (uint256 word0, uint256 word1) = CloneArguments.pair(0);
        return CreationRecordLibrary.priceTerms(word0, word1);
    }

    function _requireRecord(uint256 id, Contribution calldata contribution, bytes32 sampleHash) internal view override {
        _requireOpen(id, contribution, sampleHash);
    }

    function _closeRecord(uint256 id, Status status) internal override {
        _close(id, status);
    }

    function _predictedClass(bytes calldata sample) internal view override returns (uint256) {
        return model().predict(sample);
    }
}
