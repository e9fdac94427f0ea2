// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {Collaboration} from "../../../contracts/core/Collaboration.sol";
import {ReenteringRecipient} from "../../../contracts/testing/mocks/ReenteringRecipient.sol";
import {RefusingRecipient} from "../../../contracts/testing/mocks/RefusingRecipient.sol";
import {ICollaboration} from "../../../interfaces/ICollaboration.sol";
import {Contribution} from "../../../interfaces/IDataHandler.sol";
import {ISelfAssessment} from "../../../interfaces/ISelfAssessment.sol";
import {Attack} from "../support/Attack.sol";
import {Check} from "../support/Check.sol";
import {Scene} from "../support/Scene.sol";
import {VM} from "../support/Vm.sol";

/// @notice Attacks on self-assessment, each played to its end, with the attacker's profit as a number (requirements I-06 to I-08, I-10, I-12).
/// @dev Alice and Bob are honest and proven. Mallory is the attacker; so is whoever {_puppet} names.
contract SelfAssessmentAttacksTest {
    struct Entry {
        uint256 id;
        Contribution record;
        bytes sample;
    }

    uint256 private constant PURSE = 1 ether;
    uint256 private constant DAY = Scene.DAY;
    /// @dev What a transaction burns before its first opcode.
    uint256 private constant BASE_GAS = 21_000;

    Collaboration private _c;
    address[] private _attackers;
    address[] private _honest;
    uint256 private _attackGas;

    function setUp() public {
        _c = Scene.open();
        _honest.push(Scene.ALICE);
        _honest.push(Scene.BOB);
        _attackers.push(Scene.MALLORY);
        for (uint256 i = 1; i < 5; ++i) {
            _attackers.push(_puppet(i));
        }
        for (uint256 i = 0; i < _honest.length; ++i) VM.deal(_honest[i], PURSE);
        for (uint256 i = 0; i < _attackers.length; ++i) VM.deal(_attackers[i], PURSE);
        _prove(Scene.ALICE, hex"0001");
        _prove(Scene.BOB, hex"0002");
        VM.warp(Scene.time() + DAY); // the price is at its floor again
    }

    // ----------------------------------------------------------------------------------------------- flipping labels

    /// @dev The honest need one contribution and one quiet block of their own day.
    function test_flippingLabelsWithASmallerPurse() public {
        Entry memory truth = _contribute(Scene.ALICE, hex"0005", 1);
        int256 attackers = _wealth(_attackers);
        int256 honest = _wealth(_honest) + int256(uint256(truth.record.stakeWei));
        _next();
        Entry memory flip = _contribute(Scene.MALLORY, hex"0005", 0);
        Check.equal(_c.predict(hex"0005"), 0, "the prediction that was flipped");
        VM.warp(truth.record.contributedAt + DAY);
        Entry memory answer = _contribute(Scene.BOB, hex"0005", 1);
        _next();
        _refund(truth);
        VM.warp(answer.record.contributedAt + DAY);
        _refund(answer);
        VM.warp(flip.record.contributedAt + 2 * DAY);
        _report(Scene.ALICE, flip);
        Attack.mustNotPay(
            "self-assessment: flip labels with a smaller purse",
            _wealth(_attackers) - attackers,
            _attackGas,
            honest - _wealth(_honest) - int256(_carry())
        );
    }

    function test_flippingLabelsWithALargerPurse() public {
        Entry memory truth = _contribute(Scene.ALICE, hex"0005", 1);
        int256 attackers = _wealth(_attackers);
        int256 honest = _wealth(_honest) + int256(uint256(truth.record.stakeWei));
        _next();
        Entry[] memory flips = new Entry[](3);
        for (uint256 i = 0; i < 3; ++i) flips[i] = _contribute(_puppet(i), hex"0005", 0);
        VM.warp(Scene.time() + DAY);
        for (uint256 i = 0; i < 3; ++i) _refund(flips[i]);
        VM.warp(truth.record.contributedAt + 2 * DAY);
        _report(_puppet(0), truth);
        Attack.isALimit(
            "self-assessment: flip labels with a larger purse",
            _wealth(_attackers) - attackers,
            _attackGas,
            honest - _wealth(_honest),
            "truth is what the majority of stake teaches: who keeps a flip for the author's whole own day forfeits the author's stake"
        );
    }

    /// @dev The lie was overruled. Its author bends the model for a block to claim, and then has the stake of the bend at risk instead.
    function test_bendingTheModelForABlock() public {
        int256 attackers = _wealth(_attackers);
        int256 honest = _wealth(_honest);
        Entry memory lie = _contribute(Scene.MALLORY, hex"0006", 1); // not known yet: it taught
        _next();
        Entry[] memory truths = new Entry[](2);
        truths[0] = _contribute(Scene.ALICE, hex"0006", 0);
        VM.warp(lie.record.contributedAt + DAY + 1);
        Entry memory bend = _contribute(Scene.MALLORY, hex"0006", 1);
        _next();
        _refund(lie);
        truths[1] = _contribute(Scene.BOB, hex"0006", 0);
        _next();
        _refund(truths[0]);
        VM.warp(bend.record.contributedAt + 2 * DAY);
        _report(Scene.ALICE, bend);
        _refund(truths[1]);
        Attack.mustNotPay(
            "self-assessment: bend the model for a block to refund a lie",
            _wealth(_attackers) - attackers,
            _attackGas,
            honest - _wealth(_honest)
        );
    }

    // -------------------------------------------------------------------------------------------------------- farming

    function test_farmingEasySamples() public {
        int256 attackers = _wealth(_attackers);
        Entry[] memory easy = new Entry[](20);
        for (uint256 i = 0; i < 20; ++i) {
            easy[i] = _contribute(_puppet(i % 5), hex"0001", 1);
            VM.warp(Scene.time() + 600);
        }
        VM.warp(Scene.time() + DAY);
        for (uint256 i = 0; i < 20; ++i) _refund(easy[i]);
        int256 honest = _wealth(_honest);
        uint256 forfeitedWei = _aStrangersLieIsReported();
        Attack.mustNotPay(
            "self-assessment: farm samples that the model knows, then a stranger's lie is reported",
            _wealth(_attackers) - attackers,
            _attackGas,
            honest + int256(forfeitedWei) - _wealth(_honest) - int256(_carry())
        );
    }

    /// @dev Teaches the model a thing and its opposite in turn; each lesson proves, as it is true for a day.
    function test_farmingByTeachingAndUnteaching() public {
        int256 attackers = _wealth(_attackers);
        for (uint256 i = 0; i < 6; ++i) {
            Entry memory lesson = _contribute(Scene.MALLORY, hex"0009", (i + 1) % 2);
            VM.warp(Scene.time() + DAY);
            _refund(lesson);
        }
        int256 honest = _wealth(_honest);
        uint256 forfeitedWei = _aStrangersLieIsReported();
        Attack.isALimit(
            "self-assessment: farm proven stake by teaching and unteaching, then a stranger's lie is reported",
            _wealth(_attackers) - attackers,
            _attackGas,
            honest + int256(forfeitedWei) - _wealth(_honest) - int256(_carry()),
            "a share of strangers' forfeits by own proven stake; honest contributors lose part of their share, never of their stakes"
        );
    }

    // ---------------------------------------------------------------------------------------------- puppets and reports

    function test_reportingOnesOwnLie() public {
        _proveAttackers(1);
        int256 attackers = _wealth(_attackers);
        int256 honest = _wealth(_honest);
        Entry memory lie = _overruledLie(_puppet(1));
        VM.warp(lie.record.contributedAt + 2 * DAY);
        _report(Scene.MALLORY, lie);
        Attack.mustNotPay(
            "self-assessment: report one's own lie from a second account",
            _wealth(_attackers) - attackers,
            _attackGas,
            honest - _wealth(_honest)
        );
    }

    /// @notice The same stake proven by one account and by five brings the same share.
    function test_sockPuppets() public {
        uint256 start = VM.snapshotState();
        uint256 stakeOfOne = _provenShare(1);
        VM.revertToState(start);
        uint256 stakeOfFive = _provenShare(5);
        Attack.mustNotPay(
            "self-assessment: prove the same stake by five accounts instead of one",
            int256(stakeOfFive) - int256(stakeOfOne),
            _attackGas,
            0
        );
    }

    function test_copyingAReport() public {
        _proveAttackers(1);
        Entry memory lie = _overruledLie(address(0x57a46e));
        VM.warp(lie.record.contributedAt + 2 * DAY);
        (int256 attackersFair, int256 honestFair) = _afterReportBy(Scene.ALICE, lie);
        (int256 attackers, int256 honest) = _afterReportBy(Scene.MALLORY, lie);
        Attack.mustNotPay(
            "self-assessment: copy a report out of the pool of transactions and be first",
            attackers - attackersFair,
            _attackGas,
            honestFair - honest
        );
    }

    function test_frontRunningAReportByAContribution() public {
        Entry memory lie = _overruledLie(Scene.MALLORY);
        int256 attackers = _wealth(_attackers) + int256(uint256(lie.record.stakeWei));
        int256 honest = _wealth(_honest);
        VM.warp(lie.record.contributedAt + 2 * DAY);
        Entry memory delay = _contribute(_puppet(1), hex"0001", 1);
        VM.prank(Scene.ALICE);
        VM.expectRevert(abi.encodeWithSelector(ISelfAssessment.ModelJustMoved.selector, Scene.time()));
        _c.report(lie.id, lie.record, lie.sample);
        _next();
        _report(Scene.ALICE, lie);
        VM.warp(Scene.time() + DAY);
        _refund(delay);
        Attack.mustNotPay(
            "self-assessment: put a contribution before a report of one's lie",
            _wealth(_attackers) - attackers,
            _attackGas,
            honest - _wealth(_honest)
        );
    }

    // ------------------------------------------------------------------------------------------------ prices, griefing

    /// @dev Twenty contributions at once raise the stake for the next, who gets all of it back.
    function test_racingPrices() public {
        int256 attackers = _wealth(_attackers);
        int256 honest = _wealth(_honest);
        Entry[] memory burst = new Entry[](20);
        for (uint256 i = 0; i < 20; ++i) burst[i] = _contribute(_puppet(i % 5), hex"0001", 1);
        Entry memory dear = _contribute(Scene.ALICE, hex"000a", 1);
        Check.isTrue(dear.record.stakeWei > 30 * Scene.FLOOR, "the price did not rise");
        VM.warp(Scene.time() + DAY);
        for (uint256 i = 0; i < 20; ++i) _refund(burst[i]);
        _refund(dear);
        Attack.mustNotPay(
            "self-assessment: race the price to thirty times its floor",
            _wealth(_attackers) - attackers,
            _attackGas,
            honest - _wealth(_honest)
        );
    }

    function test_refusingEther() public {
        int256 honest = _wealth(_honest);
        Entry memory lie = _overruledLie(Scene.MALLORY);
        int256 attackers = _wealth(_attackers) + int256(uint256(lie.record.stakeWei));
        VM.etch(Scene.MALLORY, address(new RefusingRecipient()).code);
        VM.warp(lie.record.contributedAt + 2 * DAY);
        _report(Scene.ALICE, lie);
        VM.prank(Scene.ALICE);
        _c.withdraw(payable(Scene.ALICE));
        Attack.mustNotPay(
            "self-assessment: refuse ether to block others' claims",
            _wealth(_attackers) - attackers,
            _attackGas,
            honest - _wealth(_honest)
        );
    }

    /// @notice A recipient that tries every function of money while it is paid.
    function test_reenteringOnThePayment() public {
        ReenteringRecipient thief = new ReenteringRecipient();
        _attackers.push(address(thief));
        int256 attackers = _wealth(_attackers);
        int256 honest = _wealth(_honest);
        bytes memory refusal = abi.encodeWithSelector(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector);
        Entry[] memory own = new Entry[](4);
        for (uint256 i = 0; i < 4; ++i) {
            own[i] = _contributeBy(thief, 10 * Scene.FLOOR);
            attackers += int256(10 * Scene.FLOOR);
            VM.warp(Scene.time() + DAY);
            bytes memory withdrawal = abi.encodeCall(ISelfAssessment.withdraw, (payable(address(thief))));
            bytes[4] memory calls = [
                withdrawal,
                abi.encodeCall(ISelfAssessment.refund, (own[i].id, own[i].record, own[i].sample)),
                abi.encodeCall(ISelfAssessment.report, (own[i].id, own[i].record, own[i].sample)),
                abi.encodeCall(ISelfAssessment.sweep, (own[i].id, own[i].record, keccak256(own[i].sample)))
            ];
            thief.plan(address(_c), calls[i], 0);
            uint256 before = gasleft();
            thief.act(address(_c), withdrawal);
            _attackGas += before - gasleft() + BASE_GAS;
            Check.equal(thief.attempts(), i + 1, "calls within a payment");
            Check.equal(thief.answer(), refusal, "what such a call got");
        }
        for (uint256 i = 0; i < 4; ++i) _refund(own[i]);
        Attack.mustNotPay(
            "self-assessment: call again while being paid",
            _wealth(_attackers) - attackers,
            _attackGas,
            honest - _wealth(_honest)
        );
    }

    // -------------------------------------------------------------------------------------------------------- helpers

    function _puppet(uint256 number) private pure returns (address) {
        return number == 0 ? Scene.MALLORY : address(uint160(0xb0bb1e00 + number));
    }

    function _next() private {
        VM.warp(Scene.time() + 12);
    }

    /// @notice What some accounts hold, credits included and locked stakes not.
    function _wealth(address[] storage accounts) private view returns (int256 sumWei) {
        for (uint256 i = 0; i < accounts.length; ++i) {
            (uint256 owed, ) = _c.accountOf(accounts[i]);
            sumWei += int256(owed + accounts[i].balance);
        }
    }

    function _carry() private view returns (uint256 carryWei) {
        (, , carryWei) = _c.totals();
    }

    function _isAttacker(address who) private view returns (bool) {
        for (uint256 i = 0; i < _attackers.length; ++i) {
            if (_attackers[i] == who) return true;
        }
        return false;
    }

    function _contribute(address who, bytes memory sample, uint256 label) private returns (Entry memory entry) {
        uint256 stake = _c.stakeNow();
        if (!_isAttacker(who) && who != Scene.ALICE && who != Scene.BOB) VM.deal(who, stake);
        uint256 before = gasleft();
        VM.prank(who);
        uint256 id = _c.contribute{value: stake}(sample, label);
        if (_isAttacker(who)) _attackGas += before - gasleft() + BASE_GAS;
        return Entry(id, _recordOf(id, who, sample, label, stake), sample);
    }

    function _contributeBy(ReenteringRecipient thief, uint256 value) private returns (Entry memory) {
        bytes memory sample = hex"0001";
        uint256 stake = _c.stakeNow();
        VM.deal(address(this), value);
        uint256 id = _c.contributions();
        thief.act{value: value}(address(_c), abi.encodeCall(ICollaboration.contribute, (sample, 1)));
        return Entry(id, _recordOf(id, address(thief), sample, 1, stake), sample);
    }

    function _recordOf(
        uint256 id,
        address who,
        bytes memory sample,
        uint256 label,
        uint256 stake
    ) private view returns (Contribution memory record) {
        record = Contribution(who, uint16(label), true, uint96(stake), uint40(Scene.time()));
        if (bytes31(bytes32(_c.recordOf(id))) != _c.digestOf(record, keccak256(sample))) record.taught = false;
    }

    function _refund(Entry memory entry) private {
        uint256 before = gasleft();
        VM.prank(entry.record.author);
        _c.refund(entry.id, entry.record, entry.sample);
        if (_isAttacker(entry.record.author)) _attackGas += before - gasleft() + BASE_GAS;
    }

    function _report(address who, Entry memory entry) private {
        uint256 before = gasleft();
        VM.prank(who);
        _c.report(entry.id, entry.record, entry.sample);
        if (_isAttacker(who)) _attackGas += before - gasleft() + BASE_GAS;
    }

    /// @notice One lesson, refunded a day later.
    function _prove(address who, bytes memory sample) private {
        Entry memory lesson = _contribute(who, sample, 1);
        VM.warp(Scene.time() + DAY);
        _refund(lesson);
    }

    /// @notice Proves one lesson's stake by each of some accounts of the attacker.
    function _proveAttackers(uint256 count) private {
        for (uint256 i = 0; i < count; ++i) _prove(_puppet(i), abi.encodePacked(uint16(16 + i)));
    }

    /// @notice A lie that Bob's truth overrules in the next block, and whose author can no longer claim it.
    function _overruledLie(address author) private returns (Entry memory lie) {
        lie = _contribute(author, hex"0007", 1);
        _next();
        Entry memory truth = _contribute(Scene.BOB, hex"0007", 0);
        VM.warp(truth.record.contributedAt + DAY);
        _refund(truth);
    }

    function _aStrangersLieIsReported() private returns (uint256 stakeWei) {
        Entry memory lie = _overruledLie(address(0x57a46e));
        VM.warp(lie.record.contributedAt + 2 * DAY);
        _report(Scene.ALICE, lie);
        return lie.record.stakeWei;
    }

    /// @notice What five lessons' proven stake, by so many accounts, brings of a stranger's forfeit.
    function _provenShare(uint256 accounts) private returns (uint256 wonWei) {
        for (uint256 i = 0; i < 5; ++i) _prove(_puppet(i % accounts), abi.encodePacked(uint16(16 + i)));
        VM.warp(Scene.time() + 30 * DAY);
        int256 before = _wealth(_attackers);
        _aStrangersLieIsReported();
        return uint256(_wealth(_attackers) - before);
    }

    /// @notice What both sides would hold after a report, which is then undone.
    function _afterReportBy(address reporter, Entry memory lie) private returns (int256 attackers, int256 honest) {
        uint256 now_ = VM.snapshotState();
        _report(reporter, lie);
        (attackers, honest) = (_wealth(_attackers), _wealth(_honest));
        uint256 gas = _attackGas;
        VM.revertToState(now_);
        _attackGas = gas;
    }
}
