// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Terms} from "./ISelfAssessment.sol";

/// @title Makes collaborations out of minimal clones
/// @notice Permissionless and without owner: any model implementation can be named, so anyone can add one. Clients should check which one a collaboration uses.
interface ICollaborationFactory {
    /// @notice Emitted for each collaboration.
    event Created(
        address indexed collaboration,
        address indexed modelImplementation,
        address indexed creator,
        address model
    );

    /// @notice Thrown when the named model implementation has no code.
    error NoImplementation(address implementation);
    /// @notice Thrown when a class could be added sooner than earlier contributors can be refunded.
    error NoticeTooShort(uint256 noticeSeconds, uint256 neededSeconds);

    /// @notice Creates a collaboration. With all its words it is open at once; else the creator goes on with {ICollaboration-upload} and {ICollaboration-open}.
    /// @dev Emits {Created}. Requirements: implementation with code; terms and configuration in range; notice ≥ `reportWaitSeconds` where a curator is named.
    /// @param modelImplementation Implementation of {IModel} to clone.
    /// @param configuration The model's configuration word.
    /// @param terms The incentive's rules.
    /// @param curator Who may add classes; zero for nobody.
    /// @param words First words, or the first chunk of them.
    /// @param metadata See {ICollaboration-Described}.
    /// @return collaboration The new collaboration.
    function create(
        address modelImplementation,
        uint256 configuration,
        Terms calldata terms,
        address curator,
        bytes calldata words,
        bytes calldata metadata
    ) external returns (address collaboration);

    /// @notice The implementation behind every collaboration.
    function implementation() external view returns (address);
}
