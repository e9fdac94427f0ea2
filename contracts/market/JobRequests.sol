// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Dataset} from "../../interfaces/training/ICatalogue.sol";
import {IJobs, Job, JobPhase, JobTerms, Mismatch, Sponsor, Stage, Subject} from "../../interfaces/training/IJobs.sol";
import {ROLE_AGGREGATOR, ROLE_BUYER} from "../../interfaces/training/IParticipants.sol";
import {IReplicas} from "../../interfaces/training/IReplicas.sol";
import {TrainingPart} from "./TrainingPart.sol";
import {JobRules} from "./JobRules.sol";
import {Matching} from "./Matching.sol";

/// @title Jobs until they run: asked for, approved, paid
abstract contract JobRequests is TrainingPart, Matching {
    using SafeCast for uint256;

    uint256 private constant MOST_DATASETS = 64;
    uint256 private constant MOST_SPONSORS = 16;
    uint256 private constant MOST_SUBSETS = 256;
    uint256 private constant MOST_SEATS = 128;

    /// @notice See {IJobs-request}.
    function request(
        JobTerms calldata terms,
        Subject calldata subject,
        uint256[] calldata datasets,
        uint256 fundWei
    ) external payable delegated returns (uint256 job) {
        _requireRole(msg.sender, ROLE_BUYER);
        if (terms.aggregator != address(0)) _requireRole(terms.aggregator, ROLE_AGGREGATOR);
        JobRules.check(terms);
        job = ++_jobCount;
        _terms[job] = terms;
        Job storage j = _jobs[job];
        (j.buyer, j.model) = (msg.sender, subject.model);
        j.deadline = (block.timestamp + terms.approveSeconds).toUint40();
        _choose(job, terms, subject.schema, datasets);
        emit IJobs.JobRequested(job, msg.sender, terms, subject, datasets);
        _setPhase(job, JobPhase.Requested);
        if (fundWei > 0) _fund(job, fundWei);
    }

    /// @notice See {IJobs-fund}.
    function fund(uint256 job, uint256 amountWei) external payable delegated returns (uint256 paidWei) {
        _requireWaiting(job);
        paidWei = _fund(job, amountWei);
        _startIfDue(job);
    }

    /// @notice See {IJobs-approve}.
    function approve(uint256 job, uint256 index) external payable delegated {
        Job storage j = _requireWaiting(job);
        uint256 dataset = _ownDataset(job, index);
        uint256 bit = 1 << index;
        if (_approvals[job] & bit != 0) revert IJobs.ApprovedAlready(job, dataset);
        _approvals[job] |= bit;
        emit IJobs.DataConnected(job, dataset, msg.sender);
        if (++j.approvals == j.datasets) {
            _setPhase(job, JobPhase.Approved);
            _startIfDue(job);
        }
    }

    /// @notice See {IJobs-cancel}.
    function cancel(uint256 job, uint256 index) external payable delegated {
        Job storage j = _job(job);
        if (j.phase != JobPhase.Requested && j.phase != JobPhase.Approved) _wrongPhase(job);
        if (j.buyer != msg.sender) _ownDataset(job, index);
        _end(job, JobPhase.Cancelled, false);
    }

    /// @notice See {IJobs-advance}: a job that nobody approved, or paid for, in time.
    function advance(uint256 job) external payable delegated {
        Job storage j = _job(job);
        if (j.phase != JobPhase.Requested && j.phase != JobPhase.Approved) _wrongPhase(job);
        if (block.timestamp < j.deadline) revert IJobs.NothingToAdvance(job, Stage.None, j.deadline);
        uint256 bountyWei = _terms[job].bountyWei;
        j.purseWei = bountyWei < j.escrowWei ? uint96(bountyWei) : j.escrowWei;
        _payBounty(job);
        _end(job, JobPhase.Expired, false);
    }

    /// @notice Checks and notes the datasets of a job.
    function _choose(uint256 job, JobTerms calldata terms, bytes32 schema, uint256[] calldata datasets) private {
        uint256 count = datasets.length;
        if (count == 0 || count > MOST_DATASETS) revert IJobs.DatasetsUnsorted(count);
        Job storage j = _jobs[job];
        uint32[] storage ids = _jobDatasets[job];
        (uint256 pricesWei, uint256 subsets, uint256 replicas, uint256 last) = (0, 0, 0, 0);
        for (uint256 i = 0; i < count; ++i) {
            uint256 dataset = datasets[i];
            if (dataset <= last) revert IJobs.DatasetsUnsorted(dataset);
            last = dataset;
            Mismatch why = _mismatch(dataset, schema, terms.custody, terms.minQuality);
            if (why != Mismatch.None) revert IJobs.DatasetUnsuitable(dataset, why);
            Dataset storage d = _datasets[dataset];
            if (_isParty[dataset][msg.sender] && d.owner != msg.sender) revert IJobs.BuyerHolds(dataset);
            pricesWei += d.priceWei;
            subsets += d.subsets;
            if (d.replicas > replicas) replicas = d.replicas;
            ids.push(dataset.toUint32());
        }
        uint256 partWei = _parts(job)[0];
        if (partWei < pricesWei) revert IJobs.DataPartTooLow(partWei, pricesWei);
        if (subsets > MOST_SUBSETS || terms.subsetsPerRound > subsets) revert IJobs.WrongTerms("subsets");
        // A round is counted in one call.
        if (terms.subsetsPerRound * replicas > MOST_SEATS) revert IJobs.WrongTerms("seats");
        (j.datasets, j.subsets, j.replicas) = (uint8(count), uint16(subsets), uint8(replicas));
    }

    function _fund(uint256 job, uint256 amountWei) private returns (uint256 paidWei) {
        Job storage j = _jobs[job];
        uint256 missingWei =
            JobRules.funding(_terms[job].budgetWei, _terms[job].bountyWei, _terms[job].rounds) - j.fundedWei;
        paidWei = amountWei < missingWei ? amountWei : missingWei;
        if (paidWei == 0) revert IJobs.NoFundingNeeded(job);
        _spend(msg.sender, paidWei);
        (j.fundedWei, j.escrowWei) = (j.fundedWei + uint96(paidWei), j.escrowWei + uint96(paidWei));
        emit IJobs.JobFunded(job, msg.sender, paidWei);
        Sponsor[] storage sponsors = _sponsors[job];
        uint256 count = sponsors.length;
        for (uint256 i = 0; i < count; ++i) {
            if (sponsors[i].account == msg.sender) {
                sponsors[i].amountWei += uint96(paidWei);
                return paidWei;
            }
        }
        // Others, each with a wei, must not keep the buyer out.
        if (count >= MOST_SPONSORS && msg.sender != j.buyer) revert IJobs.NoFundingNeeded(job);
        sponsors.push(Sponsor(msg.sender, uint96(paidWei)));
    }

    /// @notice Starts a job that is approved by all and paid in full.
    function _startIfDue(uint256 job) private {
        Job storage j = _jobs[job];
        JobTerms storage t = _terms[job];
        if (j.phase != JobPhase.Approved || j.fundedWei < JobRules.funding(t.budgetWei, t.bountyWei, t.rounds)) return;
        _setPhase(job, JobPhase.Funded);
        uint32[] storage ids = _jobDatasets[job];
        for (uint256 i = 0; i < ids.length; ++i) {
            Dataset storage d = _datasets[ids[i]];
            // It may have been retired, or found faulty, since it was chosen; what a job named cannot have changed.
            Mismatch why = _mismatch(ids[i], d.schema, d.custody, 0);
            if (why != Mismatch.None) revert IJobs.DatasetUnsuitable(ids[i], why);
            ++d.jobs;
        }
        j.purseWei = j.fundedWei - t.budgetWei;
        _setPhase(job, JobPhase.Running);
        _arm(job);
    }

    function _requireWaiting(uint256 job) private view returns (Job storage j) {
        j = _job(job);
        if (j.phase != JobPhase.Requested && j.phase != JobPhase.Approved) _wrongPhase(job);
        if (block.timestamp >= j.deadline) revert IReplicas.TooLate(j.deadline);
    }

    /// @notice The dataset at a place of a job, which must be the caller's.
    function _ownDataset(uint256 job, uint256 index) private view returns (uint256 dataset) {
        uint32[] storage ids = _jobDatasets[job];
        if (index >= ids.length) revert IJobs.NotInvolved(job, msg.sender);
        dataset = ids[index];
        if (_datasets[dataset].owner != msg.sender) revert IJobs.NotInvolved(job, msg.sender);
    }
}
