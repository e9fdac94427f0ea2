// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IModel} from "./IModel.sol";
import {IDataHandler} from "./IDataHandler.sol";
import {ISelfAssessment} from "./ISelfAssessment.sol";

/// @title A public model, its data and its incentive behind one address
/// @notice The entry for everyone: the creator uploads and opens it, contributors teach it under stake, everyone reads it for free.
/// @dev A minimal clone made by {ICollaborationFactory}. Its model is its own first child, so that its address needs no storage.
interface ICollaboration is IDataHandler, ISelfAssessment {
    /// @notice Emitted once, at creation.
    /// @param metadata What clients need besides the words: featuriser, class names, description; UTF-8 JSON, deflated (RFC 1950).
    event Described(bytes metadata);

    /// @notice Emitted when the upload was sealed and contributions became possible.
    event Opened(bytes32 wordsHash);

    /// @notice Thrown when opened a second time.
    error AlreadyOpen();
    /// @notice Thrown when anyone but the creator uploads or opens.
    error OnlyCreator(address caller, address creator);
    /// @notice Thrown when anyone but the curator adds a class.
    error OnlyCurator(address caller, address curator);
    /// @notice Thrown when set up a second time, or by anyone but the factory.
    error OnlyFactory(address caller);

    /// @notice Uploads the next first words. See {IModel-upload}.
    function upload(bytes calldata words) external;

    /// @notice Seals the first words and opens the collaboration for contributions. See {IModel-seal}.
    /// @dev Emits {Opened}.
    function open() external returns (bytes32 wordsHash);

    /// @notice Announces a class. See {IModel-addClass}.
    function addClass(bytes calldata words) external returns (uint256 class);

    /// @notice Teaches the model one labelled sample under stake.
    /// @dev Notes: what is sent beyond {stakeNow} is credited back. Emits {Contributed} (and {ExcessCredited}).
    /// Requirements: open; well-formed sample; a label that takes part; value ≥ {stakeNow}.
    /// @param sample Encoded features.
    /// @param label Class number.
    /// @return id Number of the contribution.
    function contribute(bytes calldata sample, uint256 label) external payable returns (uint256 id);

    /// @notice The class that the model gives a sample now. Free as a call.
    function predict(bytes calldata sample) external view returns (uint256 class);

    /// @notice One call with everything needed to predict offline and to follow the log from here.
    /// @return kind Which algorithm; selects the twin.
    /// @return configuration The model's configuration word.
    /// @return words All words.
    /// @return contributions_ Number of contributions that the words include.
    /// @return createdAtBlock Where the log begins.
    /// @return metadataHash `keccak256` of the metadata in {Described}.
    function snapshot()
        external
        view
        returns (
            string memory kind,
            uint256 configuration,
            uint256[] memory words,
            uint256 contributions_,
            uint256 createdAtBlock,
            bytes32 metadataHash
        );

    /// @notice The model.
    function model() external view returns (IModel);
    /// @notice Who may upload and open.
    function creator() external view returns (address);
    /// @notice Who may add classes; zero for nobody.
    function curator() external view returns (address);
    /// @notice Block of creation.
    function createdAtBlock() external view returns (uint256);
    /// @notice `keccak256` of the metadata.
    function metadataHash() external view returns (bytes32);
    /// @notice Whether contributions are possible.
    function isOpen() external view returns (bool);
}
