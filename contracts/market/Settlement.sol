// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IJobs, Job, JobPhase, JobTerms, Stage} from "../../interfaces/training/IJobs.sol";
import {ROLE_BUYER, ROLE_DATA_OWNER} from "../../interfaces/training/IParticipants.sol";
import {ISettlement} from "../../interfaces/training/ISettlement.sol";
import {EscrowSplit} from "../libraries/EscrowSplit.sol";
import {Validation} from "./Validation.sol";

/// @title Settlement: the data part by score and shares, the rest back
abstract contract Settlement is Validation {
    /// @notice See {ISettlement-settle}.
    function settle(uint256 job, int64 score, uint64[] calldata weights) external payable delegated {
        Job storage j = _job(job);
        bool isDecided = j.phase == JobPhase.Validating && j.stage == Stage.Decided;
        if (!isDecided && (j.phase != JobPhase.Settling || j.isUnscored)) _wrongPhase(job);
        if (isDecided && block.timestamp < j.deadline) revert ISettlement.AppealOpen(job, j.deadline);
        bytes32 vote = _voteDigest(job, score, weights);
        if (vote != j.decision || weights.length != j.datasets) revert ISettlement.WrongShares(job, vote, j.decision);
        _payBounty(job);
        if (isDecided) {
            _payFirstJury(job);
            _setPhase(job, JobPhase.Settling);
        }
        j.score = score;
        JobTerms storage t = _terms[job];
        uint256[] memory shares = new uint256[](weights.length);
        for (uint256 i = 0; i < weights.length; ++i) {
            shares[i] = weights[i];
        }
        _close(job, EscrowSplit.released(_parts(job)[0], t.baseline, t.target, score), shares);
    }

    /// @notice See {IJobs-advance}: juries, and what nobody settled in time.
    function advance(uint256 job) external payable delegated {
        Job storage j = _job(job);
        if (j.phase == JobPhase.Validating && j.stage != Stage.Decided) {
            _payBounty(job);
            _advanceJury(job);
            return;
        }
        if (j.phase != JobPhase.Validating && j.phase != JobPhase.Settling) _wrongPhase(job);
        // A decision waits for its appeal, and then, as long as a vote takes, for who knows the shares.
        uint256 until = j.deadline;
        if (j.stage == Stage.Decided) until += _terms[job].voteSeconds;
        if (block.timestamp < until) revert IJobs.NothingToAdvance(job, j.stage, until);
        _payBounty(job);
        if (j.stage == Stage.Decided) {
            _payFirstJury(job);
            _setPhase(job, JobPhase.Settling);
        }
        uint256[] memory shares = new uint256[](j.datasets);
        for (uint256 i = 0; i < shares.length; ++i) {
            shares[i] = 1;
        }
        _close(job, _parts(job)[0], shares);
    }

    /// @notice See {ISettlement-listModel}.
    function listModel(uint256 job, uint256 priceWei, bool isListed) external payable delegated {
        Job storage j = _job(job);
        if (j.buyer != msg.sender) revert ISettlement.NotBuyer(job, msg.sender);
        if (j.phase != JobPhase.Closed) _wrongPhase(job);
        j.isListed = isListed;
        emit ISettlement.ModelListed(job, msg.sender, j.model, priceWei, isListed);
    }

    function _close(uint256 job, uint256 releasedWei, uint256[] memory shares) private {
        uint256[] memory parts = EscrowSplit.share(releasedWei, shares);
        uint32[] memory ids = _jobDatasets[job];
        uint256 paidWei = 0;
        for (uint256 i = 0; i < parts.length; ++i) {
            // Who could not show its rows is paid for none; its part goes back.
            if (parts[i] == 0 || _datasets[ids[i]].isFaulty) continue;
            address owner = _datasets[ids[i]].owner;
            paidWei += parts[i];
            _pay(job, owner, ROLE_DATA_OWNER, parts[i]);
            _succeeded(owner, ROLE_DATA_OWNER, parts[i]);
        }
        if (!_jobs[job].isUnscored) _succeeded(_jobs[job].buyer, ROLE_BUYER, _terms[job].budgetWei);
        emit ISettlement.Settled(job, paidWei, _end(job, JobPhase.Closed, true));
    }
}
