// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Custody, Description, ICatalogue} from "../../../interfaces/training/ICatalogue.sol";
import {IJobs, Job, JobPhase, JobTerms, Stage, Subject} from "../../../interfaces/training/IJobs.sol";
import {IParticipants} from "../../../interfaces/training/IParticipants.sol";
import {IReplicas, ReplicaPhase} from "../../../interfaces/training/IReplicas.sol";
import {ISpotChecks} from "../../../interfaces/training/ISpotChecks.sol";
import {Check} from "../support/Check.sol";
import {TrainingScene} from "../support/TrainingScene.sol";
import {VM} from "../support/Vm.sol";

/// @notice What an audit found, each as the attack that it was (requirements T-01 to T-08).
contract TrainingHostileTest is TrainingScene {
    address private constant ACCOMPLICE = address(0xacc0);
    address private constant HOSPITAL = address(0x405b);
    uint256 private constant KEY = 0xa11ce;

    function setUp() public {
        _register(OWNER, 1);
        _register(HOSPITAL, 1);
        _register(BUYER, 4);
        _register(MALLORY, 31);
        _register(ACCOMPLICE, 31);
        for (uint256 i = 0; i < 3; ++i) {
            _register(computer(i), 2);
            _do(computer(i), abi.encodeCall(_market.offerCompute, (1, 20, 60, ENVIRONMENT)));
        }
        _do(MALLORY, abi.encodeCall(_market.offerCompute, (1, 20, 60, ENVIRONMENT)));
        _enrolValidators(11);
        _listLocal(OWNER); // number 1, so that the next two differ in the bit by which they could be confused
    }

    // ------------------------------------------------------------------------------- T-01: a seat by another's name

    /// @dev Bits beyond a subset's range made the seat of dataset 3 out of "subset 2^24 of dataset 2".
    function test_nobodyEntersADatasetByItsOwnSeatElsewhere() public {
        uint256 victim = _listSharded(1, 2, ReplicaPhase.Joined);
        uint256 own = _listMallorys(1);
        bytes32 seal = keccak256("seal");
        _refuse(
            MALLORY,
            abi.encodeCall(_market.join, (victim, _alias(victim, own), 0, seal)),
            IReplicas.WrongReplicaPhase.selector
        );
        _refuse(MALLORY, abi.encodeCall(_market.askRow, (victim, 0, 1, 0)), ISpotChecks.NotParty.selector);
    }

    function test_nobodyLeavesARoundByAnotherDatasetsName() public {
        _listSharded(1, 1, ReplicaPhase.Verified);
        uint256 idle = 1;
        uint256 busy = _listSharded(1, 3, ReplicaPhase.Verified);
        _draw(_run(_jobTerms(), _one(busy)));
        uint256 before = _market.participantOf(computer(0)).lockedWei;
        bytes memory goes = abi.encodeCall(_market.vacate, (idle, _alias(idle, busy), 0));
        _refuse(computer(0), goes, IReplicas.WrongReplicaPhase.selector);
        Check.equal(_market.participantOf(computer(0)).lockedWei, before, "the bond still answers");
    }

    function test_nobodyIsSlashedByTheBondOfAnotherDataset() public {
        uint256 own = _listMallorys(uint96(REPLICA_BOND) * 2);
        uint256 dataset = _listSharded(1, 2, ReplicaPhase.Joined);
        _listSharded(1, 2, ReplicaPhase.Joined); // more bond of the same holder to be taken
        _pass(2 hours);
        uint256 before = _worth(computer(0));
        bytes memory call_ = abi.encodeCall(_market.dismiss, (own, _alias(own, dataset), 0));
        _refuse(MALLORY, call_, IReplicas.WrongReplicaPhase.selector);
        Check.equal(_worth(computer(0)), before, "slashed");
    }

    /// @dev "Seat 256 of subset 0" was seat 0 of subset 1, and counted as joined in subset 0.
    function test_nobodyJoinsOneSubsetByTheSeatOfAnother() public {
        uint256 dataset = _listSharded(2, 2, ReplicaPhase.Offered);
        bytes memory call_ = abi.encodeCall(_market.join, (dataset, 0, 256, keccak256("seal")));
        _refuse(computer(0), call_, IReplicas.WrongReplicaPhase.selector);
        call_ = abi.encodeCall(_market.reofferSeat, (dataset, 0, 256, MALLORY));
        _refuse(OWNER, call_, IReplicas.WrongReplicaPhase.selector);
        Check.equal(uint256(_market.replicaOf(dataset, 0, 256).phase), 0, "no such seat");
    }

    // ---------------------------------------------------------------------------- T-02: a challenge that shields

    /// @dev The accomplice's challenge takes the only one there is; each of its digests is wrong.
    function test_anAccomplicesChallengeDoesNotShieldAWrongAverage() public {
        uint256 job = _agreed(_listSharded(1, 3, ReplicaPhase.Verified));
        (uint256 buyer, uint256 accomplice) = (_worth(BUYER), _worth(ACCOMPLICE));
        _do(BUYER, abi.encodeCall(_market.aggregate, (job, keccak256("wrong"), true)));
        _do(ACCOMPLICE, abi.encodeCall(_market.challenge, (job, keccak256("wrong as well"))));
        bytes32 right = keccak256("right");
        _do(computer(0), abi.encodeCall(_market.judge, (job, 0, 0, right)));
        _requirePhase(job, JobPhase.Running, Stage.Disputed);
        _do(computer(1), abi.encodeCall(_market.judge, (job, 0, 1, right)));
        _requirePhase(job, JobPhase.Validating, Stage.Armed);
        Check.isTrue(_market.jobOf(job).model == right, "the right average is final");
        Check.equal(_worth(BUYER) + _worth(ACCOMPLICE), buyer + accomplice - 2 * 401, "both bonds are gone");
        Check.equal(_credit(BURNED), 2 * 401, "burned");
        Check.equal(_market.participantOf(BUYER).lockedWei, 0, "nothing is locked");
        _requireWhole();
    }

    function test_votesOfOneRoundSayNothingInTheNext() public {
        JobTerms memory t = _jobTerms();
        uint256 job = _run(t, _one(_listSharded(1, 3, ReplicaPhase.Verified)));
        bytes32 right = keccak256("right");
        for (uint256 round = 0; round < 2; ++round) {
            _draw(job);
            _train(job);
            _do(BUYER, abi.encodeCall(_market.aggregate, (job, keccak256("wrong"), false)));
            _do(ACCOMPLICE, abi.encodeCall(_market.challenge, (job, right)));
            _do(computer(0), abi.encodeCall(_market.judge, (job, 0, 0, right)));
            _requirePhase(job, JobPhase.Running, Stage.Disputed); // one of three
            _do(computer(1), abi.encodeCall(_market.judge, (job, 0, 1, right)));
        }
        _requirePhase(job, JobPhase.Validating, Stage.Armed);
    }

    // ------------------------------------------------------------------------------------ T-03: a pool that is stuffed

    /// @dev An owner of worthless data filled the pool with places that no draw can use: no jury, unscored, paid in full.
    function test_aPoolIsNotStuffedWithPlacesThatCostNothing() public {
        Check.equal(_market.poolBondOf(TEST_SET), 1_000, "what the first set aside");
        for (uint256 i = 0; i < 150; ++i) {
            address nobody = address(uint160(0x50b00 + i));
            _do(nobody, abi.encodeCall(_market.register, (8, bytes32(0))));
            uint96 bondWei = i % 2 == 0 ? 0 : 1_000;
            bytes4 why = i % 2 == 0 ? IParticipants.BondTooLow.selector : IParticipants.CreditTooLow.selector;
            _refuse(nobody, abi.encodeCall(_market.enrol, (TEST_SET, 1, bondWei, 60)), why);
        }
        _pass(1);
        uint256 job = _run(_jobTerms(), _one(_listSharded(1, 1, ReplicaPhase.Verified)));
        _trainOnce(job);
        _draw(job);
        Check.equal(_market.juryOf(job, false).length, 3, "a jury is found");
        uint256 before = _worth(OWNER);
        _vote(job, _scores(3, 500_000)); // no better than the baseline
        _pass(3 hours);
        _settle(job, 500_000);
        Check.equal(_worth(OWNER), before, "paid for worthless data");
    }

    function test_whoIsInAPoolChangesItsTermsWithinItsBond() public {
        _do(validator(0), abi.encodeCall(_market.enrol, (TEST_SET, 7, 5_000, 60)));
        bytes memory lower = abi.encodeCall(_market.enrol, (TEST_SET, 7, 999, 60));
        _refuse(validator(0), lower, IParticipants.BondTooLow.selector);
        Check.equal(_market.poolOf(TEST_SET).length, 11, "one place each");
    }

    // --------------------------------------------------------------------------------- T-04: whose hands data come into

    /// @dev Who sees a signed listing could send it first, with itself as the holder to whom the pod then hands the shards.
    function test_anOwnersSignatureNamesTheHolders() public {
        Description memory d = _description(Custody.Sharded, 1);
        d.owner = VM.addr(KEY);
        _register(d.owner, 1);
        address[] memory holders = _holder(computer(0));
        (uint8 v, bytes32 r, bytes32 s) = VM.sign(KEY, _market.descriptionDigest(d, _roots(1), holders));
        bytes memory signature = abi.encodePacked(r, s, v);
        bytes memory call_ = abi.encodeCall(_market.list, (d, _roots(1), _holder(MALLORY), signature));
        _refuse(MALLORY, call_, ICatalogue.WrongSignature.selector);
        call_ = abi.encodeCall(_market.list, (d, _roots(1), new address[](0), signature));
        _refuse(MALLORY, call_, ICatalogue.WrongSignature.selector);
        _do(ACCOMPLICE, abi.encodeCall(_market.list, (d, _roots(1), holders, signature)));
    }

    // -------------------------------------------------------------------------------------- T-05: paid without its rows

    /// @dev An owner that failed its spot check in the job was paid by it all the same.
    function test_anOwnerWithoutItsRowsIsNotPaid() public {
        uint256[] memory ids = new uint256[](2);
        (ids[0], ids[1]) = (_listLocal(OWNER), _listLocal(HOSPITAL));
        JobTerms memory t = _jobTerms();
        (t.custody, t.subsetsPerRound, t.validators, t.challengeSeconds) = (Custody.Local, 2, 0, 4 days);
        uint256 job = _run(t, ids);
        _do(BUYER, abi.encodeCall(_market.askRow, (ids[0], 0, 5, job)));
        _trainOnce(job); // more than three days
        _do(MALLORY, abi.encodeCall(_market.failRow, (ids[0])));
        (uint256 faulty, uint256 honest) = (_worth(OWNER), _worth(HOSPITAL));
        (uint256 buyer, Job memory j) = (_worth(BUYER), _market.jobOf(job));
        _do(MALLORY, abi.encodeCall(_market.advance, (job)));
        Check.equal(_worth(OWNER), faulty, "paid without rows");
        Check.equal(_worth(HOSPITAL), honest + 25_000, "half of the data part, no more");
        Check.equal(_worth(BUYER), buyer + j.escrowWei - 25_000 - 7, "its share goes back");
        _requireWhole();
    }

    // ------------------------------------------------------------------------------------------ T-06: bonds as hostages

    /// @dev One job after another, begun before the last ends, kept holders who had agreed to none of them.
    function test_aHolderLeavesADatasetThatIsAlwaysBusy() public {
        uint256 dataset = _listSharded(1, 3, ReplicaPhase.Verified);
        uint256 job = _agreed(dataset);
        _run(_jobTerms(), _one(dataset));
        uint256 before = _market.participantOf(computer(2)).lockedWei;
        _do(computer(2), abi.encodeCall(_market.vacate, (dataset, 0, 2)));
        Check.equal(_market.participantOf(computer(2)).lockedWei, before - REPLICA_BOND, "free");
        // The rounds that know it by its holder still do.
        bytes memory offer = abi.encodeCall(_market.reofferSeat, (dataset, 0, 2, MALLORY));
        _refuse(OWNER, offer, ICatalogue.DatasetInUse.selector);
        _aggregate(job, true);
        _do(ACCOMPLICE, abi.encodeCall(_market.challenge, (job, keccak256("other"))));
        _do(computer(2), abi.encodeCall(_market.judge, (job, 0, 2, _market.disputeOf(job).posted)));
    }

    function test_whoIsDrawnStaysUntilTheRoundIsCounted() public {
        uint256 dataset = _listSharded(1, 3, ReplicaPhase.Verified);
        uint256 job = _run(_jobTerms(), _one(dataset));
        _draw(job);
        bytes memory goes = abi.encodeCall(_market.vacate, (dataset, 0, 0));
        _refuse(computer(0), goes, ICatalogue.DatasetInUse.selector);
        _sealResult(job, 0, 0, _update(job, 0));
        _refuse(computer(0), goes, ICatalogue.DatasetInUse.selector);
        _sealResult(job, 0, 1, _update(job, 0));
        _sealResult(job, 0, 2, keccak256("garbage"));
        for (uint256 i = 0; i < 3; ++i) _revealResult(job, 0, i, i == 2 ? keccak256("garbage") : _update(job, 0));
        _do(computer(0), goes);
        _refuse(computer(2), abi.encodeCall(_market.vacate, (dataset, 0, 2)), IReplicas.WrongReplicaPhase.selector);
        _requireWhole();
    }

    /// @dev An owner could put the end of the time to reveal off, again and again, by offering another seat anew.
    function test_anOwnerCannotKeepAJoinedBond() public {
        uint256 dataset = _listSharded(1, 2, ReplicaPhase.Offered);
        _moveReplica(dataset, 0, 0, ReplicaPhase.Joined);
        for (uint256 i = 0; i < 3; ++i) {
            _pass(59 minutes);
            _do(OWNER, abi.encodeCall(_market.reofferSeat, (dataset, 0, 1, computer(1 + (i % 2)))));
        }
        _do(computer(0), abi.encodeCall(_market.vacate, (dataset, 0, 0)));
        Check.equal(_market.participantOf(computer(0)).lockedWei, 0, "free");
        dataset = _listSharded(1, 2, ReplicaPhase.Joined);
        bytes memory goes = abi.encodeCall(_market.vacate, (dataset, 0, 0));
        _refuse(computer(0), goes, IReplicas.WrongReplicaPhase.selector); // a reveal is owed now
        _moveReplica(dataset, 0, 0, ReplicaPhase.Revealed);
        _do(computer(0), goes); // the owner never says whether it is right
    }

    /// @dev Times of a century held everybody's bonds and money.
    function test_noTimeIsLongerThanNinetyDays() public {
        uint256 dataset = _listSharded(1, 1, ReplicaPhase.Verified);
        for (uint256 which = 0; which < 6; ++which) {
            JobTerms memory t = _jobTerms();
            uint32 tooLong = 90 days + 1;
            if (which == 0) t.approveSeconds = tooLong;
            else if (which == 1) t.trainSeconds = tooLong;
            else if (which == 2) t.revealSeconds = tooLong;
            else if (which == 3) t.aggregateSeconds = tooLong;
            else if (which == 4) t.challengeSeconds = tooLong;
            else t.voteSeconds = tooLong;
            Subject memory subject = Subject(SCHEMA, 0, MODEL);
            bytes memory call_ = abi.encodeCall(_market.request, (t, subject, _one(dataset), 0));
            (bool done, bytes memory answer) = _try(BUYER, 0, call_);
            Check.isTrue(!done, "not refused");
            Check.equal(answer, abi.encodeWithSelector(IJobs.WrongTerms.selector, bytes32("seconds")), "refused with");
        }
        Description memory d = _description(Custody.Sharded, 1);
        d.joinSeconds = 90 days + 1;
        bytes memory list = abi.encodeCall(_market.list, (d, _roots(1), _holder(computer(0)), ""));
        _refuse(OWNER, list, ICatalogue.WrongDescription.selector);
    }

    // ------------------------------------------------------------------------------------- T-07: what one call must do

    /// @dev The most seats that a round can have, each of another holder, half of them slashed: within what a transaction may cost (EIP-7825: 2^24 gas).
    function test_theLargestRoundIsCountedInOneCall() public {
        (uint256 subsets, uint8 replicas) = (8, 16);
        address[] memory holders = new address[](subsets * replicas);
        for (uint256 i = 0; i < holders.length; ++i) {
            holders[i] = address(uint160(0xaa0000 + i));
            _register(holders[i], 2);
            _do(holders[i], abi.encodeCall(_market.offerCompute, (1, 1, 60, ENVIRONMENT)));
        }
        uint256 dataset = _list(OWNER, _description(Custody.Sharded, replicas), _roots(subsets), holders);
        for (uint256 phase = uint256(ReplicaPhase.Joined); phase <= uint256(ReplicaPhase.Verified); ++phase)
            for (uint256 i = 0; i < holders.length; ++i)
                _moveReplica(dataset, i / replicas, i % replicas, ReplicaPhase(phase));
        JobTerms memory t = _jobTerms();
        (t.subsetsPerRound, t.minSubsets, t.budgetWei) = (8, 8, 0.1 ether);
        uint256 job = _run(t, _one(dataset));
        _draw(job);
        for (uint256 slot = 0; slot < subsets; ++slot)
            for (uint256 index = 0; index < replicas; ++index) _sealResult(job, slot, index, _said(job, slot, index));
        for (uint256 slot = 0; slot < subsets; ++slot) {
            for (uint256 index = 0; index < replicas; ++index) {
                uint256 before = gasleft();
                _revealResult(job, slot, index, _said(job, slot, index));
                if (slot + 1 == subsets && index + 1 == replicas)
                    Check.isTrue(before - gasleft() < 1 << 24, "the last reveal counts too much");
            }
        }
        _requirePhase(job, JobPhase.Running, Stage.Agreed);
        Check.equal(_credit(BURNED) > 0 ? 1 : 0, 1, "some are slashed");
    }

    // ------------------------------------------------------------------------------------------------------ private

    function _said(uint256 job, uint256 slot, uint256 index) private view returns (bytes32) {
        return index < 9 ? _update(job, slot) : keccak256(abi.encode("garbage", index));
    }

    function _agreed(uint256 dataset) private returns (uint256 job) {
        job = _run(_jobTerms(), _one(dataset));
        _draw(job);
        _train(job);
    }

    function _listMallorys(uint96 replicaBondWei) private returns (uint256) {
        Description memory d = _description(Custody.Sharded, 1);
        (d.owner, d.replicaBondWei) = (MALLORY, replicaBondWei);
        return _list(MALLORY, d, _roots(1), _holder(MALLORY));
    }

    /// @notice The subset of one dataset whose seats had the keys of another's subset 0.
    function _alias(uint256 one, uint256 other) private pure returns (uint256) {
        require(one & ~other == 0 && one != other, "numbers");
        return (one ^ other) << 24;
    }

    function _holder(address who) private pure returns (address[] memory holders) {
        holders = new address[](1);
        holders[0] = who;
    }

    function _requireWhole() private view {
        uint256 owedWei = _worth(HOSPITAL) + _worth(ACCOMPLICE);
        owedWei += _worth(OWNER) + _worth(BUYER) + _worth(MALLORY) + _worth(BURNED);
        for (uint256 i = 0; i < 3; ++i) owedWei += _worth(computer(i));
        for (uint256 i = 0; i < 11; ++i) owedWei += _worth(validator(i));
        for (uint256 job = 1; job <= _market.jobs(); ++job) owedWei += _market.jobOf(job).escrowWei;
        Check.equal(address(_market).balance, owedWei, "ether held");
    }
}
