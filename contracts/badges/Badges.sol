// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ERC721} from "@openzeppelin/contracts/token/ERC721/ERC721.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Badge, IBadges} from "../../interfaces/IBadges.sol";
import {IPointsFactory} from "../../interfaces/IPointsFactory.sol";
import {BadgePicture} from "./BadgePicture.sol";

/// @title Badges that nobody can buy
contract Badges is ERC721, IBadges {
    bytes4 private constant ERC5192 = 0xb45a3c0e;

    /// @inheritdoc IBadges
    address public immutable factory;

    constructor(address factory_) ERC721("commonlearn badges", "CLB") {
        factory = factory_;
    }

    /// @inheritdoc IBadges
    function award(address account, Badge badge) external returns (uint256 tokenId) {
        uint256 number = IPointsFactory(factory).numberOf(msg.sender);
        if (number == 0) revert OnlyCollaboration(msg.sender);
        tokenId = _token(number, account, badge);
        if (_ownerOf(tokenId) != address(0)) revert AlreadyAwarded(account, badge);
        _mint(account, tokenId); // not `_safeMint`: whoever receives it has no say, as anyone may claim for anyone
        emit Locked(tokenId);
    }

    /// @inheritdoc IBadges
    function locked(uint256 tokenId) external view returns (bool) {
        _requireOwned(tokenId);
        return true;
    }

    /// @inheritdoc IBadges
    function isAwarded(address collaboration, address account, Badge badge) external view returns (bool) {
        return _ownerOf(tokenIdOf(collaboration, account, badge)) != address(0);
    }

    /// @inheritdoc IBadges
    function tokenIdOf(address collaboration, address account, Badge badge) public view returns (uint256 tokenId) {
        uint256 number = IPointsFactory(factory).numberOf(collaboration);
        if (number == 0) revert OnlyCollaboration(collaboration);
        return _token(number, account, badge);
    }

    /// @inheritdoc IBadges
    function badgeOf(uint256 tokenId) public view returns (address collaboration, address account, Badge badge) {
        _requireOwned(tokenId);
        return (
            IPointsFactory(factory).collaborationOf(tokenId >> 168),
            address(uint160(tokenId >> 8)),
            Badge(uint8(tokenId))
        );
    }

    /// @notice Name, description and picture of a badge, as a data address.
    function tokenURI(uint256 tokenId) public view override returns (string memory) {
        (address collaboration, address account, Badge badge) = badgeOf(tokenId);
        return BadgePicture.uri(collaboration, account, badge);
    }

    /// @notice Refused: badges cannot be transferred.
    function approve(address, uint256) public pure override {
        revert Soulbound();
    }

    /// @notice Refused: badges cannot be transferred.
    function setApprovalForAll(address, bool) public pure override {
        revert Soulbound();
    }

    /// @notice ERC-165, ERC-721 with its metadata, ERC-5192.
    function supportsInterface(bytes4 interfaceId) public view override returns (bool) {
        return interfaceId == ERC5192 || super.supportsInterface(interfaceId);
    }

    function _update(address to, uint256 tokenId, address auth) internal override returns (address from) {
        from = super._update(to, tokenId, auth);
        if (from != address(0)) revert Soulbound();
    }

    function _token(uint256 number, address account, Badge badge) private pure returns (uint256) {
        return (uint256(SafeCast.toUint88(number)) << 168) | (uint256(uint160(account)) << 8) | uint8(badge);
    }
}
