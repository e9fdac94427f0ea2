// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Claim, IBatch} from "../../interfaces/IBatch.sol";
import {Contribution, Status} from "../../interfaces/IDataHandler.sol";
import {Terms} from "../../interfaces/ISelfAssessment.sol";
import {ProvenPool} from "../libraries/ProvenPool.sol";
import {SelfAssessment} from "./SelfAssessment.sol";

/// @title Ongoing self-assessment of many contributions at once
/// @dev The model is asked once, before anything is written, and nothing is called after it. Each claim is looked at when those before it have ended, so that none is granted twice.
abstract contract BatchAssessment is SelfAssessment, IBatch {
    using ProvenPool for ProvenPool.Pool;

    /// @dev As {IModel-trainMany} and {IModel-predictMany} answer for a refused sample.
    uint256 internal constant REFUSED = type(uint256).max;

    /// @notice Credits that wait to be stored: those of one account in a row are stored once.
    struct Tally {
        address account;
        uint256 amountWei;
        uint256 provenGwei;
        uint256 releasedWei;
        ProvenPool.Shares shares;
    }

    /// @inheritdoc IBatch
    function refundMany(Claim[] calldata claims, bool strict) external returns (uint256 done) {
        return _claimMany(claims, strict, Status.Refunded);
    }

    /// @inheritdoc IBatch
    function reportMany(Claim[] calldata claims, bool strict) external returns (uint256 done) {
        return _claimMany(claims, strict, Status.Forfeited);
    }

    /// @inheritdoc IBatch
    function sweepMany(Claim[] calldata claims, bool strict) external returns (uint256 done) {
        return _claimMany(claims, strict, Status.Swept);
    }

    /// @dev What is known of one claim serves the next, so they stay in one loop.
    // solhint-disable-next-line function-max-lines
    function _claimMany(
        Claim[] calldata claims,
        bool strict,
        Status ending
    ) private nonReentrant returns (uint256 done) {
        if (claims.length == 0) revert EmptyBatch();
        // Begins at zero, as Solidity sets it.
        // slither-disable-next-line uninitialized-local
        uint256[] memory predicted;
        // Begins at zero, as Solidity sets it.
        // slither-disable-next-line uninitialized-local
        bytes[] memory unanswered;
        if (ending != Status.Swept) {
            _requireSettled();
            (predicted, unanswered) = _predictedClasses(claims);
            if (predicted.length != claims.length) revert BatchLength(claims.length, predicted.length);
        }
        Terms memory t = terms();
        // Begins at zero, as Solidity sets it.
        // slither-disable-next-line uninitialized-local
        Tally memory tally;
        uint256 skipped = 0;
        for (uint256 i = 0; i < claims.length; ++i) {
            Claim calldata claim = claims[i];
            Contribution memory given = claim.contribution;
            address payee = claim.payee == address(0) ? given.author : claim.payee;
            bool isRefused = false;
            bytes memory reason = _recordRefusal(claim, given);
            // An empty reason is none yet; a refusal without any is told by `isRefused`.
            // slither-disable-next-line incorrect-equality
            if (reason.length == 0) reason = _refusal(ending, claim.id, given, payee, t);
            if (ending != Status.Swept) {
                if (predicted[i] == REFUSED) {
                    isRefused = true; // whatever the model gave as its reason, perhaps none
                    bytes memory answer = skipped < unanswered.length ? unanswered[skipped] : bytes("");
                    // An empty reason is none yet; a refusal without any is told by `isRefused`.
                    // slither-disable-next-line incorrect-equality
                    if (reason.length == 0) reason = answer;
                    ++skipped;
                    // An empty reason is none yet; a refusal without any is told by `isRefused`.
                    // slither-disable-next-line incorrect-equality
                } else if (reason.length == 0) {
                    reason = _disagreement(ending, claim.id, given.label, predicted[i]);
                }
            }
            if (isRefused || reason.length > 0) {
                if (strict) revert BatchRefused(i, reason);
                emit ClaimRefused(claim.id, reason);
                continue;
            }
            _closeRecord(claim.id, claim.proof.length > 0, ending); // what came alone has no path
            tally.releasedWei += given.stakeWei;
            _pay(claim.id, given, payee, ending, t, tally);
            ++done;
        }
        _pool.finish(tally.shares); // before the reporter, who may be proven, is credited
        _store(tally);
        if (done > 0) _ledger = _ledger.withReleased(tally.releasedWei);
    }

    /// @notice Pays what a granted claim gives.
    function _pay(
        uint256 id,
        Contribution memory given,
        address payee,
        Status ending,
        Terms memory t,
        Tally memory tally
    ) private {
        if (ending == Status.Refunded) {
            uint256 provenGwei = _refund(id, given);
            if (payee != given.author) {
                _pool.credit(given.author, 0, provenGwei);
                provenGwei = 0;
            }
            _credit(tally, payee, given.stakeWei, provenGwei);
        } else if (ending == Status.Forfeited) {
            _credit(tally, msg.sender, _forfeit(id, given, t, tally.shares), 0);
        } else {
            _credit(tally, t.beneficiary, given.stakeWei, 0);
            emit Swept(id, t.beneficiary, given.stakeWei);
        }
    }

    function _credit(Tally memory tally, address account, uint256 amountWei, uint256 provenGwei) private {
        if (account != tally.account) {
            _store(tally);
            (tally.account, tally.amountWei, tally.provenGwei) = (account, 0, 0);
        }
        tally.amountWei += amountWei;
        tally.provenGwei += provenGwei;
    }

    function _store(Tally memory tally) private {
        if (tally.account != address(0)) _pool.credit(tally.account, tally.amountWei, tally.provenGwei);
    }

    /// @notice Why a claim is refused by what is recorded: the error; empty if it is recorded and open.
    function _recordRefusal(
        Claim calldata claim,
        Contribution memory contribution
    ) internal view virtual returns (bytes memory reason);

    /// @notice What the model predicts now for the sample of each claim; see {IModel-predictMany}.
    function _predictedClasses(
        Claim[] calldata claims
    ) internal view virtual returns (uint256[] memory predicted, bytes[] memory reasons);
}
