// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Agreement} from "../../../contracts/libraries/Agreement.sol";
import {EscrowSplit} from "../../../contracts/libraries/EscrowSplit.sol";
import {ReputationMath} from "../../../contracts/libraries/ReputationMath.sol";
import {SubsetDraw} from "../../../contracts/libraries/SubsetDraw.sol";
import {Chance} from "../support/Chance.sol";
import {Check} from "../support/Check.sol";

/// @notice The arithmetic of private training: draws, majorities, money, reputation (requirements J-03, J-05, J-08, J-12).
contract TrainingArithmeticTest {
    using SubsetDraw for SubsetDraw.Walk;

    function testFuzz_noSubsetTwiceBeforeAllOnce(uint256 seed) public pure {
        Chance memory dice = Chance(seed);
        uint256 subsets = dice.between(1, 256);
        uint256 used = 0;
        uint256 seen = 0;
        uint256 all = type(uint256).max >> (256 - subsets);
        for (uint256 round = 0; round < 12; ++round) {
            uint256 count = dice.between(1, 32);
            uint256[] memory positions;
            (positions, used) = SubsetDraw.draw(used, subsets, count, bytes32(dice.next()));
            Check.equal(positions.length, count < subsets ? count : subsets, "drawn");
            uint256 round_ = 0;
            for (uint256 i = 0; i < positions.length; ++i) {
                if (seen == all) seen = 0;
                uint256 bit = 1 << positions[i];
                Check.isTrue(positions[i] < subsets && seen & bit == 0 && round_ & bit == 0, "twice");
                (seen, round_) = (seen | bit, round_ | bit);
            }
            Check.equal(used, seen, "used in this epoch");
        }
    }

    function testFuzz_aWalkIsAPermutation(uint256 seed) public pure {
        Chance memory dice = Chance(seed);
        uint256 size = dice.between(1, 200);
        SubsetDraw.Walk memory walk = SubsetDraw.begin(size, size, bytes32(dice.next()));
        uint256 seen = 0;
        for (uint256 i = 0; i < size; ++i) {
            uint256 taken = walk.take();
            Check.isTrue(taken < size && (seen >> taken) & 1 == 0, "twice, or beyond");
            seen |= 1 << taken;
        }
    }

    function testFuzz_sharesAddUpAndLieWithinAWei(uint256 seed) public pure {
        Chance memory dice = Chance(seed);
        uint256[] memory weights = new uint256[](dice.between(1, 64));
        uint256 sum = 0;
        for (uint256 i = 0; i < weights.length; ++i) {
            weights[i] = dice.sized(type(uint96).max);
            sum += weights[i];
        }
        uint256 amount = dice.sized(type(uint128).max);
        uint256[] memory parts = EscrowSplit.share(amount, weights);
        uint256 total = 0;
        for (uint256 i = 0; i < parts.length; ++i) {
            total += parts[i];
            if (sum == 0) continue;
            uint256 floor = (amount * weights[i]) / sum;
            Check.isTrue(parts[i] == floor || parts[i] == floor + 1, "not within a wei");
        }
        Check.equal(total, sum == 0 ? 0 : amount, "sum");
    }

    function testFuzz_whatIsReleasedGrowsWithTheScore(uint256 seed) public pure {
        Chance memory dice = Chance(seed);
        int256 baseline = int64(uint64(dice.next()));
        int256 target = int64(uint64(dice.next()));
        if (baseline == target) return;
        uint256 amount = dice.sized(type(uint96).max);
        Check.equal(EscrowSplit.released(amount, baseline, target, baseline), 0, "at the baseline");
        Check.equal(EscrowSplit.released(amount, baseline, target, target), amount, "at the target");
        int256 beyond = target + (target > baseline ? int256(5) : -5);
        Check.equal(EscrowSplit.released(amount, baseline, target, beyond), amount, "beyond the target");
        // A worse score than the baseline underflows nothing.
        int256 worse = baseline - (target > baseline ? int256(5) : -5);
        Check.equal(EscrowSplit.released(amount, baseline, target, worse), 0, "below the baseline");
        int256 middle = baseline + (target - baseline) / 2;
        uint256 half = EscrowSplit.released(amount, baseline, target, middle);
        Check.isTrue(half <= amount, "more than all");
    }

    function testFuzz_aMajorityIsOfTheAsked(uint256 seed) public pure {
        Chance memory dice = Chance(seed);
        uint256 asked = dice.between(1, 16);
        bytes32[] memory answers = new bytes32[](asked);
        uint256[4] memory votes;
        for (uint256 i = 0; i < asked; ++i) {
            uint256 answer = dice.below(4);
            answers[i] = bytes32(answer);
            ++votes[answer];
        }
        (bytes32 found, uint256 who) = Agreement.strictMajority(answers, asked);
        for (uint256 answer = 1; answer < 4; ++answer) {
            bool isMajority = 2 * votes[answer] > asked;
            Check.isTrue(isMajority == (uint256(found) == answer), "majority");
            if (isMajority) Check.equal(Agreement.count(who), votes[answer], "who");
        }
        if (found == 0) Check.equal(who, 0, "nobody");
    }

    function testFuzz_evidenceDecaysToOneAndNeverGrows(uint256 seed) public pure {
        Chance memory dice = Chance(seed);
        uint256 evidence = ReputationMath.ONE + dice.sized(type(uint64).max - ReputationMath.ONE);
        uint256 last = evidence;
        for (uint256 epochs = 0; epochs < 5_000; epochs += 1 + dice.below(500)) {
            uint256 now_ = ReputationMath.decayed(evidence, epochs);
            Check.isTrue(now_ <= last && now_ >= ReputationMath.ONE, "grew, or fell below one");
            last = now_;
        }
        Check.equal(ReputationMath.decayed(evidence, 4_096), ReputationMath.ONE, "forgotten");
        Check.equal(ReputationMath.weight(0), 0, "nothing weighs nothing");
        Check.equal(ReputationMath.weight(0.001 ether), ReputationMath.ONE, "a unit weighs one");
    }
}
