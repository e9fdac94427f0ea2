// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IMarket, Market, MarketTerms, Phase, TestSample} from "../../interfaces/IMarket.sol";
import {MerkleTree} from "../libraries/MerkleTree.sol";
import {MarketBook} from "./MarketBook.sol";

/// @title The provider's side of a market: commitment, draw, reveals
abstract contract MarketCommitment is IMarket, MarketBook {
    using SafeCast for uint256;

    uint256 private constant LEAST_PARTITIONS = 10;
    uint256 private constant MOST_PARTITIONS = 64;

    /// @inheritdoc IMarket
    function commit(bytes32 root, uint256 partitions, uint256 testCount) external payable nonReentrant {
        (Phase phase, ) = _phase();
        if (phase != Phase.Idle && phase != Phase.Closed && phase != Phase.Void) revert WrongPhase(phase);
        uint256 first = _nextContribution();
        if (partitions < LEAST_PARTITIONS || partitions > MOST_PARTITIONS || testCount < partitions)
            revert WrongPartitions(partitions, testCount);
        MarketTerms memory t = _terms();
        uint256 purseWei = purseFor(testCount);
        uint256 heldWei = t.bondWei + purseWei;
        if (msg.value < heldWei + t.fullScore) revert BountyTooSmall(msg.value, heldWei + t.fullScore);

        // Begins at zero, as Solidity sets it.
        // slither-disable-next-line uninitialized-local
        Market memory m;
        m.number = _market.number + 1;
        m.first = first.toUint48();
        m.provider = msg.sender;
        m.drawBlock = (block.number + t.drawDelayBlocks).toUint32();
        m.partitions = uint8(partitions);
        m.testCount = testCount.toUint32();
        m.bountyWei = (msg.value - heldWei).toUint96();
        m.purseWei = purseWei.toUint96();
        m.root = root;
        _market = m;
        _past[m.number].first = m.first;
        emit Committed(m.number, msg.sender, root, partitions, testCount, m.bountyWei, m.drawBlock);
        _enter(Phase.Drawing, 0);
    }

    /// @inheritdoc IMarket
    function draw() external nonReentrant {
        _requirePhase(Phase.Drawing);
        uint256 drawBlock = _market.drawBlock;
        if (block.number <= drawBlock) revert DrawTooEarly(drawBlock);
        bytes32 hash = blockhash(drawBlock);
        if (hash == 0) revert DrawMissed(drawBlock);
        uint8 drawn = uint8(uint256(keccak256(abi.encode(hash, _market.root))) % _market.partitions);
        (_market.drawn, _market.nextPartition) = (drawn, drawn);
        emit Drawn(_market.number, drawn);
        _enter(Phase.Proving, block.timestamp + _terms().revealSeconds);
    }

    /// @inheritdoc IMarket
    function reveal(bytes32[] calldata leaves, TestSample[][] calldata partitions_) external nonReentrant {
        Market memory m = _revealing();
        if (leaves.length != m.partitions || MerkleTree.root(leaves) != m.root) revert WrongCommitment(m.root);
        uint256 left = _partitionsLeft(m);
        if (partitions_.length == 0 || partitions_.length > left) revert WrongReveal(partitions_.length, left);
        for (uint256 i = 0; i < partitions_.length; ++i) {
            if (_revealPartition(m, partitions_[i]) != leaves[m.nextPartition]) revert WrongPartition(m.nextPartition);
            m.nextPartition = m.phase == Phase.Revealing ? m.nextPartition + 1 : 0;
            if (m.nextPartition == m.drawn) ++m.nextPartition;
        }
        (_market.nextPartition, _market.revealed, _market.testHash) = (m.nextPartition, m.revealed, m.testHash);
        _revealed(m, partitions_.length == left);
    }

    /// @inheritdoc IMarket
    function purseFor(uint256 testCount) public view returns (uint256) {
        MarketTerms memory t = _terms();
        uint256 most = t.mostContributions;
        return uint256(t.stepFeeWei) * ((most + 1) * t.rounds + 2 * most + testCount);
    }

    /// @notice The market, with the phase and deadline of now, if it is one of the two for reveals.
    function _revealing() private view returns (Market memory m) {
        (Phase phase, uint256 deadline) = _phase();
        if (phase != Phase.Proving && phase != Phase.Revealing) revert WrongPhase(phase);
        if (block.timestamp > deadline) revert DeadlinePassed(deadline);
        m = _market;
        (m.phase, m.deadline) = (phase, deadline.toUint40());
    }

    /// @notice Moves on after a reveal.
    function _revealed(Market memory m, bool isAll) private {
        if (m.phase == Phase.Proving) {
            _enter(Phase.Participating, block.timestamp + _terms().participateSeconds);
        } else if (isAll) {
            if (m.revealed != m.testCount) revert WrongTestCount(m.revealed, m.testCount);
            _enter(Phase.Preparing, block.timestamp + _terms().revealSeconds);
        } else {
            (_market.phase, _market.deadline) = (m.phase, m.deadline);
        }
    }

    /// @dev Without contributions there is nothing to reveal for; {end} gives everything back.
    function _partitionsLeft(Market memory m) private pure returns (uint256) {
        if (m.phase == Phase.Proving) return 1;
        if (m.contributions == 0) return 0;
        uint256 ahead = m.partitions - m.nextPartition;
        return m.drawn > m.nextPartition ? ahead - 1 : ahead;
    }

    /// @notice Checks, counts and logs the samples of a partition.
    /// @return leaf What the partition's leaf must be.
    function _revealPartition(Market memory m, TestSample[] calldata samples) private returns (bytes32 leaf) {
        bytes32[] memory hashes = new bytes32[](samples.length);
        for (uint256 i = 0; i < samples.length; ++i) {
            hashes[i] = _revealSample(m, samples[i]);
        }
        m.revealed += samples.length.toUint32();
        bytes32 partitionHash = keccak256(abi.encodePacked(hashes));
        return keccak256(abi.encode(m.provider, m.nextPartition, samples.length, partitionHash));
    }

    /// @return leaf What the sample's leaf must be.
    function _revealSample(Market memory m, TestSample calldata one) private returns (bytes32 leaf) {
        _learner().check(one.sample, one.label);
        bytes32 sampleHash = keccak256(one.sample);
        if (m.phase == Phase.Revealing) m.testHash = keccak256(abi.encode(m.testHash, one.label, sampleHash));
        emit TestSampleRevealed(m.number, m.nextPartition, one.label, one.sample);
        return keccak256(abi.encode(one.salt, one.label, sampleHash));
    }

    /// @notice Number that the next contribution gets; reverts before the collaboration is open.
    function _nextContribution() internal view virtual returns (uint256);
}
