// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Claim, IBatch} from "../../interfaces/IBatch.sol";
import {Contribution, IDataHandler, Status} from "../../interfaces/IDataHandler.sol";
import {ContributionHash} from "./ContributionHash.sol";
import {MerkleTree} from "../libraries/MerkleTree.sol";
import {BatchProof, SharedPaths} from "../libraries/SharedPaths.sol";

/// @title Who gave what, when, at which stake
/// @dev A record is a word: the digest of the contribution, or the root of a batch, its last byte replaced by the status. Two contributions that share the 248 bits take 2^124 trials.
/// Digests, leaves and nodes are never taken for one another: the status says whether a record is a digest or a root, and nodes hash two words, leaves seven.
/// A sponsored digest hashes one word more than an unsponsored one.
abstract contract DataHandler is IDataHandler {
    using SharedPaths for uint256[];

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
        // A status or digest is compared, of which there is one right value; no amount is.
        // slither-disable-next-line incorrect-equality
        if (status == Status.None || status == Status.Batched) return _batchedStatus(id);
    }

    /// @inheritdoc IDataHandler
    function recordOf(uint256 id) external view returns (uint256) {
        return _records[id];
    }

    /// @inheritdoc IDataHandler
    function digestOf(Contribution calldata contribution, bytes32 sampleHash) external pure returns (bytes31) {
        // The next line reads the contribution into it.
        // slither-disable-next-line uninitialized-local
        Contribution memory given;
        ContributionHash.read(contribution, given);
        return bytes31(ContributionHash.digest(given, sampleHash));
    }

    /// @inheritdoc IDataHandler
    function isProven(
        uint256 id,
        Contribution calldata contribution,
        bytes32 sampleHash,
        address payee
    ) external view returns (bool) {
        // The next line reads the contribution into it.
        // slither-disable-next-line uninitialized-local
        Contribution memory given;
        ContributionHash.read(contribution, given);
        bytes32 digest = ContributionHash.sponsored(given, sampleHash, payee);
        // Digests are compared for equality; no amount is.
        // slither-disable-next-line incorrect-equality
        return contribution.taught && _records[id] == _word(digest, Status.Refunded);
    }

    /// @notice Records an open contribution under a number that was never used.
    /// @param payee Zero, or who paid for it; then a part of what is recorded.
    function _record(uint256 id, Contribution memory contribution, bytes calldata sample, address payee) internal {
        _records[id] = _word(_digest(contribution, _log(id, contribution, sample), payee), Status.Open);
    }

    /// @notice Logs a contribution of a batch.
    /// @return leaf What goes into the batch's tree.
    function _logBatched(
        uint256 id,
        Contribution memory contribution,
        bytes calldata sample
    ) internal returns (bytes32 leaf) {
        return ContributionHash.leaf(id, contribution, _log(id, contribution, sample));
    }

    /// @notice Records a batch of open contributions under the number of the first.
    function _recordBatch(uint256 first, bytes32[] memory leaves) internal {
        bytes32 root = MerkleTree.root(leaves);
        _records[first] = _word(root, Status.Batched);
        emit IBatch.BatchRecorded(first, leaves.length, root);
    }

    /// @notice Logs a contribution.
    /// @dev Equivalent to: `emit Contributed(id, c.author, c.label, c.taught, c.stakeWei, c.contributedAt, sample); sampleHash = keccak256(sample)`, for one copy of the sample.
    function _log(
        uint256 id,
        Contribution memory contribution,
        bytes calldata sample
    ) private returns (bytes32 sampleHash) {
        bytes32 topic = Contributed.selector;
        assembly ("memory-safe") {
            let p := mload(0x40)
            mcopy(p, add(contribution, 0x20), 0x80) // all but the author
            mstore(add(p, 0x80), 0xa0) // where the sample begins
            mstore(add(p, 0xa0), sample.length)
            let start := add(p, 0xc0)
            calldatacopy(start, sample.offset, sample.length)
            mstore(add(start, sample.length), 0) // padding
            sampleHash := keccak256(start, sample.length)
            log3(p, add(0xc0, and(add(sample.length, 0x1f), not(0x1f))), topic, id, mload(contribution))
        }
    }

    /// @notice Reads a contribution; reverts unless this very one is recorded under the number and its stake locked.
    /// @param given Where it is read to.
    function _readOpen(
        uint256 id,
        Contribution calldata contribution,
        bytes32 sampleHash,
        Contribution memory given
    ) internal view {
        ContributionHash.read(contribution, given);
        uint256 record = _records[id];
        Status status = _status(record);
        bytes32 digest = ContributionHash.digest(given, sampleHash);
        // A status or digest is compared, of which there is one right value; no amount is.
        // slither-disable-next-line incorrect-equality
        if (status == Status.None || (uint256(digest) ^ record) >> 8 != 0) revert UnknownContribution(id);
        if (status != Status.Open) revert NotOpen(id, status);
    }

    /// @notice Reads a claimed contribution, and why the claim is refused by what is recorded: the error; empty if it is this very contribution, and open. And whether it came in a batch of two or more.
    /// @param given Where it is read to.
    /// @param proof What the claims before it have shown. A batch's record never changes, so it is read once.
    function _recordRefusal(
        Claim calldata claim,
        Contribution memory given,
        BatchProof memory proof
    ) internal view virtual returns (bytes memory reason, bool isBatched) {
        ContributionHash.read(claim.contribution, given);
        (uint256 id, uint256 batch, address payee) = (claim.id, claim.batch, claim.payee);
        bytes32 sampleHash = ContributionHash.ofSample(claim.sample);
        Status status = Status.Batched;
        bool isFitting = false;
        if (proof.waiting.length == 0 || proof.batch != batch) {
            uint256 record = _records[batch];
            status = _status(record);
            // A status or digest is compared, of which there is one right value; no amount is.
            // slither-disable-next-line incorrect-equality
            if (status == Status.Batched) {
                proof.batch = batch;
                proof.waiting.open(record);
            } else {
                // A status or digest is compared, of which there is one right value; no amount is.
                // slither-disable-next-line incorrect-equality
                isFitting =
                    batch == id &&
                    claim.proof.length == 0 &&
                    status != Status.None &&
                    (uint256(_digest(given, sampleHash, payee)) ^ record) >> 8 == 0;
            }
        }
        // A status or digest is compared, of which there is one right value; no amount is.
        // slither-disable-next-line incorrect-equality
        if (status == Status.Batched) {
            isBatched = true;
            isFitting =
                payee == address(0) &&
                proof.waiting.leads(ContributionHash.leaf(id, given, sampleHash), claim.proof);
            status = _batchedStatus(id);
        }
        if (!isFitting) reason = abi.encodeWithSelector(UnknownContribution.selector, id);
        else if (status != Status.Open) reason = abi.encodeWithSelector(NotOpen.selector, id, status);
    }

    /// @notice Marks how an open contribution ended. The digest stays: who gave what remains provable.
    /// @param isBatched Whether it came in a batch of two or more.
    function _close(uint256 id, bool isBatched, Status status) internal {
        if (isBatched)
            _batchStatuses[id / STATUSES] |= (uint256(status) - uint256(Status.Open)) << (2 * (id % STATUSES));
        else _records[id] = _word(bytes32(_records[id]), status);
    }

    function _batchedStatus(uint256 id) private view returns (Status) {
        return Status(uint256(Status.Open) + ((_batchStatuses[id / STATUSES] >> (2 * (id % STATUSES))) & 3));
    }

    /// @param payee Zero, or who paid for it.
    function _digest(
        Contribution memory contribution,
        bytes32 sampleHash,
        address payee
    ) private pure returns (bytes32) {
        return
            payee == address(0)
                ? ContributionHash.digest(contribution, sampleHash)
                : ContributionHash.sponsored(contribution, sampleHash, payee);
    }

    function _word(bytes32 hash, Status status) private pure returns (uint256) {
        return ((uint256(hash) >> 8) << 8) | uint256(status);
    }

    function _status(uint256 record) private pure returns (Status) {
        return Status(uint8(record));
    }
}
