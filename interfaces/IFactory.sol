// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @title Makes collaborations of one incentive out of minimal clones
/// @notice Permissionless and without owner: any model implementation can be named, so anyone can add one. Clients should check which one a collaboration uses.
interface IFactory {
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

    /// @notice The implementation behind every collaboration.
    function implementation() external view returns (address);
}
