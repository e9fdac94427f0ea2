// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Checkpoints} from "@openzeppelin/contracts/utils/structs/Checkpoints.sol";
import {Dataset} from "../../interfaces/training/ICatalogue.sol";
import {IJobs, Job, JobPhase, JobTerms, Sponsor, Stage} from "../../interfaces/training/IJobs.sol";
import {ComputeOffer, IReplicas, ReplicaPhase} from "../../interfaces/training/IReplicas.sol";
import {Dispute} from "../../interfaces/training/IDisputes.sol";
import {SubsetRound} from "../../interfaces/training/IRounds.sol";
import {SpotCheck} from "../../interfaces/training/ISpotChecks.sol";
import {Enrolment} from "../../interfaces/training/IValidation.sol";
import {EscrowSplit} from "../libraries/EscrowSplit.sol";
import {Accounts} from "./Accounts.sol";

/// @title All that private training stores, and what its parts share
/// @dev The parts run on the storage of {TrainingMarket} by `delegatecall`. All of it is declared here and in {Accounts}, so that they lay it out alike.
// solhint-disable-next-line max-states-count
abstract contract TrainingBooks is Accounts {
    using SafeCast for uint256;

    /// @notice Which seats of a jury sealed, and revealed.
    struct JuryState {
        uint16 sealed_;
        uint16 revealed;
    }

    /// @notice Who appealed, and with what.
    struct Appellant {
        address account;
        uint96 bondWei;
    }

    /// @notice A seat, and in how many rounds that are not counted it is assigned: its bond answers for them.
    struct Seat {
        address holder;
        ReplicaPhase phase;
        uint16 rounds;
    }

    /// @notice Counts of one subset's seats.
    struct SubsetState {
        uint8 joined;
        uint8 verified;
    }

    /// @notice Round of the seals of replicas that join.
    uint256 internal constant JOIN_ROUND = type(uint256).max;
    /// @notice Round of the seals of votes, and of the draw of juries.
    uint256 internal constant VOTE_ROUND = type(uint256).max - 1;
    uint256 internal constant BPS = 10_000;

    uint256 internal _datasetCount;
    mapping(uint256 dataset => Dataset) internal _datasets;
    // A mapping needs no first value; the parts that write it run on the same storage.
    // slither-disable-next-line uninitialized-state
    mapping(uint256 dataset => mapping(address account => bool)) internal _isParty;
    mapping(uint256 dataset => mapping(uint256 subset => SubsetState)) internal _subsetStates;
    // A mapping needs no first value; the parts that write it run on the same storage.
    // slither-disable-next-line uninitialized-state
    mapping(uint256 seatKey => Seat) internal _replicas;
    mapping(uint256 seatKey => bytes32) internal _replicaSeals;
    // A mapping needs no first value; the parts that write it run on the same storage.
    // slither-disable-next-line uninitialized-state
    mapping(address holder => ComputeOffer) internal _offers;
    // A mapping needs no first value; the parts that write it run on the same storage.
    // slither-disable-next-line uninitialized-state
    mapping(uint256 dataset => SpotCheck) internal _checks;

    // Counting begins at zero, in the part that requests run in.
    // slither-disable-next-line uninitialized-state
    uint256 internal _jobCount;
    mapping(uint256 job => Job) internal _jobs;
    // A mapping needs no first value; the parts that write it run on the same storage.
    // slither-disable-next-line uninitialized-state
    mapping(uint256 job => JobTerms) internal _terms;
    // A mapping needs no first value; the parts that write it run on the same storage.
    // slither-disable-next-line uninitialized-state
    mapping(uint256 job => uint32[]) internal _jobDatasets;
    mapping(uint256 job => uint256) internal _approvals;
    // A mapping needs no first value; the parts that write it run on the same storage.
    // slither-disable-next-line uninitialized-state
    mapping(uint256 job => Sponsor[]) internal _sponsors;
    // A mapping needs no first value; the parts that write it run on the same storage.
    // slither-disable-next-line uninitialized-state
    mapping(uint256 job => mapping(uint256 slot => SubsetRound)) internal _subsetRounds;
    // A mapping needs no first value; the parts that write it run on the same storage.
    // slither-disable-next-line uninitialized-state
    mapping(uint256 resultKey => bytes32) internal _results;
    // A mapping needs no first value; the parts that write it run on the same storage.
    // slither-disable-next-line uninitialized-state
    mapping(uint256 job => Dispute) internal _disputes;
    // A mapping needs no first value; the parts that write it run on the same storage.
    // slither-disable-next-line uninitialized-state
    mapping(uint256 job => mapping(bytes32 judgement => uint256 votes)) internal _judgements;

    // A mapping needs no first value; the parts that write it run on the same storage.
    // slither-disable-next-line uninitialized-state
    mapping(bytes32 testSet => address[]) internal _pools;
    // A mapping needs no first value; the parts that write it run on the same storage.
    // slither-disable-next-line uninitialized-state
    mapping(bytes32 testSet => uint96) internal _poolBonds;
    mapping(bytes32 testSet => Checkpoints.Trace208 sizes) internal _poolSizes;
    // A mapping needs no first value; the parts that write it run on the same storage.
    // slither-disable-next-line uninitialized-state
    mapping(bytes32 testSet => mapping(address validator => Enrolment)) internal _enrolments;
    // A mapping needs no first value; the parts that write it run on the same storage.
    // slither-disable-next-line uninitialized-state
    mapping(uint256 job => mapping(bool isAppeal => address[])) internal _juries;
    // A mapping needs no first value; the parts that write it run on the same storage.
    // slither-disable-next-line uninitialized-state
    mapping(uint256 job => mapping(bool isAppeal => JuryState)) internal _juryStates;
    // A mapping needs no first value; the parts that write it run on the same storage.
    // slither-disable-next-line uninitialized-state
    mapping(uint256 voteKey => bytes32) internal _votes;
    mapping(uint256 job => Appellant) internal _appellants;

    // ----------------------------------------------------------------------------------------------------- keys, seals

    function _seatKey(uint256 dataset, uint256 subset, uint256 index) internal pure returns (uint256) {
        return (dataset << 32) | (subset << 8) | index;
    }

    /// @notice A seat that exists. The key of another could be that of a seat elsewhere, even of another dataset.
    function _seat(
        uint256 dataset,
        uint256 subset,
        uint256 index
    ) internal view returns (Dataset storage d, Seat storage s) {
        d = _datasets[dataset];
        if (subset >= d.subsets || index >= d.replicas)
            revert IReplicas.WrongReplicaPhase(dataset, subset, index, ReplicaPhase.None);
        s = _replicas[_seatKey(dataset, subset, index)];
    }

    function _resultKey(uint256 job, uint256 slot, uint256 index) internal pure returns (uint256) {
        return (job << 32) | (slot << 8) | index;
    }

    function _voteKey(uint256 job, bool isAppeal, uint256 seat) internal pure returns (uint256) {
        return (job << 32) | (isAppeal ? 1 << 8 : 0) | seat;
    }

    /// @notice See {IRounds-sealOf}.
    function _seal(
        uint256 job,
        uint256 round,
        uint256 subset,
        address sender,
        bytes32 digest,
        bytes32 salt
    ) internal view returns (bytes32) {
        return keccak256(abi.encode(block.chainid, address(this), job, round, subset, sender, digest, salt));
    }

    // ---------------------------------------------------------------------------------------------------------- stages

    /// @notice A job that exists.
    function _job(uint256 job) internal view returns (Job storage j) {
        j = _jobs[job];
        if (j.phase == JobPhase.None) revert IJobs.UnknownJob(job);
    }

    function _setPhase(uint256 job, JobPhase phase) internal {
        _jobs[job].phase = phase;
        emit IJobs.JobPhaseChanged(job, phase);
    }

    /// @notice Begins a stage.
    /// @param seconds_ How long it lasts.
    function _enter(uint256 job, Stage stage, uint256 seconds_) internal {
        Job storage j = _jobs[job];
        uint40 deadline = (block.timestamp + seconds_).toUint40();
        (j.stage, j.deadline) = (stage, deadline);
        emit IJobs.StageChanged(job, j.round, stage, deadline);
    }

    /// @notice Waits for the block that draws.
    function _arm(uint256 job) internal {
        Job storage j = _jobs[job];
        uint40 drawBlock = (block.number + _terms[job].drawDelay).toUint40();
        (j.stage, j.deadline, j.drawBlock) = (Stage.Armed, 0, drawBlock);
        (j.assigned, j.sealed_, j.revealed) = (0, 0, 0);
        emit IJobs.StageChanged(job, j.round, Stage.Armed, drawBlock);
    }

    function _wrongPhase(uint256 job) internal view {
        revert IJobs.WrongJobPhase(job, _jobs[job].phase, _jobs[job].stage);
    }

    // ----------------------------------------------------------------------------------------------------------- money

    /// @notice Pays out of a job's escrow.
    function _pay(uint256 job, address who, uint8 role, uint256 amountWei) internal {
        if (amountWei == 0) return;
        _jobs[job].escrowWei -= amountWei.toUint96();
        emit IJobs.Paid(job, who, role, amountWei);
        _credit(who, amountWei);
    }

    /// @notice Pays the caller for moving a job on, as long as the purse lasts.
    function _payBounty(uint256 job) internal {
        Job storage j = _jobs[job];
        uint256 purseWei = j.purseWei;
        uint256 bountyWei = _terms[job].bountyWei;
        if (bountyWei > purseWei) bountyWei = purseWei;
        j.purseWei = uint96(purseWei - bountyWei);
        _pay(job, msg.sender, 0, bountyWei);
    }

    /// @notice Gives what is left of the escrow back to the sponsors, by what they paid.
    function _refund(uint256 job) internal returns (uint256 amountWei) {
        Job storage j = _jobs[job];
        amountWei = j.escrowWei;
        (j.escrowWei, j.purseWei) = (0, 0);
        if (amountWei == 0) return 0;
        Sponsor[] storage sponsors = _sponsors[job];
        uint256 count = sponsors.length;
        uint256[] memory weights = new uint256[](count);
        for (uint256 i = 0; i < count; ++i) {
            weights[i] = sponsors[i].amountWei;
        }
        uint256[] memory parts = EscrowSplit.share(amountWei, weights);
        for (uint256 i = 0; i < count; ++i) {
            if (parts[i] == 0) continue;
            emit IJobs.SponsorRefunded(job, sponsors[i].account, parts[i]);
            _credit(sponsors[i].account, parts[i]);
        }
    }

    /// @notice The parts of a job's budget: data, compute, validation, aggregation.
    function _parts(uint256 job) internal view returns (uint256[] memory parts) {
        JobTerms storage t = _terms[job];
        uint256[] memory weights = new uint256[](4);
        (weights[0], weights[1]) = (t.dataBps, t.computeBps);
        (weights[2], weights[3]) = (t.validationBps, t.aggregationBps);
        return EscrowSplit.share(t.budgetWei, weights);
    }

    /// @notice See {IRounds-seatPayOf}.
    function _seatPay(uint256 job) internal view returns (uint256) {
        JobTerms storage t = _terms[job];
        return _parts(job)[1] / (uint256(t.rounds) * t.subsetsPerRound * _jobs[job].replicas);
    }

    /// @notice Ends a job for good: what is left is refunded, its datasets are free.
    function _end(uint256 job, JobPhase phase, bool hasRun) internal returns (uint256 refundedWei) {
        refundedWei = _refund(job);
        Job storage j = _jobs[job];
        (j.stage, j.deadline) = (Stage.None, 0);
        if (hasRun) {
            uint32[] storage ids = _jobDatasets[job];
            for (uint256 i = 0; i < ids.length; ++i) {
                --_datasets[ids[i]].jobs;
            }
        }
        _setPhase(job, phase);
    }

    // -------------------------------------------------------------------------------------------------------- replicas

    function _setReplica(uint256 dataset, uint256 subset, uint256 index, ReplicaPhase phase) internal {
        Seat storage s = _replicas[_seatKey(dataset, subset, index)];
        s.phase = phase;
        emit IReplicas.ReplicaChanged(dataset, subset, index, s.holder, phase);
    }
}
