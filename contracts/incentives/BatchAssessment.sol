// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Claim, IBatch} from "../../interfaces/IBatch.sol";
import {Contribution, Status} from "../../interfaces/IDataHandler.sol";
import {BatchProof, SharedPaths} from "../libraries/SharedPaths.sol";
import {ClaimTerms} from "../types/ClaimTerms.sol";
import {SelfAssessment} from "./SelfAssessment.sol";

/// @title Ongoing self-assessment of many contributions at once
/// @dev The model is asked once, before anything is written, and nothing is called after it. Each claim is looked at when those before it have ended, so that none is granted twice.
abstract contract BatchAssessment is SelfAssessment, IBatch {
    /// @dev As {IModel-trainMany} and {IModel-predictMany} answer for a refused sample.
    uint256 internal constant REFUSED = type(uint256).max;

    /// @inheritdoc IBatch
    function refundMany(Claim[] calldata claims, bool strict) external returns (uint256 done) {
        return _claimMany(claims, strict);
    }

    /// @inheritdoc IBatch
    function reportMany(Claim[] calldata claims, bool strict) external returns (uint256 done) {
        return _claimMany(claims, strict);
    }

    /// @inheritdoc IBatch
    function sweepMany(Claim[] calldata claims, bool strict) external returns (uint256 done) {
        return _claimMany(claims, strict);
    }

    /// @dev What is known of one claim serves the next, so they stay in one loop.
    // solhint-disable-next-line function-max-lines
    function _claimMany(Claim[] calldata claims, bool strict) private nonReentrant returns (uint256 done) {
        if (claims.length == 0) revert EmptyBatch();
        Status ending = _ending();
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
        ClaimTerms t = _claimTerms();
        // Each claim is read into it in turn, before it is used.
        // slither-disable-next-line uninitialized-local
        Contribution memory given;
        // Begins at zero, as Solidity sets it.
        // slither-disable-next-line uninitialized-local
        Tally memory tally;
        BatchProof memory proof = BatchProof(0, SharedPaths.create());
        uint256 releasedWei = 0;
        uint256 skipped = 0;
        for (uint256 i = 0; i < claims.length; ++i) {
            Claim calldata claim = claims[i];
            (bytes memory reason, bool isBatched) = _recordRefusal(claim, given, proof);
            address payee = claim.payee == address(0) ? given.author : claim.payee;
            bool isRefused = false;
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
            _closeRecord(claim.id, isBatched, ending);
            releasedWei += given.stakeWei;
            _pay(claim.id, given, payee, ending, t, tally);
            ++done;
        }
        _store(tally);
        if (done > 0) _ledger = _ledger.withReleased(releasedWei);
    }

    function _ending() internal pure override returns (Status) {
        if (msg.sig == this.refundMany.selector) return Status.Refunded;
        if (msg.sig == this.reportMany.selector) return Status.Forfeited;
        return super._ending();
    }

    /// @notice Reads a claimed contribution, and why the claim is refused by what is recorded: the error; empty if it is recorded and open. And whether it came in a batch of two or more.
    /// @param given Where it is read to.
    /// @param proof What the claims before it have shown.
    function _recordRefusal(
        Claim calldata claim,
        Contribution memory given,
        BatchProof memory proof
    ) internal view virtual returns (bytes memory reason, bool isBatched);

    /// @notice What the model predicts now for the sample of each claim; see {IModel-predictMany}.
    function _predictedClasses(
        Claim[] calldata claims
    ) internal view virtual returns (uint256[] memory predicted, bytes[] memory reasons);
}
