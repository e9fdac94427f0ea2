// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IFactory} from "./IFactory.sol";
import {MarketTerms} from "./IMarket.sol";

/// @title Makes collaborations under a prediction market
interface IMarketFactory is IFactory {
    /// @notice Thrown when the engine has no code or does not know such models.
    error EngineUnsuitable(address engine);

    /// @notice Creates a collaboration. With all its words it is open at once; else the creator goes on with {ICollaboration-upload} and {ICollaboration-open}.
    /// @dev Notes: classes are fixed, there is no curator. Whoever contributes trusts the engine with the stake: clients should check which one it is. Emits {Created}.
    /// Requirements: implementation with code; terms and configuration in range; the engine supports them.
    /// @param modelImplementation Implementation of {IModel} to clone.
    /// @param configuration The model's configuration word.
    /// @param terms The incentive's rules.
    /// @param engine Replay engine, an {IReplay}.
    /// @param words First words, or the first chunk of them.
    /// @param metadata See {ICollaboration-Described}.
    /// @return collaboration The new collaboration.
    function create(
        address modelImplementation,
        uint256 configuration,
        MarketTerms calldata terms,
        address engine,
        bytes calldata words,
        bytes calldata metadata
    ) external returns (address collaboration);
}
