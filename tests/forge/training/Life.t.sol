// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Job, JobPhase, JobTerms, Stage} from "../../../interfaces/training/IJobs.sol";
import {ModelPhase} from "../../../interfaces/training/ISettlement.sol";
import {ReplicaPhase} from "../../../interfaces/training/IReplicas.sol";
import {Custody, DatasetPhase, Description} from "../../../interfaces/training/ICatalogue.sol";
import {Check} from "../support/Check.sol";
import {TrainingScene} from "../support/TrainingScene.sol";
import {VM} from "../support/Vm.sol";

/// @notice Whole lives of jobs, and who is paid what (requirements J-01, J-02, J-08).
contract TrainingLifeTest is TrainingScene {
    function setUp() public {
        _register(OWNER, 1);
        _register(BUYER, 4);
        for (uint256 i = 0; i < 3; ++i) {
            _register(computer(i), 2);
            _do(computer(i), abi.encodeCall(_market.offerCompute, (1, 20, 60, ENVIRONMENT)));
        }
        _enrolValidators(8);
    }

    function test_aShardedJobOfTwoRoundsPaysEverybodyToTheWei() public {
        uint256 dataset = _listSharded(4, 3, ReplicaPhase.Verified);
        Check.equal(uint256(_market.datasetOf(dataset).phase), uint256(DatasetPhase.Ready), "dataset");
        JobTerms memory t = _jobTerms();
        (t.subsetsPerRound, t.minSubsets) = (2, 2);
        uint256 before = _credit(OWNER);
        uint256 computerBefore = _credit(computer(0));
        uint256 job = _run(t, _one(dataset));
        for (uint256 round = 0; round < 2; ++round) {
            _requirePhase(job, JobPhase.Running, Stage.Armed);
            _draw(job);
            _train(job);
            _requirePhase(job, JobPhase.Running, Stage.Agreed);
            _aggregate(job, false);
            _makeFinal(job);
        }
        _requirePhase(job, JobPhase.Validating, Stage.Armed);
        _draw(job);
        _vote(job, _scores(3, 700_000));
        _requirePhase(job, JobPhase.Validating, Stage.Decided);
        _pass(3 hours);
        _settle(job, 700_000);
        _requirePhase(job, JobPhase.Closed, Stage.None);

        // Parts of 100,003: 50,001.5, 20,000.6, 20,000.6, 10,000.3; the two missing wei go to the largest remainders.
        (uint256 dataWei, uint256 computeWei, uint256 validationWei, uint256 aggregationWei) = _market.partsOf(job);
        Check.equal(dataWei, 50_001, "data part");
        Check.equal(computeWei, 20_001, "compute part");
        Check.equal(validationWei, 20_001, "validation part");
        Check.equal(aggregationWei, 10_000, "aggregation part");
        Check.equal(_credit(OWNER), before + 25_000, "half of the way from baseline to target");
        // 20,001 / (2 rounds × 2 subsets × 3 replicas) = 1,666; two subsets in two rounds.
        Check.equal(_credit(computer(0)), computerBefore + 4 * 1_666, "a compute owner");
        Check.equal(_credit(BURNED), 0, "burned");
        (ModelPhase phase, , int64 score) = _market.modelOf(job);
        Check.equal(uint256(phase), uint256(ModelPhase.Validated), "model");
        Check.equal(int256(score), 700_000, "score");
        _requireBalanced(3, 8);
    }

    /// @dev All of the data is used once before any is used twice.
    function test_twentySubsetsFiveARoundAreCoveredInFourRounds() public {
        _do(computer(0), abi.encodeCall(_market.offerCompute, (1, 100, 60, ENVIRONMENT)));
        uint256 dataset = _listSharded(20, 1, ReplicaPhase.Verified);
        JobTerms memory t = _jobTerms();
        (t.subsetsPerRound, t.minSubsets, t.rounds) = (5, 5, 8);
        uint256 job = _run(t, _one(dataset));
        uint256 seen = 0;
        for (uint256 round = 0; round < 8; ++round) {
            _draw(job);
            bytes32 positions = _market.jobOf(job).positions;
            for (uint256 slot = 0; slot < 5; ++slot) {
                uint256 bit = 1 << uint8(positions[slot]);
                Check.equal(seen & bit, 0, "twice in an epoch");
                seen |= bit;
            }
            if (round % 4 == 3) {
                Check.equal(seen, (1 << 20) - 1, "all are covered");
                seen = 0;
            }
            _train(job);
            _aggregate(job, false);
            _makeFinal(job);
        }
    }

    function test_theBuyerStopsWhenItWants() public {
        uint256 job = _run(_jobTerms(), _one(_listSharded(2, 3, ReplicaPhase.Verified)));
        _trainOnce(job);
        _requirePhase(job, JobPhase.Validating, Stage.Armed);
        Check.equal(_market.jobOf(job).agreedRounds, 1, "agreed rounds");
    }

    function test_aJobWithoutJuryIsSettledUnscored() public {
        JobTerms memory t = _jobTerms();
        t.validators = 0;
        uint256 job = _run(t, _one(_listSharded(1, 1, ReplicaPhase.Verified)));
        uint256 before = _credit(OWNER);
        _trainOnce(job);
        _requirePhase(job, JobPhase.Settling, Stage.None);
        _do(MALLORY, abi.encodeCall(_market.advance, (job)));
        Check.equal(_credit(OWNER), before + 50_001, "the whole data part");
        (ModelPhase phase, , ) = _market.modelOf(job);
        Check.equal(uint256(phase), uint256(ModelPhase.Trained), "model");
        _requireBalanced(3, 8);
    }

    function test_localOwnersAreTheirOwnReplicasAndShareByWeights() public {
        uint256[] memory ids = new uint256[](4);
        for (uint256 i = 0; i < 4; ++i) {
            address hospital = address(uint160(0xe000 + i));
            _register(hospital, 1);
            ids[i] = _listLocal(hospital);
        }
        JobTerms memory t = _jobTerms();
        (t.custody, t.subsetsPerRound, t.minSubsets, t.rounds) = (Custody.Local, 4, 3, 1);
        uint256 job = _run(t, ids);
        _trainOnce(job);
        _draw(job);
        uint256[4] memory before;
        for (uint256 i = 0; i < 4; ++i) before[i] = _credit(address(uint160(0xe000 + i)));
        _vote(job, _scores(3, 2_000_000)); // beyond the target: all of the part
        _pass(3 hours);
        _settle(job, 2_000_000);
        // 50,001 by 1 : 2 : 3 : 4 = 5,000.1 + 10,000.2 + 15,000.3 + 20,000.4
        uint256[4] memory wanted = [uint256(5_000), 10_000, 15_000, 20_001];
        for (uint256 i = 0; i < 4; ++i) {
            Check.equal(_credit(address(uint160(0xe000 + i))) - before[i], wanted[i], "a hospital");
        }
    }

    /// @dev From nothing: one owner, one compute owner, one validator, one buyer.
    function test_aWholeLifeTakesFourteenTransactions() public {
        (address owner, address holder, address juror) = (address(0xf1), address(0xf2), address(0xf3));
        JobTerms memory t = _jobTerms();
        (t.rounds, t.validators, t.testSet) = (1, 1, keccak256("other"));
        uint256 dataset = _market.datasets() + 1;
        bytes[] memory calls = new bytes[](2);
        address[] memory holders = new address[](1);
        holders[0] = holder;
        bytes32 seal = _joinSeal(dataset, 0, holder);
        uint256 before = _transactions;
        {
            Custody custody = Custody.Sharded;
            calls[0] = abi.encodeCall(_market.register, (1, bytes32(uint256(1))));
            calls[1] = abi.encodeWithSelector(_market.list.selector, _ownedBy(owner, custody), _roots(1), holders, "");
            _batch(owner, calls); // 1
        }
        bytes[] memory three = new bytes[](3);
        three[0] = abi.encodeCall(_market.register, (2, bytes32(uint256(2))));
        three[1] = abi.encodeCall(_market.offerCompute, (1, 1, 60, ENVIRONMENT));
        three[2] = abi.encodeCall(_market.join, (dataset, 0, 0, seal));
        _batch(holder, three); // 2
        _do(holder, abi.encodeCall(_market.revealReplica, (dataset, 0, 0, _shard(dataset, 0), _salt(holder)))); // 3
        _do(owner, abi.encodeCall(_market.verify, (dataset, 0, 0, true))); // 4
        three[0] = abi.encodeCall(_market.register, (8, bytes32(0)));
        three[1] = abi.encodeCall(_market.bond, (1_000));
        three[2] = abi.encodeCall(_market.enrol, (t.testSet, 1, 1_000, 60));
        _batch(juror, three); // 5
        uint256 job = _request(t, _one(dataset)); // 6; the buyer is registered, which would be in the same batch
        _do(owner, abi.encodeCall(_market.approve, (job, 0))); // 7
        VM.roll(uint256(_market.jobOf(job).drawBlock) + 1);
        bytes32 digest = keccak256("update");
        bytes32 result = _market.sealOf(job, 0, 0, holder, digest, _salt(holder));
        _do(holder, abi.encodeCall(_market.sealResult, (job, 0, 0, result))); // 8, draws
        _do(holder, abi.encodeCall(_market.revealResult, (job, 0, 0, digest, _salt(holder)))); // 9
        _aggregate(job, true); // 10
        _makeFinal(job); // 11
        VM.roll(uint256(_market.jobOf(job).drawBlock) + 1);
        bytes32 vote = _voteSeal(job, juror, 700_000, _weights(1));
        _do(juror, abi.encodeCall(_market.sealVote, (job, 0, vote))); // 12, draws
        _do(juror, abi.encodeCall(_market.revealVote, (job, 0, 700_000, _weights(1), _salt(juror)))); // 13
        _pass(3 hours);
        _settle(job, 700_000); // 14
        _requirePhase(job, JobPhase.Closed, Stage.None);
        Check.equal(_transactions - before, 14, "transactions");
    }

    function _ownedBy(address owner, Custody custody) private pure returns (Description memory d) {
        d = _description(custody, 1);
        d.owner = owner;
    }

    function _batch(address who, bytes[] memory calls) private {
        (bool succeeded, ) = _try(who, RICH, abi.encodeCall(_market.multicall, (calls)));
        Check.isTrue(succeeded, "batch");
        Check.isTrue(_worth(who) == RICH, "credited once");
    }
}
