// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IParticipants, Participant, Reputation} from "../../interfaces/training/IParticipants.sol";
import {ReputationMath} from "../libraries/ReputationMath.sol";

/// @title Credits, bonds and reputations: the few ways in which they change
/// @dev Every wei is in one place: a credit, a bond, or a job's escrow. What leaves one here must be put into another by the caller.
abstract contract Accounts {
    using SafeCast for uint256;

    /// @notice Where burned ether stays.
    address internal constant BURNED = 0x000000000000000000000000000000000000dEaD;
    /// @notice How much more a slash weighs than a time-out.
    uint256 internal constant SLASH_WEIGHT = 3;

    mapping(address account => Participant) internal _participants;
    mapping(address account => mapping(uint8 role => Reputation)) internal _reputations;

    /// @notice Gives an account credit.
    function _credit(address who, uint256 amountWei) internal {
        if (amountWei == 0) return;
        Participant storage p = _participants[who];
        p.creditWei = (p.creditWei + amountWei).toUint96();
        emit IParticipants.Credited(who, amountWei);
    }

    /// @notice Takes an amount out of an account's credit.
    function _spend(address who, uint256 amountWei) internal {
        if (amountWei == 0) return;
        Participant storage p = _participants[who];
        uint256 creditWei = p.creditWei;
        if (creditWei < amountWei) revert IParticipants.CreditTooLow(who, creditWei, amountWei);
        p.creditWei = uint96(creditWei - amountWei);
    }

    /// @notice Makes bond out of credit.
    function _bond(address who, uint256 amountWei) internal {
        if (amountWei == 0) return;
        _spend(who, amountWei);
        _participants[who].bondWei = (_participants[who].bondWei + amountWei).toUint96();
        emit IParticipants.Bonded(who, amountWei);
    }

    /// @notice Locks bond; what is not free comes out of the credit.
    function _lock(address who, uint256 amountWei) internal {
        uint256 freeWei = _freeBond(who);
        if (freeWei < amountWei) _bond(who, amountWei - freeWei);
        _lockFree(who, amountWei);
    }

    /// @notice Locks bond that is free.
    function _lockFree(address who, uint256 amountWei) internal {
        if (amountWei == 0) return;
        _participants[who].lockedWei += uint96(amountWei);
        emit IParticipants.BondLocked(who, amountWei);
    }

    /// @notice Frees bond that was locked.
    function _free(address who, uint256 amountWei) internal {
        if (amountWei == 0) return;
        _participants[who].lockedWei -= amountWei.toUint96();
        emit IParticipants.BondFreed(who, amountWei);
    }

    /// @notice Takes locked bond away. The caller puts it elsewhere.
    function _slash(address who, uint256 amountWei) internal {
        if (amountWei == 0) return;
        Participant storage p = _participants[who];
        p.lockedWei -= amountWei.toUint96();
        p.bondWei -= uint96(amountWei);
        emit IParticipants.BondSlashed(who, amountWei);
    }

    /// @notice Slashed money: half to one, half burned.
    function _halve(address winner, uint256 amountWei) internal {
        _credit(winner, amountWei / 2);
        _credit(BURNED, amountWei - amountWei / 2);
    }

    /// @notice Bond that answers for nothing now.
    function _freeBond(address who) internal view returns (uint256) {
        Participant storage p = _participants[who];
        return uint256(p.bondWei) - p.lockedWei - p.leavingWei;
    }

    /// @notice Reverts when an account has not a role.
    function _requireRole(address who, uint8 role) internal view {
        if (_participants[who].roles & role == 0) revert IParticipants.RoleMissing(who, role);
    }

    /// @notice Notes a success.
    function _succeeded(address who, uint8 role, uint256 valueWei) internal {
        _note(who, role, ReputationMath.weight(valueWei), 0);
    }

    /// @notice Notes that somebody was late.
    function _timedOut(address who, uint8 role, uint256 valueWei) internal {
        _note(who, role, 0, ReputationMath.weight(valueWei));
    }

    /// @notice Notes that somebody was wrong.
    function _wasWrong(address who, uint8 role, uint256 valueWei) internal {
        _note(who, role, 0, SLASH_WEIGHT * ReputationMath.weight(valueWei));
    }

    /// @notice A reputation now.
    function _reputation(address who, uint8 role) internal view returns (Reputation memory r) {
        r = _reputations[who][role];
        uint256 epoch = block.timestamp / ReputationMath.EPOCH_SECONDS;
        // Evidence is at least one, once there is any.
        // slither-disable-next-line incorrect-equality
        if (r.alpha == 0) {
            (r.alpha, r.beta) = (uint64(ReputationMath.ONE), uint64(ReputationMath.ONE));
        } else {
            uint256 epochs = epoch - r.epoch;
            r.alpha = uint64(ReputationMath.decayed(r.alpha, epochs));
            r.beta = uint64(ReputationMath.decayed(r.beta, epochs));
        }
        r.epoch = uint32(epoch);
    }

    function _note(address who, uint8 role, uint256 success, uint256 failure) private {
        Reputation memory r = _reputation(who, role);
        r.alpha = _saturated(r.alpha + success);
        r.beta = _saturated(r.beta + failure);
        _reputations[who][role] = r;
        emit IParticipants.ReputationChanged(who, role, r.alpha, r.beta, r.epoch);
    }

    function _saturated(uint256 evidence) private pure returns (uint64) {
        return evidence > type(uint64).max ? type(uint64).max : uint64(evidence);
    }
}
