// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {MarketCollaboration} from "../../contracts/core/MarketCollaboration.sol";
import {Phase} from "../../interfaces/IMarket.sol";
import {Check} from "./support/Check.sol";
import {MarketHandler} from "./support/MarketHandler.sol";

/// @notice Money in markets under any order of moves by several people (requirements K-01, K-23, K-25, K-29).
contract MarketTest {
    MarketHandler private _handler;
    MarketCollaboration private _market;

    function setUp() public {
        _handler = new MarketHandler();
        _market = _handler.MARKET();
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_handler);
    }

    /// forge-config: default.invariant.fail-on-revert = true
    function invariant_etherHeldIsEtherOwed() public view {
        _requireBalanced();
    }

    /// @dev Without this, the invariants could hold because nothing ever happens.
    function test_theHandlerReachesEveryPhase() public {
        for (uint256 i = 0; i < 400; ++i) {
            uint256 dice = uint256(keccak256(abi.encode(i)));
            _handler.goOn(dice);
            if (dice % 5 == 0) _handler.wait(dice >> 8);
            if (dice % 7 == 0) _handler.end(dice >> 16);
            if (dice % 3 == 0) _handler.argue(dice >> 24);
            if (dice % 11 == 0) _handler.withdraw(dice >> 32);
            _requireBalanced();
        }
        for (uint256 phase = 1; phase <= uint256(Phase.Void); ++phase) {
            Check.isTrue(_handler.reached(Phase(phase)) > 0, "a phase that was never reached");
        }
        Check.isTrue(_handler.refusals() > 9 && _handler.paidOutWei() > 0, "no refusals, or nothing paid out");
    }

    function _requireBalanced() private view {
        (uint256 stakesWei, uint256 escrowWei, uint256 bondsWei) = _market.totals();
        (uint256 owedWei, , , , ) = _market.accountOf(_handler.BURNED());
        for (uint256 i = 0; i < _handler.ACTORS(); ++i) {
            (uint256 owed, , , , ) = _market.accountOf(_handler.actorAt(i));
            owedWei += owed;
        }
        uint256 balance = address(_market).balance;
        Check.equal(balance, stakesWei + escrowWei + bondsWei + owedWei, "balance by the contract's books");
        Check.equal(balance, _handler.paidInWei() - _handler.paidOutWei(), "balance by what came and went");
        Check.isTrue(!_handler.hasGoneBack(), "a phase went back");
    }
}
