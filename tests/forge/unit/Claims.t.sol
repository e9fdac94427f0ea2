// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Collaboration} from "../../../contracts/core/Collaboration.sol";
import {CollaborationFactory} from "../../../contracts/core/CollaborationFactory.sol";
import {RefusingRecipient} from "../../../contracts/testing/mocks/RefusingRecipient.sol";
import {ICollaboration} from "../../../interfaces/ICollaboration.sol";
import {Contribution, IDataHandler, Status} from "../../../interfaces/IDataHandler.sol";
import {ISelfAssessment, Terms} from "../../../interfaces/ISelfAssessment.sol";
import {Check} from "../support/Check.sol";
import {Scene} from "../support/Scene.sol";
import {VM} from "../support/Vm.sol";

/// @notice Stakes and claims, call by call: what is logged, what is kept, and each refusal with its arguments (requirements D-01 to D-03, I-03 to I-10).
/// @custom:mutation SelfAssessment StakeLocking DataHandler Collaboration ProvenPool Holding LedgerState StakePrice
contract ClaimsTest {
    bytes private constant SAMPLE = hex"0001";
    bytes32 private constant HASH = keccak256(SAMPLE);

    Collaboration private _c;

    function setUp() public {
        _c = Scene.open();
    }

    // ------------------------------------------------------------------------------------------------------- contributions

    function test_aContributionIsLoggedAndLocked() public {
        VM.deal(Scene.ALICE, 2 * Scene.FLOOR);
        VM.expectEmit(address(_c));
        emit ISelfAssessment.ExcessCredited(Scene.ALICE, Scene.FLOOR / 2);
        VM.expectEmit(address(_c));
        emit IDataHandler.Contributed(0, Scene.ALICE, 1, true, uint96(Scene.FLOOR), uint40(Scene.START), SAMPLE);
        VM.prank(Scene.ALICE);
        Check.equal(_c.contribute{value: (3 * Scene.FLOOR) / 2}(SAMPLE, 1), 0, "number");

        Contribution memory record = Contribution(Scene.ALICE, 1, true, uint96(Scene.FLOOR), uint40(Scene.START));
        bytes31 digest = bytes31(keccak256(abi.encode(record, HASH)));
        Check.isTrue(_c.digestOf(record, HASH) == digest, "digest");
        Check.equal(_c.recordOf(0), uint256(bytes32(digest)) | 1, "record");
        Check.isTrue(_c.statusOf(0) == Status.Open && _c.statusOf(1) == Status.None, "status");
        Check.equal(_c.contributions(), 1, "contributions");
        Check.equal(_c.stakeNow(), (Scene.FLOOR * 12) / 10, "next stake");
        _requireBooks(Scene.FLOOR, 0, 0);
        _requireAccount(Scene.ALICE, Scene.FLOOR / 2, 0);
    }

    function test_exactlyTheStakeIsEnoughAndOneWeiLessIsNot() public {
        VM.deal(address(this), 1 ether);
        VM.expectRevert(abi.encodeWithSelector(ISelfAssessment.StakeTooLow.selector, Scene.FLOOR - 1, Scene.FLOOR));
        _c.contribute{value: Scene.FLOOR - 1}(SAMPLE, 1);
        _c.contribute{value: Scene.FLOOR}(SAMPLE, 1);
        _requireAccount(address(this), 0, 0);
    }

    function test_beforeTheOpeningNothingIsTaken() public {
        Collaboration closed = Scene.make(new CollaborationFactory(address(0)), Scene.terms(), "");
        VM.deal(address(this), 1 ether);
        VM.expectRevert(abi.encodeWithSelector(ISelfAssessment.NotYetOpen.selector));
        closed.contribute{value: 1 ether}(SAMPLE, 1);
    }

    function test_aStakeBeyondItsRecordIsRefused() public {
        Terms memory t = Scene.terms();
        (t.floorWei, t.growthBps) = (1_208_925_819_614_629 gwei, 10_000);
        Collaboration c = Scene.make(new CollaborationFactory(address(0)), t, new bytes(32));
        Scene.contribute(c, Scene.ALICE, SAMPLE, 1);
        uint256 stake = c.stakeNow();
        Check.equal(stake, 2 * uint256(t.floorWei), "stake");
        VM.deal(address(this), stake);
        VM.expectRevert(abi.encodeWithSelector(ISelfAssessment.StakeTooHigh.selector, stake));
        c.contribute{value: stake}(SAMPLE, 1);
    }

    function test_theExcessHalvesWithQuiet() public {
        Scene.contribute(_c, Scene.ALICE, SAMPLE, 1);
        VM.warp(Scene.START + 3_600);
        Check.equal(_c.stakeNow(), (Scene.FLOOR * 11) / 10, "after a half-life");
        VM.warp(Scene.START + 3 * 3_600);
        Check.equal(_c.stakeNow(), (Scene.FLOOR * 41) / 40, "after three");
        (uint256 id, ) = Scene.contribute(_c, Scene.BOB, SAMPLE, 1);
        Check.equal(id, 1, "number");
        Check.equal(_c.stakeNow(), (Scene.FLOOR * 41 * 12) / 400, "after the next");
        _requireBooks(Scene.FLOOR + (Scene.FLOOR * 41) / 40, 0, 0);
    }

    function test_aSponsoredContributionIsTheAuthorsAndPaidByAnother() public {
        VM.deal(Scene.SPONSORSHIP, 1 ether);
        VM.expectEmit(address(_c));
        emit ISelfAssessment.ExcessCredited(Scene.BOB, 1 ether - Scene.FLOOR);
        VM.expectEmit(address(_c));
        emit IDataHandler.Contributed(0, Scene.ALICE, 1, true, uint96(Scene.FLOOR), uint40(Scene.START), SAMPLE);
        VM.expectEmit(address(_c));
        emit ICollaboration.Sponsored(0, Scene.BOB);
        VM.prank(Scene.SPONSORSHIP);
        Check.equal(_c.contributeFor{value: 1 ether}(Scene.ALICE, Scene.BOB, SAMPLE, 1), 0, "number");
        Contribution memory record = Contribution(Scene.ALICE, 1, true, uint96(Scene.FLOOR), uint40(Scene.START));
        bytes32 digest = bytes31(keccak256(abi.encode(record, HASH, Scene.BOB)));
        Check.equal(_c.recordOf(0), uint256(digest) | 1, "record");
        _requireAccount(Scene.BOB, 1 ether - Scene.FLOOR, 0);
        _requireBooks(Scene.FLOOR, 0, 0);
    }

    // ------------------------------------------------------------------------------------------------------------- refunds

    function test_aRefundIsLoggedAndProves() public {
        (, Contribution memory r) = Scene.contribute(_c, Scene.ALICE, SAMPLE, 1);
        VM.warp(Scene.START + Scene.DAY);
        VM.expectEmit(address(_c));
        emit ISelfAssessment.Refunded(0, Scene.ALICE, Scene.FLOOR, Scene.FLOOR / 1 gwei);
        _refund(Scene.ALICE, 0, r);
        _requireAccount(Scene.ALICE, Scene.FLOOR, Scene.FLOOR / 1 gwei);
        _requireBooks(0, Scene.FLOOR / 1 gwei, 0);
        Check.isTrue(_c.statusOf(0) == Status.Refunded, "status");
        Check.equal(_c.recordOf(0) >> 8, uint256(bytes32(_c.digestOf(r, HASH))) >> 8, "digest");
        Check.equal(_c.contributions(), 1, "contributions");
        VM.expectRevert(abi.encodeWithSelector(IDataHandler.NotOpen.selector, 0, Status.Refunded));
        _refund(Scene.ALICE, 0, r);
    }

    function test_whatTheModelKnewProvesNothing() public {
        Scene.contribute(_c, Scene.ALICE, SAMPLE, 1);
        (, Contribution memory known) = Scene.contribute(_c, Scene.BOB, SAMPLE, 1);
        Check.isTrue(!known.taught, "it taught");
        VM.warp(Scene.START + Scene.DAY);
        _refund(Scene.BOB, 1, known);
        _requireAccount(Scene.BOB, known.stakeWei, 0);
    }

    function test_eachRefusalOfARefund() public {
        (, Contribution memory r) = Scene.contribute(_c, Scene.ALICE, SAMPLE, 1);
        (, Contribution memory lie) = Scene.contribute(_c, Scene.MALLORY, hex"0002", 1);
        VM.warp(Scene.START + 1);
        for (uint256 i = 0; i < 2; ++i) Scene.contribute(_c, Scene.BOB, hex"0002", 0);
        VM.warp(Scene.START + Scene.DAY - 1);
        VM.expectRevert(abi.encodeWithSelector(ISelfAssessment.TooEarly.selector, 0, Scene.START + Scene.DAY));
        _refund(Scene.ALICE, 0, r);
        VM.warp(Scene.START + Scene.DAY);
        VM.expectRevert(abi.encodeWithSelector(ISelfAssessment.NotAuthor.selector, 0, Scene.BOB, Scene.ALICE));
        _refund(Scene.BOB, 0, r);
        VM.prank(Scene.MALLORY);
        VM.expectRevert(abi.encodeWithSelector(ISelfAssessment.ModelDisagrees.selector, 1, 0, 1));
        _c.refund(1, lie, hex"0002");
        VM.expectRevert(abi.encodeWithSelector(IDataHandler.UnknownContribution.selector, 9));
        _refund(Scene.ALICE, 9, r);
        VM.expectRevert(abi.encodeWithSelector(IDataHandler.UnknownContribution.selector, 1));
        _refund(Scene.ALICE, 1, r);
        Scene.contribute(_c, Scene.BOB, hex"0003", 0);
        VM.expectRevert(abi.encodeWithSelector(ISelfAssessment.ModelJustMoved.selector, Scene.time()));
        _refund(Scene.ALICE, 0, r);
    }

    // ------------------------------------------------------------------------------------------------------------- reports

    /// @dev 1,000 and 1,200 gwei are proven; of 1,440 gwei a tenth goes to a reporter who comes as late as can be, and 1,296 · 10⁹ wei over 2,200 leave a rest.
    function test_aReportIsLoggedAndShared() public {
        (Contribution memory a, Contribution memory b, Contribution memory lie) = _aLie();
        VM.warp(Scene.START + 4 * Scene.DAY + 1);
        uint256 stake = lie.stakeWei;
        uint256 rest = stake - stake / 10;
        uint256 proven = (uint256(a.stakeWei) + b.stakeWei) / 1 gwei;
        (uint256 before, , ) = _c.totals();
        VM.expectEmit(address(_c));
        emit ISelfAssessment.Forfeited(2, Scene.ALICE, stake, stake / 10, rest / proven);
        _report(Scene.ALICE, 2, lie);
        _requireAccount(
            Scene.ALICE,
            a.stakeWei + stake / 10 + (rest / proven) * (a.stakeWei / 1 gwei),
            a.stakeWei / 1 gwei
        );
        _requireAccount(Scene.BOB, b.stakeWei + (rest / proven) * (b.stakeWei / 1 gwei), b.stakeWei / 1 gwei);
        _requireAccount(Scene.MALLORY, 0, 0);
        Check.isTrue(rest % proven > 0, "no rest to carry");
        _requireBooks(before - stake, proven, rest % proven);
        Check.isTrue(_c.statusOf(2) == Status.Forfeited, "status");
        VM.expectRevert(abi.encodeWithSelector(IDataHandler.NotOpen.selector, 2, Status.Forfeited));
        _report(Scene.BOB, 2, lie);
    }

    function test_eachRefusalOfAReport() public {
        (, , Contribution memory lie) = _aLie();
        VM.warp(Scene.START + 2 * Scene.DAY);
        bytes memory early = abi.encodeWithSelector(
            ISelfAssessment.TooEarly.selector,
            2,
            Scene.START + 2 * Scene.DAY + 1
        );
        VM.expectRevert(early);
        _report(Scene.ALICE, 2, lie);
        VM.warp(Scene.START + 2 * Scene.DAY + 1);
        VM.expectRevert(abi.encodeWithSelector(ISelfAssessment.OwnContribution.selector, 2));
        _report(Scene.MALLORY, 2, lie);
        VM.expectRevert(abi.encodeWithSelector(ISelfAssessment.NotProven.selector, Scene.CURATOR));
        _report(Scene.CURATOR, 2, lie);
        lie.label = 0;
        VM.expectRevert(abi.encodeWithSelector(IDataHandler.UnknownContribution.selector, 2));
        _report(Scene.ALICE, 2, lie);
        lie.label = 1;
        Scene.contribute(_c, Scene.MALLORY, hex"0004", 1);
        VM.expectRevert(abi.encodeWithSelector(ISelfAssessment.ModelJustMoved.selector, Scene.time()));
        _report(Scene.ALICE, 2, lie);
        for (uint256 i = 0; i < 4; ++i) Scene.contribute(_c, Scene.MALLORY, hex"0002", 1);
        VM.warp(Scene.time() + 1);
        VM.expectRevert(abi.encodeWithSelector(ISelfAssessment.ModelAgrees.selector, 2, 1));
        _report(Scene.ALICE, 2, lie);
    }

    // -------------------------------------------------------------------------------------------------- sweeps, withdrawals

    function test_aSweepIsLoggedAndGoesToTheBeneficiary() public {
        (, Contribution memory r) = Scene.contribute(_c, Scene.ALICE, SAMPLE, 1);
        VM.warp(Scene.START + 4 * Scene.DAY - 1);
        VM.expectRevert(abi.encodeWithSelector(ISelfAssessment.TooEarly.selector, 0, Scene.START + 4 * Scene.DAY));
        _c.sweep(0, r, HASH);
        VM.warp(Scene.START + 4 * Scene.DAY);
        VM.expectRevert(abi.encodeWithSelector(IDataHandler.UnknownContribution.selector, 0));
        _c.sweep(0, r, keccak256("other"));
        VM.expectEmit(address(_c));
        emit ISelfAssessment.Swept(0, Scene.BENEFICIARY, Scene.FLOOR);
        _c.sweep(0, r, HASH);
        _requireAccount(Scene.BENEFICIARY, Scene.FLOOR, 0);
        _requireBooks(0, 0, 0);
        Check.isTrue(_c.statusOf(0) == Status.Swept, "status");
        VM.expectRevert(abi.encodeWithSelector(IDataHandler.NotOpen.selector, 0, Status.Swept));
        _c.sweep(0, r, HASH);
    }

    function test_aWithdrawalIsLoggedAndPaidOnce() public {
        (, Contribution memory r) = Scene.contribute(_c, Scene.ALICE, SAMPLE, 1);
        VM.warp(Scene.START + Scene.DAY);
        _refund(Scene.ALICE, 0, r);
        address payable refusing = payable(address(new RefusingRecipient()));
        VM.prank(Scene.ALICE);
        VM.expectRevert(abi.encodeWithSelector(ISelfAssessment.WithdrawalFailed.selector, refusing, Scene.FLOOR));
        _c.withdraw(refusing);
        _requireAccount(Scene.ALICE, Scene.FLOOR, Scene.FLOOR / 1 gwei);
        VM.expectEmit(address(_c));
        emit ISelfAssessment.Withdrawn(Scene.ALICE, Scene.CURATOR, Scene.FLOOR);
        VM.prank(Scene.ALICE);
        Check.equal(_c.withdraw(payable(Scene.CURATOR)), Scene.FLOOR, "amount");
        Check.equal(Scene.CURATOR.balance, Scene.FLOOR, "paid");
        _requireAccount(Scene.ALICE, 0, Scene.FLOOR / 1 gwei);
        VM.prank(Scene.ALICE);
        VM.expectRevert(abi.encodeWithSelector(ISelfAssessment.NothingOwed.selector, Scene.ALICE));
        _c.withdraw(payable(Scene.CURATOR));
    }

    /// @notice Shares that were never touched are paid too.
    function test_sharesAreWithdrawn() public {
        (, Contribution memory b, Contribution memory lie) = _aLie();
        VM.warp(Scene.START + 2 * Scene.DAY + 1);
        _report(Scene.ALICE, 2, lie);
        (uint256 owed, ) = _c.accountOf(Scene.BOB);
        Check.isTrue(owed > b.stakeWei, "no share");
        VM.prank(Scene.BOB);
        Check.equal(_c.withdraw(payable(Scene.BOB)), owed, "amount");
        _requireAccount(Scene.BOB, 0, b.stakeWei / 1 gwei);
    }

    // -------------------------------------------------------------------------------------------------------------- helpers

    /// @notice Two who are proven, and a lie (number 2) that three truths overrule; its own second lies one after the start.
    function _aLie() private returns (Contribution memory a, Contribution memory b, Contribution memory lie) {
        (, a) = Scene.contribute(_c, Scene.ALICE, SAMPLE, 1);
        (, b) = Scene.contribute(_c, Scene.BOB, hex"0003", 1);
        VM.warp(Scene.START + 1);
        (, lie) = Scene.contribute(_c, Scene.MALLORY, hex"0002", 1);
        VM.warp(Scene.START + 2);
        for (uint256 i = 0; i < 3; ++i) Scene.contribute(_c, Scene.CURATOR, hex"0002", 0);
        VM.warp(Scene.START + Scene.DAY);
        _refund(Scene.ALICE, 0, a);
        VM.prank(Scene.BOB);
        _c.refund(1, b, hex"0003");
    }

    function _refund(address who, uint256 id, Contribution memory r) private {
        VM.prank(who);
        _c.refund(id, r, SAMPLE);
    }

    function _report(address who, uint256 id, Contribution memory r) private {
        VM.prank(who);
        _c.report(id, r, hex"0002");
    }

    function _requireAccount(address who, uint256 owedWei, uint256 provenGwei) private view {
        (uint256 owed, uint256 proven) = _c.accountOf(who);
        Check.equal(owed, owedWei, "owed");
        Check.equal(proven, provenGwei, "proven");
    }

    function _requireBooks(uint256 lockedWei, uint256 provenGwei, uint256 carryWei) private view {
        (uint256 locked, uint256 proven, uint256 carry) = _c.totals();
        Check.equal(locked, lockedWei, "locked in all");
        Check.equal(proven, provenGwei, "proven in all");
        Check.equal(carry, carryWei, "carried");
    }
}
