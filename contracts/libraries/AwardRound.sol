// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Participants} from "./Participants.sol";

/// @title Who pays and who is paid when a round of a replay ends
/// @notice Whoever made the model worse pays by the test sample, whoever made it better is paid by the test sample, out of that and of the bounty. The rule is worded at {IReplay}.
/// @dev Money is neither made nor lost: what the balances, the bounty and the surplus hold in sum is the same before and after. Every round in which the unit is not all that is left puts somebody out:
/// the unit is then at least what leaves the poorest with too little for one more wei a test sample.
library AwardRound {
    using Participants for uint256[];

    /// @notice How a round ended.
    /// @param unitWei What a test sample counted in this round.
    /// @param bountyLeftWei What is left of the bounty.
    /// @param surplusWei What was paid and nobody stood against.
    struct Outcome {
        uint256 unitWei;
        uint256 bountyLeftWei;
        uint256 surplusWei;
    }

    /// @notice Moves the money of a round.
    /// @param participants Their balances change, and who can't go on is marked as out; scores stay.
    /// @param unitLeftWei What a test sample is still worth.
    /// @param bountyLeftWei What is left of the bounty.
    /// @param roundsLeft This one included; at least 1.
    function close(
        uint256[] memory participants,
        uint256 unitLeftWei,
        uint256 bountyLeftWei,
        uint256 roundsLeft
    ) internal pure returns (Outcome memory outcome) {
        uint256 unit = unitOf(participants, unitLeftWei, roundsLeft);
        (uint256 paid, uint256 helped) = _charge(participants, unit);
        uint256 funds = paid + bountyLeftWei;
        uint256 perSample = helped * unit > funds ? funds / helped : unit;
        _award(participants, perSample);
        uint256 awarded = helped * perSample;
        outcome.unitWei = unit;
        if (awarded > paid) outcome.bountyLeftWei = funds - awarded;
        else (outcome.bountyLeftWei, outcome.surplusWei) = (bountyLeftWei, paid - awarded);
    }

    /// @notice What a test sample counts in this round: all that is left if nobody did harm, else no more than the poorest can bear, but enough that the rounds suffice.
    function unitOf(
        uint256[] memory participants,
        uint256 unitLeftWei,
        uint256 roundsLeft
    ) internal pure returns (uint256 unit) {
        uint256 least = type(uint256).max;
        uint256 count = participants.count();
        for (uint256 i = 0; i < count; ++i) {
            int256 score = participants.scoreOf(i);
            if (score >= 0) continue;
            uint256 bearable = participants.balanceOf(i) / uint256(-score);
            if (bearable < least) least = bearable;
        }
        unit = unitLeftWei / roundsLeft + (unitLeftWei % roundsLeft == 0 ? 0 : 1);
        if (unit < least) unit = least;
        if (unit > unitLeftWei) unit = unitLeftWei;
    }

    function _charge(uint256[] memory participants, uint256 unit) private pure returns (uint256 paid, uint256 helped) {
        uint256 count = participants.count();
        for (uint256 i = 0; i < count; ++i) {
            int256 score = participants.scoreOf(i);
            if (score > 0) helped += uint256(score);
            if (score < 0) paid += participants.charge(i, uint256(-score) * unit, uint256(-score));
        }
    }

    function _award(uint256[] memory participants, uint256 perSample) private pure {
        uint256 count = participants.count();
        for (uint256 i = 0; i < count; ++i) {
            int256 score = participants.scoreOf(i);
            if (score > 0) participants.award(i, uint256(score) * perSample);
        }
    }
}
