// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Custody, Description} from "../../../interfaces/training/ICatalogue.sol";
import {JobPhase, JobTerms, Stage, Subject} from "../../../interfaces/training/IJobs.sol";
import {ReplicaPhase} from "../../../interfaces/training/IReplicas.sol";
import {Check} from "../support/Check.sol";
import {TrainingScene} from "../support/TrainingScene.sol";
import {VM} from "../support/Vm.sol";

/// @notice What each attack of the design's table earns, in wei, with all accomplices; more than nothing only where the guide states it as a limit (requirement T-08).
/// @dev Bonds: owner 500, replica 301, vote 211, average 401, spot check 77; bounty 7. Parts of 100,003: data 50,001, compute 20,001, validation 20,001, aggregation 10,000.
contract TrainingProfitsTest is TrainingScene {
    address private constant HOSPITAL = address(0x405b);
    address private constant ACCOMPLICE = address(0xacc0);
    bytes32 private constant GARBAGE = keccak256("garbage");
    int64 private constant TRUTH = 700_000;

    uint256 private _dataset;

    function setUp() public {
        _register(OWNER, 31);
        _register(HOSPITAL, 1);
        _register(BUYER, 4);
        _register(MALLORY, 31);
        _register(ACCOMPLICE, 31);
        for (uint256 i = 0; i < 3; ++i) {
            _register(computer(i), 2);
            _do(computer(i), abi.encodeCall(_market.offerCompute, (1, 20, 60, ENVIRONMENT)));
        }
        _enrolValidators(11);
        _dataset = _listSharded(1, 3, ReplicaPhase.Verified);
    }

    // ------------------------------------------------------------------------------------------------ compute owners

    function test_profit_ofCopyingASeal() public {
        uint256 job = _drawn(_jobTerms(), _dataset);
        uint256 before = _worth(computer(2));
        bytes32 stolen = _resultSeal(job, 0, computer(0), _update(job, 0));
        _sealResult(job, 0, 0, _update(job, 0));
        _do(computer(2), abi.encodeCall(_market.sealResult, (job, 0, 2, stolen)));
        _sealResult(job, 0, 1, _update(job, 0));
        for (uint256 i = 0; i < 2; ++i) _revealResult(job, 0, i, _update(job, 0));
        _pass(30 minutes);
        _do(OWNER, abi.encodeCall(_market.advance, (job)));
        _requireProfit(before, _worth(computer(2)), -301);
    }

    function test_profit_ofGarbage() public {
        uint256 job = _drawn(_jobTerms(), _dataset);
        uint256 before = _worth(computer(2));
        _results(job, _update(job, 0), _update(job, 0), GARBAGE);
        _requireProfit(before, _worth(computer(2)), -301);
    }

    function test_profit_ofSilence() public {
        uint256 job = _drawn(_jobTerms(), _dataset);
        uint256 before = _worth(computer(2));
        for (uint256 i = 0; i < 3; ++i) _sealResult(job, 0, i, _update(job, 0));
        for (uint256 i = 0; i < 2; ++i) _revealResult(job, 0, i, _update(job, 0));
        _pass(30 minutes);
        _do(OWNER, abi.encodeCall(_market.advance, (job)));
        _requireProfit(before, _worth(computer(2)), -301);
    }

    /// @dev A limit: two of three are the majority, and share half of what the honest third loses, beyond the pay for no work.
    function test_limit_ofABoughtMajority() public {
        uint256 job = _drawn(_jobTerms(), _dataset);
        (uint256 before, uint256 honest) = (_worth(computer(1)) + _worth(computer(2)), _worth(computer(0)));
        _results(job, _update(job, 0), GARBAGE, GARBAGE);
        _requireProfit(before, _worth(computer(1)) + _worth(computer(2)), 2 * (3_333 + 75));
        _requireProfit(honest, _worth(computer(0)), -301);
    }

    /// @dev Whoever sealed a shard and will not reveal has itself dismissed by an accomplice, and saves a half.
    function test_profit_ofOnesOwnDismissal() public {
        uint256 before = _worth(computer(0)) + _worth(ACCOMPLICE);
        uint256 dataset = _listSharded(1, 1, ReplicaPhase.Joined);
        _pass(2 hours);
        _do(ACCOMPLICE, abi.encodeCall(_market.dismiss, (dataset, 0, 0)));
        _requireProfit(before, _worth(computer(0)) + _worth(ACCOMPLICE), -151);
    }

    // --------------------------------------------------------------------------------------------------- data owners

    /// @dev In league with the challenger it saves half of its bond; the job's data part goes back all the same.
    function test_profit_ofSwappedRows() public {
        JobTerms memory t = _jobTerms();
        (t.validators, t.challengeSeconds) = (0, 4 days);
        uint256 job = _run(t, _one(_dataset));
        (uint256 before, uint256 both) = (_worth(OWNER), _worth(OWNER) + _worth(computer(0)));
        _do(computer(0), abi.encodeCall(_market.askRow, (_dataset, 0, 7, 0)));
        _trainOnce(job);
        _do(MALLORY, abi.encodeCall(_market.failRow, (_dataset)));
        _do(MALLORY, abi.encodeCall(_market.advance, (job)));
        _requirePhase(job, JobPhase.Closed, Stage.None);
        _requireProfit(before, _worth(OWNER), -500);
        _requireProfit(both, _worth(OWNER) + _worth(computer(0)), -250 + 3_333); // the round's honest pay
    }

    /// @dev A limit: the same rows under two names are paid twice; the jury's weights see the same contribution in each.
    function test_limit_ofListingTwice() public {
        uint256[] memory ids = new uint256[](3);
        (ids[0], ids[1], ids[2]) = (_listLocal(OWNER), _listLocal(OWNER), _listLocal(HOSPITAL));
        JobTerms memory t = _jobTerms();
        (t.custody, t.subsetsPerRound, t.validators) = (Custody.Local, 3, 0);
        (uint256 before, uint256 other) = (_worth(OWNER), _worth(HOSPITAL));
        uint256 job = _run(t, ids);
        _trainOnce(job);
        _do(MALLORY, abi.encodeCall(_market.advance, (job)));
        _requireProfit(before, _worth(OWNER), 2 * (16_667 + 3_333)); // two data shares, two rounds' pay
        _requireProfit(other, _worth(HOSPITAL), 16_667 + 3_333);
    }

    /// @dev A limit: an accomplice asks for the one row that the owner can show, and nobody can ask again. Buyers see that it is spent.
    function test_limit_ofSpendingTheSpotCheck() public {
        bytes32 salt = keccak256("salt");
        bytes32[] memory roots = new bytes32[](1);
        roots[0] = keccak256(abi.encode(uint256(0), salt, keccak256("row")));
        address[] memory holders = new address[](1);
        holders[0] = computer(0);
        uint256 before = _worth(OWNER) + _worth(computer(0));
        uint256 dataset = _list(OWNER, _description(Custody.Sharded, 1), roots, holders);
        _moveReplica(dataset, 0, 0, ReplicaPhase.Joined);
        _do(computer(0), abi.encodeCall(_market.askRow, (dataset, 0, 0, 0)));
        _do(OWNER, abi.encodeCall(_market.answerRow, (dataset, roots, "row", salt, new bytes32[](0))));
        _requireProfit(before, _worth(OWNER) + _worth(computer(0)), 0);
        Check.isTrue(_market.datasetOf(dataset).isChecked, "buyers see it");
    }

    // ------------------------------------------------------------------------------------------- buyer and aggregator

    /// @dev The whole data part, and a round's compute; two bounties. The honest end at the baseline costs no data part.
    function test_profit_ofStalling() public {
        uint256 before = _worth(BUYER);
        uint256 job = _drawn(_jobTerms(), _dataset);
        _train(job);
        _pass(2 hours);
        for (uint256 i = 0; i < 2; ++i) _do(MALLORY, abi.encodeCall(_market.advance, (job)));
        _requirePhase(job, JobPhase.Closed, Stage.None);
        _requireProfit(before, _worth(BUYER), -50_001 - 3 * 3_333 - 3 * 7);
    }

    function test_profit_ofAWrongAverage() public {
        uint256 job = _drawn(_jobTerms(), _dataset);
        _train(job);
        uint256 before = _worth(BUYER);
        _do(BUYER, abi.encodeCall(_market.aggregate, (job, GARBAGE, true)));
        _do(MALLORY, abi.encodeCall(_market.challenge, (job, keccak256("right"))));
        for (uint256 i = 0; i < 2; ++i)
            _do(computer(i), abi.encodeCall(_market.judge, (job, 0, i, keccak256("right"))));
        _requireProfit(before, _worth(BUYER), -401);
    }

    function test_profit_ofAShieldedWrongAverage() public {
        uint256 job = _drawn(_jobTerms(), _dataset);
        _train(job);
        uint256 before = _worth(BUYER) + _worth(ACCOMPLICE);
        _do(BUYER, abi.encodeCall(_market.aggregate, (job, GARBAGE, true)));
        _do(ACCOMPLICE, abi.encodeCall(_market.challenge, (job, keccak256("more garbage"))));
        for (uint256 i = 0; i < 2; ++i)
            _do(computer(i), abi.encodeCall(_market.judge, (job, 0, i, keccak256("right"))));
        _requireProfit(before, _worth(BUYER) + _worth(ACCOMPLICE), -802);
    }

    /// @dev A limit: most of a round's seats with a challenger take an honest aggregator's bond and pay.
    function test_limit_ofDisputesBySeatsInLeague() public {
        uint256 job = _drawn(_jobTerms(), _dataset);
        _train(job);
        _aggregate(job, true);
        uint256 before = _worth(ACCOMPLICE);
        _do(ACCOMPLICE, abi.encodeCall(_market.challenge, (job, GARBAGE)));
        for (uint256 i = 0; i < 2; ++i) _do(computer(i), abi.encodeCall(_market.judge, (job, 0, i, GARBAGE)));
        _requireProfit(before, _worth(ACCOMPLICE), 200 + 5_000);
    }

    /// @dev A limit of the chain: without a quorum nobody is paid, and what was revealed may have been handed out. Pods keep updates until then at their owner's choice.
    function test_limit_ofFailingTheQuorum() public {
        uint256[] memory ids = new uint256[](2);
        (ids[0], ids[1]) = (_listLocal(OWNER), _listLocal(ACCOMPLICE));
        JobTerms memory t = _jobTerms();
        (t.custody, t.subsetsPerRound, t.minSubsets) = (Custody.Local, 2, 2);
        (uint256 guilty, uint256 honest) = (_worth(ACCOMPLICE) + _worth(BUYER), _worth(OWNER));
        uint256 job = _run(t, ids);
        for (uint256 attempt = 0; attempt < 3; ++attempt) {
            _draw(job);
            for (uint256 slot = 0; slot < 2; ++slot)
                if (_holder(job, slot, 0) == OWNER) _sealResult(job, slot, 0, _update(job, slot));
            if (_market.jobOf(job).stage == Stage.Committing) _pass(1 hours);
            for (uint256 slot = 0; slot < 2; ++slot)
                if (_holder(job, slot, 0) == OWNER) _revealResult(job, slot, 0, _update(job, slot));
        }
        _requirePhase(job, JobPhase.Expired, Stage.None);
        _requireProfit(guilty, _worth(ACCOMPLICE) + _worth(BUYER), -301 - 3 * 7);
        _requireProfit(honest, _worth(OWNER), 0);
    }

    /// @dev A limit: a job with oneself costs nothing but gas, and raises one's scores.
    function test_limit_ofFarmingReputation() public {
        _do(MALLORY, abi.encodeCall(_market.offerCompute, (1, 20, 60, ENVIRONMENT)));
        Description memory d = _description(Custody.Local, 1);
        (d.owner, d.priceWei) = (MALLORY, 0);
        uint256 dataset = _list(MALLORY, d, _roots(1), new address[](0));
        uint256 before = _worth(MALLORY);
        JobTerms memory t = _jobTerms();
        (t.custody, t.validators, t.rounds, t.budgetWei) = (Custody.Local, 0, 1, 0.1 ether);
        uint256 job = _market.jobs() + 1;
        _do(MALLORY, abi.encodeCall(_market.request, (t, Subject(SCHEMA, 0, MODEL), _one(dataset), RICH / 2)));
        _do(MALLORY, abi.encodeCall(_market.approve, (job, 0)));
        _draw(job);
        _train(job);
        _do(MALLORY, abi.encodeCall(_market.aggregate, (job, GARBAGE, true)));
        _makeFinal(job);
        _do(MALLORY, abi.encodeCall(_market.advance, (job)));
        _requirePhase(job, JobPhase.Closed, Stage.None);
        _requireProfit(before, _worth(MALLORY), 0);
        (, uint256 score) = _market.reputationOf(MALLORY, 1);
        Check.isTrue(score > 1 << 31, "a better score");
    }

    /// @dev A buyer lets the draw be missed and takes the bounties itself: it is the purse that its sponsors filled, and no more.
    function test_limit_ofMissedDraws() public {
        uint256 job = _run(_jobTerms(), _one(_dataset));
        uint256 before = _worth(MALLORY);
        for (uint256 i = 0; i < 40; ++i) {
            VM.roll(uint256(_market.jobOf(job).drawBlock) + 300);
            _do(MALLORY, abi.encodeCall(_market.advance, (job)));
        }
        _requireProfit(before, _worth(MALLORY), 24 * 7); // bounty × (6 × rounds + 12), of two rounds
        _draw(job);
        _requirePhase(job, JobPhase.Running, Stage.Committing);
    }

    // ----------------------------------------------------------------------------------------------------- validators

    function test_profit_ofACopiedVote() public {
        uint256 job = _voting();
        address[] memory jury = _market.juryOf(job, false);
        uint256 before = _worth(jury[2]);
        bytes32 stolen = _voteSeal(job, jury[0], TRUTH, _weights(1));
        for (uint256 seat = 0; seat < 2; ++seat) _sealVote(job, seat, TRUTH);
        _do(jury[2], abi.encodeCall(_market.sealVote, (job, 2, stolen)));
        for (uint256 seat = 0; seat < 2; ++seat) _revealVote(job, seat, TRUTH);
        _pass(30 minutes);
        _do(OWNER, abi.encodeCall(_market.advance, (job)));
        _pass(3 hours);
        _settle(job, TRUTH);
        _requireProfit(before, _worth(jury[2]), -211);
    }

    function test_profit_ofSkippedWork() public {
        uint256 job = _voting();
        address[] memory jury = _market.juryOf(job, false);
        uint256 before = _worth(jury[2]);
        int64[] memory scores = _scores(3, TRUTH);
        scores[2] = 1;
        _vote(job, scores);
        _pass(3 hours);
        _settle(job, TRUTH);
        _requireProfit(before, _worth(jury[2]), -211);
    }

    /// @dev The bribed lose their bonds; who bribed them has paid for nothing.
    function test_profit_ofABribedJury() public {
        uint256 job = _voting();
        address[] memory jury = _market.juryOf(job, false);
        uint256 before = _worth(jury[0]) + _worth(jury[1]) + _worth(jury[2]);
        _vote(job, _scores(3, 900_000));
        _do(MALLORY, abi.encodeCall(_market.appeal, (job)));
        _draw(job);
        _vote(job, _scores(7, TRUTH));
        _requireProfit(before, _worth(jury[0]) + _worth(jury[1]) + _worth(jury[2]), -3 * 211);
    }

    function test_profit_ofAnAppealInVain() public {
        uint256 job = _voting();
        _vote(job, _scores(3, TRUTH));
        uint256 before = _worth(ACCOMPLICE);
        _do(ACCOMPLICE, abi.encodeCall(_market.appeal, (job)));
        _draw(job);
        _vote(job, _scores(7, TRUTH));
        _requireProfit(before, _worth(ACCOMPLICE), -7 * 6_667);
    }

    function test_profit_ofAFalseChallenge() public {
        uint256 job = _drawn(_jobTerms(), _dataset);
        _train(job);
        _aggregate(job, true);
        uint256 before = _worth(ACCOMPLICE);
        bytes32 posted = _market.disputeOf(job).posted;
        _do(ACCOMPLICE, abi.encodeCall(_market.challenge, (job, GARBAGE)));
        for (uint256 i = 0; i < 2; ++i) _do(computer(i), abi.encodeCall(_market.judge, (job, 0, i, posted)));
        _requireProfit(before, _worth(ACCOMPLICE), -401);
    }

    // -------------------------------------------------------------------------------------------------------- private

    function _drawn(JobTerms memory t, uint256 dataset) private returns (uint256 job) {
        job = _run(t, _one(dataset));
        _draw(job);
    }

    function _voting() private returns (uint256 job) {
        job = _run(_jobTerms(), _one(_dataset));
        _trainOnce(job);
        _draw(job);
    }

    function _results(uint256 job, bytes32 a, bytes32 b, bytes32 c) private {
        bytes32[3] memory digests = [a, b, c];
        for (uint256 i = 0; i < 3; ++i) _sealResult(job, 0, i, digests[i]);
        for (uint256 i = 0; i < 3; ++i) _revealResult(job, 0, i, digests[i]);
    }

    function _requireProfit(uint256 before, uint256 afterwards, int256 wanted) private pure {
        Check.equal(int256(afterwards) - int256(before), wanted, "profit");
    }
}
