// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {JobPhase} from "../../../interfaces/training/IJobs.sol";
import {Check} from "../support/Check.sol";
import {TrainingHandler} from "../support/TrainingHandler.sol";
import {VM} from "../support/Vm.sol";

/// @notice Money and bonds in private training under any order of moves, honest and not (requirements J-02, J-06).
contract TrainingMoneyTest {
    TrainingHandler private _handler;

    function setUp() public {
        _handler = new TrainingHandler();
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_handler);
    }

    /// forge-config: default.invariant.fail-on-revert = true
    function invariant_etherHeldIsEtherOwedAndBondsEndOnce() public view {
        _requireSound();
    }

    /// @dev Without this, the invariants could hold because nothing ever happens.
    function test_theHandlerReachesTheJury() public {
        VM.pauseGasMetering();
        for (uint256 i = 0; i < 1500; ++i) {
            uint256 dice = uint256(keccak256(abi.encode(i)));
            _handler.goOn(dice);
            if (i % 3 == 0) _handler.distribute(dice >> 8);
            if (i % 5 == 0) _handler.wait(dice >> 16);
            if (i % 4 == 0) _handler.intrude(dice >> 24);
            if (i % 6 == 0) _handler.bank(dice >> 32);
            if (i % 15 == 0) _requireSound();
        }
        // Open: this story is not seen to settle; `Life`, `Juries` and `Defects` cover what comes after the jury is armed.
        for (uint256 phase = 1; phase <= uint256(JobPhase.Validating); ++phase) {
            if (JobPhase(phase) == JobPhase.Funded) continue; // passed through within one call
            Check.equal(_handler.reached(JobPhase(phase)) > 0 ? phase : 0, phase, "a phase that was never reached");
        }
    }

    function _requireSound() private view {
        uint256 balance = address(_handler.market()).balance;
        Check.equal(balance, _handler.owedWei(), "balance by the books");
        Check.equal(balance, _handler.paidInWei() - _handler.paidOutWei(), "balance by what came and went");
        Check.equal(_handler.intrusions(), 0, "intrusions");
        Check.isTrue(!_handler.hasGoneBack(), "a phase went back");
        address[] memory all = _handler.people();
        for (uint256 i = 0; i < all.length; ++i) {
            Check.equal(
                _handler.market().participantOf(all[i]).lockedWei,
                _handler.answersForWei(all[i]),
                "what a bond answers for"
            );
        }
    }
}
