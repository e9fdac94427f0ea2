// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Custody, Dataset} from "../../interfaces/training/ICatalogue.sol";
import {IJobs, Job, JobPhase, JobTerms, Stage} from "../../interfaces/training/IJobs.sol";
import {ROLE_AGGREGATOR, ROLE_BUYER} from "../../interfaces/training/IParticipants.sol";
import {ComputeOffer, IReplicas, ReplicaPhase} from "../../interfaces/training/IReplicas.sol";
import {IRounds, SubsetRound} from "../../interfaces/training/IRounds.sol";
import {SubsetDraw} from "../libraries/SubsetDraw.sol";
import {RoundCounting} from "./RoundCounting.sol";

/// @title Rounds: draw, seals, reveals, average
abstract contract Rounds is RoundCounting {
    /// @notice See {IRounds-sealResult}.
    function sealResult(uint256 job, uint256 slot, uint256 index, bytes32 seal) external payable delegated {
        Job storage j = _running(job);
        if (j.stage == Stage.Armed) {
            if (!_draw(job)) revert IJobs.DrawNotYet(j.drawBlock);
            _payBounty(job);
        }
        if (j.stage != Stage.Committing) _wrongPhase(job);
        if (block.timestamp >= j.deadline) revert IReplicas.TooLate(j.deadline);
        if (seal == 0) revert IReplicas.EmptySeal();
        SubsetRound storage s = _requireSeat(job, slot, index);
        uint16 bit = uint16(1 << index);
        if (s.sealed_ & bit != 0) revert IRounds.DoneAlready(job, slot, index);
        s.sealed_ |= bit;
        _results[_resultKey(job, slot, index)] = seal;
        emit IRounds.ResultSealed(job, j.round, slot, index, seal);
        if (++j.sealed_ == j.assigned) _enter(job, Stage.Revealing, _terms[job].revealSeconds);
    }

    /// @notice See {IRounds-revealResult}.
    function revealResult(
        uint256 job,
        uint256 slot,
        uint256 index,
        bytes32 digest,
        bytes32 salt
    ) external payable delegated {
        Job storage j = _running(job);
        _requireRevealing(job);
        if (digest == 0) revert IRounds.EmptyDigest();
        SubsetRound storage s = _requireSeat(job, slot, index);
        uint16 bit = uint16(1 << index);
        if (s.revealed & bit != 0) revert IRounds.DoneAlready(job, slot, index);
        uint256 key = _resultKey(job, slot, index);
        bytes32 seal = s.sealed_ & bit != 0 ? _results[key] : bytes32(0);
        bytes32 found = _seal(job, j.round, uint8(j.positions[slot]), msg.sender, digest, salt);
        if (found != seal) revert IReplicas.SealMismatch(seal, found);
        s.revealed |= bit;
        _results[key] = digest;
        emit IRounds.ResultRevealed(job, j.round, slot, index, digest);
        if (++j.revealed == j.sealed_) _count(job);
    }

    /// @notice See {IRounds-aggregate}.
    function aggregate(uint256 job, bytes32 model, bool isLast) external payable delegated {
        Job storage j = _running(job);
        JobTerms storage t = _terms[job];
        if (j.stage != Stage.Agreed) _wrongPhase(job);
        if (block.timestamp >= j.deadline) revert IReplicas.TooLate(j.deadline);
        if (msg.sender != j.buyer && msg.sender != t.aggregator) revert IRounds.NotAggregator(job, msg.sender);
        if (model == 0) revert IRounds.EmptyDigest();
        _lock(msg.sender, t.challengeBondWei);
        (_disputes[job].aggregator, _disputes[job].posted) = (msg.sender, model);
        // The buyer decides when to stop; whom it named to average does not.
        j.isLast = (isLast && msg.sender == j.buyer) || j.round + 1 == t.rounds;
        emit IRounds.ModelAggregated(job, j.round, model, j.isLast);
        _enter(job, Stage.Aggregated, t.challengeSeconds);
    }

    /// @notice Moves a round on; see {IJobs-advance}.
    function _advanceRound(uint256 job) internal {
        Job storage j = _jobs[job];
        Stage stage = j.stage;
        if (stage == Stage.Armed) {
            if (block.number <= j.drawBlock) revert IJobs.DrawNotYet(j.drawBlock);
            if (!_draw(job)) {
                emit IRounds.DrawMissed(job, j.round, j.drawBlock);
                _arm(job);
            }
        } else if (stage == Stage.Committing || stage == Stage.Revealing) {
            uint256 until = j.deadline;
            // Where nobody has sealed, there is nothing to wait for.
            if (stage == Stage.Committing && j.sealed_ > 0) until += _terms[job].revealSeconds;
            _requireOver(job, until);
            _count(job);
        } else if (stage == Stage.Agreed) {
            _requireOver(job, j.deadline);
            _timedOut(j.buyer, ROLE_BUYER, _terms[job].budgetWei);
            _settleUnscored(job);
        } else if (stage == Stage.Aggregated) {
            _requireOver(job, j.deadline);
            _finalRound(job);
        } else {
            _wrongPhase(job);
        }
    }

    /// @notice The average of a round stands: who posted it is paid, and the next round armed, or the jury.
    function _finalRound(uint256 job) internal {
        Job storage j = _jobs[job];
        JobTerms storage t = _terms[job];
        address aggregator = _disputes[job].aggregator;
        j.model = _disputes[job].posted;
        delete _disputes[job];
        emit IRounds.RoundFinal(job, j.round, j.model);
        if (aggregator != address(0)) {
            _free(aggregator, t.challengeBondWei);
            uint256 payWei = _parts(job)[3] / t.rounds;
            _pay(job, aggregator, ROLE_AGGREGATOR, payWei);
            _succeeded(aggregator, ROLE_AGGREGATOR, payWei);
        }
        if (j.isLast) {
            _finishRounds(job);
        } else {
            (j.round, j.attempt) = (j.round + 1, 0);
            _arm(job);
        }
    }

    /// @notice Draws the subsets of a round.
    /// @return isDrawn False when the hash is out of reach.
    function _draw(uint256 job) private returns (bool isDrawn) {
        Job storage j = _jobs[job];
        bytes32 hash = blockhash(j.drawBlock);
        if (hash == 0) return false;
        (uint256[] memory positions, uint256 used) = SubsetDraw.draw(
            j.used,
            j.subsets,
            _terms[job].subsetsPerRound,
            keccak256(abi.encode(hash, job, j.round))
        );
        emit IRounds.RoundDrawn(job, j.round, j.attempt, positions);
        uint256 packed = 0;
        uint256 assigned = 0;
        (uint256[] memory ids, uint256[] memory ends) = _places(job);
        uint256 seatWei = _seatPay(job);
        for (uint256 slot = 0; slot < positions.length; ++slot) {
            packed |= positions[slot] << (248 - 8 * slot);
            assigned += _assign(job, slot, positions[slot], ids, ends, seatWei);
        }
        (j.used, j.positions, j.drawn) = (used, bytes32(packed), uint8(positions.length));
        (j.assigned, j.sealed_, j.revealed) = (uint16(assigned), 0, 0);
        _enter(job, Stage.Committing, _terms[job].trainSeconds);
        return true;
    }

    /// @notice Notes which seats of a drawn subset train: verified, and of compute owners whom the job suits.
    function _assign(
        uint256 job,
        uint256 slot,
        uint256 position,
        uint256[] memory ids,
        uint256[] memory ends,
        uint256 seatWei
    ) private returns (uint256 count) {
        uint256 place = 0;
        while (position >= ends[place]) ++place;
        uint256 dataset = ids[place];
        uint256 subset = place == 0 ? position : position - ends[place - 1];
        Dataset storage d = _datasets[dataset];
        bool isLocal = d.custody == Custody.Local;
        uint256 replicas = d.replicas;
        uint256 assigned = 0;
        for (uint256 index = 0; index < replicas; ++index) {
            uint256 key = _seatKey(dataset, subset, index);
            if (_replicas[key].phase != ReplicaPhase.Verified) continue;
            if (!isLocal) {
                if (!_suits(_offers[_replicas[key].holder], _terms[job], seatWei)) continue;
            }
            assigned |= 1 << index;
            ++_replicas[key].rounds;
            ++count;
        }
        _subsetRounds[job][slot] = SubsetRound(uint32(dataset), uint16(subset), uint16(assigned), 0, 0, 0, 0);
    }

    /// @notice Whether a job pays what a compute owner asks, leaves it time, and has its environment.
    function _suits(ComputeOffer storage o, JobTerms storage t, uint256 seatWei) private view returns (bool) {
        if (o.priceWei > seatWei || o.environment != t.environment) return false;
        return o.minSeconds <= t.trainSeconds && o.minSeconds <= t.revealSeconds;
    }

    /// @notice The datasets of a job, and at which position the subsets of each end.
    function _places(uint256 job) private view returns (uint256[] memory ids, uint256[] memory ends) {
        uint32[] memory stored = _jobDatasets[job];
        (ids, ends) = (new uint256[](stored.length), new uint256[](stored.length));
        uint256 end = 0;
        for (uint256 i = 0; i < stored.length; ++i) {
            ids[i] = stored[i];
            end += _datasets[stored[i]].subsets;
            ends[i] = end;
        }
    }

    /// @notice Reverts unless seals may be revealed now; the time for seals ends by itself.
    function _requireRevealing(uint256 job) private {
        Job storage j = _jobs[job];
        if (j.stage == Stage.Committing && block.timestamp >= j.deadline) {
            j.stage = Stage.Revealing;
            j.deadline += _terms[job].revealSeconds;
            emit IJobs.StageChanged(job, j.round, Stage.Revealing, j.deadline);
        }
        if (j.stage != Stage.Revealing) _wrongPhase(job);
        if (block.timestamp >= j.deadline) revert IReplicas.TooLate(j.deadline);
    }

    function _requireSeat(uint256 job, uint256 slot, uint256 index) private view returns (SubsetRound storage s) {
        s = _subsetRounds[job][slot];
        if (slot >= _jobs[job].drawn || index > 15 || (s.assigned >> index) & 1 == 0)
            revert IRounds.NotAssigned(job, slot, index);
        if (_replicas[_seatKey(s.dataset, s.subset, index)].holder != msg.sender)
            revert IRounds.NotSeatHolder(job, slot, index, msg.sender);
    }

    function _running(uint256 job) internal view returns (Job storage j) {
        j = _job(job);
        if (j.phase != JobPhase.Running) _wrongPhase(job);
    }

    /// @notice Reverts before a deadline is over.
    function _requireOver(uint256 job, uint256 until) internal view {
        if (block.timestamp < until) revert IJobs.NothingToAdvance(job, _jobs[job].stage, until);
    }
}
