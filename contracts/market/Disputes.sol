// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IDisputes, Dispute} from "../../interfaces/training/IDisputes.sol";
import {IJobs, Job, Stage} from "../../interfaces/training/IJobs.sol";
import {ROLE_AGGREGATOR} from "../../interfaces/training/IParticipants.sol";
import {IReplicas} from "../../interfaces/training/IReplicas.sol";
import {IRounds, SubsetRound} from "../../interfaces/training/IRounds.sol";
import {Agreement} from "../libraries/Agreement.sol";
import {Rounds} from "./Rounds.sol";

/// @title Whether an average is right: those who made its parts vote
abstract contract Disputes is Rounds {
    /// @notice See {IDisputes-challenge}.
    function challenge(uint256 job, bytes32 claimed) external payable delegated {
        Job storage j = _running(job);
        if (j.stage != Stage.Aggregated) _wrongPhase(job);
        if (block.timestamp >= j.deadline) revert IReplicas.TooLate(j.deadline);
        Dispute storage d = _disputes[job];
        if (claimed == d.posted) revert IDisputes.SameDigest(claimed);
        if (claimed == 0) revert IRounds.EmptyDigest();
        if (msg.sender == d.aggregator) revert IDisputes.OwnAverage(msg.sender);
        uint256 drawn = j.drawn;
        uint256 electors = 0;
        for (uint256 slot = 0; slot < drawn; ++slot) {
            electors += Agreement.count(_subsetRounds[job][slot].agreed);
        }
        _lock(msg.sender, _terms[job].challengeBondWei);
        (d.challenger, d.claimed, d.electors) = (msg.sender, claimed, uint16(electors));
        emit IDisputes.AverageChallenged(job, j.round, msg.sender, claimed);
        _enter(job, Stage.Disputed, _terms[job].challengeSeconds);
    }

    /// @notice See {IDisputes-judge}.
    function judge(uint256 job, uint256 slot, uint256 index, bool isWrong) external payable delegated {
        Job storage j = _running(job);
        if (j.stage != Stage.Disputed) _wrongPhase(job);
        if (block.timestamp >= j.deadline) revert IReplicas.TooLate(j.deadline);
        SubsetRound storage s = _subsetRounds[job][slot];
        if (slot >= j.drawn || index > 15 || (s.agreed >> index) & 1 == 0) revert IRounds.NotAssigned(job, slot, index);
        if (_replicas[_seatKey(s.dataset, s.subset, index)].holder != msg.sender)
            revert IRounds.NotSeatHolder(job, slot, index, msg.sender);
        uint16 bit = uint16(1 << index);
        if ((s.wrong | s.right) & bit != 0) revert IRounds.DoneAlready(job, slot, index);
        Dispute storage d = _disputes[job];
        emit IDisputes.AverageJudged(job, j.round, msg.sender, isWrong);
        if (isWrong) (s.wrong, d.wrong) = (s.wrong | bit, d.wrong + 1);
        else (s.right, d.right) = (s.right | bit, d.right + 1);
        if (2 * uint256(d.wrong) > d.electors) _decide(job, true);
        else if (2 * uint256(d.right) > d.electors) _decide(job, false);
    }

    /// @notice See {IJobs-advance}: rounds, and disputes that nobody decided in time.
    function advance(uint256 job) external payable delegated {
        Job storage j = _running(job);
        if (j.stage == Stage.Disputed) {
            if (block.timestamp < j.deadline) revert IJobs.NothingToAdvance(job, j.stage, j.deadline);
            _payBounty(job);
            _decide(job, false);
        } else {
            // Paid first: what follows may end the job, and refund what is left.
            _payBounty(job);
            _advanceRound(job);
        }
    }

    function _decide(uint256 job, bool isWrong) private {
        (address challenger, address aggregator) = (_disputes[job].challenger, _disputes[job].aggregator);
        uint256 bondWei = _terms[job].challengeBondWei;
        emit IDisputes.DisputeDecided(job, _jobs[job].round, isWrong);
        if (!isWrong) {
            _slash(challenger, bondWei);
            _halve(aggregator, bondWei);
            _finalRound(job);
            return;
        }
        _slash(aggregator, bondWei);
        _halve(challenger, bondWei);
        _wasWrong(aggregator, ROLE_AGGREGATOR, bondWei);
        // The challenger's average stands in its place, its bond too.
        (_disputes[job].aggregator, _disputes[job].posted) = (challenger, _disputes[job].claimed);
        _finalRound(job);
    }
}
