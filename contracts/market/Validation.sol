// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IJobs, Job, JobPhase, Stage} from "../../interfaces/training/IJobs.sol";
import {ROLE_VALIDATOR} from "../../interfaces/training/IParticipants.sol";
import {IReplicas} from "../../interfaces/training/IReplicas.sol";
import {IRounds} from "../../interfaces/training/IRounds.sol";
import {IValidation} from "../../interfaces/training/IValidation.sol";
import {Agreement} from "../libraries/Agreement.sol";
import {Juries} from "./Juries.sol";

/// @title Votes of juries, and appeals
abstract contract Validation is Juries {
    using SafeCast for uint256;

    /// @notice After so many juries without a decision there is none.
    uint256 internal constant MOST_JURIES = 3;

    /// @notice See {IValidation-sealVote}.
    function sealVote(uint256 job, uint256 seat, bytes32 seal) external payable delegated {
        Job storage j = _validating(job);
        if (j.stage == Stage.Armed) {
            bytes32 hash = blockhash(j.drawBlock);
            if (hash == 0) revert IJobs.DrawNotYet(j.drawBlock);
            if (_drawJury(job, hash).length == 0) _wrongPhase(job);
            _beginVotes(job);
            _payBounty(job);
        }
        if (j.stage != Stage.Committing) _wrongPhase(job);
        if (block.timestamp >= j.deadline) revert IReplicas.TooLate(j.deadline);
        if (seal == 0) revert IReplicas.EmptySeal();
        _requireJuror(job, seat);
        JuryState storage s = _juryStates[job][j.isAppealed];
        uint16 bit = uint16(1 << seat);
        if (s.sealed_ & bit != 0) revert IValidation.VotedAlready(job, seat);
        s.sealed_ |= bit;
        _votes[_voteKey(job, j.isAppealed, seat)] = seal;
        emit IValidation.VoteSealed(job, msg.sender, seal);
        if (++j.sealed_ == j.assigned) _enter(job, Stage.Revealing, _terms[job].revealSeconds);
    }

    /// @notice See {IValidation-revealVote}.
    function revealVote(
        uint256 job,
        uint256 seat,
        int64 score,
        uint64[] calldata weights,
        bytes32 salt
    ) external payable delegated {
        Job storage j = _validating(job);
        if (j.stage == Stage.Committing && block.timestamp >= j.deadline) {
            j.stage = Stage.Revealing;
            j.deadline += _terms[job].revealSeconds;
            emit IJobs.StageChanged(job, j.round, Stage.Revealing, j.deadline);
        }
        if (j.stage != Stage.Revealing) _wrongPhase(job);
        if (block.timestamp >= j.deadline) revert IReplicas.TooLate(j.deadline);
        _requireJuror(job, seat);
        JuryState storage s = _juryStates[job][j.isAppealed];
        uint16 bit = uint16(1 << seat);
        if (s.revealed & bit != 0) revert IValidation.VotedAlready(job, seat);
        bytes32 vote = _voteDigest(job, score, weights);
        uint256 key = _voteKey(job, j.isAppealed, seat);
        bytes32 seal = s.sealed_ & bit != 0 ? _votes[key] : bytes32(0);
        bytes32 found = _seal(job, VOTE_ROUND, 2 * uint256(j.attempt) + (j.isAppealed ? 1 : 0), msg.sender, vote, salt);
        if (found != seal) revert IReplicas.SealMismatch(seal, found);
        s.revealed |= bit;
        _votes[key] = vote;
        emit IValidation.VoteRevealed(job, msg.sender, score, weights);
        if (++j.revealed == j.sealed_) _countVotes(job);
    }

    /// @notice See {IValidation-appeal}.
    function appeal(uint256 job) external payable delegated {
        Job storage j = _validating(job);
        if (j.stage != Stage.Decided) _wrongPhase(job);
        if (block.timestamp >= j.deadline) revert IReplicas.TooLate(j.deadline);
        uint256 bondWei = _appealCost(job);
        _lock(msg.sender, bondWei);
        _appellants[job] = Appellant(msg.sender, bondWei.toUint96());
        emit IValidation.Appealed(job, msg.sender, bondWei);
        (j.isAppealed, j.attempt) = (true, 0);
        _arm(job);
    }

    /// @notice See {IValidation-appealCostOf}.
    function _appealCost(uint256 job) internal view returns (uint256) {
        return (2 * uint256(_terms[job].validators) + 1) * _votePay(job);
    }

    /// @notice What a vote says, in one word.
    function _voteDigest(uint256 job, int64 score, uint64[] calldata weights) internal pure returns (bytes32) {
        return keccak256(abi.encode(score, keccak256(abi.encode(job, weights))));
    }

    /// @notice What each vote of the first jury with the majority is paid.
    function _votePay(uint256 job) internal view returns (uint256) {
        return _parts(job)[2] / _terms[job].validators;
    }

    /// @notice Moves a jury on; see {IJobs-advance}.
    function _advanceJury(uint256 job) internal {
        Job storage j = _jobs[job];
        if (j.stage == Stage.Armed) {
            if (block.number <= j.drawBlock) revert IJobs.DrawNotYet(j.drawBlock);
            bytes32 hash = blockhash(j.drawBlock);
            if (hash == 0) {
                emit IRounds.DrawMissed(job, VOTE_ROUND, j.drawBlock);
                _arm(job);
            } else if (_drawJury(job, hash).length > 0) {
                _beginVotes(job);
            } else {
                _undecided(job);
            }
        } else if (j.stage == Stage.Committing || j.stage == Stage.Revealing) {
            uint256 until = j.deadline;
            if (j.stage == Stage.Committing && j.sealed_ > 0) until += _terms[job].revealSeconds;
            if (block.timestamp < until) revert IJobs.NothingToAdvance(job, j.stage, until);
            _countVotes(job);
        } else {
            _wrongPhase(job);
        }
    }

    /// @notice Pays the first jury by the decision that nobody appealed.
    function _payFirstJury(uint256 job) internal {
        _credit(BURNED, _endJury(job, false, _jobs[job].decision, _votePay(job), true));
    }

    function _beginVotes(uint256 job) private {
        Job storage j = _jobs[job];
        (j.assigned, j.sealed_, j.revealed) = (uint16(_jurySize(job)), 0, 0);
        _enter(job, Stage.Committing, _terms[job].voteSeconds);
    }

    function _countVotes(uint256 job) private {
        Job storage j = _jobs[job];
        bool isAppeal = j.isAppealed;
        uint256 size = j.assigned;
        uint256 revealed = _juryStates[job][isAppeal].revealed;
        bytes32[] memory votes = new bytes32[](size);
        for (uint256 seat = 0; seat < size; ++seat) {
            if ((revealed >> seat) & 1 == 1) votes[seat] = _votes[_voteKey(job, isAppeal, seat)];
        }
        (bytes32 decision, uint256 who) = Agreement.strictMajority(votes, size);
        if (who == 0) {
            _dismissJury(job, isAppeal);
            _undecided(job);
            return;
        }
        emit IValidation.Decided(job, decision, isAppeal);
        if (isAppeal) {
            _endAppeal(job, decision);
        } else {
            j.decision = decision;
            _enter(job, Stage.Decided, _terms[job].challengeSeconds);
        }
    }

    /// @notice Another jury, or none any more.
    function _undecided(uint256 job) private {
        Job storage j = _jobs[job];
        emit IValidation.Undecided(job, j.attempt, j.isAppealed);
        if (++j.attempt < MOST_JURIES) {
            _arm(job);
        } else if (j.isAppealed) {
            Appellant memory a = _appellants[job];
            _free(a.account, a.bondWei);
            _payFirstJury(job);
            _beginSettling(job);
        } else {
            j.isUnscored = true;
            _beginSettling(job);
        }
    }

    /// @notice The second jury decided: for the first, or against it.
    function _endAppeal(uint256 job, bytes32 decision) private {
        Appellant memory a = _appellants[job];
        // The constant is a key: the jury of the appeal.
        // slither-disable-next-line boolean-cst
        uint256 size = _juries[job][true].length;
        if (decision == _jobs[job].decision) {
            _payFirstJury(job);
            _slash(a.account, a.bondWei);
            // Seats are paid whole wei; what the division leaves is burned with the rest.
            // slither-disable-next-line divide-before-multiply
            uint256 seatWei = a.bondWei / size;
            uint256 winners = _winners(job, true, decision);
            _credit(BURNED, _endJury(job, true, decision, seatWei, false) + a.bondWei - seatWei * winners);
        } else {
            _jobs[job].decision = decision;
            _free(a.account, a.bondWei);
            _credit(a.account, _endJury(job, false, decision, 0, true));
            _credit(BURNED, _endJury(job, true, decision, _parts(job)[2] / size, true));
        }
        _beginSettling(job);
    }

    function _beginSettling(uint256 job) private {
        _setPhase(job, JobPhase.Settling);
        _enter(job, Stage.None, _jobs[job].isUnscored ? 0 : _terms[job].voteSeconds);
    }

    /// @notice Pays who voted as decided, and slashes the others: half to those, the rest for the caller.
    /// @param seatWei Pay of each.
    /// @param isOfJob Whether it is paid by the job; else the caller has the money.
    /// @return restWei What is left of what was slashed.
    function _endJury(
        uint256 job,
        bool isAppeal,
        bytes32 decision,
        uint256 seatWei,
        bool isOfJob
    ) private returns (uint256 restWei) {
        address[] memory jury = _juries[job][isAppeal];
        uint256 revealed = _juryStates[job][isAppeal].revealed;
        uint256 bondWei = _terms[job].voteBondWei;
        uint256 winners = _winners(job, isAppeal, decision);
        restWei = (jury.length - winners) * bondWei;
        uint256 partWei = winners == 0 ? 0 : restWei / 2 / winners;
        // Parts are whole wei; what the division leaves stays in the rest.
        // slither-disable-next-line divide-before-multiply
        restWei -= partWei * winners;
        for (uint256 seat = 0; seat < jury.length; ++seat) {
            bool hasRevealed = (revealed >> seat) & 1 == 1;
            if (hasRevealed && _votes[_voteKey(job, isAppeal, seat)] == decision) {
                _free(jury[seat], bondWei);
                if (isOfJob) _pay(job, jury[seat], ROLE_VALIDATOR, seatWei);
                _credit(jury[seat], partWei + (isOfJob ? 0 : seatWei));
                _succeeded(jury[seat], ROLE_VALIDATOR, seatWei);
            } else {
                _slash(jury[seat], bondWei);
                if (hasRevealed) _wasWrong(jury[seat], ROLE_VALIDATOR, bondWei);
                else _timedOut(jury[seat], ROLE_VALIDATOR, bondWei);
            }
        }
    }

    /// @notice Without a majority: who was silent is slashed, and all of it burned; the others are free.
    function _dismissJury(uint256 job, bool isAppeal) private {
        address[] memory jury = _juries[job][isAppeal];
        uint256 revealed = _juryStates[job][isAppeal].revealed;
        uint256 bondWei = _terms[job].voteBondWei;
        for (uint256 seat = 0; seat < jury.length; ++seat) {
            if ((revealed >> seat) & 1 == 1) {
                _free(jury[seat], bondWei);
            } else {
                _slash(jury[seat], bondWei);
                _credit(BURNED, bondWei);
                _timedOut(jury[seat], ROLE_VALIDATOR, bondWei);
            }
        }
    }

    function _winners(uint256 job, bool isAppeal, bytes32 decision) private view returns (uint256 count) {
        uint256 size = _juries[job][isAppeal].length;
        uint256 revealed = _juryStates[job][isAppeal].revealed;
        for (uint256 seat = 0; seat < size; ++seat) {
            if ((revealed >> seat) & 1 == 1 && _votes[_voteKey(job, isAppeal, seat)] == decision) ++count;
        }
    }

    function _validating(uint256 job) private view returns (Job storage j) {
        j = _job(job);
        if (j.phase != JobPhase.Validating) _wrongPhase(job);
    }

    function _requireJuror(uint256 job, uint256 seat) private view {
        address[] storage jury = _juries[job][_jobs[job].isAppealed];
        if (seat >= jury.length || jury[seat] != msg.sender) revert IValidation.NotInJury(job, seat, msg.sender);
    }
}
