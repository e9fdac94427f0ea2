// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Collaboration} from "../../contracts/core/Collaboration.sol";
import {ICollaboration} from "../../interfaces/ICollaboration.sol";
import {Status} from "../../interfaces/IDataHandler.sol";
import {BatchHandler} from "./support/BatchHandler.sol";
import {Check} from "./support/Check.sol";
import {VM} from "./support/Vm.sol";

/// @notice Money under any order of actions by several people (requirements I-01 to I-11, D-03, B-10): forge calls the handler's actions at random, and
/// after each of them all that follows must hold.
contract CollaborationTest {
    BatchHandler private _handler;
    Collaboration private _collaboration;

    function setUp() public {
        _handler = new BatchHandler();
        _collaboration = _handler.COLLABORATION();
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_handler);
    }

    /// forge-config: default.invariant.fail-on-revert = true
    function invariant_theBooksAreThePlainLedger() public view {
        _requireBalanced();
        _requireLedger();
        _requireEndedOnce();
    }

    /// @notice In the end everybody gets what is theirs, and only the carried rest and what was forced in stay.
    function afterInvariant() external {
        VM.warp(block.timestamp + 4 days);
        uint256 count = _handler.contributions();
        for (uint256 id = 0; id < count; ++id) {
            if (_handler.statuses(id) == Status.Open) _handler.sweepOne(id);
        }
        for (uint256 i = 0; i < _handler.ACTORS(); ++i) {
            _handler.withdraw(i);
        }
        (uint256 lockedWei, , uint256 carryWei) = _collaboration.totals();
        Check.equal(lockedWei, 0, "stakes still locked");
        Check.equal(address(_collaboration).balance, carryWei + _handler.forcedWei(), "ether that stays");
        _requireLedger();
        _requireEndedOnce();
    }

    /// @dev Without this, the invariants could hold because nothing ever happens.
    function test_theHandlerReachesEveryEnding() public {
        for (uint256 i = 0; i < 200; ++i) {
            uint256 dice = uint256(keccak256(abi.encode(i)));
            _handler.contribute(dice, dice >> 16, dice >> 32);
            _handler.wait(dice >> 64, uint96(dice));
            _handler.refund(dice >> 80, dice >> 96, dice % 2 == 0);
            _handler.report(dice >> 112, dice >> 128, dice % 2 == 0);
            if (i % 4 == 0) _handler.sweep(dice >> 144, dice >> 160, dice % 2 == 0);
            _handler.contributeMany(dice >> 17, dice >> 96, dice >> 33, dice % 8 == 0);
            if (i % 4 == 1) _handler.sponsor(dice >> 18, dice >> 44);
            _handler.wait(dice >> 65, 1);
            _handler.claimMany(dice >> 19, dice >> 90, dice >> 21, dice % 8 == 1);
            _handler.claimMany(dice >> 20, dice >> 91, dice >> 23, dice % 8 == 2);
            if (i % 8 == 1) _handler.withdraw(dice >> 176);
            _requireBalanced();
        }
        Check.isTrue(_handler.successes(Status.Refunded) > 9, "hardly any refunds");
        Check.isTrue(_handler.successes(Status.Forfeited) > 9, "hardly any reports");
        Check.isTrue(_handler.successes(Status.Swept) > 9, "hardly any sweeps");
        Check.isTrue(_handler.refusals() > 99, "hardly any refusals");
        Check.isTrue(_handler.batches() > 99 && _handler.sponsored() > 9, "hardly any batches, or sponsored ones");
        Check.isTrue(_handler.paidOutWei() > 0 && _handler.forcedWei() > 0, "no withdrawals, or nothing forced");
        _requireLedger();
        _requireEndedOnce();
    }

    function _requireBalanced() private view {
        (uint256 lockedWei, , uint256 carryWei) = _collaboration.totals();
        uint256 owedWei = 0;
        for (uint256 i = 0; i < _handler.ACTORS(); ++i) {
            (uint256 owed, ) = _collaboration.accountOf(_handler.actorAt(i));
            owedWei += owed;
        }
        uint256 balance = address(_collaboration).balance;
        Check.equal(balance, lockedWei + owedWei + carryWei + _handler.forcedWei(), "balance by the contract's books");
        uint256 flow = _handler.paidInWei() + _handler.forcedWei() - _handler.paidOutWei();
        Check.equal(balance, flow, "balance by what came and went");
    }

    function _requireLedger() private view {
        uint256 provenGwei = 0;
        for (uint256 i = 0; i < _handler.ACTORS(); ++i) {
            address actor = _handler.actorAt(i);
            (uint256 owed, uint256 proven) = _collaboration.accountOf(actor);
            Check.equal(owed, _handler.owedWei(actor), "what an account is owed");
            Check.equal(proven, _handler.provenGwei(actor), "what an account has proven");
            provenGwei += proven;
        }
        (, uint256 totalGwei, uint256 carryWei) = _collaboration.totals();
        Check.equal(totalGwei, provenGwei, "sum of what is proven");
        Check.equal(carryWei, _handler.carryWei(), "carried rest");
    }

    function _requireEndedOnce() private view {
        uint256 count = _collaboration.contributions();
        Check.equal(count, _handler.contributions(), "number of contributions");
        uint256 openWei = 0;
        for (uint256 id = 0; id < count; ++id) {
            Status status = _collaboration.statusOf(id);
            Check.equal(uint256(status), uint256(_handler.statuses(id)), "status");
            Check.equal(_handler.endings(id), status == Status.Open ? 0 : 1, "how often a stake has ended");
            if (status == Status.Open) openWei += _handler.stakeOf(id);
        }
        Check.equal(uint256(_collaboration.statusOf(count)), uint256(Status.None), "status of the next number");
        (uint256 lockedWei, , ) = _collaboration.totals();
        Check.equal(lockedWei, openWei, "stakes locked");
    }
}
