// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {Contribution, Status} from "../../interfaces/IDataHandler.sol";
import {ISelfAssessment, Terms} from "../../interfaces/ISelfAssessment.sol";
import {ProvenPool} from "../libraries/ProvenPool.sol";
import {StakePrice} from "../libraries/StakePrice.sol";
import {LedgerState, LedgerStateLibrary} from "../types/LedgerState.sol";

/// @title Ongoing self-assessment: the rules of money
/// @dev Knows neither data nor model: whoever inherits joins them by the functions at the end. Pure arithmetic is in {StakePrice} and {ProvenPool}.
abstract contract SelfAssessment is ISelfAssessment, ReentrancyGuardTransient {
    using ProvenPool for ProvenPool.Pool;

    uint256 private constant ONE = 10_000;

    LedgerState internal _ledger;
    ProvenPool.Pool private _pool;

    /// @inheritdoc ISelfAssessment
    function refund(uint256 id, Contribution calldata contribution, bytes calldata sample) external nonReentrant {
        _requireRecord(id, contribution, keccak256(sample));
        if (msg.sender != contribution.author) revert NotAuthor(id, msg.sender, contribution.author);
        _requireTime(id, contribution, terms().refundWaitSeconds);
        _requireSettled();
        uint256 predicted = _predictedClass(sample);
        if (predicted != contribution.label) revert ModelDisagrees(id, predicted, contribution.label);

        uint256 provenGwei = contribution.taught ? contribution.stakeWei / 1 gwei : 0;
        _release(id, contribution.stakeWei, Status.Refunded);
        _pool.credit(contribution.author, contribution.stakeWei, provenGwei);
        emit Refunded(id, contribution.author, contribution.stakeWei, provenGwei);
    }

    /// @inheritdoc ISelfAssessment
    function report(uint256 id, Contribution calldata contribution, bytes calldata sample) external nonReentrant {
        _requireRecord(id, contribution, keccak256(sample));
        if (msg.sender == contribution.author) revert OwnContribution(id);
        if (_pool.accounts[msg.sender].provenGwei == 0) revert NotProven(msg.sender);
        Terms memory t = terms();
        _requireTime(id, contribution, t.reportWaitSeconds);
        _requireSettled();
        if (_predictedClass(sample) == contribution.label) revert ModelAgrees(id, contribution.label);

        uint256 bountyWei = (uint256(contribution.stakeWei) * t.reporterBps) / ONE;
        _release(id, contribution.stakeWei, Status.Forfeited);
        uint256 perGweiWei = _pool.share(contribution.stakeWei - bountyWei, contribution.author);
        _pool.credit(msg.sender, bountyWei, 0);
        emit Forfeited(id, msg.sender, contribution.stakeWei, bountyWei, perGweiWei);
    }

    /// @inheritdoc ISelfAssessment
    function sweep(uint256 id, Contribution calldata contribution, bytes32 sampleHash) external nonReentrant {
        _requireRecord(id, contribution, sampleHash);
        Terms memory t = terms();
        _requireTime(id, contribution, t.sweepWaitSeconds);

        _release(id, contribution.stakeWei, Status.Swept);
        _pool.credit(t.beneficiary, contribution.stakeWei, 0);
        emit Swept(id, t.beneficiary, contribution.stakeWei);
    }

    /// @inheritdoc ISelfAssessment
    function withdraw(address payable to) external nonReentrant returns (uint256 amountWei) {
        amountWei = _pool.take(msg.sender);
        if (amountWei == 0) revert NothingOwed(msg.sender);
        emit Withdrawn(msg.sender, to, amountWei);
        (bool sent, ) = to.call{value: amountWei}("");
        if (!sent) revert WithdrawalFailed(to, amountWei);
    }

    /// @notice The stake that a contribution costs now.
    function _stakeNow() internal view returns (uint256 stakeWei) {
        (uint256 floorWei, , uint256 halfLifeSeconds) = _priceTerms();
        return _stake(_ledger, floorWei, halfLifeSeconds);
    }

    /// @inheritdoc ISelfAssessment
    function terms() public view virtual returns (Terms memory);

    /// @inheritdoc ISelfAssessment
    function accountOf(address account) external view returns (uint256 owedWei, uint256 provenGwei) {
        return (_pool.owed(account), _pool.accounts[account].provenGwei);
    }

    /// @inheritdoc ISelfAssessment
    function totals() external view returns (uint256 lockedWei, uint256 provenGwei, uint256 carryWei) {
        return (_ledger.lockedWei(), _pool.totalGwei, _pool.carryWei);
    }

    /// @notice Locks the stake of one contribution out of the value sent, and credits the rest.
    /// @param payee Who is credited the rest.
    /// @return id Number of the contribution.
    /// @return stakeWei What was locked.
    function _lock(address payee) internal returns (uint256 id, uint96 stakeWei) {
        LedgerState ledger = _ledger;
        if (ledger.lastTime() == 0) revert NotYetOpen();
        (uint256 floorWei, uint256 growthBps, uint256 halfLifeSeconds) = _priceTerms();
        uint256 required = _stake(ledger, floorWei, halfLifeSeconds);
        if (msg.value < required) revert StakeTooLow(msg.value, required);
        uint256 excess = StakePrice.raised(required, floorWei, growthBps);
        if (excess > LedgerStateLibrary.MOST_EXCESS) revert StakeTooHigh(required);
        (id, stakeWei) = (ledger.count(), uint96(required)); // floor < 2^80 and excess < 2^80 are checked at creation and above
        _ledger = LedgerStateLibrary.pack(id + 1, block.timestamp, excess, ledger.lockedWei() + required);
        if (msg.value > required) {
            _pool.credit(payee, msg.value - required, 0);
            emit ExcessCredited(payee, msg.value - required);
        }
    }

    /// @notice Reverts unless times follow one another and parts are parts.
    function _requireValid(Terms memory t) internal pure {
        bool timely =
            t.refundWaitSeconds > 0 &&
                t.refundWaitSeconds < t.reportWaitSeconds &&
                t.reportWaitSeconds < t.sweepWaitSeconds;
        bool priced =
            t.floorWei >= 1 gwei &&
                t.floorWei % 1 gwei == 0 &&
                t.floorWei < 1 << 80 &&
                t.growthBps <= ONE &&
                t.halfLifeSeconds > 0;
        if (!timely || !priced || t.reporterBps > ONE / 2 || t.beneficiary == address(0)) revert InvalidTerms(t);
    }

    function _stake(LedgerState ledger, uint256 floorWei, uint256 halfLifeSeconds) private view returns (uint256) {
        uint256 excess = StakePrice.decayed(ledger.excessWei(), block.timestamp - ledger.lastTime(), halfLifeSeconds);
        return StakePrice.price(floorWei, excess);
    }

    function _release(uint256 id, uint256 stakeWei, Status status) private {
        _ledger = _ledger.withReleased(stakeWei);
        _closeRecord(id, status);
    }

    function _requireTime(uint256 id, Contribution calldata contribution, uint256 waitSeconds) private view {
        uint256 opensAt = contribution.contributedAt + waitSeconds;
        if (block.timestamp < opensAt) revert TooEarly(id, opensAt);
    }

    /// @notice The terms that set the stake.
    function _priceTerms() internal view virtual returns (uint256 floorWei, uint256 growthBps, uint256 halfLifeSeconds);

    /// @dev Else one transaction could bend the model by a contribution, claim, and bend it back.
    function _requireSettled() private view {
        uint256 lastTime = _ledger.lastTime();
        if (block.timestamp == lastTime) revert ModelJustMoved(lastTime);
    }

    /// @notice Reverts unless this very contribution is recorded and open.
    function _requireRecord(uint256 id, Contribution calldata contribution, bytes32 sampleHash) internal view virtual;

    /// @notice Marks a contribution as ended.
    function _closeRecord(uint256 id, Status status) internal virtual;

    /// @notice What the model predicts now.
    function _predictedClass(bytes calldata sample) internal view virtual returns (uint256);
}
