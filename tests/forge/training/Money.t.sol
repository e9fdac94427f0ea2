// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IDisputes} from "../../../interfaces/training/IDisputes.sol";
import {IJobs, JobPhase, Stage} from "../../../interfaces/training/IJobs.sol";
import {IParticipants} from "../../../interfaces/training/IParticipants.sol";
import {IRounds} from "../../../interfaces/training/IRounds.sol";
import {ISpotChecks} from "../../../interfaces/training/ISpotChecks.sol";
import {IValidation} from "../../../interfaces/training/IValidation.sol";
import {Check} from "../support/Check.sol";
import {TrainingHandler} from "../support/TrainingHandler.sol";
import {VM} from "../support/Vm.sol";

/// @notice Money and bonds in private training under any order of moves, honest and not (requirements J-02, J-06, T-09).
contract TrainingMoneyTest {
    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    TrainingHandler private _handler;
    TrainingHandler[] private _told;

    function setUp() public {
        _handler = new TrainingHandler();
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_handler);
    }

    /// @dev What moves things; not what looks at them.
    function targetSelectors() external view returns (FuzzSelector[] memory targets) {
        targets = new FuzzSelector[](1);
        targets[0] = FuzzSelector(address(_handler), new bytes4[](6));
        targets[0].selectors[0] = _handler.goOn.selector;
        targets[0].selectors[1] = _handler.distribute.selector;
        targets[0].selectors[2] = _handler.check.selector;
        targets[0].selectors[3] = _handler.bank.selector;
        targets[0].selectors[4] = _handler.intrude.selector;
        targets[0].selectors[5] = _handler.wait.selector;
    }

    /// forge-config: default.invariant.fail-on-revert = true
    function invariant_etherHeldIsEtherOwedAndBondsEndOnce() public {
        _requireSound();
    }

    /// @dev Without this, the invariants could hold because nothing ever happens: a few long stories in which everything does.
    /// Each begins anew, as owners and compute owners run out of seats and bonds in the end.
    function test_theHandlerReachesEverything() public {
        VM.pauseGasMetering();
        for (uint256 story = 0; story < 4; ++story) {
            _handler = new TrainingHandler();
            _told.push(_handler);
            for (uint256 i = 0; i < 900; ++i) {
                uint256 dice = uint256(keccak256(abi.encode(story, i)));
                _handler.goOn(dice);
                if (i % 3 == 0) _handler.distribute(dice >> 8);
                if (i % 7 == 0) _handler.check(dice >> 16);
                if (i % 23 == 0) _handler.wait(dice >> 24);
                if (i % 4 == 0) _handler.intrude(dice >> 32);
                if (i % 8 == 0) _handler.bank(dice >> 40);
                if (i % 40 == 0) _requireSound();
            }
            _requireSound();
        }
        for (uint256 phase = 1; phase <= uint256(type(JobPhase).max); ++phase) {
            if (JobPhase(phase) == JobPhase.Funded) continue; // passed through within one call
            Check.equal(_reached(JobPhase(phase)) ? phase : 0, phase, "a phase that was never reached");
        }
        for (uint256 stage = 0; stage <= uint256(type(Stage).max); ++stage)
            Check.equal(_staged(Stage(stage)) ? stage : 0, stage, "a stage that was never reached");
        _requireHappened(IRounds.DrawMissed.selector, "a missed draw");
        _requireHappened(IRounds.NoQuorum.selector, "a round without quorum");
        _requireHappened(IDisputes.DisputeDecided.selector, "a decided dispute");
        _requireHappened(IParticipants.BondSlashed.selector, "a slashed bond");
        _requireHappened(IParticipants.BondReleased.selector, "a bond that came back");
        _requireHappened(IValidation.Decided.selector, "a decision");
        _requireHappened(IValidation.Undecided.selector, "an undecided jury");
        _requireHappened(IValidation.Appealed.selector, "an appeal");
        _requireHappened(ISpotChecks.SpotCheckAnswered.selector, "a row that was shown");
        _requireHappened(ISpotChecks.SpotCheckFailed.selector, "a row that was not");
        _requireHappened(IJobs.SponsorRefunded.selector, "a refund");
        _requireHappened("settled", "a settlement by shares");
        _requireHappened("shares never shown", "a settlement without them");
        _requireHappened("closed scored", "a scored job");
        _requireHappened("closed unscored", "an unscored job");
        Check.isTrue(_handler.refusals() > 1_000, "hardly anything was refused");
    }

    function _requireHappened(bytes32 what, string memory name) private view {
        uint256 times;
        for (uint256 i = 0; i < _told.length; ++i) times += _told[i].happened(what);
        Check.isTrue(times > 0, string.concat("never happened: ", name));
    }

    function _reached(JobPhase phase) private view returns (bool found) {
        for (uint256 i = 0; i < _told.length; ++i) found = found || _told[i].reached(phase) > 0;
    }

    function _staged(Stage stage) private view returns (bool found) {
        for (uint256 i = 0; i < _told.length; ++i) found = found || _told[i].staged(stage) > 0;
    }

    function _requireSound() private {
        string memory complaint = _handler.complaint();
        Check.isTrue(bytes(complaint).length == 0, complaint);
    }
}
