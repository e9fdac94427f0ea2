// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IDisputes, Dispute} from "../../interfaces/training/IDisputes.sol";
import {IJobs, Job, Stage} from "../../interfaces/training/IJobs.sol";
import {ROLE_AGGREGATOR} from "../../interfaces/training/IParticipants.sol";
import {IReplicas} from "../../interfaces/training/IReplicas.sol";
import {IRounds, SubsetRound} from "../../interfaces/training/IRounds.sol";
import {Agreement} from "../libraries/Agreement.sol";
import {Rounds} from "./Rounds.sol";

/// @title Which average is right: those who made its parts vote
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
    function judge(uint256 job, uint256 slot, uint256 index, bytes32 digest) external payable delegated {
        Job storage j = _running(job);
        if (j.stage != Stage.Disputed) _wrongPhase(job);
        if (block.timestamp >= j.deadline) revert IReplicas.TooLate(j.deadline);
        SubsetRound storage s = _subsetRounds[job][slot];
        if (slot >= j.drawn || index > 15 || (s.agreed >> index) & 1 == 0) revert IRounds.NotAssigned(job, slot, index);
        if (_replicas[_seatKey(s.dataset, s.subset, index)].holder != msg.sender)
            revert IRounds.NotSeatHolder(job, slot, index, msg.sender);
        uint16 bit = uint16(1 << index);
        if (s.judged & bit != 0) revert IRounds.DoneAlready(job, slot, index);
        if (digest == 0) revert IRounds.EmptyDigest();
        s.judged |= bit;
        emit IDisputes.AverageJudged(job, j.round, msg.sender, digest);
        uint256 votes = ++_judgements[job][keccak256(abi.encode(j.round, digest))];
        if (2 * votes > _disputes[job].electors) _decide(job, digest);
    }

    /// @notice See {IJobs-advance}: rounds, and disputes that nobody decided in time.
    function advance(uint256 job) external payable delegated {
        Job storage j = _running(job);
        if (j.stage == Stage.Disputed) {
            if (block.timestamp < j.deadline) revert IJobs.NothingToAdvance(job, j.stage, j.deadline);
            _payBounty(job);
            _decide(job, _disputes[job].posted);
        } else {
            // Paid first: what follows may end the job, and refund what is left.
            _payBounty(job);
            _advanceRound(job);
        }
    }

    function _decide(uint256 job, bytes32 digest) private {
        Dispute memory d = _disputes[job];
        uint256 bondWei = _terms[job].challengeBondWei;
        emit IDisputes.DisputeDecided(job, _jobs[job].round, digest);
        if (digest == d.posted) {
            _slash(d.challenger, bondWei);
            _halve(d.aggregator, bondWei);
            _finalRound(job);
            return;
        }
        _slash(d.aggregator, bondWei);
        _wasWrong(d.aggregator, ROLE_AGGREGATOR, bondWei);
        if (digest == d.claimed) {
            // The challenger's average stands in its place, its bond too.
            _halve(d.challenger, bondWei);
            _disputes[job].aggregator = d.challenger;
        } else {
            // Both are wrong: else one could shield a wrong average by having it challenged with another.
            _slash(d.challenger, bondWei);
            _credit(BURNED, 2 * bondWei);
            _disputes[job].aggregator = address(0);
        }
        _disputes[job].posted = digest;
        _finalRound(job);
    }
}
