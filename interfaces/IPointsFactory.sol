// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IFactory} from "./IFactory.sol";
import {PointsTerms} from "./IPoints.sol";

/// @title Makes collaborations whose contributors give one another points
interface IPointsFactory is IFactory {
    /// @notice Creates a collaboration. With all its words it is open at once; else the creator goes on with {ICollaboration-upload} and {ICollaboration-open}.
    /// @dev Notes: no notice is asked of added classes, as points do not depend on what the model predicts. Emits {Created}. Requirements: implementation with code; terms and configuration in range.
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
        PointsTerms calldata terms,
        address curator,
        bytes calldata words,
        bytes calldata metadata
    ) external returns (address collaboration);

    /// @notice Where its collaborations mint badges.
    function badges() external view returns (address);

    /// @notice Number of a collaboration, from 1; 0 if this factory did not make it.
    function numberOf(address collaboration) external view returns (uint256 number);

    /// @notice The collaboration of a number; zero if there is none.
    function collaborationOf(uint256 number) external view returns (address collaboration);
}
