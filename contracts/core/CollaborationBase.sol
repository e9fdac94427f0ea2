// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Clones} from "@openzeppelin/contracts/proxy/Clones.sol";
import {ICollaboration} from "../../interfaces/ICollaboration.sol";
import {IModel} from "../../interfaces/IModel.sol";
import {CloneArguments} from "../libraries/CloneArguments.sol";
import {FirstChild} from "../libraries/FirstChild.sol";
import {CreationRecord, CreationRecordLibrary} from "./CreationRecord.sol";

/// @title What all collaborations share: a model behind one address, whoever made it, and how it is opened
/// @dev A clone whose immutable arguments are a {CreationRecord}. Which incentive goes with it is for who inherits. The model is a contract of its own, called
/// through {IModel}, so that it can be anyone's and never touches money.
abstract contract CollaborationBase is ICollaboration {
    /// @dev Lives in the implementation's code; the same for all clones.
    address private immutable FACTORY;
    /// @dev Who may contribute in an author's name, because it checked the author's signature.
    address private immutable SPONSORSHIP;

    constructor(address factory, address sponsorship_) {
        FACTORY = factory;
        SPONSORSHIP = sponsorship_;
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
        _requireValidTerms();
        model_ = Clones.cloneWithImmutableArgs(modelImplementation, abi.encodePacked(address(this), configuration));
        assert(model_ == address(model())); // our first child, as a contract's nonce starts at 1
        emit Described(metadata);
        _upload(words);
        // Only whether all words have come matters here.
        // slither-disable-next-line unused-return
        (uint256 uploaded, uint256 required, , ) = IModel(model_).uploadState();
        if (uploaded == required) _open();
    }

    /// @inheritdoc ICollaboration
    function upload(bytes calldata words) external {
        _onlyCreator();
        _upload(words);
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
        return (kind, configuration, words, contributions(), record.createdAtBlock, record.metadataHash);
    }

    /// @inheritdoc ICollaboration
    function model() public view returns (IModel) {
        return IModel(FirstChild.here());
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
    function isOpen() public view virtual returns (bool);

    /// @inheritdoc ICollaboration
    function sponsorship() public view returns (address) {
        return SPONSORSHIP;
    }

    /// @notice Number of contributions so far.
    function contributions() public view virtual returns (uint256);

    /// @notice Reverts when the incentive's rules contradict one another.
    function _requireValidTerms() internal view virtual;

    /// @notice Marks the collaboration as open.
    function _opened() internal virtual;

    /// @notice Reverts unless the caller may contribute in others' names.
    function _onlySponsorship() internal view {
        if (msg.sender != SPONSORSHIP || SPONSORSHIP == address(0)) revert OnlySponsorship(msg.sender);
    }

    function _upload(bytes calldata words) private {
        model().upload(words);
    }

    function _open() private returns (bytes32 wordsHash) {
        if (isOpen()) revert AlreadyOpen(); // a model of somebody else's may let itself be sealed twice
        _opened(); // before the model is called, which may let the creator open again, and would have the books begin anew
        wordsHash = model().seal();
        emit Opened(wordsHash);
    }

    function _onlyCreator() private view {
        address creator_ = creator();
        if (msg.sender != creator_) revert OnlyCreator(msg.sender, creator_);
    }

    function _creation() internal view returns (CreationRecord memory) {
        // The other words are read elsewhere.
        // slither-disable-next-line unused-return
        (, uint256 word1) = CloneArguments.pair(0);
        (uint256 word2, uint256 word3) = CloneArguments.pair(64);
        return CreationRecordLibrary.creation(word1, word2, word3);
    }
}
