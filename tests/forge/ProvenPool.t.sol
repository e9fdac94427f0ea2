// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ProvenPoolHarness} from "../../contracts/testing/harnesses/ProvenPoolHarness.sol";
import {Chance} from "./support/Chance.sol";
import {Check} from "./support/Check.sol";

/// @notice Sharing by one addition against paying everybody by name, up to all the ether there is (requirements I-01, I-07).
contract ProvenPoolTest {
    uint256 private constant ACCOUNTS = 6;
    /// @dev About ten times the ether that exists, in wei.
    uint256 private constant MOST_WEI = 2 ** 90;

    ProvenPoolHarness private _pool;
    uint256[ACCOUNTS] private _owedWei;
    uint256[ACCOUNTS] private _provenGwei;
    uint256 private _carryWei;
    uint256 private _putInWei;

    function testFuzz_sharesAreThoseOfPayingEverybodyByName(uint256 seed) public {
        Chance memory chance = Chance(seed);
        _pool = new ProvenPoolHarness();
        uint256 left = MOST_WEI; // to put in
        for (uint256 i = 0; i < 24; ++i) {
            uint256 who = chance.below(ACCOUNTS);
            uint256 action = chance.below(4);
            uint256 amount = chance.sized(left);
            if (action == 0) {
                uint256 proven = chance.oneIn(2) ? 0 : chance.sized(type(uint64).max);
                _pool.credit(_account(who), amount, proven);
                _owedWei[who] += amount;
                // All together stop at the end of 64 bits.
                uint256 room = type(uint64).max - _provenBut(ACCOUNTS);
                _provenGwei[who] += proven < room ? proven : room;
                (left, _putInWei) = (left - amount, _putInWei + amount);
            } else if (action == 1) {
                if (_provenBut(who) == 0) continue;
                // Some in a row are stored at once, of one account or several.
                uint256[] memory amounts = new uint256[](chance.between(1, 4));
                address[] memory excepts = new address[](amounts.length);
                for (uint256 j = 0; j < amounts.length; ++j) {
                    (amounts[j], excepts[j]) = (chance.sized(left), _account(who));
                    _share(amounts[j], who);
                    (left, _putInWei) = (left - amounts[j], _putInWei + amounts[j]);
                    uint256 next = chance.below(ACCOUNTS);
                    if (_provenBut(next) != 0) who = next;
                }
                _pool.share(amounts, excepts);
            } else if (action == 2) {
                Check.equal(_pool.take(_account(who)), _owedWei[who], "what was taken");
                (_putInWei, _owedWei[who]) = (_putInWei - _owedWei[who], 0);
            }
            _compare();
        }
    }

    /// @notice The least that can be proven counts as proven.
    function test_whoHasProvenOneGweiHasNoPartInTheOwnForfeit() public {
        _pool = new ProvenPoolHarness();
        _pool.credit(_account(0), 0, 1);
        _pool.credit(_account(1), 0, 5);
        uint256[] memory amounts = new uint256[](1);
        address[] memory excepts = new address[](1);
        (amounts[0], excepts[0]) = (50, _account(0));
        _pool.share(amounts, excepts);
        Check.equal(_pool.owed(_account(0)), 0, "part of the own forfeit");
        Check.equal(_pool.owed(_account(1)), 50, "all of it");
    }

    function _share(uint256 amountWei, uint256 except) private {
        uint256 base = _provenBut(except);
        uint256 pot = amountWei + _carryWei;
        for (uint256 i = 0; i < ACCOUNTS; ++i) {
            if (i != except) _owedWei[i] += (pot / base) * _provenGwei[i];
        }
        _carryWei = pot % base;
    }

    function _provenBut(uint256 except) private view returns (uint256 sum) {
        for (uint256 i = 0; i < ACCOUNTS; ++i) {
            if (i != except) sum += _provenGwei[i];
        }
    }

    function _compare() private view {
        uint256 sum = 0;
        for (uint256 i = 0; i < ACCOUNTS; ++i) {
            Check.equal(_pool.owed(_account(i)), _owedWei[i], "owed");
            Check.equal(_pool.proven(_account(i)), _provenGwei[i], "proven");
            sum += _owedWei[i];
        }
        (uint256 totalGwei, , uint256 carryWei) = _pool.totals();
        Check.equal(totalGwei, _provenBut(ACCOUNTS), "sum of what is proven");
        Check.equal(carryWei, _carryWei, "carry");
        Check.equal(sum + carryWei, _putInWei, "what was put in");
    }

    function _account(uint256 number) private pure returns (address) {
        return address(uint160(0xacc0 + number));
    }
}
