// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IFactory} from "./IFactory.sol";
import {Terms} from "./ISelfAssessment.sol";

/// @title Makes collaborations under self-assessment
interface ICollaborationFactory is IFactory {
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
}
