// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IModel} from "./IModel.sol";
import {IDataHandler} from "./IDataHandler.sol";

/// @title A public model, its data and its incentive behind one address
/// @notice The entry for everyone: the creator uploads and opens it, contributors teach it, everyone reads it for free. Which incentive it has says {incentive}.
/// @dev A minimal clone made by {ICollaborationFactory}. Its model is its own first child, so that its address needs no storage.
interface ICollaboration is IDataHandler {
    /// @notice Emitted once, at creation.
    /// @param metadata What clients need besides the words: featuriser, class names, description; UTF-8 JSON, deflated (RFC 1950).
    event Described(bytes metadata);

    /// @notice Emitted when the upload was sealed and contributions became possible.
    event Opened(bytes32 wordsHash);

    /// @notice Emitted for a contribution that somebody else paid for, with {IDataHandler-Contributed}.
    /// @param id Number of the contribution.
    /// @param payee Who gets the stake back.
    event Sponsored(uint256 indexed id, address indexed payee);

    /// @notice Thrown when opened a second time.
    error AlreadyOpen();
    /// @notice Thrown when anyone but the creator uploads or opens.
    error OnlyCreator(address caller, address creator);
    /// @notice Thrown when anyone but the curator adds a class.
    error OnlyCurator(address caller, address curator);
    /// @notice Thrown when anyone but the sponsorship contract contributes in an author's name.
    error OnlySponsorship(address caller);
    /// @notice Thrown when set up a second time, or by anyone but the factory.
    error OnlyFactory(address caller);

    /// @notice Uploads the next first words. See {IModel-upload}.
    function upload(bytes calldata words) external;

    /// @notice Seals the first words and opens the collaboration for contributions. See {IModel-seal}.
    /// @dev Emits {Opened}.
    function open() external returns (bytes32 wordsHash);

    /// @notice Announces a class. See {IModel-addClass}.
    function addClass(bytes calldata words) external returns (uint256 class);

    /// @notice Gives one labelled sample.
    /// @dev Notes: self-assessment and points teach it to the model at once, a market after its end. What is sent beyond {stakeNow} is credited back. Emits {Contributed}.
    /// Requirements: open; well-formed sample; a label that takes part; value ≥ {stakeNow}.
    /// @param sample Encoded features.
    /// @param label Class number.
    /// @return id Number of the contribution.
    function contribute(bytes calldata sample, uint256 label) external payable returns (uint256 id);

    /// @notice Gives one labelled sample in the name of an author who signed for it.
    /// @dev Notes: as {contribute}, but what is sent beyond the stake goes to the payee. Emits {Contributed} and {Sponsored}.
    /// Requirements: as {contribute}; the caller is {sponsorship}.
    /// @param author Whose data it is: has the rights, and whatever is proven or earned by it.
    /// @param payee Who gets the stake back.
    /// @param sample Encoded features.
    /// @param label Class number.
    /// @return id Number of the contribution.
    function contributeFor(
        address author,
        address payee,
        bytes calldata sample,
        uint256 label
    ) external payable returns (uint256 id);

    /// @notice The stake that a contribution costs now.
    function stakeNow() external view returns (uint256 stakeWei);

    /// @notice The contract that checks signatures for {contributeFor}; zero for none.
    function sponsorship() external view returns (address);

    /// @notice Which incentive, with its version, such as `self-assessment/1`.
    function incentive() external pure returns (string memory);

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
