// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ICollaboration} from "../../interfaces/ICollaboration.sol";
import {ISponsorship, SponsoredContribution} from "../../interfaces/ISponsorship.sol";
import {BoundedCall} from "../libraries/BoundedCall.sol";
import {RepaidGas} from "../libraries/RepaidGas.sol";
import {Reimbursement} from "./Reimbursement.sol";
import {SignedRequests} from "./SignedRequests.sol";

/// @title Contributions that somebody else sends and pays for
/// @dev Signatures are checked here and nowhere else, so a collaboration trusts this contract to name authors; this contract trusts no collaboration.
contract Sponsorship is SignedRequests, Reimbursement {
    uint256 private constant MOST_REASON = 256;

    /// @inheritdoc ISponsorship
    function relay(
        SponsoredContribution calldata request,
        bytes calldata signature
    ) external payable nonReentrant returns (uint256 id) {
        uint256 startGas = gasleft();
        uint256 spentWei;
        (id, spentWei) = _relay(request, signature, msg.sender, msg.value);
        _credit(msg.sender, msg.value - spentWei);
        _note(request.collaboration, id, msg.sender, startGas, RepaidGas.overhead(msg.data.length));
    }

    /// @inheritdoc ISponsorship
    function relayMany(
        SponsoredContribution[] calldata requests,
        bytes[] calldata signatures,
        bool strict
    ) external payable nonReentrant returns (uint256 sent) {
        uint256 count = requests.length;
        if (count != signatures.length || count == 0) revert RequestCount(count, signatures.length);
        uint256 overheadGas = RepaidGas.overhead(msg.data.length) / count;
        uint256 leftWei = msg.value;
        for (uint256 i = 0; i < count; ++i) {
            (bool succeeded, bytes memory result) = BoundedCall.callItself(
                abi.encodeCall(this.relayPart, (requests[i], signatures[i], msg.sender, leftWei, overheadGas)),
                MOST_REASON
            );
            if (succeeded) {
                (, uint256 spentWei) = abi.decode(result, (uint256, uint256));
                leftWei -= spentWei;
                ++sent;
            } else if (strict) {
                revert RelayFailed(i, result);
            } else {
                emit RelayRefused(i, result);
            }
        }
        _credit(msg.sender, leftWei);
    }

    /// @inheritdoc ISponsorship
    /// @dev Needs no guard: {relayMany} has it.
    function relayPart(
        SponsoredContribution calldata request,
        bytes calldata signature,
        address relayer,
        uint256 availableWei,
        uint256 overheadGas
    ) external returns (uint256 id, uint256 spentWei) {
        if (msg.sender != address(this)) revert OnlyItself(msg.sender);
        uint256 startGas = gasleft();
        (id, spentWei) = _relay(request, signature, relayer, availableWei);
        _note(request.collaboration, id, relayer, startGas, overheadGas);
    }

    /// @inheritdoc ISponsorship
    function contribute(
        address collaboration,
        bytes calldata sample,
        uint256 label
    ) external payable nonReentrant returns (uint256 id) {
        uint256 startGas = gasleft();
        uint256 stakeWei = _stakeOf(collaboration);
        if (stakeWei > msg.value) revert NotPaid(msg.sender, msg.value, stakeWei);
        _credit(msg.sender, msg.value - stakeWei);
        id = ICollaboration(collaboration).contributeFor{value: stakeWei}(msg.sender, msg.sender, sample, label);
        _note(collaboration, id, msg.sender, startGas, RepaidGas.overhead(msg.data.length));
    }

    /// @return id Number of the contribution.
    /// @return spentWei What was staked out of the relayer's ether.
    function _relay(
        SponsoredContribution calldata request,
        bytes calldata signature,
        address relayer,
        uint256 availableWei
    ) private returns (uint256 id, uint256 spentWei) {
        _accept(request, signature, relayer);
        uint256 stakeWei = _stakeOf(request.collaboration);
        if (stakeWei > request.maxStakeWei) revert StakeAboveMaximum(stakeWei, request.maxStakeWei);
        if (request.stakeFromAuthor) {
            _debit(request.author, stakeWei);
        } else {
            if (stakeWei > availableWei) revert NotPaid(relayer, availableWei, stakeWei);
            spentWei = stakeWei;
        }
        id = ICollaboration(request.collaboration).contributeFor{value: stakeWei}(
            request.author,
            request.payee,
            request.sample,
            request.label
        );
        emit Relayed(request.collaboration, id, request.author, request.payee, relayer);
    }

    function _stakeOf(address collaboration) private view returns (uint256) {
        if (collaboration.code.length == 0) revert NoCollaboration(collaboration);
        return ICollaboration(collaboration).stakeNow();
    }
}
