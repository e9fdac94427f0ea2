// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Custody, Dataset} from "../../interfaces/training/ICatalogue.sol";
import {Job, JobPhase, JobTerms, Stage} from "../../interfaces/training/IJobs.sol";
import {ROLE_COMPUTE_OWNER} from "../../interfaces/training/IParticipants.sol";
import {ReplicaPhase} from "../../interfaces/training/IReplicas.sol";
import {IRounds, SubsetRound} from "../../interfaces/training/IRounds.sol";
import {Agreement} from "../libraries/Agreement.sol";
import {TrainingPart} from "./TrainingPart.sol";

/// @title How a round is counted: who agreed is paid, who did not is slashed
abstract contract RoundCounting is TrainingPart {
    /// @notice After so many draws without quorum a job gives up.
    uint256 internal constant MOST_ATTEMPTS = 3;

    /// @notice Counts what was revealed.
    function _count(uint256 job) internal {
        Job storage j = _jobs[job];
        JobTerms storage t = _terms[job];
        uint256 drawn = j.drawn;
        uint256 agreedSubsets = 0;
        uint256 valueWei = _seatPay(job);
        for (uint256 slot = 0; slot < drawn; ++slot) {
            uint256 position = uint8(j.positions[slot]);
            if (_countSubset(job, slot, position, valueWei)) ++agreedSubsets;
            else j.used &= ~(uint256(1) << position);
        }
        if (agreedSubsets >= t.minSubsets) {
            for (uint256 slot = 0; slot < drawn; ++slot) {
                _paySeats(job, slot, valueWei);
            }
            ++j.agreedRounds;
            _enter(job, Stage.Agreed, t.aggregateSeconds);
            return;
        }
        emit IRounds.NoQuorum(job, j.round, j.attempt);
        if (++j.attempt < MOST_ATTEMPTS) {
            _arm(job);
        } else if (j.agreedRounds > 0) {
            _finishRounds(job);
        } else {
            _end(job, JobPhase.Expired, true);
        }
    }

    /// @notice No more rounds: the jury is armed, if one is wanted.
    function _finishRounds(uint256 job) internal {
        if (_terms[job].validators == 0) {
            _settleUnscored(job);
            return;
        }
        _jobs[job].attempt = 0;
        _setPhase(job, JobPhase.Validating);
        _arm(job);
    }

    /// @notice Nobody will score the job.
    function _settleUnscored(uint256 job) internal {
        _jobs[job].isUnscored = true;
        _setPhase(job, JobPhase.Settling);
        _enter(job, Stage.None, 0);
    }

    /// @notice Counts one subset and slashes.
    /// @return isAgreed Whether a strict majority of the assigned revealed the same.
    function _countSubset(
        uint256 job,
        uint256 slot,
        uint256 position,
        uint256 valueWei
    ) private returns (bool isAgreed) {
        SubsetRound storage s = _subsetRounds[job][slot];
        (uint256 assigned, uint256 revealed) = (s.assigned, s.revealed);
        bytes32[] memory digests = new bytes32[](16);
        for (uint256 index = 0; index < 16; ++index) {
            if ((assigned >> index) & 1 == 1) --_replicas[_seatKey(s.dataset, s.subset, index)].rounds;
            if ((revealed >> index) & 1 == 1) digests[index] = _results[_resultKey(job, slot, index)];
        }
        (bytes32 digest, uint256 agreed) = Agreement.strictMajority(digests, Agreement.count(assigned));
        isAgreed = agreed != 0;
        s.agreed = uint16(agreed);
        emit IRounds.SubsetCounted(job, _jobs[job].round, position, digest);
        // Without a majority nobody who revealed can be said to be wrong.
        _slashSeats(s, assigned & ~(isAgreed ? agreed : revealed), valueWei);
    }

    /// @notice Slashes seats: half to those who agreed, the rest burned.
    function _slashSeats(SubsetRound storage s, uint256 guilty, uint256 valueWei) private {
        if (guilty == 0) return;
        (uint256 dataset, uint256 subset, uint256 revealed, uint256 agreed) = (
            s.dataset,
            s.subset,
            s.revealed,
            s.agreed
        );
        Dataset storage d = _datasets[dataset];
        uint256 bondWei = d.replicaBondWei;
        uint256 slashedWei = 0;
        for (uint256 index = 0; index < 16; ++index) {
            if ((guilty >> index) & 1 == 0) continue;
            uint256 key = _seatKey(dataset, subset, index);
            address holder = _replicas[key].holder;
            if ((revealed >> index) & 1 == 1) _wasWrong(holder, ROLE_COMPUTE_OWNER, valueWei);
            else _timedOut(holder, ROLE_COMPUTE_OWNER, valueWei);
            // Another job's round may have slashed it meanwhile; a bond ends once.
            if (_replicas[key].phase != ReplicaPhase.Verified) continue;
            _setReplica(dataset, subset, index, ReplicaPhase.Faulty);
            ++d.vacant;
            if (d.custody == Custody.Sharded) {
                --_offers[holder].held;
                --_subsetStates[dataset][subset].verified;
            }
            _slash(holder, bondWei);
            slashedWei += bondWei;
        }
        uint256 winners = Agreement.count(agreed);
        uint256 partWei = winners == 0 ? 0 : slashedWei / 2 / winners;
        for (uint256 index = 0; index < 16 && partWei > 0; ++index) {
            if ((agreed >> index) & 1 == 1) _credit(_replicas[_seatKey(dataset, subset, index)].holder, partWei);
        }
        // Parts are whole wei; what the division leaves is burned.
        // slither-disable-next-line divide-before-multiply
        _credit(BURNED, slashedWei - partWei * winners);
    }

    function _paySeats(uint256 job, uint256 slot, uint256 seatWei) private {
        SubsetRound storage s = _subsetRounds[job][slot];
        (uint256 dataset, uint256 subset, uint256 agreed) = (s.dataset, s.subset, s.agreed);
        for (uint256 index = 0; agreed >> index > 0; ++index) {
            if ((agreed >> index) & 1 == 0) continue;
            address holder = _replicas[_seatKey(dataset, subset, index)].holder;
            _pay(job, holder, ROLE_COMPUTE_OWNER, seatWei);
            _succeeded(holder, ROLE_COMPUTE_OWNER, seatWei);
        }
    }
}
