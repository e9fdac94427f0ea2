// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ICatalogue} from "../../../interfaces/training/ICatalogue.sol";
import {IDisputes} from "../../../interfaces/training/IDisputes.sol";
import {IJobs, Job, JobPhase, JobTerms, Stage, Subject} from "../../../interfaces/training/IJobs.sol";
import {IReplicas, ReplicaPhase} from "../../../interfaces/training/IReplicas.sol";
import {IRounds} from "../../../interfaces/training/IRounds.sol";
import {Reputation} from "../../../interfaces/training/IParticipants.sol";
import {ReputationMath} from "../../../contracts/libraries/ReputationMath.sol";
import {Check} from "../support/Check.sol";
import {TrainingScene} from "../support/TrainingScene.sol";
import {VM} from "../support/Vm.sol";

/// @notice What cheats try in rounds, and what comes of it (requirements J-03, J-04, J-05, J-06).
contract TrainingThreatsTest is TrainingScene {
    bytes32 private constant GARBAGE = keccak256("garbage");

    uint256 private _dataset;

    function setUp() public {
        _register(OWNER, 1);
        _register(BUYER, 4);
        _register(MALLORY, 31);
        for (uint256 i = 0; i < 3; ++i) {
            _register(computer(i), 2);
            _do(computer(i), abi.encodeCall(_market.offerCompute, (1, 20, 60, ENVIRONMENT)));
        }
        _enrolValidators(8);
        _dataset = _listSharded(1, 3, ReplicaPhase.Verified);
    }

    // ------------------------------------------------------------------------------------------------- compute owners

    function test_aCopiedSealCannotBeRevealed() public {
        uint256 job = _drawn();
        bytes32 stolen = _resultSeal(job, 0, computer(0), _update(job, 0));
        _sealResult(job, 0, 0, _update(job, 0));
        _do(computer(1), abi.encodeCall(_market.sealResult, (job, 0, 1, stolen)));
        _sealResult(job, 0, 2, _update(job, 0));
        _revealResult(job, 0, 0, _update(job, 0));
        bytes memory call_ = abi.encodeCall(_market.revealResult, (job, 0, 1, _update(job, 0), _salt(computer(0))));
        _refuse(computer(1), call_, IReplicas.SealMismatch.selector);
        _revealResult(job, 0, 2, _update(job, 0));
        _pass(30 minutes);
        _do(MALLORY, abi.encodeCall(_market.advance, (job)));
        _requirePhase(job, JobPhase.Running, Stage.Agreed);
        _requireSlashed(1);
    }

    /// @dev A model that others revealed cannot be sealed any more.
    function test_nobodySealsOnceRevealsHaveBegun() public {
        uint256 job = _drawn();
        _sealResult(job, 0, 0, _update(job, 0));
        _sealResult(job, 0, 1, _update(job, 0));
        _refuse(computer(0), _revealCall(job, 0, _update(job, 0)), IJobs.WrongJobPhase.selector);
        _pass(1 hours);
        _revealResult(job, 0, 0, _update(job, 0));
        bytes32 seal = _resultSeal(job, 0, computer(2), _update(job, 0));
        _refuse(computer(2), abi.encodeCall(_market.sealResult, (job, 0, 2, seal)), IJobs.WrongJobPhase.selector);
        _revealResult(job, 0, 1, _update(job, 0));
        _requirePhase(job, JobPhase.Running, Stage.Agreed); // two of three assigned are a majority
        _requireSlashed(2);
    }

    function test_aMinorityWithGarbageIsSlashedForTheOthers() public {
        uint256 job = _drawn();
        uint256[3] memory before = [_worth(computer(0)), _worth(computer(1)), _worth(computer(2))];
        _sealAll(job, _update(job, 0), GARBAGE, _update(job, 0));
        _requirePhase(job, JobPhase.Running, Stage.Agreed);
        _requireSlashed(1);
        // 20,001 / (2 × 1 × 3) = 3,333 a seat; half of 301 for two others, 75 each; the rest is burned.
        Check.equal(_worth(computer(0)), before[0] + 3_333 + 75, "an honest one");
        Check.equal(_worth(computer(1)), before[1] - REPLICA_BOND, "the other");
        Check.equal(_worth(computer(2)), before[2] + 3_333 + 75, "an honest one");
        Check.equal(_credit(BURNED), REPLICA_BOND - 150, "burned");
        _requireBalanced(3, 8);
    }

    function test_withoutQuorumItIsDrawnAgainThriceAndThenExpires() public {
        uint256 before = _worth(BUYER);
        uint256 computers = _worth(computer(0)) + _worth(computer(1)) + _worth(computer(2));
        uint256 job = _run(_jobTerms(), _one(_dataset));
        for (uint256 attempt = 0; attempt < 3; ++attempt) {
            Check.equal(_market.jobOf(job).attempt, attempt, "attempt");
            _draw(job);
            _sealAll(job, keccak256("a"), keccak256("b"), keccak256("c"));
        }
        _requirePhase(job, JobPhase.Expired, Stage.None);
        // Nobody can be said to be wrong; the draws' bounties are spent.
        Check.equal(
            computers,
            _worth(computer(0)) + _worth(computer(1)) + _worth(computer(2)),
            "nobody is slashed or paid"
        );
        Check.equal(_worth(BUYER), before - 3 * 7, "refunded");
        Check.equal(_market.datasetOf(_dataset).jobs, 0, "the dataset is free");
        _requireBalanced(3, 8);
    }

    function test_twoWhoStaySilentLeaveNoMajorityAndAreSlashed() public {
        uint256 job = _drawn();
        _sealResult(job, 0, 0, _update(job, 0));
        _pass(1 hours);
        _revealResult(job, 0, 0, _update(job, 0)); // all who sealed have revealed: counted
        _requirePhase(job, JobPhase.Running, Stage.Armed); // one of three is no strict majority
        Check.equal(_credit(BURNED), 2 * REPLICA_BOND, "burned");
        Check.equal(
            uint256(_market.replicaOf(_dataset, 0, 0).phase),
            uint256(ReplicaPhase.Verified),
            "who revealed stays"
        );
        // Next time it is the only one assigned, so its own word is the majority of the assigned.
        _draw(job);
        Check.equal(_market.jobOf(job).assigned, 1, "assigned");
    }

    function test_aBondIsSlashedOnceThoughTwoJobsBlameIt() public {
        (uint256 one, uint256 other) = (_drawn(), _drawn());
        _sealAll(one, _update(one, 0), GARBAGE, _update(one, 0));
        _sealAll(other, _update(other, 0), GARBAGE, _update(other, 0));
        Check.equal(_worth(computer(1)), RICH - REPLICA_BOND, "slashed once");
        Check.equal(_market.participantOf(computer(1)).lockedWei, 0, "nothing is locked");
        _requireBalanced(3, 8);
    }

    function test_reputationsFollowWhatHappened() public {
        JobTerms memory t = _jobTerms();
        t.budgetWei = 0.1 ether;
        uint256 job = _run(t, _one(_dataset));
        _draw(job);
        _sealResult(job, 0, 0, _update(job, 0));
        _sealResult(job, 0, 1, GARBAGE);
        _sealResult(job, 0, 2, _update(job, 0));
        for (uint256 i = 0; i < 3; ++i) _revealResult(job, 0, i, i == 1 ? GARBAGE : _update(job, 0));
        _pass(2 hours);
        _do(MALLORY, abi.encodeCall(_market.advance, (job))); // the buyer stalls
        (, uint256 honest) = _market.reputationOf(computer(0), 2);
        (, uint256 guilty) = _market.reputationOf(computer(1), 2);
        (, uint256 buyer) = _market.reputationOf(BUYER, 4);
        (Reputation memory r, ) = _market.reputationOf(computer(1), 2);
        // 0.02 ether / 6 seats = 3.33 units, log2(4.33) = 2.115 bits, thrice for a slash.
        uint256 w = ReputationMath.weight(uint256(0.02 ether) / 6);
        Check.equal(r.beta, (1 << 32) + 3 * w, "beta");
        Check.isTrue(w / 1e6 == (uint256(2_115_477_217) << 32) / 1e9 / 1e6, "weight");
        Check.isTrue(honest > 1 << 31 && guilty < 1 << 31 && buyer < 1 << 31, "scores");
    }

    /// @dev A buyer cannot slash others by a job in which nobody can be in time, or be paid.
    function test_hastyOrStingyJobsAreNotAssigned() public {
        JobTerms memory t = _jobTerms();
        t.trainSeconds = 59;
        uint256 job = _run(t, _one(_dataset));
        _draw(job);
        Check.equal(_market.jobOf(job).assigned, 0, "assigned to a hasty job");
        t.trainSeconds = 60;
        t.budgetWei = 200; // data part as dear as the owner's price, half a wei a seat
        t.environment = ENVIRONMENT;
        (t.rounds, t.computeBps, t.validationBps) = (100, 2_000, 2_000);
        job = _run(t, _one(_dataset));
        _draw(job);
        Check.equal(_market.jobOf(job).assigned, 0, "assigned to a stingy job");
        _pass(60);
        _do(MALLORY, abi.encodeCall(_market.advance, (job)));
        _requirePhase(job, JobPhase.Running, Stage.Armed);
        Check.equal(_credit(BURNED), 0, "nobody is slashed");
    }

    function test_anotherEnvironmentIsNotAssigned() public {
        JobTerms memory t = _jobTerms();
        t.environment = keccak256("another");
        uint256 job = _run(t, _one(_dataset));
        _draw(job);
        Check.equal(_market.jobOf(job).assigned, 0, "assigned");
    }

    // ------------------------------------------------------------------------------------------------------- outsiders

    function test_nobodyOutsideTouchesAJob() public {
        uint256 job = _drawn();
        bytes32 digest = _update(job, 0);
        _refuse(MALLORY, abi.encodeCall(_market.sealResult, (job, 0, 0, digest)), IRounds.NotSeatHolder.selector);
        _refuse(MALLORY, abi.encodeCall(_market.sealResult, (job, 0, 9, digest)), IRounds.NotAssigned.selector);
        _refuse(MALLORY, abi.encodeCall(_market.sealResult, (job, 1, 0, digest)), IRounds.NotAssigned.selector);
        _refuse(MALLORY, abi.encodeCall(_market.cancel, (job, 0)), IJobs.WrongJobPhase.selector);
        _refuse(BUYER, abi.encodeCall(_market.aggregate, (job, digest, true)), IJobs.WrongJobPhase.selector);
        _train(job);
        _refuse(MALLORY, abi.encodeCall(_market.aggregate, (job, digest, true)), IRounds.NotAggregator.selector);
        _refuse(BUYER, abi.encodeCall(_market.aggregate, (job, 0, true)), IRounds.EmptyDigest.selector);
        uint256 waiting = _request(_jobTerms(), _one(_dataset));
        _refuse(MALLORY, abi.encodeCall(_market.approve, (waiting, 0)), IJobs.NotInvolved.selector);
        _refuse(MALLORY, abi.encodeCall(_market.cancel, (waiting, 0)), IJobs.NotInvolved.selector);
        _refuse(MALLORY, abi.encodeCall(_market.advance, (99)), IJobs.UnknownJob.selector);
    }

    function test_phasesAndDeadlinesAreKept() public {
        uint256 job = _drawn();
        bytes32 seal = _resultSeal(job, 0, computer(0), GARBAGE);
        _refuse(computer(0), abi.encodeCall(_market.sealResult, (job, 0, 0, bytes32(0))), IReplicas.EmptySeal.selector);
        _do(computer(0), abi.encodeCall(_market.sealResult, (job, 0, 0, seal)));
        _refuse(computer(0), abi.encodeCall(_market.sealResult, (job, 0, 0, seal)), IRounds.DoneAlready.selector);
        _refuse(MALLORY, abi.encodeCall(_market.advance, (job)), IJobs.NothingToAdvance.selector);
        _pass(1 hours);
        _refuse(computer(1), abi.encodeCall(_market.sealResult, (job, 0, 1, seal)), IReplicas.TooLate.selector);
        _pass(30 minutes);
        _refuse(computer(0), _revealCall(job, 0, GARBAGE), IReplicas.TooLate.selector);
        _do(MALLORY, abi.encodeCall(_market.advance, (job)));
        _refuse(computer(0), _revealCall(job, 0, GARBAGE), IJobs.WrongJobPhase.selector);
    }

    // ----------------------------------------------------------------------------------------------------------- draws

    function test_aMissedDrawIsArmedAnewAtThePursesCost() public {
        uint256 job = _run(_jobTerms(), _one(_dataset));
        Job memory j = _market.jobOf(job);
        _refuse(MALLORY, abi.encodeCall(_market.advance, (job)), IJobs.DrawNotYet.selector);
        VM.roll(uint256(j.drawBlock) + 300);
        uint256 before = _credit(MALLORY);
        _do(MALLORY, abi.encodeCall(_market.advance, (job)));
        _requirePhase(job, JobPhase.Running, Stage.Armed);
        Check.equal(_credit(MALLORY), before + 7, "bounty");
        Check.equal(_market.jobOf(job).purseWei, j.purseWei - 7, "purse");
        Check.equal(_market.jobOf(job).drawBlock, uint256(j.drawBlock) + 302, "armed anew");
        _draw(job);
        _requirePhase(job, JobPhase.Running, Stage.Committing);
    }

    function test_theDrawIsThatOfTheFixedBlock() public {
        uint256 dataset = _listSharded(6, 3, ReplicaPhase.Verified);
        JobTerms memory t = _jobTerms();
        t.subsetsPerRound = 4;
        uint256 job = _run(t, _one(dataset));
        uint256 drawBlock = _market.jobOf(job).drawBlock;
        VM.roll(drawBlock + 200);
        bytes32 seed = keccak256(abi.encode(blockhash(drawBlock), job, uint16(0)));
        (uint256[] memory positions, ) = _market.drawOf(0, 6, 4, seed);
        _do(MALLORY, abi.encodeCall(_market.advance, (job)));
        bytes32 packed = _market.jobOf(job).positions;
        for (uint256 slot = 0; slot < 4; ++slot) {
            Check.equal(uint8(packed[slot]), positions[slot], "position");
        }
    }

    // ------------------------------------------------------------------------------------------- buyer and aggregator

    function test_aBuyerWhoStallsPaysInFull() public {
        uint256 job = _drawn();
        _train(job);
        uint256 before = _worth(OWNER);
        _pass(2 hours);
        _refuse(BUYER, abi.encodeCall(_market.aggregate, (job, GARBAGE, true)), IReplicas.TooLate.selector);
        _do(MALLORY, abi.encodeCall(_market.advance, (job)));
        _requirePhase(job, JobPhase.Settling, Stage.None);
        _do(MALLORY, abi.encodeCall(_market.advance, (job)));
        _requirePhase(job, JobPhase.Closed, Stage.None);
        Check.equal(_worth(OWNER), before + 50_001, "the data part");
        _requireBalanced(3, 8);
    }

    function test_aWrongAverageIsReplacedByTheChallengers() public {
        uint256 job = _drawn();
        _train(job);
        _aggregate(job, true);
        (uint256 buyer, uint256 mallory) = (_worth(BUYER), _worth(MALLORY));
        _refuse(BUYER, abi.encodeCall(_market.challenge, (job, GARBAGE)), IDisputes.OwnAverage.selector);
        bytes memory same = abi.encodeCall(_market.challenge, (job, _market.disputeOf(job).posted));
        _refuse(MALLORY, same, IDisputes.SameDigest.selector);
        bytes32 right = keccak256("the right average");
        _do(MALLORY, abi.encodeCall(_market.challenge, (job, right)));
        _refuse(MALLORY, abi.encodeCall(_market.judge, (job, 0, 0, right)), IRounds.NotSeatHolder.selector);
        _do(computer(0), abi.encodeCall(_market.judge, (job, 0, 0, right)));
        _refuse(computer(0), abi.encodeCall(_market.judge, (job, 0, 0, right)), IRounds.DoneAlready.selector);
        _requirePhase(job, JobPhase.Running, Stage.Disputed);
        _do(computer(1), abi.encodeCall(_market.judge, (job, 0, 1, right)));
        _requirePhase(job, JobPhase.Validating, Stage.Armed);
        Check.isTrue(_market.jobOf(job).model == right, "model");
        Check.equal(_worth(BUYER), buyer - 401, "the aggregator's bond");
        Check.equal(_worth(MALLORY), mallory + 200 + 5_000, "half of it, and the round's aggregation");
        Check.equal(_market.participantOf(MALLORY).lockedWei, 0, "its bond is free");
        Check.equal(_market.participantOf(BUYER).lockedWei, 0, "nothing is locked");
        _requireBalanced(3, 8);
    }

    function test_aFalseChallengeCostsItsBond() public {
        for (uint256 way = 0; way < 2; ++way) {
            uint256 job = _drawn();
            _train(job);
            _aggregate(job, true);
            (uint256 buyer, uint256 mallory) = (_worth(BUYER), _worth(MALLORY));
            _do(MALLORY, abi.encodeCall(_market.challenge, (job, GARBAGE)));
            bytes32 posted = _market.disputeOf(job).posted;
            _do(computer(0), abi.encodeCall(_market.judge, (job, 0, 0, posted)));
            uint256 bountyWei = 0;
            if (way == 0) {
                _do(computer(1), abi.encodeCall(_market.judge, (job, 0, 1, posted)));
            } else {
                _pass(3 hours); // nobody else votes
                _do(MALLORY, abi.encodeCall(_market.advance, (job)));
                bountyWei = 7;
            }
            _requirePhase(job, JobPhase.Validating, Stage.Armed);
            Check.equal(_worth(MALLORY), mallory - 401 + bountyWei, "the challenger's bond");
            Check.equal(_worth(BUYER), buyer + 200 + 5_000, "the aggregator");
        }
        _requireBalanced(3, 8);
    }

    // ------------------------------------------------------------------------------------------------- ends and refunds

    function test_whatNobodyApprovedOrPaidIsRefunded() public {
        uint256 before = _worth(BUYER);
        uint256 job = _request(_jobTerms(), _one(_dataset));
        _refuse(MALLORY, abi.encodeCall(_market.advance, (job)), IJobs.NothingToAdvance.selector);
        _pass(1 days);
        _refuse(OWNER, abi.encodeCall(_market.approve, (job, 0)), IReplicas.TooLate.selector);
        _do(MALLORY, abi.encodeCall(_market.advance, (job)));
        _requirePhase(job, JobPhase.Expired, Stage.None);
        Check.equal(_worth(BUYER), before - 7, "all but the bounty");
        job = _request(_jobTerms(), _one(_dataset));
        _do(OWNER, abi.encodeCall(_market.cancel, (job, 0)));
        _requirePhase(job, JobPhase.Cancelled, Stage.None);
        Check.equal(_worth(BUYER), before - 7, "all");
        _refuse(MALLORY, abi.encodeCall(_market.advance, (job)), IJobs.WrongJobPhase.selector);
        _requireBalanced(3, 8);
    }

    function test_sponsorsShareWhatIsLeftByWhatTheyPaid() public {
        JobTerms memory t = _jobTerms();
        uint256 fundingWei = _market.fundingOf(t);
        uint256 job = _request(t, _one(_dataset));
        _do(BUYER, abi.encodeCall(_market.cancel, (job, 0)));
        bytes memory call_ = abi.encodeCall(_market.fund, (job, 1));
        _refuse(MALLORY, call_, IJobs.WrongJobPhase.selector);
        job = _asked(t, fundingWei / 3);
        (uint256 buyer, uint256 mallory) = (_worth(BUYER), _worth(MALLORY));
        _do(MALLORY, abi.encodeCall(_market.fund, (job, RICH / 2))); // no more than what is missing is taken
        Check.equal(_worth(MALLORY), mallory - (fundingWei - fundingWei / 3), "paid");
        _refuse(MALLORY, abi.encodeCall(_market.fund, (job, 1)), IJobs.NoFundingNeeded.selector);
        _do(OWNER, abi.encodeCall(_market.cancel, (job, 0)));
        Check.equal(_worth(MALLORY), mallory, "a sponsor's refund");
        Check.equal(_worth(BUYER), buyer + fundingWei / 3, "the buyer's");
    }

    /// @dev Sixteen others with a wei each cannot keep a buyer from paying for its job.
    function test_termsThatCannotWorkAreNamed() public {
        for (uint256 way = 0; way < 11; ++way) {
            JobTerms memory t = _jobTerms();
            bytes32 name = "seconds";
            if (way == 0) (t.budgetWei, name) = (0, "budget");
            else if (way == 1) (t.dataBps, name) = (5_001, "split");
            else if (way == 2) (t.rounds, name) = (0, "rounds");
            else if (way == 3) (t.subsetsPerRound, name) = (33, "subsets");
            else if (way == 4) (t.minSubsets, name) = (2, "quorum");
            else if (way == 5) (t.validators, name) = (8, "validators");
            else if (way == 6) (t.drawDelay, name) = (201, "delay");
            else if (way == 7) (t.target, name) = (t.baseline, "target");
            else if (way == 8) t.voteSeconds = 0;
            else if (way == 9)
                (t.subsetsPerRound, name) = (2, "subsets"); // the dataset has one
            else
                (t.bountyWei, t.rounds, t.budgetWei, name) = (
                    type(uint64).max,
                    type(uint16).max,
                    type(uint96).max,
                    "budget"
                );
            Subject memory subject = Subject(SCHEMA, 0, MODEL);
            bytes memory call_ = abi.encodeCall(_market.request, (t, subject, _one(_dataset), 0));
            (bool done, bytes memory answer) = _try(BUYER, 0, call_);
            Check.isTrue(!done, "not refused");
            Check.equal(answer, abi.encodeWithSelector(IJobs.WrongTerms.selector, name), "refused with");
        }
    }

    function test_datasetsThatDoNotSuitAreRefused() public {
        Subject memory subject = Subject(SCHEMA, 0, MODEL);
        JobTerms memory t = _jobTerms();
        uint256[] memory twice = new uint256[](2);
        (twice[0], twice[1]) = (_dataset, _dataset);
        _refuseJob(t, subject, twice, IJobs.DatasetsUnsorted.selector);
        _refuseJob(t, subject, new uint256[](0), IJobs.DatasetsUnsorted.selector);
        _refuseJob(t, subject, _one(99), IJobs.DatasetUnsuitable.selector);
        _refuseJob(t, subject, _one(_listSharded(1, 1, ReplicaPhase.Joined)), IJobs.DatasetUnsuitable.selector);
        _refuseJob(t, subject, _one(_listLocal(OWNER)), IJobs.DatasetUnsuitable.selector);
        subject.schema = keccak256("another");
        _refuseJob(t, subject, _one(_dataset), IJobs.DatasetUnsuitable.selector);
        subject.schema = SCHEMA;
        t.minQuality = 800_001;
        _refuseJob(t, subject, _one(_dataset), IJobs.DatasetUnsuitable.selector);
        t.minQuality = 0;
        t.budgetWei = 199; // half of it is less than the owner asks
        _refuseJob(t, subject, _one(_dataset), IJobs.DataPartTooLow.selector);
        _do(computer(0), abi.encodeCall(_market.register, (6, bytes32(0))));
        bytes memory call_ = abi.encodeCall(_market.request, (_jobTerms(), subject, _one(_dataset), 0));
        _refuse(computer(0), call_, IJobs.BuyerHolds.selector);
    }

    function test_theBuyerAlwaysHasRoomAmongItsSponsors() public {
        JobTerms memory t = _jobTerms();
        uint256 job = _asked(t, 0);
        for (uint256 i = 0; i < 17; ++i) {
            address dust = address(uint160(0xdd00 + i));
            _register(dust, 4);
            if (i < 16) _do(dust, abi.encodeCall(_market.fund, (job, 1)));
            else _refuse(dust, abi.encodeCall(_market.fund, (job, 1)), IJobs.NoFundingNeeded.selector);
        }
        _do(OWNER, abi.encodeCall(_market.approve, (job, 0)));
        _requirePhase(job, JobPhase.Approved, Stage.None);
        _do(BUYER, abi.encodeCall(_market.fund, (job, RICH / 2)));
        _requirePhase(job, JobPhase.Running, Stage.Armed);
    }

    function test_aRetiredDatasetStartsNoJobAndABusyOneStays() public {
        uint256 job = _request(_jobTerms(), _one(_dataset));
        _do(OWNER, abi.encodeCall(_market.retire, (_dataset)));
        _refuse(OWNER, abi.encodeCall(_market.approve, (job, 0)), IJobs.DatasetUnsuitable.selector);
        _dataset = _listSharded(1, 3, ReplicaPhase.Verified);
        _drawn();
        _refuse(OWNER, abi.encodeCall(_market.retire, (_dataset)), ICatalogue.DatasetInUse.selector);
        _refuse(computer(0), abi.encodeCall(_market.vacate, (_dataset, 0, 0)), ICatalogue.DatasetInUse.selector);
    }

    // --------------------------------------------------------------------------------------------------------- private

    function _drawn() private returns (uint256 job) {
        job = _run(_jobTerms(), _one(_dataset));
        _draw(job);
    }

    function _refuseJob(JobTerms memory t, Subject memory subject, uint256[] memory ids, bytes4 selector) private {
        _refuse(BUYER, abi.encodeCall(_market.request, (t, subject, ids, 0)), selector);
    }

    /// @notice A job for which the buyer pays only so much.
    function _asked(JobTerms memory t, uint256 fundWei) private returns (uint256) {
        Subject memory subject = Subject(SCHEMA, keccak256("program"), MODEL);
        bytes memory call_ = abi.encodeCall(_market.request, (t, subject, _one(_dataset), fundWei));
        return abi.decode(_do(BUYER, call_), (uint256));
    }

    function _revealCall(uint256 job, uint256 index, bytes32 digest) private view returns (bytes memory) {
        return abi.encodeCall(_market.revealResult, (job, 0, index, digest, _salt(computer(index))));
    }

    function _sealAll(uint256 job, bytes32 a, bytes32 b, bytes32 c) private {
        _sealResult(job, 0, 0, a);
        _sealResult(job, 0, 1, b);
        _sealResult(job, 0, 2, c);
        _revealResult(job, 0, 0, a);
        _revealResult(job, 0, 1, b);
        _revealResult(job, 0, 2, c);
    }

    function _requireSlashed(uint256 index) private view {
        for (uint256 i = 0; i < 3; ++i) {
            ReplicaPhase wanted = i == index ? ReplicaPhase.Faulty : ReplicaPhase.Verified;
            Check.equal(uint256(_market.replicaOf(_dataset, 0, i).phase), uint256(wanted), "replica");
            uint256 locked = i == index ? 0 : REPLICA_BOND;
            Check.equal(_market.participantOf(computer(i)).lockedWei, locked, "locked");
        }
    }
}
