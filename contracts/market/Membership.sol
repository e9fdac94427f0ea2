// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {TransientSlot} from "@openzeppelin/contracts/utils/TransientSlot.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IParticipants, Participant, Reputation} from "../../interfaces/training/IParticipants.sol";
import {ReputationMath} from "../libraries/ReputationMath.sol";
import {TrainingBooks} from "./TrainingBooks.sol";

/// @title Who takes part, and the one door for ether
abstract contract Membership is IParticipants, TrainingBooks {
    using SafeCast for uint256;
    using TransientSlot for *;

    /// @notice How long a bond takes to come back.
    uint256 internal constant UNBOND_SECONDS = 7 days;
    uint8 private constant ALL_ROLES = 31;
    // keccak256("commonlearn.training.multicall")
    bytes32 private constant WITHIN = 0x0dde1422261bc3d7178a0571ade7160c48ea54f7b43d41be5b81167858604ca4;

    /// @notice Credits what came along to the caller, once, however many calls the transaction makes.
    modifier credited() {
        _takeValue();
        _;
    }

    /// @inheritdoc IParticipants
    function register(uint8 roles, bytes32 encryptionKey) external payable credited {
        if (roles == 0 || roles > ALL_ROLES) revert UnknownRoles(roles);
        Participant storage p = _participants[msg.sender];
        (p.roles, p.encryptionKey) = (roles, encryptionKey);
        emit Registered(msg.sender, roles, encryptionKey);
    }

    /// @inheritdoc IParticipants
    function deposit() external payable {
        _takeValue();
    }

    /// @inheritdoc IParticipants
    /// @dev The only place where ether leaves, and the last thing that happens there. Not within a multicall, so that no foreign code runs while its value counts as credited.
    function withdraw(address payable to) external payable credited returns (uint256 amountWei) {
        if (_isWithin()) revert NotWithinMulticall();
        amountWei = _participants[msg.sender].creditWei;
        if (amountWei == 0) revert NothingToPay(msg.sender);
        _participants[msg.sender].creditWei = 0;
        emit Withdrawn(msg.sender, to, amountWei);
        // The caller's own credit goes where the caller says.
        // slither-disable-next-line arbitrary-send-eth
        (bool sent, ) = to.call{value: amountWei}("");
        if (!sent) revert PaymentRefused(to, amountWei);
    }

    /// @inheritdoc IParticipants
    function bond(uint256 amountWei) external payable credited {
        _bond(msg.sender, amountWei);
    }

    /// @inheritdoc IParticipants
    function unbond(uint256 amountWei) external payable credited {
        uint256 freeWei = _freeBond(msg.sender);
        if (freeWei < amountWei || amountWei == 0) revert BondTooLow(msg.sender, freeWei, amountWei);
        Participant storage p = _participants[msg.sender];
        p.leavingWei += uint96(amountWei);
        p.leavesAt = (block.timestamp + UNBOND_SECONDS).toUint40();
        emit BondLeaving(msg.sender, amountWei, p.leavesAt);
    }

    /// @inheritdoc IParticipants
    function releaseBond() external payable credited returns (uint256 amountWei) {
        Participant storage p = _participants[msg.sender];
        amountWei = p.leavingWei;
        if (amountWei == 0) revert NothingToPay(msg.sender);
        if (block.timestamp < p.leavesAt) revert BondNotYetFree(p.leavesAt);
        p.leavingWei = 0;
        p.bondWei -= uint96(amountWei);
        emit BondReleased(msg.sender, amountWei);
        _credit(msg.sender, amountWei);
    }

    /// @inheritdoc IParticipants
    function participantOf(address account) external view returns (Participant memory) {
        return _participants[account];
    }

    /// @inheritdoc IParticipants
    function reputationOf(
        address account,
        uint8 role
    ) external view returns (Reputation memory reputation, uint256 score) {
        reputation = _reputation(account, role);
        score = ReputationMath.score(reputation.alpha, reputation.beta);
    }

    /// @notice Credits what came along, unless the multicall around has.
    // Called by payable functions of contracts that inherit this one.
    // slither-disable-next-line msg-value-in-nonpayable
    function _takeValue() internal {
        if (msg.value == 0 || _isWithin()) return;
        Participant storage p = _participants[msg.sender];
        p.creditWei = (p.creditWei + msg.value).toUint96();
        emit Deposited(msg.sender, msg.value);
    }

    function _isWithin() internal view returns (bool) {
        return WITHIN.asBoolean().tload();
    }

    function _setWithin(bool isWithin) internal {
        WITHIN.asBoolean().tstore(isWithin);
    }
}
