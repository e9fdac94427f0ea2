// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @notice Named achievements in one collaboration.
enum Badge {
    FirstLight, // contributed for the first time
    Confirmed, // has points of a confirmed contribution
    Hundred, // has 100 points
    Judge, // 10 votes that agreed with the final tallies
    Steady // contributed in 4 different weeks
}

/// @title Badges that nobody can buy
/// @notice An ERC-721 collection whose tokens are bound to the account that earned them, as ERC-5192 defines it: visible in any wallet, never transferred. One collection for all collaborations of a factory.
/// @dev Names, descriptions and pictures are made on chain out of fixed texts and hexadecimal addresses; nothing that anybody wrote goes into them, so nothing needs escaping.
interface IBadges {
    /// @notice Emitted when a badge was minted: it is bound to its account for ever (ERC-5192).
    event Locked(uint256 tokenId);

    /// @notice Thrown by every transfer and approval.
    error Soulbound();
    /// @notice Thrown when anyone but a collaboration of the factory mints.
    error OnlyCollaboration(address caller);
    /// @notice Thrown when an account has the badge already.
    error AlreadyAwarded(address account, Badge badge);

    /// @notice Mints a badge of the calling collaboration.
    /// @dev Emits `Transfer` and {Locked}; calls nothing of the account's. Requirements: the caller was made by the factory; not awarded before.
    /// @return tokenId See {tokenIdOf}.
    function award(address account, Badge badge) external returns (uint256 tokenId);

    /// @notice Whether a badge is bound to its account: always (ERC-5192).
    /// @dev Requirement: it exists.
    function locked(uint256 tokenId) external view returns (bool);

    /// @notice The token of a badge, minted or not: number of the collaboration 88 | account 160 | badge 8.
    function tokenIdOf(address collaboration, address account, Badge badge) external view returns (uint256 tokenId);

    /// @notice What a token stands for.
    function badgeOf(uint256 tokenId) external view returns (address collaboration, address account, Badge badge);

    /// @notice Whether an account was awarded a badge.
    function isAwarded(address collaboration, address account, Badge badge) external view returns (bool);

    /// @notice The factory whose collaborations mint.
    function factory() external view returns (address);
}
