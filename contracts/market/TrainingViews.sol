// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Custody} from "../../interfaces/training/ICatalogue.sol";
import {Dispute, IDisputes} from "../../interfaces/training/IDisputes.sol";
import {IJobs, Job, JobPhase, JobTerms, Mismatch, Sponsor} from "../../interfaces/training/IJobs.sol";
import {ComputeOffer, IReplicas, Replica, ReplicaPhase} from "../../interfaces/training/IReplicas.sol";
import {IRounds, SubsetRound} from "../../interfaces/training/IRounds.sol";
import {ISettlement, ModelPhase} from "../../interfaces/training/ISettlement.sol";
import {ISpotChecks, SpotCheck} from "../../interfaces/training/ISpotChecks.sol";
import {Enrolment, IValidation} from "../../interfaces/training/IValidation.sol";
import {SubsetDraw} from "../libraries/SubsetDraw.sol";
import {JobRules} from "./JobRules.sol";
import {Matching} from "./Matching.sol";

/// @title What everybody can read of private training
abstract contract TrainingViews is
    Matching,
    IReplicas,
    ISpotChecks,
    IJobs,
    IRounds,
    IDisputes,
    IValidation,
    ISettlement
{
    /// @inheritdoc IReplicas
    function replicaOf(uint256 dataset, uint256 subset, uint256 index) external view returns (Replica memory) {
        if (subset >= _datasets[dataset].subsets || index >= _datasets[dataset].replicas)
            return Replica(address(0), ReplicaPhase.None);
        Seat storage s = _replicas[_seatKey(dataset, subset, index)];
        return Replica(s.holder, s.phase);
    }

    /// @inheritdoc IReplicas
    function computeOfferOf(address holder) external view returns (ComputeOffer memory) {
        return _offers[holder];
    }

    /// @inheritdoc ISpotChecks
    function spotCheckOf(uint256 dataset) external view returns (SpotCheck memory) {
        return _checks[dataset];
    }

    /// @inheritdoc IJobs
    function jobs() external view returns (uint256) {
        return _jobCount;
    }

    /// @inheritdoc IJobs
    function jobOf(uint256 job) external view returns (Job memory) {
        return _jobs[job];
    }

    /// @inheritdoc IJobs
    function termsOf(uint256 job) external view returns (JobTerms memory) {
        return _terms[job];
    }

    /// @inheritdoc IJobs
    function datasetsOf(uint256 job) external view returns (uint256[] memory ids) {
        uint32[] memory stored = _jobDatasets[job];
        ids = new uint256[](stored.length);
        for (uint256 i = 0; i < ids.length; ++i) {
            ids[i] = stored[i];
        }
    }

    /// @inheritdoc IJobs
    function sponsorsOf(uint256 job) external view returns (Sponsor[] memory) {
        return _sponsors[job];
    }

    /// @inheritdoc IJobs
    function fundingOf(JobTerms calldata terms) external pure returns (uint256 fundingWei) {
        return JobRules.funding(terms.budgetWei, terms.bountyWei, terms.rounds);
    }

    /// @inheritdoc IJobs
    function mismatchOf(
        uint256 dataset,
        bytes32 schema,
        Custody custody,
        uint256 minQuality
    ) external view returns (Mismatch) {
        return _mismatch(dataset, schema, custody, minQuality);
    }

    /// @inheritdoc IRounds
    function subsetRoundOf(uint256 job, uint256 slot) external view returns (SubsetRound memory) {
        return _subsetRounds[job][slot];
    }

    /// @inheritdoc IRounds
    function resultOf(uint256 job, uint256 slot, uint256 index) external view returns (bytes32) {
        if ((_subsetRounds[job][slot].sealed_ >> index) & 1 == 0) return 0;
        return _results[_resultKey(job, slot, index)];
    }

    /// @inheritdoc IRounds
    function seatPayOf(uint256 job) external view returns (uint256 seatWei) {
        _job(job);
        return _seatPay(job);
    }

    /// @inheritdoc IRounds
    function drawOf(
        uint256 used,
        uint256 subsets,
        uint256 count,
        bytes32 seed
    ) external pure returns (uint256[] memory positions, uint256 usedAfter) {
        return SubsetDraw.draw(used, subsets, count, seed);
    }

    /// @inheritdoc IRounds
    function sealOf(
        uint256 job,
        uint256 round,
        uint256 subset,
        address sender,
        bytes32 digest,
        bytes32 salt
    ) external view returns (bytes32) {
        return _seal(job, round, subset, sender, digest, salt);
    }

    /// @inheritdoc IDisputes
    function disputeOf(uint256 job) external view returns (Dispute memory) {
        return _disputes[job];
    }

    /// @inheritdoc IValidation
    function appealCostOf(uint256 job) external view returns (uint256 bondWei) {
        uint256 validators = _terms[job].validators;
        if (validators == 0) revert NoAppeal(job);
        // A vote is paid whole wei, so the division rounds down before the second jury's votes are multiplied.
        // slither-disable-next-line divide-before-multiply
        return (2 * validators + 1) * (_parts(job)[2] / validators);
    }

    /// @inheritdoc IValidation
    function juryOf(uint256 job, bool isAppeal) external view returns (address[] memory) {
        return _juries[job][isAppeal];
    }

    /// @inheritdoc IValidation
    function voteOf(uint256 job, bool isAppeal, uint256 seat) external view returns (bytes32) {
        if ((_juryStates[job][isAppeal].sealed_ >> seat) & 1 == 0) return 0;
        return _votes[_voteKey(job, isAppeal, seat)];
    }

    /// @inheritdoc IValidation
    function poolOf(bytes32 testSet) external view returns (address[] memory) {
        return _pools[testSet];
    }

    /// @inheritdoc IValidation
    function poolBondOf(bytes32 testSet) external view returns (uint256 bondWei) {
        return _poolBonds[testSet];
    }

    /// @inheritdoc IValidation
    function enrolmentOf(bytes32 testSet, address validator) external view returns (Enrolment memory) {
        return _enrolments[testSet][validator];
    }

    /// @inheritdoc ISettlement
    function modelOf(uint256 job) external view returns (ModelPhase phase, bytes32 model, int64 score) {
        Job storage j = _jobs[job];
        (model, score) = (j.model, j.score);
        if (j.phase == JobPhase.None) phase = ModelPhase.None;
        else if (j.phase < JobPhase.Running) phase = ModelPhase.Registered;
        else if (j.phase == JobPhase.Running) phase = ModelPhase.Training;
        else if (j.phase < JobPhase.Closed) phase = ModelPhase.Trained;
        else if (j.phase > JobPhase.Closed) phase = ModelPhase.Withdrawn;
        else if (j.isListed) phase = ModelPhase.Listed;
        else phase = j.isUnscored ? ModelPhase.Trained : ModelPhase.Validated;
    }

    /// @inheritdoc ISettlement
    function partsOf(
        uint256 job
    ) external view returns (uint256 dataWei, uint256 computeWei, uint256 validationWei, uint256 aggregationWei) {
        uint256[] memory parts = _parts(job);
        return (parts[0], parts[1], parts[2], parts[3]);
    }
}
