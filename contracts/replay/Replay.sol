// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IReplay, ReplayInput, ReplayState, ReplayTerms} from "../../interfaces/IReplay.sol";
import {AwardRound} from "../libraries/AwardRound.sol";
import {Participants} from "../libraries/Participants.sol";

/// @title What all engines share: who takes part, how a round is closed, the state's hash
abstract contract Replay is IReplay {
    using Participants for uint256[];

    /// @inheritdoc IReplay
    function closeRound(
        ReplayTerms calldata terms,
        ReplayState calldata state,
        ReplayState calldata initial
    ) external pure returns (ReplayState memory next) {
        if (state.isFinal) revert AlreadyFinal();
        if (state.position != terms.contributions) revert RoundIncomplete(state.position, terms.contributions);
        _requirePrepared(keccak256(abi.encode(initial)), terms.initialHash);
        next = state;
        AwardRound.Outcome memory outcome = AwardRound.close(
            next.participants,
            state.unitLeftWei,
            state.bountyLeftWei,
            terms.rounds - state.round
        );
        next.unitLeftWei -= outcome.unitWei;
        next.bountyLeftWei = outcome.bountyLeftWei;
        next.unawardedWei += outcome.surplusWei;
        next.isFinal = next.unitLeftWei == 0;
        if (!next.isFinal) {
            next.round += 1;
            next.position = 0;
            next.participants.clearScores();
            (next.correct, next.words, next.scores) = (initial.correct, initial.words, initial.scores);
        }
    }

    /// @inheritdoc IReplay
    function hashOf(ReplayState calldata state) external pure returns (bytes32) {
        return keccak256(abi.encode(state));
    }

    /// @notice Checks that so many contributions can be replayed now, and gives a copy of the state to work in.
    function _begin(
        ReplayTerms calldata terms,
        ReplayState calldata state,
        bytes calldata prepared,
        uint256 count
    ) internal pure returns (ReplayState memory next) {
        if (state.isFinal) revert AlreadyFinal();
        if (count > terms.contributions - state.position) revert RoundComplete(terms.contributions);
        _requirePrepared(keccak256(prepared), terms.preparedHash);
        next = state;
        if (state.round == 0) next.participants = next.participants.withRoom(count);
    }

    /// @notice Notes that one more contribution is replayed; in round 0 its participant and its stake.
    /// @return takesPart False when the participant is out.
    function _enter(ReplayState memory next, ReplayInput calldata input) internal pure returns (bool takesPart) {
        uint256[] memory participants = next.participants;
        uint256 number = input.participant;
        uint256 count = participants.count();
        next.position += 1;
        if (next.round == 0 && number == count) participants.enter(input.account);
        else if (number >= count || participants.accountOf(number) != input.account)
            revert WrongParticipant(number, input.account);
        if (next.round == 0) participants.addStake(number, input.stakeWei);
        return !participants.isOut(number);
    }

    /// @notice Credits a participant with what the working model now has right more, or less.
    function _credit(ReplayState memory next, uint256 number, uint256 correct) internal pure {
        if (correct == next.correct) return;
        next.participants.addScore(number, int256(correct) - int256(uint256(next.correct)));
        next.correct = uint32(correct);
    }

    /// @notice Reverts when a hash is not the one in the terms.
    function _requirePrepared(bytes32 given, bytes32 wanted) private pure {
        if (given != wanted) revert WrongPreparation(given, wanted);
    }
}
