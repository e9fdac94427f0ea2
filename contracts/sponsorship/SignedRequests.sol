// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {BitMaps} from "@openzeppelin/contracts/utils/structs/BitMaps.sol";
import {ISponsorship, SponsoredContribution} from "../../interfaces/ISponsorship.sol";

/// @title What authors sign, and that each signature serves once
/// @dev Nonces are bits, so that requests can be sent in any order; 256 neighbours share a word.
abstract contract SignedRequests is ISponsorship, EIP712 {
    using BitMaps for BitMaps.BitMap;

    // Hashed when compiled, so its length costs nothing.
    // solhint-disable gas-small-strings
    bytes32 private constant REQUEST_TYPE = keccak256(
        "SponsoredContribution(address collaboration,address author,address payee,address relayer,bytes sample,uint256 label,uint256 maxStakeWei,bool stakeFromAuthor,uint256 nonce,uint256 deadline)"
    );
    // solhint-enable gas-small-strings

    mapping(address author => BitMaps.BitMap) private _nonces;

    constructor() EIP712("commonlearn", "1") {}

    /// @inheritdoc ISponsorship
    function cancel(uint256 nonce) external {
        _use(msg.sender, nonce);
        emit Cancelled(msg.sender, nonce);
    }

    /// @inheritdoc ISponsorship
    function isUsed(address author, uint256 nonce) external view returns (bool) {
        return _nonces[author].get(nonce);
    }

    /// @inheritdoc ISponsorship
    function hashOf(SponsoredContribution calldata request) external view returns (bytes32) {
        return _hash(request);
    }

    /// @notice Reverts unless the author signed this request for this relayer and it may still be sent; uses up its nonce.
    function _accept(SponsoredContribution calldata request, bytes calldata signature, address relayer) internal {
        if (block.timestamp > request.deadline) revert Expired(request.deadline);
        if (request.relayer != address(0) && request.relayer != relayer) revert WrongRelayer(relayer, request.relayer);
        if (request.payee == address(0)) revert NoPayee();
        _use(request.author, request.nonce);
        if (!SignatureChecker.isValidSignatureNowCalldata(request.author, _hash(request), signature))
            revert BadSignature(request.author);
    }

    function _use(address author, uint256 nonce) private {
        BitMaps.BitMap storage used = _nonces[author];
        if (used.get(nonce)) revert NonceUsed(author, nonce);
        used.set(nonce);
    }

    function _hash(SponsoredContribution calldata request) private view returns (bytes32) {
        return
            _hashTypedDataV4(
                keccak256(
                    abi.encode(
                        REQUEST_TYPE,
                        request.collaboration,
                        request.author,
                        request.payee,
                        request.relayer,
                        keccak256(request.sample),
                        request.label,
                        request.maxStakeWei,
                        request.stakeFromAuthor,
                        request.nonce,
                        request.deadline
                    )
                )
            );
    }
}
