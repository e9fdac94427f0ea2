// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {PointsWeight} from "../../contracts/libraries/PointsWeight.sol";
import {PointsWeightReference} from "../../contracts/testing/references/PointsWeightReference.sol";
import {Chance} from "./support/Chance.sol";
import {Check} from "./support/Check.sol";

/// @notice What votes weigh and cost over the whole range that terms allow (requirement Q-03). The reference computes in checked arithmetic, so equality also shows that nothing overflows.
contract PointsWeightTest {
    uint256 private constant MOST = type(uint48).max;

    struct Case {
        uint256 amount;
        uint256 other;
        uint256 giveBps;
        uint256 feeBps;
    }

    function testFuzz_weightsAreTheReferences(uint256 seed) public pure {
        Case memory c = _make(Chance(seed));
        Check.equal(PointsWeight.fee(c.amount, c.feeBps), PointsWeightReference.fee(c.amount, c.feeBps), "fee");
        Check.equal(
            PointsWeight.earned(c.amount, c.other, c.giveBps),
            PointsWeightReference.earned(c.amount, c.other, c.giveBps),
            "earned"
        );
        Check.equal(
            PointsWeight.granted(c.amount, c.feeBps),
            PointsWeightReference.granted(c.amount, c.feeBps),
            "granted"
        );
        Check.equal(PointsWeight.points(c.amount, c.other), PointsWeightReference.points(c.amount, c.other), "points");
    }

    function testFuzz_aGrantPaysWeightAndFeeAndNotAHundredthMore(uint256 seed) public pure {
        Case memory c = _make(Chance(seed));
        uint256 weight = PointsWeight.granted(c.amount, c.feeBps);
        Check.isTrue(weight + PointsWeight.fee(weight, c.feeBps) <= c.amount, "the grant does not cover the vote");
        Check.isTrue(
            weight + 1 + PointsWeight.fee(weight + 1, c.feeBps) > c.amount,
            "the grant would have covered a greater vote"
        );
    }

    /// @notice Why rings lose: every vote burns more than it gives, and never more than what lets it be given.
    function testFuzz_aVoteBurnsMoreThanItGives(uint256 seed) public pure {
        Case memory c = _make(Chance(seed));
        uint256 weight = 1 + c.amount;
        uint256 fee = PointsWeight.fee(weight, c.feeBps);
        Check.isTrue(fee > weight, "a vote gives what it burns");
        Check.isTrue(fee <= 2 * weight, "a vote burns more than twice what it gives");
        uint256 passedOn = PointsWeight.earned(weight, 0, c.giveBps);
        Check.isTrue(passedOn <= weight / 2, "more than half can be passed on");
    }

    function testFuzz_nobodyGivesMoreThanThePartOfWhatWasReceived(uint256 seed) public pure {
        Chance memory chance = Chance(seed);
        Case memory c = _make(chance);
        uint256 given = 0;
        for (uint256 i = 0; i < 8; ++i) given += chance.below(PointsWeight.earned(c.amount, given, c.giveBps) + 1);
        Check.isTrue(given * 10_000 <= c.amount * c.giveBps, "given beyond the part");
    }

    function _make(Chance memory chance) private pure returns (Case memory c) {
        c.amount = chance.sized(MOST);
        c.other = chance.oneIn(4) ? c.amount : chance.sized(MOST);
        c.giveBps = 1 + chance.sized(4_999);
        c.feeBps = 10_001 + chance.sized(9_999);
    }

    /// @notice The least that is more than a whole number.
    function test_aTenThousandthMoreCostsAWholeOneMore() public pure {
        Check.equal(PointsWeight.fee(1, 10_001), 2, "fee of one");
        Check.equal(PointsWeight.fee(10_000, 10_001), 10_001, "fee without a rest");
    }
}
