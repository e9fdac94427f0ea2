// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IReplay, ReplayInput, ReplayState, ReplayTerms} from "../../../interfaces/IReplay.sol";

/// @title An engine whose scores can be told by looking
/// @notice A contribution changes the score by its first feature less 20, whatever its label and the model; so a test says what each is worth. The rounds are those of {IReplay}, written plainly.
contract LinearReplay is IReplay {
    /// @inheritdoc IReplay
    function canReplay(string calldata kind, uint256) external pure returns (bool) {
        return keccak256(bytes(kind)) != keccak256("naive-bayes/1") && bytes(kind).length > 0;
    }

    /// @inheritdoc IReplay
    function prepare(
        address,
        uint256[] calldata words,
        bytes[] calldata samples,
        uint16[] calldata labels
    ) external pure returns (ReplayState memory initial, bytes memory prepared) {
        initial.correct = 1_000_000;
        initial.words = words;
        return (initial, abi.encode(samples, labels));
    }

    /// @inheritdoc IReplay
    function advance(
        ReplayTerms calldata terms,
        ReplayState calldata state,
        bytes calldata prepared,
        ReplayInput[] calldata inputs
    ) external pure returns (ReplayState memory s) {
        if (keccak256(prepared) != terms.preparedHash) revert WrongPreparation(keccak256(prepared), terms.preparedHash);
        s = state;
        if (s.isFinal) revert AlreadyFinal();
        for (uint256 i = 0; i < inputs.length; ++i) {
            if (s.position >= terms.contributions) revert RoundComplete(s.position);
            ReplayInput calldata given = inputs[i];
            if (s.round == 0) _enter(s, given);
            _replay(s, given);
            ++s.position;
        }
    }

    /// @inheritdoc IReplay
    function closeRound(
        ReplayTerms calldata terms,
        ReplayState calldata state,
        ReplayState calldata initial
    ) public pure virtual returns (ReplayState memory s) {
        if (keccak256(abi.encode(initial)) != terms.initialHash)
            revert WrongPreparation(keccak256(abi.encode(initial)), terms.initialHash);
        s = state;
        if (s.isFinal) revert AlreadyFinal();
        if (s.position != terms.contributions) revert RoundIncomplete(s.position, terms.contributions);
        uint256 unit = _unit(s, terms.rounds - s.round);
        (uint256 paidWei, bool isAnyOut) = _collect(s, unit);
        _award(s, unit, paidWei);
        s.unitLeftWei -= unit;
        if (s.unitLeftWei == 0 || !isAnyOut) {
            s.isFinal = true;
            return s;
        }
        (s.round, s.position, s.correct) = (s.round + 1, 0, initial.correct);
        for (uint256 i = 0; i < s.participants.length / 2; ++i) {
            _setScore(s, i, 0);
        }
    }

    /// @inheritdoc IReplay
    function hashOf(ReplayState calldata state) external pure returns (bytes32) {
        return keccak256(abi.encode(state));
    }

    function _enter(ReplayState memory s, ReplayInput calldata given) private pure {
        uint256 count = s.participants.length / 2;
        if (given.participant == count) {
            uint256[] memory longer = new uint256[](2 * count + 2);
            for (uint256 i = 0; i < 2 * count; ++i) {
                longer[i] = s.participants[i];
            }
            longer[2 * count] = uint256(uint160(given.account)) << 96;
            s.participants = longer;
        } else if (given.participant > count || _account(s, given.participant) != given.account) {
            revert WrongParticipant(given.participant, given.account);
        }
        s.participants[2 * given.participant] += given.stakeWei;
        s.participants[2 * given.participant + 1] += uint256(given.stakeWei) << 160;
    }

    function _replay(ReplayState memory s, ReplayInput calldata given) private pure {
        if (uint8(s.participants[2 * given.participant + 1] >> 88) != 0) return;
        int256 change = int256(uint256(uint16(bytes2(given.sample)))) - 20;
        s.correct = uint32(uint256(int256(uint256(s.correct)) + change));
        _setScore(s, given.participant, _score(s, given.participant) + change);
    }

    function _unit(ReplayState memory s, uint256 roundsLeft) private pure returns (uint256) {
        uint256 least = type(uint256).max;
        for (uint256 i = 0; i < s.participants.length / 2; ++i) {
            int256 score = _score(s, i);
            if (score >= 0) continue;
            uint256 covered = _balance(s, i) / uint256(-score);
            if (covered < least) least = covered;
        }
        if (least == type(uint256).max) return s.unitLeftWei;
        uint256 part = (s.unitLeftWei + roundsLeft - 1) / roundsLeft;
        uint256 unit = least > part ? least : part;
        return unit < s.unitLeftWei ? unit : s.unitLeftWei;
    }

    function _collect(ReplayState memory s, uint256 unit) private pure returns (uint256 paidWei, bool isAnyOut) {
        for (uint256 i = 0; i < s.participants.length / 2; ++i) {
            int256 score = _score(s, i);
            if (score >= 0) continue;
            uint256 loss = uint256(-score);
            uint256 pays = loss * unit;
            if (pays > _balance(s, i)) pays = _balance(s, i);
            s.participants[2 * i] -= pays;
            paidWei += pays;
            if (_balance(s, i) >= loss) continue;
            s.participants[2 * i + 1] |= 1 << 88;
            isAnyOut = true;
        }
    }

    function _award(ReplayState memory s, uint256 unit, uint256 paidWei) private pure {
        uint256 points = 0;
        for (uint256 i = 0; i < s.participants.length / 2; ++i) {
            if (_score(s, i) > 0) points += uint256(_score(s, i));
        }
        uint256 each = unit;
        if (points * unit > paidWei + s.bountyLeftWei) each = (paidWei + s.bountyLeftWei) / points;
        for (uint256 i = 0; i < s.participants.length / 2; ++i) {
            if (_score(s, i) > 0) s.participants[2 * i] += uint256(_score(s, i)) * each;
        }
        if (paidWei > points * each) s.unawardedWei += paidWei - points * each;
        else s.bountyLeftWei -= points * each - paidWei;
    }

    function _account(ReplayState memory s, uint256 i) private pure returns (address) {
        return address(uint160(s.participants[2 * i] >> 96));
    }

    function _balance(ReplayState memory s, uint256 i) private pure returns (uint256) {
        return s.participants[2 * i] & type(uint96).max;
    }

    function _score(ReplayState memory s, uint256 i) private pure returns (int256) {
        return int64(uint64(s.participants[2 * i + 1] >> 96));
    }

    function _setScore(ReplayState memory s, uint256 i, int256 score) private pure {
        uint256 cleared = s.participants[2 * i + 1] & ~(uint256(type(uint64).max) << 96);
        s.participants[2 * i + 1] = cleared | (uint256(uint64(int64(score))) << 96);
    }
}
