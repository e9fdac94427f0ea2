// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @title The closing of a round as the manual of {IReplay} words it, one participant a struct
library AwardRoundReference {
    struct Person {
        uint256 balance;
        int256 score;
        bool isOut;
    }

    struct Purse {
        uint256 unitLeft;
        uint256 bountyLeft;
        uint256 unawarded;
    }

    function close(
        Person[] memory people,
        Purse memory purse,
        uint256 roundsLeft
    ) internal pure returns (uint256 unit) {
        unit = unitOf(people, purse.unitLeft, roundsLeft);
        uint256 paid = 0;
        uint256 positive = 0;
        for (uint256 i = 0; i < people.length; ++i) {
            Person memory p = people[i];
            if (p.score > 0) positive += uint256(p.score);
            if (p.score >= 0) continue;
            uint256 harm = uint256(-p.score);
            uint256 payment = harm * unit < p.balance ? harm * unit : p.balance;
            p.balance -= payment;
            paid += payment;
            if (p.balance < harm) p.isOut = true;
        }
        bool covers = paid + purse.bountyLeft >= positive * unit;
        uint256 each = covers ? unit : (paid + purse.bountyLeft) / positive;
        for (uint256 i = 0; i < people.length; ++i) {
            if (people[i].score > 0) people[i].balance += uint256(people[i].score) * each;
        }
        if (paid > positive * each) purse.unawarded += paid - positive * each;
        else purse.bountyLeft -= positive * each - paid;
        purse.unitLeft -= unit;
    }

    function unitOf(Person[] memory people, uint256 unitLeft, uint256 roundsLeft) internal pure returns (uint256 unit) {
        bool isHarmed = false;
        uint256 least = 0;
        for (uint256 i = 0; i < people.length; ++i) {
            if (people[i].score >= 0) continue;
            uint256 bearable = people[i].balance / uint256(-people[i].score);
            if (!isHarmed || bearable < least) least = bearable;
            isHarmed = true;
        }
        if (!isHarmed) return unitLeft;
        unit = (unitLeft + roundsLeft - 1) / roundsLeft;
        if (least > unit) unit = least;
        if (unitLeft < unit) unit = unitLeft;
    }
}
