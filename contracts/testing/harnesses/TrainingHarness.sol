// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Agreement} from "../../libraries/Agreement.sol";
import {EscrowSplit} from "../../libraries/EscrowSplit.sol";
import {ReputationMath} from "../../libraries/ReputationMath.sol";
import {SubsetDraw} from "../../libraries/SubsetDraw.sol";

/// @title The arithmetic of private training, for its twin
contract TrainingHarness {
    using SubsetDraw for SubsetDraw.Walk;

    function share(uint256 amountWei, uint256[] calldata weights) external pure returns (uint256[] memory) {
        return EscrowSplit.share(amountWei, weights);
    }

    function released(uint256 amountWei, int256 baseline, int256 target, int256 score) external pure returns (uint256) {
        return EscrowSplit.released(amountWei, baseline, target, score);
    }

    function draw(
        uint256 used,
        uint256 subsets,
        uint256 count,
        bytes32 seed
    ) external pure returns (uint256[] memory positions, uint256 usedAfter) {
        return SubsetDraw.draw(used, subsets, count, seed);
    }

    function order(uint256 size, uint256 most, bytes32 seed) external pure returns (uint256[] memory taken) {
        SubsetDraw.Walk memory walk = SubsetDraw.begin(size, most, seed);
        taken = new uint256[](most < size ? most : size);
        for (uint256 i = 0; i < taken.length; ++i) {
            taken[i] = walk.take();
        }
    }

    function strictMajority(
        bytes32[] calldata answers,
        uint256 asked
    ) external pure returns (bytes32 answer, uint256 who) {
        return Agreement.strictMajority(answers, asked);
    }

    function weight(uint256 valueWei) external pure returns (uint256) {
        return ReputationMath.weight(valueWei);
    }

    function decayed(uint256 evidence, uint256 epochs) external pure returns (uint256) {
        return ReputationMath.decayed(evidence, epochs);
    }
}
