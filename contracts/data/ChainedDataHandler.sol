// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Contribution, IDataHandler} from "../../interfaces/IDataHandler.sol";
import {IMarketSettlement} from "../../interfaces/IMarketSettlement.sol";
import {ReplayInput} from "../../interfaces/IReplay.sol";
import {ContributionHash} from "./ContributionHash.sol";

/// @title Who gave what, as a chain: each record is a hash over the one before it
/// @dev So any portion of contributions is checked by two loads, however long it is. What became of each is a bit in a word shared by 256 neighbours.
abstract contract ChainedDataHandler is IDataHandler {
    mapping(uint256 id => uint256 record) private _records;
    mapping(uint256 word => uint256 bits) private _learned;

    /// @inheritdoc IDataHandler
    function contributions() public view virtual returns (uint256);

    /// @inheritdoc IDataHandler
    /// @dev Here: the chain's word, see {IMarket-link}.
    function recordOf(uint256 id) external view returns (uint256) {
        return _records[id];
    }

    /// @inheritdoc IDataHandler
    function digestOf(Contribution calldata contribution, bytes32 sampleHash) external pure returns (bytes31) {
        return bytes31(ContributionHash.digest(contribution, sampleHash));
    }

    /// @inheritdoc IDataHandler
    /// @dev Here: never. What helped is paid for by the bounty, and what changed nothing keeps its stake, so repaying its gas would pay for spam.
    function isProven(uint256, Contribution calldata, bytes32, address) external pure returns (bool) {
        return false;
    }

    /// @notice Records a contribution behind the last one.
    /// @param account Whose stake it is.
    /// @param participant Its number.
    function _record(
        uint256 id,
        Contribution memory contribution,
        bytes calldata sample,
        address account,
        uint256 participant
    ) internal {
        bytes31 digest = bytes31(ContributionHash.digest(contribution, ContributionHash.ofSample(sample)));
        _records[id] = _link(_before(id), digest, account, participant);
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

    /// @notice Reverts unless these are the contributions recorded from `first` on.
    /// @param inputs What a replay needs of each; at least one.
    /// @param origins What else was recorded, see {IMarketSettlement}.
    function _requireRecorded(uint256 first, ReplayInput[] calldata inputs, uint256[] calldata origins) internal view {
        if (inputs.length != origins.length) revert IMarketSettlement.WrongOrigins(inputs.length, origins.length);
        uint256 record = _before(first);
        for (uint256 i = 0; i < inputs.length; ++i) {
            ReplayInput calldata given = inputs[i];
            Contribution memory contribution = Contribution(
                address(uint160(origins[i] >> 96)),
                given.label,
                false,
                given.stakeWei,
                uint40(origins[i])
            );
            bytes31 digest = bytes31(ContributionHash.digest(contribution, ContributionHash.ofSample(given.sample)));
            record = _link(record, digest, given.account, given.participant);
        }
        uint256 last = first + inputs.length - 1;
        if (record != _records[last]) revert IMarketSettlement.WrongContributions(last);
    }

    /// @notice Notes which of neighbouring contributions were taught to the model.
    /// @param learned A byte for each, 1 or 0.
    function _markLearned(uint256 first, bytes memory learned) internal {
        uint256 end = first + learned.length;
        uint256 bits = 0;
        for (uint256 id = first; id < end; ++id) {
            if (learned[id - first] != 0) bits |= 1 << (id % 256);
            if (id % 256 == 255 || id + 1 == end) {
                if (bits != 0) _learned[id / 256] |= bits;
                bits = 0;
            }
        }
    }

    /// @notice Whether a contribution was taught to the model.
    function _isLearned(uint256 id) internal view returns (bool) {
        return (_learned[id / 256] >> (id % 256)) & 1 == 1;
    }

    /// @notice See {IMarket-link}.
    function _link(
        uint256 previous,
        bytes31 digest,
        address account,
        uint256 participant
    ) internal pure returns (uint256) {
        return uint256(keccak256(abi.encode(previous, digest, account, participant)));
    }

    function _before(uint256 id) private view returns (uint256) {
        return id == 0 ? 0 : _records[id - 1];
    }
}
