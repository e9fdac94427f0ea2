// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {StakePrice} from "../../contracts/libraries/StakePrice.sol";
import {StakePriceReference} from "../../contracts/testing/references/StakePriceReference.sol";
import {Chance} from "./support/Chance.sol";
import {Check} from "./support/Check.sol";

/// @notice The price of a contribution over the whole range that terms allow (requirement I-03). The reference computes in checked arithmetic, so equality
/// also shows that nothing overflows.
contract StakePriceTest {
    uint256 private constant MOST_EXCESS = 2 ** 80 - 1;
    uint256 private constant MOST_FLOOR = ((2 ** 80 - 1) / 1 gwei) * 1 gwei;

    struct Case {
        uint256 floorWei;
        uint256 excessWei;
        uint256 growthBps;
        uint256 halfLifeSeconds;
        uint256 elapsedSeconds;
    }

    function testFuzz_pricesAreTheReferences(uint256 seed) public pure {
        Case memory c = _make(Chance(seed));
        uint256 excess = StakePrice.decayed(c.excessWei, c.elapsedSeconds, c.halfLifeSeconds);
        Check.equal(
            excess,
            StakePriceReference.decayed(c.excessWei, c.elapsedSeconds, c.halfLifeSeconds),
            "decayed excess"
        );
        uint256 stake = StakePrice.price(c.floorWei, excess);
        Check.equal(stake, StakePriceReference.price(c.floorWei, excess), "stake");
        Check.equal(
            StakePrice.raised(stake, c.floorWei, c.growthBps),
            StakePriceReference.raised(stake, c.floorWei, c.growthBps),
            "raised excess"
        );
    }

    function testFuzz_theStakeIsWholeGweiAndNeverBelowItsFloor(uint256 seed) public pure {
        Case memory c = _make(Chance(seed));
        uint256 excess = StakePrice.decayed(c.excessWei, c.elapsedSeconds, c.halfLifeSeconds);
        uint256 stake = StakePrice.price(c.floorWei, excess);
        Check.isTrue(stake >= c.floorWei + excess, "the stake does not cover floor and excess");
        Check.isTrue(stake < c.floorWei + excess + 1 gwei, "rounding up takes a gwei or more");
        Check.equal(stake % 1 gwei, 0, "rest of a gwei");
        Check.isTrue(stake < 2 ** 96, "a record cannot hold the stake");
    }

    function testFuzz_theExcessOnlyFallsWithQuiet(uint256 seed) public pure {
        Chance memory chance = Chance(seed);
        Case memory c = _make(chance);
        uint256 longer = c.elapsedSeconds + (chance.oneIn(2) ? 1 : chance.sized(2 ** 39));
        uint256 sooner = StakePrice.decayed(c.excessWei, c.elapsedSeconds, c.halfLifeSeconds);
        uint256 later = StakePrice.decayed(c.excessWei, longer, c.halfLifeSeconds);
        Check.isTrue(later <= sooner, "the excess rose in quiet time");
        Check.isTrue(sooner <= c.excessWei, "the excess is above where it started");
    }

    function testFuzz_theExcessHalvesWithEachHalfLife(uint256 seed) public pure {
        Chance memory chance = Chance(seed);
        Case memory c = _make(chance);
        uint256 halvings = chance.below(100);
        uint256 found = StakePrice.decayed(c.excessWei, halvings * c.halfLifeSeconds, c.halfLifeSeconds);
        Check.equal(found, c.excessWei / 2 ** halvings, "excess after whole half-lives");
    }

    function testFuzz_aContributionRaisesTheNextStakeByItsPart(uint256 seed) public pure {
        Case memory c = _make(Chance(seed));
        uint256 stake = StakePrice.price(c.floorWei, c.excessWei);
        uint256 next = StakePrice.price(c.floorWei, StakePrice.raised(stake, c.floorWei, c.growthBps));
        uint256 exact = stake + (stake * c.growthBps) / 10_000;
        Check.isTrue(next >= stake, "the stake fell without quiet");
        Check.isTrue(next >= exact && next < exact + 1 gwei, "the stake did not rise by its part");
    }

    /// @notice Two contributions one after the other against one: nobody can push the price further than by paying it.
    function testFuzz_theStakeRisesByNoMoreThanWhatWasStaked(uint256 seed) public pure {
        Case memory c = _make(Chance(seed));
        uint256 stake = StakePrice.price(c.floorWei, c.excessWei);
        uint256 next = StakePrice.price(c.floorWei, StakePrice.raised(stake, c.floorWei, c.growthBps));
        Check.isTrue(next - stake <= stake, "a contribution raised the price by more than it cost");
    }

    function _make(Chance memory chance) private pure returns (Case memory c) {
        c.floorWei = 1 gwei + chance.sized(MOST_FLOOR / 1 gwei - 1) * 1 gwei;
        c.excessWei = chance.sized(MOST_EXCESS);
        c.growthBps = chance.sized(10_000);
        c.halfLifeSeconds = 1 + chance.sized(type(uint32).max - 1);
        // Mostly some half-lives, so that something is left; else anything that 40 bits hold.
        c.elapsedSeconds = chance.oneIn(4) ? chance.sized(2 ** 39) : chance.below(90 * c.halfLifeSeconds);
    }
}
