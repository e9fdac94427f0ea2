// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {AwardRound} from "../../contracts/libraries/AwardRound.sol";
import {Participants} from "../../contracts/libraries/Participants.sol";
import {AwardRoundReference} from "../../contracts/testing/references/AwardRoundReference.sol";
import {Chance} from "./support/Chance.sol";
import {Check} from "./support/Check.sol";

/// @notice The closing of rounds: as its reference, and what must hold whatever the scores are (requirements K-34, K-35, K-36).
contract AwardRoundTest {
    using Participants for uint256[];

    struct Case {
        uint256[] packed;
        AwardRoundReference.Person[] people;
        AwardRoundReference.Purse purse;
        uint256 rounds;
        uint256 total;
    }

    function testFuzz_aRoundIsItsReferencesRound(uint256 seed) public pure {
        Chance memory chance = Chance(seed);
        Case memory c = _make(chance);
        uint256 left = chance.between(1, c.rounds);
        AwardRound.Outcome memory found = AwardRound.close(c.packed, c.purse.unitLeft, c.purse.bountyLeft, left);
        uint256 unitLeft = c.purse.unitLeft;
        Check.equal(found.unitWei, AwardRoundReference.close(c.people, c.purse, left), "unit");
        Check.equal(unitLeft - found.unitWei, c.purse.unitLeft, "unit left");
        Check.equal(found.bountyLeftWei, c.purse.bountyLeft, "bounty left");
        Check.equal(found.surplusWei, c.purse.unawarded, "surplus");
        for (uint256 i = 0; i < c.people.length; ++i) {
            Check.equal(c.packed.balanceOf(i), c.people[i].balance, "balance");
            Check.isTrue(c.packed.isOut(i) == c.people[i].isOut, "is out");
            Check.equal(c.packed.scoreOf(i), c.people[i].score, "scores stay");
            Check.equal(c.packed.depositOf(i), i + 1, "deposits stay");
            Check.equal(uint160(c.packed.accountOf(i)), i + 7, "accounts stay");
        }
    }

    function testFuzz_roundsEndInTimeAndKeepEveryWei(uint256 seed) public pure {
        Chance memory chance = Chance(seed);
        Case memory c = _make(chance);
        uint256 unitLeft = c.purse.unitLeft;
        uint256 bountyLeft = c.purse.bountyLeft;
        uint256 unawarded = 0;
        for (uint256 round = 0; unitLeft > 0; ++round) {
            Check.isTrue(round < c.rounds, "no more rounds than agreed");
            uint256 outBefore = _out(c.packed);
            AwardRound.Outcome memory found = AwardRound.close(c.packed, unitLeft, bountyLeft, c.rounds - round);
            Check.isTrue(found.unitWei > 0 && found.unitWei <= unitLeft, "a unit is above 0 and within what is left");
            unitLeft -= found.unitWei;
            bountyLeft = found.bountyLeftWei;
            unawarded += found.surplusWei;
            Check.isTrue(unitLeft == 0 || _out(c.packed) > outBefore, "every round but the last puts somebody out");
            Check.equal(_sum(c.packed) + bountyLeft + unawarded, c.total, "money");
            // Scores of the next round: who is out has none.
            c.packed.clearScores();
            for (uint256 i = 0; i < c.packed.count(); ++i) {
                Check.equal(c.packed.scoreOf(i), 0, "cleared");
                if (!c.packed.isOut(i)) c.packed.addScore(i, _score(chance));
            }
        }
    }

    /// @dev Nobody: all of the unit is spent at once, and the bounty stays.
    function test_withoutParticipantsTheBountyStays() public pure {
        AwardRound.Outcome memory found = AwardRound.close(new uint256[](0), 10, 1000, 4);
        Check.equal(found.unitWei, 10, "unit");
        Check.equal(found.bountyLeftWei, 1000, "bounty");
        Check.equal(found.surplusWei, 0, "surplus");
    }

    /// @dev Scores beyond what the bounty covers are all paid the same, in whole wei.
    function test_aShortBountyIsSharedByTheScore() public pure {
        uint256[] memory packed = new uint256[](0);
        packed = packed.withRoom(2);
        packed.enter(address(1));
        packed.enter(address(2));
        packed.addScore(0, 2);
        packed.addScore(1, 1);
        AwardRound.Outcome memory found = AwardRound.close(packed, 10, 20, 1);
        Check.equal(packed.balanceOf(0), 12, "two of three");
        Check.equal(packed.balanceOf(1), 6, "one of three");
        Check.equal(found.bountyLeftWei, 2, "the rest of the division stays");
    }

    function _make(Chance memory chance) private pure returns (Case memory c) {
        uint256 count = chance.below(5);
        c.packed = new uint256[](0);
        c.packed = c.packed.withRoom(count);
        c.people = new AwardRoundReference.Person[](count);
        bool isHarmful = chance.oneIn(6);
        for (uint256 i = 0; i < count; ++i) {
            uint256 balance = chance.oneIn(3) ? chance.below(50) : chance.sized(1e27);
            int256 score = isHarmful ? -int256(1 + chance.below(5)) : _score(chance);
            c.packed.enter(address(uint160(i + 7)));
            c.packed.addStake(i, i + 1);
            c.packed.award(i, balance);
            c.packed.addScore(i, score);
            c.people[i] = AwardRoundReference.Person(balance + i + 1, score, false);
            c.total += balance + i + 1;
        }
        c.rounds = chance.between(1, 16);
        c.purse.unitLeft = 1 + (chance.oneIn(2) ? chance.below(60) : chance.sized(1e27));
        c.purse.bountyLeft = chance.oneIn(3) ? chance.below(200) : chance.sized(1e27);
        c.total += c.purse.bountyLeft;
    }

    function _score(Chance memory chance) private pure returns (int256) {
        uint256 kind = chance.below(4);
        if (kind == 0) return 0;
        int256 size = int256(chance.oneIn(4) ? chance.sized(1e6) : chance.below(6));
        return kind == 1 ? size : -size;
    }

    function _sum(uint256[] memory packed) private pure returns (uint256 sum) {
        for (uint256 i = 0; i < packed.count(); ++i) {
            sum += packed.balanceOf(i);
        }
    }

    function _out(uint256[] memory packed) private pure returns (uint256 n) {
        for (uint256 i = 0; i < packed.count(); ++i) {
            if (packed.isOut(i)) ++n;
        }
    }
}
