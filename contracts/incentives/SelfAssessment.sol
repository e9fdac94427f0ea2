// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {LowLevelCall} from "@openzeppelin/contracts/utils/LowLevelCall.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {Contribution, Status} from "../../interfaces/IDataHandler.sol";
import {ISelfAssessment, Terms} from "../../interfaces/ISelfAssessment.sol";
import {ProvenPool} from "../libraries/ProvenPool.sol";
import {ReporterPart} from "../libraries/ReporterPart.sol";
import {Refusals} from "../libraries/Refusals.sol";
import {ClaimTerms} from "../types/ClaimTerms.sol";
import {Holding, HoldingLibrary} from "../types/Holding.sol";
import {StakeLocking} from "./StakeLocking.sol";

/// @title Ongoing self-assessment: the rules of money
/// @dev Knows neither data nor model: whoever inherits joins them by the functions at the end. Pure arithmetic is in {StakePrice} and {ProvenPool}.
abstract contract SelfAssessment is StakeLocking, ReentrancyGuardTransient {
    using ProvenPool for ProvenPool.Pool;

    uint256 private constant ONE = 10_000;

    /// @notice Credits that wait to be stored: those of one account in a row are stored once.
    struct Tally {
        address account;
        Holding gained;
        ProvenPool.Shares shares;
    }

    /// @inheritdoc ISelfAssessment
    function refund(uint256 id, Contribution calldata contribution, bytes calldata sample) external {
        _assess(id, contribution, sample);
    }

    /// @inheritdoc ISelfAssessment
    function report(uint256 id, Contribution calldata contribution, bytes calldata sample) external {
        _assess(id, contribution, sample);
    }

    /// @inheritdoc ISelfAssessment
    function sweep(uint256 id, Contribution calldata contribution, bytes32 sampleHash) external nonReentrant {
        // The next line reads the contribution into it.
        // slither-disable-next-line uninitialized-local
        Contribution memory given;
        (Status ending, ClaimTerms t) = _requireClaim(id, contribution, sampleHash, given);
        _end(ending, id, given, t);
    }

    /// @inheritdoc ISelfAssessment
    function withdraw(address payable to) external nonReentrant returns (uint256 amountWei) {
        amountWei = _pool.take(msg.sender);
        if (amountWei == 0) revert NothingOwed(msg.sender);
        emit Withdrawn(msg.sender, to, amountWei);
        // The caller names who gets what the caller is owed, and nothing else is sent.
        // slither-disable-next-line arbitrary-send-eth
        if (!LowLevelCall.callNoReturn(to, amountWei, "")) revert WithdrawalFailed(to, amountWei);
    }

    function _assess(uint256 id, Contribution calldata contribution, bytes calldata sample) private nonReentrant {
        // The next line reads the contribution into it.
        // slither-disable-next-line uninitialized-local
        Contribution memory given;
        (Status ending, ClaimTerms t) = _requireClaim(id, contribution, keccak256(sample), given);
        _requireSettled();
        Refusals.raise(_disagreement(ending, id, given.label, _predictedClass(sample)));
        _end(ending, id, given, t);
    }

    /// @notice Reads a contribution; reverts if anything but the model's answer stands against the claim.
    /// @param given Where it is read to.
    function _requireClaim(
        uint256 id,
        Contribution calldata contribution,
        bytes32 sampleHash,
        Contribution memory given
    ) private view returns (Status ending, ClaimTerms t) {
        (ending, t) = (_ending(), _claimTerms());
        _readRecorded(id, contribution, sampleHash, given);
        Refusals.raise(_refusal(ending, id, given, given.author, t));
    }

    /// @notice Ends a contribution whose claim is granted.
    function _end(Status ending, uint256 id, Contribution memory given, ClaimTerms t) private {
        _ledger = _ledger.withReleased(given.stakeWei);
        _closeRecord(id, false, ending);
        // Begins at zero, as Solidity sets it.
        // slither-disable-next-line uninitialized-local
        Tally memory tally;
        _pay(id, given, given.author, ending, t, tally);
        _store(tally);
    }

    /// @inheritdoc ISelfAssessment
    function terms() public view virtual returns (Terms memory);

    /// @inheritdoc ISelfAssessment
    function accountOf(address account) external view returns (uint256 owedWei, uint256 provenGwei) {
        return (_pool.owed(account), _pool.accounts[account].provenGwei());
    }

    /// @inheritdoc ISelfAssessment
    function totals() external view returns (uint256 lockedWei, uint256 provenGwei, uint256 carryWei) {
        return (_ledger.lockedWei(), _pool.sums.provenGwei(), _pool.sums.amountWei());
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

    /// @notice Why a recorded, open contribution cannot be ended so, by this caller, now, whatever the model says: the error; empty if nothing stands against it.
    /// @param payee Who gets the stake back.
    function _refusal(
        Status ending,
        uint256 id,
        Contribution memory contribution,
        address payee,
        ClaimTerms t
    ) internal view returns (bytes memory reason) {
        bool isOwn = msg.sender == contribution.author || msg.sender == payee;
        uint256 waitSeconds = t.sweepWaitSeconds();
        if (ending == Status.Refunded) {
            if (!isOwn) return abi.encodeWithSelector(NotAuthor.selector, id, msg.sender, contribution.author);
            waitSeconds = t.refundWaitSeconds();
        } else if (ending == Status.Forfeited) {
            if (isOwn) return abi.encodeWithSelector(OwnContribution.selector, id);
            if (_pool.accounts[msg.sender].provenGwei() == 0)
                return abi.encodeWithSelector(NotProven.selector, msg.sender);
            waitSeconds = t.reportWaitSeconds();
        }
        uint256 opensAt = contribution.contributedAt + waitSeconds;
        if (block.timestamp < opensAt) return abi.encodeWithSelector(TooEarly.selector, id, opensAt);
    }

    /// @notice Why the model's answer forbids a refund or a report: the error; empty if it does not.
    function _disagreement(
        Status ending,
        uint256 id,
        uint256 label,
        uint256 predicted
    ) internal pure returns (bytes memory reason) {
        if (ending == Status.Refunded) {
            if (predicted != label) return abi.encodeWithSelector(ModelDisagrees.selector, id, predicted, label);
        } else if (predicted == label) return abi.encodeWithSelector(ModelAgrees.selector, id, label);
    }

    /// @notice Announces and pays what a granted claim gives; to be finished by {_store}.
    function _pay(
        uint256 id,
        Contribution memory given,
        address payee,
        Status ending,
        ClaimTerms t,
        Tally memory tally
    ) internal {
        uint256 amountWei = given.stakeWei;
        uint256 provenGwei = 0;
        if (ending == Status.Refunded) {
            if (given.taught) provenGwei = amountWei / 1 gwei;
            emit Refunded(id, given.author, amountWei, provenGwei);
            if (payee != given.author) {
                _pool.credit(given.author, HoldingLibrary.pack(provenGwei, 0, 0));
                provenGwei = 0;
            }
        } else if (ending == Status.Forfeited) {
            (payee, amountWei) = (msg.sender, _forfeit(id, given, t, tally.shares));
        } else {
            payee = _beneficiary();
            emit Swept(id, payee, amountWei);
        }
        if (payee != tally.account) {
            _credit(tally);
            (tally.account, tally.gained) = (payee, Holding.wrap(0));
        }
        tally.gained = HoldingLibrary.pack(
            tally.gained.provenGwei() + provenGwei,
            0,
            tally.gained.amountWei() + amountWei
        );
    }

    /// @notice Stores what claims gave.
    function _store(Tally memory tally) internal {
        _pool.finish(tally.shares); // before the reporter, who may be proven, is credited
        _credit(tally);
    }

    function _credit(Tally memory tally) private {
        if (tally.account != address(0)) _pool.credit(tally.account, tally.gained);
    }

    /// @notice Shares a forfeited stake but for the reporter's part.
    function _forfeit(
        uint256 id,
        Contribution memory contribution,
        ClaimTerms t,
        ProvenPool.Shares memory shares
    ) private returns (uint256 bountyWei) {
        uint256 opensAt = uint256(contribution.contributedAt) + t.reportWaitSeconds();
        bountyWei = ReporterPart.ofStake(
            contribution.stakeWei,
            t.reporterBps(),
            block.timestamp - opensAt,
            t.sweepWaitSeconds() - t.reportWaitSeconds()
        );
        uint256 perGweiWei = _pool.share(shares, contribution.stakeWei - bountyWei, contribution.author);
        emit Forfeited(id, msg.sender, contribution.stakeWei, bountyWei, perGweiWei);
    }

    /// @notice Which end the called function brings.
    /// @dev Asked when it runs, not handed on by each function: the compiler would make a copy of all the rest for each.
    function _ending() internal pure virtual returns (Status) {
        if (msg.sig == this.refund.selector) return Status.Refunded;
        return msg.sig == this.report.selector ? Status.Forfeited : Status.Swept;
    }

    /// @notice The terms that claims need.
    function _claimTerms() internal view virtual returns (ClaimTerms);

    /// @notice Who gets what nobody claimed.
    function _beneficiary() internal view virtual returns (address);

    /// @dev Else one transaction could bend the model by a contribution, claim, and bend it back.
    function _requireSettled() internal view {
        uint256 lastTime = _ledger.lastTime();
        // Claims in the very second of a contribution are what is refused; no other second is.
        // slither-disable-next-line incorrect-equality
        if (block.timestamp == lastTime) revert ModelJustMoved(lastTime);
    }

    /// @notice Reads a contribution; reverts unless this very one is recorded and open.
    /// @param given Where it is read to.
    function _readRecorded(
        uint256 id,
        Contribution calldata contribution,
        bytes32 sampleHash,
        Contribution memory given
    ) internal view virtual;

    /// @notice Marks a contribution as ended.
    /// @param isBatched Whether it came in a batch of two or more.
    function _closeRecord(uint256 id, bool isBatched, Status status) internal virtual;

    /// @notice What the model predicts now.
    function _predictedClass(bytes calldata sample) internal view virtual returns (uint256);
}
