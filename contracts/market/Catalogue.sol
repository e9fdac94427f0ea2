// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Nonces} from "@openzeppelin/contracts/utils/Nonces.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {Custody, Dataset, DatasetPhase, Description, ICatalogue} from "../../interfaces/training/ICatalogue.sol";
import {ROLE_DATA_OWNER} from "../../interfaces/training/IParticipants.sol";
import {IReplicas, ReplicaPhase} from "../../interfaces/training/IReplicas.sol";
import {Membership} from "./Membership.sol";

/// @title Datasets: described and committed to before anyone joins
abstract contract Catalogue is Membership, ICatalogue, Nonces, EIP712 {
    using SafeCast for uint256;

    uint256 private constant MOST_SUBSETS = 256;
    uint256 private constant MOST_REPLICAS = 16;
    uint256 private constant FULL_QUALITY = 1_000_000;
    // So many fit into one call.
    uint256 private constant MOST_SEATS = 512;
    uint256 private constant MOST_SECONDS = 90 days;
    // Hashed when compiled, so its length costs nothing.
    // solhint-disable gas-small-strings
    bytes32 private constant DESCRIPTION_TYPE = keccak256(
        "Description(address owner,bytes32 schema,bytes32 template,uint32 quality,uint32 rows,uint96 priceWei,uint8 custody,uint8 replicas,uint32 joinSeconds,uint96 ownerBondWei,uint96 replicaBondWei,uint96 checkBondWei,bytes32 rootsHash,bytes32 holdersHash,uint256 nonce)"
    );
    // solhint-enable gas-small-strings

    constructor() EIP712("commonlearn private training", "1") {}

    /// @inheritdoc ICatalogue
    function list(
        Description calldata description,
        bytes32[] calldata roots,
        address[] calldata holders,
        bytes calldata signature
    ) external payable credited returns (uint256 dataset) {
        _requireConsent(description, roots, holders, signature);
        _requireRole(description.owner, ROLE_DATA_OWNER);
        bool isLocal = description.custody == Custody.Local;
        if (
            roots.length == 0 ||
            roots.length > MOST_SUBSETS ||
            description.replicas == 0 ||
            description.replicas > (isLocal ? 1 : MOST_REPLICAS) ||
            roots.length * description.replicas > MOST_SEATS ||
            description.quality > FULL_QUALITY ||
            (description.joinSeconds == 0 && !isLocal) ||
            description.joinSeconds > MOST_SECONDS
        ) revert WrongDescription(roots.length, description.replicas, description.quality);
        dataset = ++_datasetCount;
        _store(dataset, description, roots);
        _lock(description.owner, description.ownerBondWei);
        emit DatasetListed(dataset, description.owner, description, roots);
        emit DatasetPhaseChanged(dataset, DatasetPhase.Draft);
        if (isLocal) {
            if (holders.length > 0) revert WrongHolders(holders.length, 0);
            _openLocally(dataset);
        } else if (holders.length > 0) {
            _offer(dataset, holders);
        }
    }

    /// @inheritdoc ICatalogue
    function offerSeats(uint256 dataset, address[] calldata holders) external payable credited {
        Dataset storage d = _owned(dataset);
        if (d.phase != DatasetPhase.Draft || d.custody == Custody.Local) revert WrongDatasetPhase(dataset, d.phase);
        _offer(dataset, holders);
    }

    /// @inheritdoc ICatalogue
    function reofferSeat(uint256 dataset, uint256 subset, uint256 index, address holder) external payable credited {
        Dataset storage d = _owned(dataset);
        if (d.phase != DatasetPhase.Distributing && d.phase != DatasetPhase.Ready)
            revert WrongDatasetPhase(dataset, d.phase);
        (, Seat storage s) = _seat(dataset, subset, index);
        ReplicaPhase phase = s.phase;
        if (
            d.custody == Custody.Local ||
            (phase != ReplicaPhase.Offered &&
                phase != ReplicaPhase.Rejected &&
                phase != ReplicaPhase.Faulty &&
                phase != ReplicaPhase.Left)
        ) revert IReplicas.WrongReplicaPhase(dataset, subset, index, phase);
        // A running round may still know the seat by its holder.
        if ((phase == ReplicaPhase.Faulty || phase == ReplicaPhase.Left) && d.jobs > 0)
            revert DatasetInUse(dataset, d.jobs);
        if (phase != ReplicaPhase.Offered) --_subsetStates[dataset][subset].joined;
        d.joinUntil = (block.timestamp + d.joinSeconds).toUint40();
        _offerSeat(dataset, subset, index, holder, d.replicas);
    }

    /// @inheritdoc ICatalogue
    function openEarly(uint256 dataset) external payable credited {
        Dataset storage d = _owned(dataset);
        if (d.phase != DatasetPhase.Distributing) revert WrongDatasetPhase(dataset, d.phase);
        uint256 until = uint256(d.joinUntil) + d.joinSeconds;
        if (block.timestamp < until) revert IReplicas.TooSoon(until);
        uint256 subsets = d.subsets;
        for (uint256 subset = 0; subset < subsets; ++subset) {
            if (_subsetStates[dataset][subset].verified == 0) revert WrongHolders(subset, subsets);
        }
        d.phase = DatasetPhase.Ready;
        emit DatasetPhaseChanged(dataset, DatasetPhase.Ready);
    }

    /// @inheritdoc ICatalogue
    function retire(uint256 dataset) external payable credited {
        Dataset storage d = _owned(dataset);
        if (d.phase == DatasetPhase.Retired) revert WrongDatasetPhase(dataset, d.phase);
        // An open spot check counts as a use: what answers for it must stay.
        if (d.jobs > 0 || _checks[dataset].deadline > 0) revert DatasetInUse(dataset, d.jobs);
        d.phase = DatasetPhase.Retired;
        emit DatasetPhaseChanged(dataset, DatasetPhase.Retired);
        if (!d.isFaulty) _free(d.owner, d.ownerBondWei);
    }

    /// @inheritdoc ICatalogue
    function datasets() external view returns (uint256) {
        return _datasetCount;
    }

    /// @inheritdoc ICatalogue
    function datasetOf(uint256 dataset) external view returns (Dataset memory) {
        return _datasets[dataset];
    }

    /// @inheritdoc ICatalogue
    function descriptionDigest(
        Description calldata description,
        bytes32[] calldata roots,
        address[] calldata holders
    ) public view returns (bytes32) {
        (bytes32 rootsHash, bytes32 holdersHash) = (keccak256(abi.encode(roots)), keccak256(abi.encode(holders)));
        uint256 nonce = nonces(description.owner);
        return _hashTypedDataV4(keccak256(abi.encode(DESCRIPTION_TYPE, description, rootsHash, holdersHash, nonce)));
    }

    function _requireConsent(
        Description calldata description,
        bytes32[] calldata roots,
        address[] calldata holders,
        bytes calldata signature
    ) private {
        address owner = description.owner;
        if (owner == msg.sender) return;
        if (!SignatureChecker.isValidSignatureNow(owner, descriptionDigest(description, roots, holders), signature))
            revert WrongSignature(owner);
        _useNonce(owner);
    }

    function _store(uint256 dataset, Description calldata description, bytes32[] calldata roots) private {
        Dataset storage d = _datasets[dataset];
        d.owner = description.owner;
        d.phase = DatasetPhase.Draft;
        d.custody = description.custody;
        d.subsets = uint16(roots.length);
        d.replicas = description.replicas;
        d.quality = description.quality;
        d.vacant = uint16(roots.length * description.replicas);
        d.priceWei = description.priceWei;
        d.joinSeconds = description.joinSeconds;
        d.rows = description.rows;
        d.ownerBondWei = description.ownerBondWei;
        d.replicaBondWei = description.replicaBondWei;
        d.checkBondWei = description.checkBondWei;
        d.schema = description.schema;
        d.rootsHash = keccak256(abi.encode(roots));
        _isParty[dataset][description.owner] = true;
    }

    /// @notice The owner is the one replica of each subset.
    function _openLocally(uint256 dataset) private {
        Dataset storage d = _datasets[dataset];
        (address owner, uint256 subsets) = (d.owner, d.subsets);
        for (uint256 subset = 0; subset < subsets; ++subset) {
            _replicas[_seatKey(dataset, subset, 0)].holder = owner;
            _setReplica(dataset, subset, 0, ReplicaPhase.Verified);
        }
        _lock(owner, subsets * d.replicaBondWei);
        (d.vacant, d.phase) = (0, DatasetPhase.Ready);
        emit DatasetPhaseChanged(dataset, DatasetPhase.Ready);
    }

    function _offer(uint256 dataset, address[] calldata holders) private {
        Dataset storage d = _datasets[dataset];
        (uint256 subsets, uint256 replicas) = (d.subsets, d.replicas);
        if (holders.length != subsets * replicas) revert WrongHolders(holders.length, subsets * replicas);
        for (uint256 i = 0; i < holders.length; ++i) {
            _offerSeat(dataset, i / replicas, i % replicas, holders[i], replicas);
        }
        d.phase = DatasetPhase.Distributing;
        d.joinUntil = (block.timestamp + d.joinSeconds).toUint40();
        emit DatasetPhaseChanged(dataset, DatasetPhase.Distributing);
    }

    function _offerSeat(uint256 dataset, uint256 subset, uint256 index, address holder, uint256 replicas) private {
        for (uint256 i = 0; i < replicas; ++i) {
            if (i != index && _replicas[_seatKey(dataset, subset, i)].holder == holder)
                revert HolderTwice(holder, subset);
        }
        _replicas[_seatKey(dataset, subset, index)] = Seat(holder, ReplicaPhase.Offered, 0);
        emit SeatOffered(dataset, subset, index, holder);
    }

    function _owned(uint256 dataset) private view returns (Dataset storage d) {
        d = _datasets[dataset];
        if (d.phase == DatasetPhase.None) revert UnknownDataset(dataset);
        if (d.owner != msg.sender) revert NotDatasetOwner(dataset, msg.sender);
    }
}
