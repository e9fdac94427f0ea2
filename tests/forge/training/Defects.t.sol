// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Custody, DatasetPhase} from "../../../interfaces/training/ICatalogue.sol";
import {IJobs, Job, JobPhase, JobTerms, Stage} from "../../../interfaces/training/IJobs.sol";
import {ReplicaPhase} from "../../../interfaces/training/IReplicas.sol";
import {IRounds} from "../../../interfaces/training/IRounds.sol";
import {IValidation} from "../../../interfaces/training/IValidation.sol";
import {Check} from "../support/Check.sol";
import {TrainingScene} from "../support/TrainingScene.sol";
import {VM} from "../support/Vm.sol";

/// @notice What went wrong in DeltaML, fitchain's contracts, danku and FELT, each tried here (requirement J-14).
contract TrainingDefectsTest is TrainingScene {
    int64 private constant SCORE = 900_000; // the target
    address private constant OTHER = address(0xe001);

    uint256 private _dataset;

    function setUp() public {
        _register(OWNER, 1);
        _register(OTHER, 1);
        _register(BUYER, 4);
        _register(MALLORY, 31);
        _register(computer(0), 2);
        _do(computer(0), abi.encodeCall(_market.offerCompute, (1, 20, 60, ENVIRONMENT)));
        _dataset = _listSharded(1, 1, ReplicaPhase.Verified);
        _enrolValidators(9);
    }

    // --------------------------------------------------------------------------------------------------------- DeltaML

    function test_deltaml_finishingOneJobLeavesTheOthersEscrow() public {
        uint256 one = _run(_jobTerms(), _one(_dataset));
        uint256 other = _run(_jobTerms(), _one(_dataset));
        uint256 escrowWei = _market.jobOf(other).escrowWei;
        _finish(one, SCORE);
        Check.equal(_market.jobOf(one).escrowWei, 0, "its own is empty");
        Check.equal(_market.jobOf(other).escrowWei, escrowWei, "the other's is whole");
    }

    function test_deltaml_nobodyIsPaidTwiceForARound() public {
        uint256 job = _run(_jobTerms(), _one(_dataset));
        _draw(job);
        _train(job);
        uint256 before = _credit(computer(0));
        bytes32 update = _update(job, 0);
        bytes memory again = abi.encodeCall(_market.revealResult, (job, 0, 0, update, _salt(computer(0))));
        for (uint256 i = 0; i < 9; ++i) _refuse(computer(0), again, IJobs.WrongJobPhase.selector);
        Check.equal(_credit(computer(0)), before, "paid once");
    }

    function test_deltaml_anOutsiderIsNoAggregatorAndEndsNothing() public {
        uint256 job = _run(_jobTerms(), _one(_dataset));
        _draw(job);
        _train(job);
        bytes32 model = keccak256("mine");
        _refuse(MALLORY, abi.encodeCall(_market.aggregate, (job, model, true)), IRounds.NotAggregator.selector);
        _refuse(MALLORY, abi.encodeCall(_market.settle, (job, SCORE, _weights(1))), IJobs.WrongJobPhase.selector);
        _aggregate(job, true);
        _makeFinal(job);
        _draw(job);
        _refuse(MALLORY, abi.encodeCall(_market.sealVote, (job, 0, model)), IValidation.NotInJury.selector);
        Check.isTrue(_market.jobOf(job).model != model, "overwritten");
    }

    /// @dev And who harms gets nothing, as weights of harm are zero.
    function test_deltaml_aWorseScorePaysNothingAndUnderflowsNowhere() public {
        uint256 before = _worth(OWNER);
        uint256 job = _run(_jobTerms(), _one(_dataset));
        _finish(job, -9_000_000);
        Check.equal(_worth(OWNER), before, "paid for harm");
        _requirePhase(job, JobPhase.Closed, Stage.None);
        uint256[] memory two = new uint256[](2);
        (two[0], two[1]) = (_listLocal(OWNER), _listLocal(OTHER));
        JobTerms memory t = _jobTerms();
        (t.custody, t.subsetsPerRound) = (Custody.Local, 2);
        job = _run(t, two);
        _trainOnce(job);
        _draw(job);
        (uint256 harmless, uint256 harmful) = (_worth(OWNER), _worth(OTHER));
        uint64[] memory weights = new uint64[](2);
        weights[0] = 7; // max(φ, 0) of who harms is 0
        address[] memory jury = _market.juryOf(job, false);
        for (uint256 i = 0; i < 3; ++i)
            _do(jury[i], abi.encodeCall(_market.sealVote, (job, i, _voteSeal(job, jury[i], SCORE, weights))));
        for (uint256 i = 0; i < 3; ++i)
            _do(jury[i], abi.encodeCall(_market.revealVote, (job, i, SCORE, weights, _salt(jury[i]))));
        _pass(3 hours);
        _do(MALLORY, abi.encodeCall(_market.settle, (job, SCORE, weights)));
        Check.equal(_worth(OWNER), harmless + 50_001, "all of the part");
        Check.equal(_worth(OTHER), harmful, "paid for harm");
    }

    // -------------------------------------------------------------------------------------------------------- fitchain

    function test_fitchain_nothingIsVerifiedWithoutAVote() public {
        uint256 job = _run(_jobTerms(), _one(_dataset));
        _trainOnce(job);
        _refuse(MALLORY, abi.encodeCall(_market.settle, (job, 0, _weights(1))), IJobs.WrongJobPhase.selector);
        _refuse(MALLORY, abi.encodeCall(_market.verify, (_dataset, 0, 0, true)), _notOwner());
    }

    function test_fitchain_onePaymentIsReleasedOnce() public {
        uint256 job = _run(_jobTerms(), _one(_dataset));
        _finish(job, SCORE);
        uint256 before = _worth(OWNER);
        _refuse(MALLORY, abi.encodeCall(_market.settle, (job, SCORE, _weights(1))), IJobs.WrongJobPhase.selector);
        _refuse(MALLORY, abi.encodeCall(_market.advance, (job)), IJobs.WrongJobPhase.selector);
        _refuse(BUYER, abi.encodeCall(_market.cancel, (job, 0)), IJobs.WrongJobPhase.selector);
        Check.equal(_worth(OWNER), before, "paid once");
    }

    /// @dev Commitments bind the voter: a copied vote cannot be revealed (also in `Juries`).
    function test_fitchain_aCommitmentNamesItsVoter() public view {
        bytes32 digest = keccak256("vote");
        bytes32 ours = _market.sealOf(1, 2, 3, validator(0), digest, 0);
        Check.isTrue(ours != _market.sealOf(1, 2, 3, validator(1), digest, 0), "voter");
        Check.isTrue(ours != _market.sealOf(2, 2, 3, validator(0), digest, 0), "job");
        Check.isTrue(ours != _market.sealOf(1, 3, 3, validator(0), digest, 0), "round");
        Check.isTrue(ours != _market.sealOf(1, 2, 4, validator(0), digest, 0), "subset");
        Check.isTrue(ours != _market.sealOf(1, 2, 3, validator(0), digest, keccak256("salt")), "salt");
    }

    function test_fitchain_yesNoYesIsYes() public {
        uint256 job = _run(_jobTerms(), _one(_dataset));
        _trainOnce(job);
        _draw(job);
        int64[] memory scores = _scores(3, SCORE);
        scores[1] = 1;
        _vote(job, scores);
        _pass(3 hours);
        _settle(job, SCORE);
        (, , int64 score) = _market.modelOf(job);
        Check.equal(int256(score), SCORE, "score");
    }

    function test_fitchain_juriesAreNotTheFirstWhoRegistered() public {
        uint256 job = _run(_jobTerms(), _one(_dataset));
        _trainOnce(job);
        uint256 seen = 0;
        for (uint256 attempt = 0; attempt < 3; ++attempt) {
            _draw(job);
            address[] memory jury = _market.juryOf(job, false);
            for (uint256 i = 0; i < 3; ++i) seen |= 1 << uint8(uint160(jury[i]));
            _pass(4 hours);
            _do(MALLORY, abi.encodeCall(_market.advance, (job)));
        }
        Check.isTrue(seen > 7, "always the first three");
    }

    // ----------------------------------------------------------------------------------------------------------- danku

    function test_danku_noDrawIsMadeByTheHashOfNothing() public {
        uint256 job = _run(_jobTerms(), _one(_dataset));
        Job memory j = _market.jobOf(job);
        _refuse(BUYER, abi.encodeCall(_market.advance, (job)), IJobs.DrawNotYet.selector);
        VM.roll(j.drawBlock); // the block itself has no hash yet
        _refuse(BUYER, abi.encodeCall(_market.advance, (job)), IJobs.DrawNotYet.selector);
        _refuse(
            computer(0),
            abi.encodeCall(_market.sealResult, (job, 0, 0, bytes32(uint256(1)))),
            IJobs.DrawNotYet.selector
        );
    }

    /// @dev Also FELT's seed from the caller's own block: whenever it is called, the draw is the fixed block's.
    function test_danku_nobodyPicksAmongBlocks() public {
        uint256 dataset = _wide();
        JobTerms memory t = _jobTerms();
        t.subsetsPerRound = 3;
        uint256 job = _run(t, _one(dataset));
        uint256 drawBlock = _market.jobOf(job).drawBlock;
        uint256 snapshot = VM.snapshotState();
        bytes32 wanted;
        for (uint256 i = 1; i < 256; i += 51) {
            VM.roll(drawBlock + i);
            _do(MALLORY, abi.encodeCall(_market.advance, (job)));
            bytes32 found = _market.jobOf(job).positions;
            if (i == 1) wanted = found;
            Check.isTrue(found == wanted, "another block, another draw");
            VM.revertToState(snapshot);
        }
    }

    function test_danku_differentJobsDrawDifferently() public {
        uint256 dataset = _wide();
        JobTerms memory t = _jobTerms();
        t.subsetsPerRound = 5;
        bytes32 first;
        uint256 same = 0;
        for (uint256 i = 0; i < 4; ++i) {
            uint256 job = _run(t, _one(dataset));
            _draw(job);
            bytes32 found = _market.jobOf(job).positions;
            if (i == 0) first = found;
            else if (found == first) ++same;
        }
        Check.isTrue(same < 3, "always the same group");
    }

    // ------------------------------------------------------------------------------------------------------------ FELT

    function test_felt_aSubmissionAloneIsNotPaid() public {
        uint256 job = _run(_jobTerms(), _one(_dataset));
        _draw(job);
        uint256 before = _credit(computer(0));
        _sealResult(job, 0, 0, keccak256("anything"));
        Check.equal(_credit(computer(0)), before, "paid");
    }

    function test_felt_anAbortRefunds() public {
        uint256 before = _worth(BUYER);
        uint256 job = _request(_jobTerms(), _one(_dataset));
        _do(BUYER, abi.encodeCall(_market.cancel, (job, 0)));
        Check.equal(_worth(BUYER), before, "refunded");
    }

    function test_felt_whoLeavesIsOut() public {
        _do(validator(0), abi.encodeCall(_market.resign, (TEST_SET)));
        Check.isTrue(_market.enrolmentOf(TEST_SET, validator(0)).leftBlock > 0, "left");
        _do(OWNER, abi.encodeCall(_market.retire, (_dataset)));
        Check.equal(uint256(_market.datasetOf(_dataset).phase), uint256(DatasetPhase.Retired), "retired");
        _do(computer(0), abi.encodeCall(_market.vacate, (_dataset, 0, 0)));
        Check.equal(uint256(_market.replicaOf(_dataset, 0, 0).phase), uint256(ReplicaPhase.Left), "left");
    }

    /// @dev From each stage in which people can stall, time alone leads to an end in which nothing is held.
    function test_felt_everyStageEndsByTimeAlone() public {
        for (uint256 stage = 0; stage < 9; ++stage) {
            _dataset = _listSharded(1, 1, ReplicaPhase.Verified);
            uint256 job = _request(_jobTerms(), _one(_dataset));
            if (stage > 0) _do(OWNER, abi.encodeCall(_market.approve, (job, 0)));
            if (stage > 1) _draw(job);
            if (stage > 2) _sealResult(job, 0, 0, _update(job, 0));
            if (stage > 3) _revealResult(job, 0, 0, _update(job, 0));
            if (stage > 4) _aggregate(job, true);
            if (stage > 5) _makeFinal(job);
            if (stage > 6) _draw(job);
            if (stage > 7) _vote(job, _scores(3, SCORE));
            for (uint256 i = 0; i < 40 && _market.jobOf(job).phase < JobPhase.Closed; ++i) {
                _pass(1 days);
                if (VM.getBlockNumber() <= _market.jobOf(job).drawBlock)
                    VM.roll(uint256(_market.jobOf(job).drawBlock) + 1);
                _do(MALLORY, abi.encodeCall(_market.advance, (job)));
            }
            Check.isTrue(_market.jobOf(job).phase >= JobPhase.Closed, "never ends");
            Check.equal(_market.jobOf(job).escrowWei, 0, "something is held");
            Check.equal(_market.datasetOf(_dataset).jobs, 0, "the dataset is not free");
        }
    }

    function _finish(uint256 job, int64 score) private {
        _trainOnce(job);
        _draw(job);
        _vote(job, _scores(3, score));
        _pass(3 hours);
        _settle(job, score);
    }

    function _wide() private returns (uint256 dataset) {
        _do(computer(0), abi.encodeCall(_market.offerCompute, (1, 50, 60, ENVIRONMENT)));
        return _listSharded(12, 1, ReplicaPhase.Verified);
    }

    function _notOwner() private pure returns (bytes4) {
        return bytes4(keccak256("NotDatasetOwner(uint256,address)"));
    }
}
