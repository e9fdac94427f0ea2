// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ReporterPart} from "../../contracts/libraries/ReporterPart.sol";
import {ReporterPartReference} from "../../contracts/testing/references/ReporterPartReference.sol";
import {Chance} from "./support/Chance.sol";
import {Check} from "./support/Check.sol";

/// @notice The reporter's part over the whole range that terms and records allow (requirement I-06). The reference computes in checked arithmetic, so equality
/// also shows that nothing overflows.
contract ReporterPartTest {
    struct Case {
        uint256 stakeWei;
        uint256 fullBps;
        uint256 sinceOpen;
        uint256 span;
    }

    function testFuzz_thePartIsTheReferences(uint256 seed) public pure {
        Case memory c = _make(Chance(seed));
        Check.equal(_part(c), ReporterPartReference.ofStake(c.stakeWei, c.fullBps, c.sinceOpen, c.span), "part");
    }

    function testFuzz_thePartIsNothingAtFirstAndNeverMoreThanTheFullOne(uint256 seed) public pure {
        Case memory c = _make(Chance(seed));
        uint256 full = (c.stakeWei * c.fullBps) / 10_000;
        Check.isTrue(_part(c) <= full && full <= c.stakeWei, "more than the full part");
        c.sinceOpen = c.span;
        Check.equal(_part(c), full, "part at the end of the span");
        c.sinceOpen = 0;
        Check.equal(_part(c), 0, "part when reports open");
    }

    /// @notice Whoever waits never gets less, and who bears a greater stake or part never less either.
    function testFuzz_thePartOnlyGrows(uint256 seed) public pure {
        Chance memory chance = Chance(seed);
        Case memory c = _make(chance);
        uint256 sooner = _part(c);
        uint256 which = chance.below(3);
        if (which == 0) c.sinceOpen += chance.sized(2 ** 39);
        else if (which == 1) c.stakeWei += chance.sized(type(uint96).max - c.stakeWei);
        else c.fullBps += chance.sized(10_000 - c.fullBps);
        Check.isTrue(_part(c) >= sooner, "the part fell");
    }

    function _part(Case memory c) private pure returns (uint256) {
        return ReporterPart.ofStake(c.stakeWei, c.fullBps, c.sinceOpen, c.span);
    }

    function _make(Chance memory chance) private pure returns (Case memory c) {
        c.stakeWei = chance.sized(type(uint96).max);
        c.fullBps = chance.sized(10_000);
        c.span = 1 + chance.sized(type(uint32).max - 1);
        c.sinceOpen = chance.oneIn(4) ? chance.sized(2 ** 39) : chance.below(c.span + 1);
    }
}
