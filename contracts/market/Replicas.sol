// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Custody, Dataset, DatasetPhase, ICatalogue} from "../../interfaces/training/ICatalogue.sol";
import {ROLE_COMPUTE_OWNER} from "../../interfaces/training/IParticipants.sol";
import {ComputeOffer, IReplicas, ReplicaPhase} from "../../interfaces/training/IReplicas.sol";
import {TrainingPart} from "./TrainingPart.sol";

/// @title Compute owners join, reveal, are verified, leave
abstract contract Replicas is TrainingPart {
    /// @notice See {IReplicas-offerCompute}.
    function offerCompute(
        uint96 priceWei,
        uint16 capacity,
        uint32 minSeconds,
        bytes32 environment
    ) external payable delegated {
        _requireRole(msg.sender, ROLE_COMPUTE_OWNER);
        ComputeOffer storage o = _offers[msg.sender];
        (o.priceWei, o.capacity, o.minSeconds, o.environment) = (priceWei, capacity, minSeconds, environment);
        emit IReplicas.ComputeOffered(msg.sender, priceWei, capacity, minSeconds, environment);
    }

    /// @notice See {IReplicas-join}.
    function join(uint256 dataset, uint256 subset, uint256 index, bytes32 seal) external payable delegated {
        Dataset storage d = _held(dataset, subset, index, ReplicaPhase.Offered);
        _requireRole(msg.sender, ROLE_COMPUTE_OWNER);
        if (block.timestamp >= d.joinUntil) revert IReplicas.TooLate(d.joinUntil);
        if (seal == 0) revert IReplicas.EmptySeal();
        ComputeOffer storage o = _offers[msg.sender];
        if (o.held >= o.capacity) revert IReplicas.CapacityReached(msg.sender, o.capacity);
        ++o.held;
        _lock(msg.sender, d.replicaBondWei);
        _isParty[dataset][msg.sender] = true;
        ++_subsetStates[dataset][subset].joined;
        _replicaSeals[_seatKey(dataset, subset, index)] = seal;
        emit IReplicas.ReplicaSealed(dataset, subset, index, seal);
        _setReplica(dataset, subset, index, ReplicaPhase.Joined);
    }

    /// @notice See {IReplicas-revealReplica}.
    function revealReplica(
        uint256 dataset,
        uint256 subset,
        uint256 index,
        bytes32 digest,
        bytes32 salt
    ) external payable delegated {
        Dataset storage d = _held(dataset, subset, index, ReplicaPhase.Joined);
        uint256 until = d.joinUntil;
        if (_subsetStates[dataset][subset].joined < d.replicas && block.timestamp < until)
            revert IReplicas.TooSoon(until);
        until += d.joinSeconds;
        if (block.timestamp >= until) revert IReplicas.TooLate(until);
        bytes32 seal = _replicaSeals[_seatKey(dataset, subset, index)];
        bytes32 found = _seal(dataset, JOIN_ROUND, subset, msg.sender, digest, salt);
        if (found != seal) revert IReplicas.SealMismatch(seal, found);
        emit IReplicas.ReplicaRevealed(dataset, subset, index, digest, salt);
        _setReplica(dataset, subset, index, ReplicaPhase.Revealed);
    }

    /// @notice See {IReplicas-verify}.
    function verify(uint256 dataset, uint256 subset, uint256 index, bool isRight) external payable delegated {
        (Dataset storage d, Seat storage s) = _seat(dataset, subset, index);
        if (d.owner != msg.sender) revert ICatalogue.NotDatasetOwner(dataset, msg.sender);
        if (d.phase != DatasetPhase.Distributing && d.phase != DatasetPhase.Ready)
            revert ICatalogue.WrongDatasetPhase(dataset, d.phase);
        if (s.phase != ReplicaPhase.Revealed) _wrongReplica(dataset, subset, index);
        if (!isRight) {
            _release(dataset, subset, index, ReplicaPhase.Rejected);
            return;
        }
        _setReplica(dataset, subset, index, ReplicaPhase.Verified);
        ++_subsetStates[dataset][subset].verified;
        if (--d.vacant == 0 && d.phase == DatasetPhase.Distributing) {
            d.phase = DatasetPhase.Ready;
            emit ICatalogue.DatasetPhaseChanged(dataset, DatasetPhase.Ready);
        }
    }

    /// @notice See {IReplicas-vacate}.
    function vacate(uint256 dataset, uint256 subset, uint256 index) external payable delegated {
        (Dataset storage d, Seat storage s) = _seat(dataset, subset, index);
        ReplicaPhase phase = s.phase;
        if (s.holder != msg.sender) revert IReplicas.NotHolder(dataset, subset, index, msg.sender);
        bool isRetired = d.phase == DatasetPhase.Retired;
        if (phase == ReplicaPhase.Verified) {
            // Whoever holds shards never agreed to the jobs, and could be kept for ever by one after another.
            uint256 uses = d.custody == Custody.Sharded ? s.rounds : d.jobs;
            if (uses > 0) revert ICatalogue.DatasetInUse(dataset, uses);
            if (!isRetired) ++d.vacant;
            if (d.custody == Custody.Sharded) --_subsetStates[dataset][subset].verified;
        } else if (phase == ReplicaPhase.Joined) {
            // Once it can be revealed, it is owed. Before, the owner could put that off for ever by offering seats anew.
            bool isOwed = _subsetStates[dataset][subset].joined >= d.replicas || block.timestamp >= d.joinUntil;
            if (isOwed && !isRetired) _wrongReplica(dataset, subset, index);
        } else if (phase != ReplicaPhase.Revealed) {
            _wrongReplica(dataset, subset, index);
        }
        _release(dataset, subset, index, ReplicaPhase.Left);
    }

    /// @notice See {IReplicas-dismiss}.
    function dismiss(uint256 dataset, uint256 subset, uint256 index) external payable delegated {
        (Dataset storage d, Seat storage s) = _seat(dataset, subset, index);
        if (s.phase != ReplicaPhase.Joined || d.phase == DatasetPhase.Retired) _wrongReplica(dataset, subset, index);
        uint256 until = uint256(d.joinUntil) + d.joinSeconds;
        if (block.timestamp < until) revert IReplicas.TooSoon(until);
        address holder = s.holder;
        uint256 bondWei = d.replicaBondWei;
        _setReplica(dataset, subset, index, ReplicaPhase.Faulty);
        --_offers[holder].held;
        _slash(holder, bondWei);
        _halve(msg.sender, bondWei);
        _timedOut(holder, ROLE_COMPUTE_OWNER, bondWei);
    }

    function _release(uint256 dataset, uint256 subset, uint256 index, ReplicaPhase phase) private {
        Dataset storage d = _datasets[dataset];
        address holder = _replicas[_seatKey(dataset, subset, index)].holder;
        _setReplica(dataset, subset, index, phase);
        if (d.custody == Custody.Sharded) --_offers[holder].held;
        _free(holder, d.replicaBondWei);
    }

    function _held(
        uint256 dataset,
        uint256 subset,
        uint256 index,
        ReplicaPhase wanted
    ) private view returns (Dataset storage d) {
        Seat storage s;
        (d, s) = _seat(dataset, subset, index);
        if (s.phase != wanted) _wrongReplica(dataset, subset, index);
        if (s.holder != msg.sender) revert IReplicas.NotHolder(dataset, subset, index, msg.sender);
        if (d.phase != DatasetPhase.Distributing && d.phase != DatasetPhase.Ready)
            revert ICatalogue.WrongDatasetPhase(dataset, d.phase);
    }

    function _wrongReplica(uint256 dataset, uint256 subset, uint256 index) private view {
        revert IReplicas.WrongReplicaPhase(dataset, subset, index, _replicas[_seatKey(dataset, subset, index)].phase);
    }
}
