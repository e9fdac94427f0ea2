// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IJobs, Job, JobPhase, JobTerms, Stage} from "../../../interfaces/training/IJobs.sol";
import {IReplicas, ReplicaPhase} from "../../../interfaces/training/IReplicas.sol";
import {ISettlement} from "../../../interfaces/training/ISettlement.sol";
import {IValidation} from "../../../interfaces/training/IValidation.sol";
import {Check} from "../support/Check.sol";
import {TrainingScene} from "../support/TrainingScene.sol";
import {VM} from "../support/Vm.sol";

/// @notice Juries: who sits, what they decide, appeals (requirements J-07, J-08).
contract TrainingJuriesTest is TrainingScene {
    uint256 private constant BOND = 211;
    int64 private constant TRUTH = 700_000;
    int64 private constant LIE = 900_000;

    uint256 private _job;

    function setUp() public {
        _register(OWNER, 9);
        _register(BUYER, 12);
        _register(MALLORY, 31);
        _register(computer(0), 10);
        _do(computer(0), abi.encodeCall(_market.offerCompute, (1, 20, 60, ENVIRONMENT)));
        uint256 dataset = _listSharded(1, 1, ReplicaPhase.Verified);
        // The job's own people are in the pool too, and never sit.
        address[3] memory own = [OWNER, BUYER, computer(0)];
        for (uint256 i = 0; i < 3; ++i) {
            _do(own[i], abi.encodeCall(_market.bond, (1_000)));
            _do(own[i], abi.encodeCall(_market.enrol, (TEST_SET, 1, 1_000, 60)));
        }
        _enrolValidators(12);
        _job = _run(_jobTerms(), _one(dataset));
        _trainOnce(_job);
    }

    function test_theJobsOwnPeopleAndStrangersToThePoolNeverSit() public {
        for (uint256 attempt = 0; attempt < 3; ++attempt) {
            _draw(_job);
            address[] memory jury = _market.juryOf(_job, false);
            Check.equal(jury.length, 3, "jury");
            for (uint256 i = 0; i < 3; ++i) {
                Check.isTrue(uint160(jury[i]) >> 8 == 0xd0, "not a validator of the pool");
                for (uint256 k = 0; k < i; ++k) Check.isTrue(jury[k] != jury[i], "sits twice");
                Check.equal(_market.participantOf(jury[i]).lockedWei, BOND, "locked");
            }
            _pass(4 hours);
            _do(MALLORY, abi.encodeCall(_market.advance, (_job))); // nobody voted
        }
        _requirePhase(_job, JobPhase.Settling, Stage.None);
        Check.equal(_credit(BURNED), 9 * BOND, "nine who stayed silent");
        uint256 before = _credit(OWNER);
        _do(MALLORY, abi.encodeCall(_market.advance, (_job)));
        Check.equal(_credit(OWNER), before + 50_001, "undecided: the data part in full");
        _requireBalanced(1, 12);
    }

    function test_whoEntersOrLeavesAfterTheArmingChangesNothing() public {
        uint256 armed = _market.jobOf(_job).drawBlock - 2;
        bytes32 hash = bytes32(0);
        VM.roll(armed + 3);
        hash = blockhash(armed + 2);
        uint256 snapshot = VM.snapshotState();
        _do(MALLORY, abi.encodeCall(_market.advance, (_job)));
        address[] memory wanted = _market.juryOf(_job, false);
        VM.revertToState(snapshot);
        _do(wanted[0], abi.encodeCall(_market.resign, (TEST_SET)));
        _do(MALLORY, abi.encodeCall(_market.bond, (1_000)));
        _do(MALLORY, abi.encodeCall(_market.enrol, (TEST_SET, 1, 1_000, 60)));
        _do(MALLORY, abi.encodeCall(_market.advance, (_job)));
        address[] memory found = _market.juryOf(_job, false);
        for (uint256 i = 0; i < 3; ++i) Check.isTrue(found[i] == wanted[i], "jury");
        _refuse(wanted[0], abi.encodeCall(_market.resign, (TEST_SET)), IValidation.NotEnrolled.selector);
    }

    /// @dev Nobody can be drafted into a vote that ruins it.
    function test_aJobOutsideTheirTermsDraftsNobody() public {
        JobTerms memory t = _jobTerms();
        for (uint256 way = 0; way < 3; ++way) {
            t = _jobTerms();
            if (way == 0) t.voteBondWei = 1_001;
            else if (way == 1) t.voteSeconds = 59;
            else (t.validationBps, t.aggregationBps) = (0, 3_000);
            uint256 dataset = _listSharded(1, 1, ReplicaPhase.Verified);
            uint256 job = _run(t, _one(dataset));
            _trainOnce(job);
            for (uint256 attempt = 0; attempt < 3; ++attempt) _draw(job);
            _requirePhase(job, JobPhase.Settling, Stage.None);
            Check.equal(_market.juryOf(job, false).length, 0, "jury");
        }
        Check.equal(_credit(BURNED), 0, "burned");
    }

    function test_aMinorityAndTheSilentAreSlashedForTheMajority() public {
        _draw(_job);
        address[] memory jury = _market.juryOf(_job, false);
        uint256[3] memory before = [_worth(jury[0]), _worth(jury[1]), _worth(jury[2])];
        int64[] memory scores = _scores(3, TRUTH);
        scores[1] = LIE;
        _vote(_job, scores);
        _requirePhase(_job, JobPhase.Validating, Stage.Decided);
        bytes memory call_ = abi.encodeCall(_market.settle, (_job, TRUTH, _weights(1)));
        _refuse(MALLORY, call_, ISettlement.AppealOpen.selector);
        _pass(3 hours);
        call_ = abi.encodeCall(_market.settle, (_job, LIE, _weights(1)));
        _refuse(MALLORY, call_, ISettlement.WrongShares.selector);
        call_ = abi.encodeCall(_market.settle, (_job, TRUTH, _weights(2)));
        _refuse(MALLORY, call_, ISettlement.WrongShares.selector);
        _settle(_job, TRUTH);
        // 20,001 / 3 = 6,667 a vote; half of 211 for two, 52 each.
        Check.equal(_worth(jury[0]), before[0] + 6_667 + 52, "the majority");
        Check.equal(_worth(jury[1]), before[1] - BOND, "the minority");
        Check.equal(_worth(jury[2]), before[2] + 6_667 + 52, "the majority");
        Check.equal(_credit(BURNED), BOND - 104, "burned");
        _refuse(MALLORY, abi.encodeCall(_market.settle, (_job, TRUTH, _weights(1))), IJobs.WrongJobPhase.selector);
        _requireBalanced(1, 12);
    }

    function test_aCopiedVoteCannotBeRevealed() public {
        _draw(_job);
        address[] memory jury = _market.juryOf(_job, false);
        bytes32 stolen = _voteSeal(_job, jury[0], TRUTH, _weights(1));
        _sealVote(_job, 0, TRUTH);
        _do(jury[1], abi.encodeCall(_market.sealVote, (_job, 1, stolen)));
        _refuse(jury[1], abi.encodeCall(_market.sealVote, (_job, 1, stolen)), IValidation.VotedAlready.selector);
        _refuse(MALLORY, abi.encodeCall(_market.sealVote, (_job, 2, stolen)), IValidation.NotInJury.selector);
        _sealVote(_job, 2, TRUTH);
        _revealVote(_job, 0, TRUTH);
        bytes memory call_ = abi.encodeCall(_market.revealVote, (_job, 1, TRUTH, _weights(1), _salt(jury[0])));
        _refuse(jury[1], call_, IReplicas.SealMismatch.selector);
        _revealVote(_job, 2, TRUTH);
        _pass(30 minutes);
        _do(MALLORY, abi.encodeCall(_market.advance, (_job)));
        _requirePhase(_job, JobPhase.Validating, Stage.Decided); // two of three drawn
    }

    function test_sharesThatNobodyShowsInTimeAreEqual() public {
        _draw(_job);
        _vote(_job, _scores(3, TRUTH));
        _pass(3 hours);
        _refuse(MALLORY, abi.encodeCall(_market.advance, (_job)), IJobs.NothingToAdvance.selector);
        _pass(4 hours);
        uint256 before = _credit(OWNER);
        _do(MALLORY, abi.encodeCall(_market.advance, (_job)));
        _requirePhase(_job, JobPhase.Closed, Stage.None);
        Check.equal(_credit(OWNER), before + 50_001, "owner");
        Check.equal(_market.participantOf(_market.juryOf(_job, false)[0]).lockedWei, 0, "the jury's bonds are free");
        _requireBalanced(1, 12);
    }

    function test_anAppealInVainPaysTheSecondJury() public {
        _draw(_job);
        _vote(_job, _scores(3, TRUTH));
        uint256 cost = _market.appealCostOf(_job);
        Check.equal(cost, 7 * 6_667, "seven more votes");
        uint256 before = _worth(MALLORY);
        _do(MALLORY, abi.encodeCall(_market.appeal, (_job)));
        _requirePhase(_job, JobPhase.Validating, Stage.Armed);
        _draw(_job);
        address[] memory second = _market.juryOf(_job, true);
        _requireApart(_market.juryOf(_job, false), second);
        uint256 juror = _worth(second[0]);
        _vote(_job, _scores(7, TRUTH));
        _requirePhase(_job, JobPhase.Settling, Stage.None);
        Check.equal(_worth(second[0]), juror + 6_667, "a second juror");
        Check.equal(_worth(MALLORY), before - cost + 7, "the appellant, with the draw's bounty");
        _settle(_job, TRUTH);
        Check.equal(_credit(BURNED), 0, "burned");
        _requireBalanced(1, 12);
    }

    function test_anAppealOverturnsABribedJury() public {
        _draw(_job);
        address[] memory first = _market.juryOf(_job, false);
        uint256[3] memory before = [_worth(first[0]), _worth(first[1]), _worth(first[2])];
        int64[] memory scores = _scores(3, LIE);
        scores[2] = TRUTH;
        _vote(_job, scores);
        uint256 mallory = _worth(MALLORY);
        _do(MALLORY, abi.encodeCall(_market.appeal, (_job)));
        _draw(_job);
        address[] memory second = _market.juryOf(_job, true);
        uint256 juror = _worth(second[0]);
        _vote(_job, _scores(7, TRUTH));
        Check.equal(_worth(first[0]), before[0] - BOND, "the bribed");
        Check.equal(_worth(first[2]), before[2] + BOND, "who was right all along has half of what two lost");
        Check.equal(_worth(MALLORY), mallory + BOND + 7, "the appellant has the other half");
        Check.equal(_worth(second[0]), juror + 20_001 / uint256(7), "a second juror");
        uint256 owner = _credit(OWNER);
        _settle(_job, TRUTH);
        Check.equal(_credit(OWNER), owner + 25_000, "paid by the truth");
        _requireBalanced(1, 12);
    }

    function test_anAppealThatNobodyDecidesLeavesTheDecision() public {
        _draw(_job);
        _vote(_job, _scores(3, TRUTH));
        uint256 before = _worth(MALLORY);
        _do(MALLORY, abi.encodeCall(_market.appeal, (_job)));
        uint256 bounties = 0;
        for (uint256 attempt = 0; attempt < 3; ++attempt) {
            _draw(_job);
            ++bounties;
            if (_market.jobOf(_job).stage != Stage.Committing) continue; // too few are left
            _pass(4 hours);
            _do(MALLORY, abi.encodeCall(_market.advance, (_job)));
            ++bounties;
        }
        _requirePhase(_job, JobPhase.Settling, Stage.None);
        Check.equal(_worth(MALLORY), before + 7 * bounties, "the appellant has its bond back");
        _settle(_job, TRUTH);
        _requireBalanced(1, 12);
    }

    /// @dev A good reputation is drawn more often, a bad one less, and no one never.
    function test_reputationWeightsTheDraw() public {
        (, uint256 fresh) = _market.reputationOf(validator(0), 8);
        Check.equal(fresh, 1 << 31, "a fresh score is one half");
        JobTerms memory t = _jobTerms();
        t.budgetWei = 0.1 ether; // what is worth next to nothing says next to nothing of anybody
        _job = _run(t, _one(_listSharded(1, 1, ReplicaPhase.Verified)));
        _trainOnce(_job);
        _draw(_job);
        address[] memory jury = _market.juryOf(_job, false);
        _vote(_job, _scores(3, TRUTH));
        _pass(3 hours);
        _settle(_job, TRUTH);
        (, uint256 good) = _market.reputationOf(jury[0], 8);
        Check.isTrue(good > fresh, "a good score");
        _pass(52 weeks);
        (, uint256 later) = _market.reputationOf(jury[0], 8);
        Check.isTrue(later > fresh && later < good, "it fades");
    }

    function test_aModelIsOfferedByItsBuyerOnceClosed() public {
        bytes memory offer = abi.encodeCall(_market.listModel, (_job, 5, true));
        _refuse(BUYER, offer, IJobs.WrongJobPhase.selector);
        _draw(_job);
        _vote(_job, _scores(3, TRUTH));
        _pass(3 hours);
        _settle(_job, TRUTH);
        _refuse(MALLORY, offer, ISettlement.NotBuyer.selector);
        _do(BUYER, offer);
        Check.isTrue(_market.jobOf(_job).isListed, "listed");
    }

    function _requireApart(address[] memory one, address[] memory other) private pure {
        for (uint256 i = 0; i < one.length; ++i) {
            for (uint256 k = 0; k < other.length; ++k) Check.isTrue(one[i] != other[k], "sits in both juries");
        }
    }
}
