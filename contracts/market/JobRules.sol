// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IJobs, JobTerms} from "../../interfaces/training/IJobs.sol";

/// @title Which terms a job may have, and what they cost
library JobRules {
    uint256 private constant BPS = 10_000;
    uint256 private constant MOST_DRAWN = 32;
    uint256 private constant MOST_VALIDATORS = 7;
    uint256 private constant MOST_DELAY = 200;
    // What a stage can hold of others' bonds and money comes back in a time that one can wait for.
    uint256 private constant MOST_SECONDS = 90 days;

    /// @notice Reverts with the name of the first term that is out of range.
    function check(JobTerms calldata t) internal pure {
        if (t.budgetWei == 0) revert IJobs.WrongTerms("budget");
        if (uint256(t.dataBps) + t.computeBps + t.validationBps + t.aggregationBps != BPS)
            revert IJobs.WrongTerms("split");
        if (t.rounds == 0) revert IJobs.WrongTerms("rounds");
        if (t.subsetsPerRound == 0 || t.subsetsPerRound > MOST_DRAWN) revert IJobs.WrongTerms("subsets");
        if (t.minSubsets == 0 || t.minSubsets > t.subsetsPerRound) revert IJobs.WrongTerms("quorum");
        if (t.validators > MOST_VALIDATORS) revert IJobs.WrongTerms("validators");
        if (t.drawDelay == 0 || t.drawDelay > MOST_DELAY) revert IJobs.WrongTerms("delay");
        if (t.baseline == t.target) revert IJobs.WrongTerms("target");
        if (
            !_isTime(t.approveSeconds) ||
            !_isTime(t.trainSeconds) ||
            !_isTime(t.revealSeconds) ||
            !_isTime(t.aggregateSeconds) ||
            !_isTime(t.challengeSeconds) ||
            !_isTime(t.voteSeconds)
        ) revert IJobs.WrongTerms("seconds");
        if (funding(t.budgetWei, t.bountyWei, t.rounds) > type(uint96).max) revert IJobs.WrongTerms("budget");
    }

    /// @notice See {IJobs-fundingOf}.
    function funding(uint256 budgetWei, uint256 bountyWei, uint256 rounds) internal pure returns (uint256) {
        return budgetWei + bountyWei * (6 * rounds + 12);
    }

    function _isTime(uint256 seconds_) private pure returns (bool) {
        return seconds_ > 0 && seconds_ <= MOST_SECONDS;
    }
}
