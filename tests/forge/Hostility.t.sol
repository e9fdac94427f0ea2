// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {CollaborationBase} from "../../contracts/core/CollaborationBase.sol";
import {Collaboration} from "../../contracts/core/Collaboration.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {ICollaboration} from "../../interfaces/ICollaboration.sol";
import {Contribution, Status} from "../../interfaces/IDataHandler.sol";
import {ISelfAssessment, Terms} from "../../interfaces/ISelfAssessment.sol";
import {Collaboration} from "../../contracts/core/Collaboration.sol";
import {CollaborationFactory} from "../../contracts/core/CollaborationFactory.sol";
import {HostileModel} from "../../contracts/testing/mocks/HostileModel.sol";
import {ReenteringRecipient} from "../../contracts/testing/mocks/ReenteringRecipient.sol";
import {Chance} from "./support/Chance.sol";
import {Check} from "./support/Check.sol";
import {VM} from "./support/Vm.sol";

/// @notice Whatever a model or a recipient does while it is called, the books balance and nobody gets anything twice (requirements I-01, I-02, I-10).
contract HostilityTest {
    address private constant BENEFICIARY = address(0xbe4ef1);
    address private constant ALICE = address(0xa11ce);
    bytes private constant SAMPLE = hex"0007";

    Collaboration private _collaboration;
    HostileModel private _model;
    ReenteringRecipient private _recipient;

    function setUp() public {
        VM.warp(1_800_000_000);
        Terms memory terms = Terms(BENEFICIARY, 1 gwei, 10_000, 3_600, 10, 20, 30, 5_000);
        address made = new CollaborationFactory(address(0)).create(
            address(new HostileModel()),
            0,
            terms,
            address(0),
            "",
            ""
        );
        _collaboration = Collaboration(made);
        _model = HostileModel(address(_collaboration.model()));
        _model.answerWith(1, true);
        _recipient = new ReenteringRecipient();
    }

    /// @dev The model contributes while it is taught: two records, two stakes, each at its own price.
    function test_aContributionFromWithinAContributionIsOneOfItsOwn() public {
        _model.planFromTrain{value: 1 gwei}(abi.encodeCall(ICollaboration.contribute, (hex"0008", 0)));
        _contribute(ALICE, 2 gwei, 1);
        Check.equal(_model.successes(), 1, "inner contributions");
        Check.equal(_collaboration.contributions(), 2, "contributions");
        uint256 now_ = block.timestamp;
        _requireRecorded(0, Contribution(address(_model), 0, true, 1 gwei, uint40(now_)), hex"0008");
        _requireRecorded(1, Contribution(ALICE, 1, true, 2 gwei, uint40(now_)), SAMPLE);
        _requireBalanced();
    }

    function test_aModelThatClaimsWhileItIsTaughtGetsItOnce() public {
        _model.planFromTrain{value: 1 gwei}(abi.encodeCall(ICollaboration.contribute, (SAMPLE, 1)));
        _contribute(ALICE, 2 gwei, 1);
        Contribution memory own = Contribution(address(_model), 1, true, 1 gwei, uint40(block.timestamp));
        VM.warp(block.timestamp + 10);
        bytes memory claim = abi.encodeCall(ISelfAssessment.refund, (0, own, SAMPLE));
        _model.planFromTrain(claim);
        _contribute(ALICE, 4 gwei, 1);
        Check.equal(_model.successes(), 2, "inner claims");
        (uint256 owed, ) = _collaboration.accountOf(address(_model));
        Check.equal(owed, 1 gwei, "owed to the model");
        _requireBalanced();
        (bool isFine, ) = address(_model).call(abi.encodeCall(HostileModel.act, (claim)));
        Check.isTrue(!isFine, "the same stake was claimed twice");
    }

    /// @dev `predict` is asked by a static call, so nothing that writes can come of it.
    function test_aModelThatActsWhileItIsAskedUndoesOnlyTheQuestion() public {
        _contribute(ALICE, 1 gwei, 1);
        Contribution memory c = Contribution(ALICE, 1, true, 1 gwei, uint40(block.timestamp));
        VM.warp(block.timestamp + 10);
        bytes[3] memory calls = [
            abi.encodeCall(ISelfAssessment.refund, (0, c, SAMPLE)),
            abi.encodeCall(ISelfAssessment.withdraw, (payable(BENEFICIARY))),
            abi.encodeCall(ICollaboration.contribute, (SAMPLE, 1))
        ];
        for (uint256 i = 0; i < calls.length; ++i) {
            _model.planFromPredict(calls[i]);
            VM.prank(ALICE);
            (bool isFine, ) = address(_collaboration).call(abi.encodeCall(ISelfAssessment.refund, (0, c, SAMPLE)));
            Check.isTrue(!isFine, "the model acted while it was asked");
            Check.equal(uint256(_collaboration.statusOf(0)), uint256(Status.Open), "status");
            _requireBalanced();
        }
        _model.planFromPredict("");
        VM.prank(ALICE);
        _collaboration.refund(0, c, SAMPLE);
        _requireBalanced();
    }

    function test_aRecipientThatWithdrawsAgainWhileItIsPaidGetsItOnce() public {
        _recipientIsOwed();
        bytes memory withdrawal = abi.encodeCall(ISelfAssessment.withdraw, (payable(address(_recipient))));
        _recipient.plan(address(_collaboration), withdrawal, 0);
        _recipient.act(address(_collaboration), withdrawal);
        Check.equal(_recipient.attempts(), 1, "attempts");
        Check.isTrue(!_recipient.hasSucceeded(), "a withdrawal within a withdrawal came through");
        Check.equal(
            _recipient.answer(),
            abi.encodeWithSelector(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector),
            "error"
        );
        Check.equal(address(_recipient).balance, 5 gwei, "what was paid");
        _requireBalanced();
    }

    /// @dev Contributions need no guard: nothing is left half done while a recipient is paid.
    function test_aRecipientContributesWhileItIsPaidLikeAnyone() public {
        _recipientIsOwed();
        uint256 stake = _collaboration.stakeNow();
        _recipient.plan(address(_collaboration), abi.encodeCall(ICollaboration.contribute, (SAMPLE, 1)), stake);
        bytes memory withdrawal = abi.encodeCall(ISelfAssessment.withdraw, (payable(address(_recipient))));
        _recipient.act(address(_collaboration), withdrawal);
        Check.equal(_recipient.attempts(), 1, "attempts");
        Check.isTrue(_recipient.hasSucceeded(), "the contribution did not come through");
        Check.equal(_collaboration.contributions(), 2, "contributions");
        Check.equal(address(_recipient).balance, 5 gwei - stake, "what is left of what was paid");
        _requireBalanced();
    }

    function test_nobodySetsUpACollaborationAgain() public {
        bytes memory call_ = abi.encodeCall(CollaborationBase.initialize, (address(_model), 0, "", ""));
        _model.planFromTrain(call_);
        _contribute(ALICE, 1 gwei, 1);
        Check.equal(_model.attempts(), 1, "attempts");
        Check.equal(_model.successes(), 0, "successes");
        Check.equal(
            _model.answer(),
            abi.encodeWithSelector(ICollaboration.OnlyFactory.selector, address(_model)),
            "error"
        );
    }

    /// @notice Any call from within any contribution, the model changing its mind all the while.
    function testFuzz_theBooksBalanceWhateverTheModelDoes(uint256 seed) public {
        Chance memory chance = Chance(seed);
        for (uint256 i = 0; i < 12; ++i) {
            _model.answerWith(chance.below(3), chance.oneIn(2));
            uint256 stake = _collaboration.stakeNow();
            bytes memory call_ = _anyCall(chance);
            VM.deal(address(this), 4 * stake);
            _model.planFromTrain{value: bytes4(call_) == ICollaboration.contribute.selector ? stake : 0}(call_);
            _contribute(address(uint160(0xa0 + chance.below(2))), 3 * stake, chance.below(3));
            if (chance.oneIn(2)) VM.warp(block.timestamp + chance.below(31));
            _requireBalanced();
        }
        Check.equal(_model.attempts(), 12, "attempts");
    }

    /// @dev All that the model can try: contributions of anybody are as guessable as the log is readable.
    function _anyCall(Chance memory chance) private view returns (bytes memory) {
        uint256 kind = chance.below(5);
        uint256 id = chance.below(_collaboration.contributions() + 1);
        Contribution memory c = Contribution(
            address(_model),
            uint16(chance.below(3)),
            true,
            uint96(1 gwei * (1 << chance.below(4))),
            uint40(block.timestamp)
        );
        if (kind == 0) return abi.encodeCall(ICollaboration.contribute, (SAMPLE, chance.below(3)));
        if (kind == 1) return abi.encodeCall(ISelfAssessment.withdraw, (payable(address(BENEFICIARY))));
        if (kind == 2) return abi.encodeCall(ISelfAssessment.refund, (id, c, SAMPLE));
        if (kind == 3) return abi.encodeCall(ISelfAssessment.report, (id, c, SAMPLE));
        return abi.encodeCall(ISelfAssessment.sweep, (id, c, keccak256(SAMPLE)));
    }

    function _contribute(address who, uint256 value, uint256 label) private {
        VM.deal(who, value);
        VM.prank(who);
        _collaboration.contribute{value: value}(SAMPLE, label);
    }

    /// @notice The recipient pays 5 gwei too much for a contribution.
    function _recipientIsOwed() private {
        uint256 value = _collaboration.stakeNow() + 5 gwei;
        VM.deal(address(this), value);
        _recipient.act{value: value}(address(_collaboration), abi.encodeCall(ICollaboration.contribute, (SAMPLE, 1)));
    }

    function _requireRecorded(uint256 id, Contribution memory c, bytes memory sample) private view {
        bytes31 digest = _collaboration.digestOf(c, keccak256(sample));
        Check.equal(_collaboration.recordOf(id), uint256(bytes32(digest)) | uint256(Status.Open), "record");
    }

    function _requireBalanced() private view {
        (uint256 lockedWei, , uint256 carryWei) = _collaboration.totals();
        uint256 owedWei = 0;
        address[6] memory accounts = [
            BENEFICIARY,
            ALICE,
            address(_model),
            address(_recipient),
            address(0xa0),
            address(0xa1)
        ];
        for (uint256 i = 0; i < accounts.length; ++i) {
            (uint256 owed, ) = _collaboration.accountOf(accounts[i]);
            owedWei += owed;
        }
        Check.equal(address(_collaboration).balance, lockedWei + owedWei + carryWei, "balance");
    }
}
