// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @notice The one spot check of a dataset.
/// @param challenger Zero for none yet.
/// @param subset Which subset.
/// @param row Which row in it.
/// @param deadline Until when the owner must show it.
struct SpotCheck {
    address challenger;
    uint16 subset;
    uint40 deadline;
    uint32 row;
}

/// @title Spot checks: an owner shows that it holds what it committed to
/// @notice Checks are private: a party of a dataset asks for `H(row ‖ salt ‖ challenge)` of a drawn row. Where that is refused or wrong, it can ask on chain, once a dataset: the owner then discloses **one row** under its commitment, or loses its bond. Who asked
/// in vain pays for the disclosure.
/// @dev Honest limits: it shows that a row stands under the committed root, not that rows are true; and a party with the check's bond can have one row disclosed. Who cannot bear that sets {Description-checkBondWei} to 0, and buyers see it.
interface ISpotChecks {
    /// @notice Emitted when a row was asked for.
    event SpotCheckAsked(
        uint256 indexed dataset,
        address indexed challenger,
        uint256 subset,
        uint256 row,
        uint256 deadline
    );
    /// @notice Emitted when it was shown.
    event SpotCheckAnswered(uint256 indexed dataset, bytes row, bytes32 salt);
    /// @notice Emitted when it was not.
    event SpotCheckFailed(uint256 indexed dataset, address indexed challenger);

    /// @notice Thrown when a dataset takes no spot check (any more).
    error NoSpotCheck(uint256 dataset);
    /// @notice Thrown when the caller is no party: neither holds a replica nor is the buyer of a job that runs on it.
    error NotParty(uint256 dataset, address caller);
    /// @notice Thrown for a subset or row that does not exist.
    error NoSuchRow(uint256 subset, uint256 row);
    /// @notice Thrown when a row does not stand under the commitment.
    error WrongRow(uint256 dataset, uint256 subset, uint256 row);
    /// @notice Thrown when no spot check waits for an answer.
    error NothingAsked(uint256 dataset);

    /// @notice Asks for a row. Locks {Description-checkBondWei} of the caller.
    /// @param job A running job of the caller's on the dataset; 0 for who holds a replica.
    function askRow(uint256 dataset, uint256 subset, uint256 row, uint256 job) external payable;

    /// @notice Shows it. The challenger's bond goes to the owner.
    /// @param roots Of all subsets.
    /// @param row The row's bytes.
    /// @param salt Its salt.
    /// @param proof Path to the subset's root.
    function answerRow(
        uint256 dataset,
        bytes32[] calldata roots,
        bytes calldata row,
        bytes32 salt,
        bytes32[] calldata proof
    ) external payable;

    /// @notice Ends a spot check that was not answered in time: the owner's bond goes half to the challenger, half is burned; the dataset is faulty, and no job may ask for it any more. Anyone.
    function failRow(uint256 dataset) external payable;

    /// @notice The spot check of a dataset.
    function spotCheckOf(uint256 dataset) external view returns (SpotCheck memory);
}
