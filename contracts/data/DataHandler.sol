// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Contribution, IDataHandler, Status} from "../../interfaces/IDataHandler.sol";

/// @title Who gave what, when, at which stake
/// @dev A record is a word: the digest of the contribution, its last byte replaced by the status. Two contributions that share the 248 bits take 2^124 trials.
abstract contract DataHandler is IDataHandler {
    mapping(uint256 id => uint256 record) private _records;

    /// @inheritdoc IDataHandler
    function contributions() public view virtual returns (uint256);

    /// @inheritdoc IDataHandler
    function statusOf(uint256 id) external view returns (Status) {
        return _status(_records[id]);
    }

    /// @inheritdoc IDataHandler
    function recordOf(uint256 id) external view returns (uint256) {
        return _records[id];
    }

    /// @inheritdoc IDataHandler
    function digestOf(Contribution calldata contribution, bytes32 sampleHash) external pure returns (bytes31) {
        return _digest(contribution, sampleHash);
    }

    /// @inheritdoc IDataHandler
    function isProven(
        uint256 id,
        Contribution calldata contribution,
        bytes32 sampleHash,
        address payee
    ) external view returns (bool) {
        bytes31 digest = _sponsoredDigest(contribution, sampleHash, payee);
        return contribution.taught && _records[id] == _word(digest, Status.Refunded);
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

    /// @notice Marks how a contribution ended. The digest stays: who gave what remains provable.
    function _close(uint256 id, Status status) internal {
        _records[id] = _word(bytes31(bytes32(_records[id])), status);
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
