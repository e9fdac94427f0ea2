// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";
import {Claim, IBatch} from "../../interfaces/IBatch.sol";
import {Contribution, IDataHandler, Status} from "../../interfaces/IDataHandler.sol";
import {MerkleRoot} from "../libraries/MerkleRoot.sol";

/// @title Who gave what, when, at which stake
/// @dev A record is a word: the digest of the contribution, or the root of a batch, its last byte replaced by the status. Two contributions that share the 248 bits take 2^124 trials.
/// Digests, leaves and nodes are never taken for one another: the status says whether a record is a digest or a root, and nodes hash two words, leaves seven.
abstract contract DataHandler is IDataHandler {
    /// @dev Statuses in a word: two bits each, 0 for `Open`, 1 to 3 for the ends.
    uint256 private constant STATUSES = 128;

    mapping(uint256 id => uint256 record) private _records;
    mapping(uint256 number => uint256 statuses) private _batchStatuses;

    /// @inheritdoc IDataHandler
    function contributions() public view virtual returns (uint256);

    /// @inheritdoc IDataHandler
    function statusOf(uint256 id) external view returns (Status status) {
        if (id >= contributions()) return Status.None;
        status = _status(_records[id]);
        if (status == Status.None || status == Status.Batched) return _batchedStatus(id);
    }

    /// @inheritdoc IDataHandler
    function recordOf(uint256 id) external view returns (uint256) {
        return _records[id];
    }

    /// @inheritdoc IDataHandler
    function digestOf(Contribution calldata contribution, bytes32 sampleHash) external pure returns (bytes31) {
        return _digest(contribution, sampleHash);
    }

    /// @notice Records an open contribution under a number that was never used.
    function _record(uint256 id, Contribution memory contribution, bytes calldata sample) internal {
        _records[id] = _word(_digest(contribution, keccak256(sample)), Status.Open);
        _log(id, contribution, sample);
    }

    /// @notice Records an open contribution that somebody else paid for; the payee is part of what is recorded.
    function _recordSponsored(
        uint256 id,
        Contribution memory contribution,
        bytes calldata sample,
        address payee
    ) internal {
        _records[id] = _word(_sponsoredDigest(contribution, keccak256(sample), payee), Status.Open);
        _log(id, contribution, sample);
    }

    /// @notice Logs a contribution of a batch.
    /// @return leaf What goes into the batch's tree.
    function _logBatched(
        uint256 id,
        Contribution memory contribution,
        bytes calldata sample
    ) internal returns (bytes32 leaf) {
        _log(id, contribution, sample);
        return _leaf(id, contribution, keccak256(sample));
    }

    /// @notice Records a batch of open contributions under the number of the first.
    function _recordBatch(uint256 first, bytes32[] memory leaves) internal {
        bytes32 root = MerkleRoot.take(leaves, leaves.length);
        _records[first] = _word(bytes31(root), Status.Batched);
        emit IBatch.BatchRecorded(first, leaves.length, root);
    }

    function _log(uint256 id, Contribution memory contribution, bytes calldata sample) private {
        emit Contributed(
            id,
            contribution.author,
            contribution.label,
            contribution.taught,
            contribution.stakeWei,
            contribution.contributedAt,
            sample
        );
    }

    /// @notice Reverts unless this very contribution is recorded under the number and its stake locked.
    function _requireOpen(uint256 id, Contribution calldata contribution, bytes32 sampleHash) internal view {
        uint256 record = _records[id];
        Status status = _status(record);
        if (status == Status.None || bytes31(bytes32(record)) != _digest(contribution, sampleHash))
            revert UnknownContribution(id);
        if (status != Status.Open) revert NotOpen(id, status);
    }

    /// @notice Why a claim is refused by what is recorded: the error; empty if it is this very contribution, and open.
    function _recordRefusal(Claim calldata claim) internal view virtual returns (bytes memory reason) {
        uint256 record = _records[claim.batch];
        bytes32 sampleHash = keccak256(claim.sample);
        Status status = _status(record);
        bytes31 found;
        bool isFitting;
        if (status == Status.Batched) {
            bytes32 leaf = _leaf(claim.id, claim.contribution, sampleHash);
            found = bytes31(MerkleProof.processProofCalldata(claim.proof, leaf));
            isFitting = claim.payee == address(0);
            status = _batchedStatus(claim.id);
        } else {
            found =
                claim.payee == address(0)
                    ? _digest(claim.contribution, sampleHash)
                    : _sponsoredDigest(claim.contribution, sampleHash, claim.payee);
            isFitting = claim.batch == claim.id && claim.proof.length == 0 && status != Status.None;
        }
        if (!isFitting || found != bytes31(bytes32(record)))
            return abi.encodeWithSelector(UnknownContribution.selector, claim.id);
        if (status != Status.Open) return abi.encodeWithSelector(NotOpen.selector, claim.id, status);
    }

    /// @notice Marks how an open contribution ended. The digest stays: who gave what remains provable.
    /// @param batch Where it is recorded.
    function _close(uint256 id, uint256 batch, Status status) internal {
        uint256 record = _records[batch];
        if (_status(record) == Status.Batched)
            _batchStatuses[id / STATUSES] |= (uint256(status) - uint256(Status.Open)) << (2 * (id % STATUSES));
        else _records[batch] = _word(bytes31(bytes32(record)), status);
    }

    function _batchedStatus(uint256 id) private view returns (Status) {
        return Status(uint256(Status.Open) + ((_batchStatuses[id / STATUSES] >> (2 * (id % STATUSES))) & 3));
    }

    function _leaf(uint256 id, Contribution memory contribution, bytes32 sampleHash) private pure returns (bytes32) {
        return keccak256(abi.encode(id, contribution, sampleHash));
    }

    function _digest(Contribution memory contribution, bytes32 sampleHash) private pure returns (bytes31) {
        return bytes31(keccak256(abi.encode(contribution, sampleHash)));
    }

    /// @dev One word longer than the digest of an unsponsored contribution, so that none is ever taken for the other.
    function _sponsoredDigest(
        Contribution memory contribution,
        bytes32 sampleHash,
        address payee
    ) private pure returns (bytes31) {
        return bytes31(keccak256(abi.encode(contribution, sampleHash, payee)));
    }

    function _word(bytes31 digest, Status status) private pure returns (uint256) {
        return uint256(bytes32(digest)) | uint256(status);
    }

    function _status(uint256 record) private pure returns (Status) {
        return Status(uint8(record));
    }
}
