// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Custody, Dataset, DatasetPhase} from "../../../interfaces/training/ICatalogue.sol";
import {Dispute} from "../../../interfaces/training/IDisputes.sol";
import {Job, JobPhase, JobTerms, Stage, Subject} from "../../../interfaces/training/IJobs.sol";
import {Replica, ReplicaPhase} from "../../../interfaces/training/IReplicas.sol";
import {SubsetRound} from "../../../interfaces/training/IRounds.sol";
import {TrainingMarket} from "../../../contracts/market/TrainingMarket.sol";
import {Chance} from "./Chance.sol";
import {TrainingScene} from "./TrainingScene.sol";
import {VM} from "./Vm.sol";

/// @title People in private training: they do what a job waits for, or something else, and time passes
/// @notice Compute owners post garbage or stay silent now and then, jurors lie, aggregators stall, challengers challenge rightly and wrongly; MALLORY, who has no part in any job, tries everything.
contract TrainingHandler is TrainingScene {
    address internal constant WATCHER = address(0x3a7c);
    uint256 private constant JURORS = 9;
    uint256 private constant MOST_JOBS = 6;

    uint256 public paidInWei;
    uint256 public paidOutWei;
    uint256 public refusals;
    uint256 public intrusions;
    bool public hasGoneBack;
    mapping(JobPhase phase => uint256) public reached;
    mapping(Stage stage => uint256) public staged;
    mapping(uint256 job => JobPhase) private _last;

    constructor() {
        address[5] memory people = [OWNER, BUYER, MALLORY, WATCHER, address(0)];
        for (uint256 i = 0; i < 4; ++i) _enter(people[i], 31);
        for (uint256 i = 0; i < 3; ++i) {
            _enter(computer(i), 2);
            _do(computer(i), abi.encodeCall(_market.offerCompute, (1, 1_000, 60, ENVIRONMENT)));
        }
        for (uint256 i = 0; i < JURORS; ++i) {
            _enter(validator(i), 8);
            _do(validator(i), abi.encodeCall(_market.bond, (100_000)));
            _do(validator(i), abi.encodeCall(_market.enrol, (TEST_SET, 1, 1_000, 60)));
        }
        _pass(1);
        _listSharded(2, 3, ReplicaPhase.Verified);
        _listLocal(OWNER);
    }

    function market() external view returns (TrainingMarket) {
        return _market;
    }

    // --------------------------------------------------------------------------------------------------------- actions

    /// @notice What one of the jobs waits for, several times.
    function goOn(uint256 seed) public {
        Chance memory dice = Chance(seed);
        for (uint256 i = 0; i <= dice.below(6); ++i) {
            uint256 job = _some(dice, _market.jobs());
            if (job == 0 || dice.oneIn(12)) _ask(dice);
            else _move(job, dice);
            _look();
        }
    }

    /// @notice Data owners and compute owners.
    function distribute(uint256 seed) public {
        Chance memory dice = Chance(seed);
        uint256 dataset = _some(dice, _market.datasets());
        (uint256 subset, uint256 index) = (dice.below(2), dice.below(3));
        uint256 kind = dice.below(9);
        if (kind == 0 && _market.datasets() < 12) _listSharded(2, 3, ReplicaPhase(1 + dice.below(4)));
        else if (kind == 1) _act(computer(index), abi.encodeCall(_market.vacate, (dataset, subset, index)));
        else if (kind == 2) _act(WATCHER, abi.encodeCall(_market.dismiss, (dataset, subset, index)));
        else if (kind == 3) _act(OWNER, abi.encodeCall(_market.retire, (dataset)));
        else if (kind == 4) _act(OWNER, abi.encodeCall(_market.reofferSeat, (dataset, subset, index, computer(index))));
        else if (kind == 5) _act(OWNER, abi.encodeCall(_market.verify, (dataset, subset, index, !dice.oneIn(3))));
        else if (kind == 6) _act(computer(index), abi.encodeCall(_market.askRow, (dataset, subset, 1, 0)));
        else if (kind == 7) _act(WATCHER, abi.encodeCall(_market.failRow, (dataset)));
        else _joinOrReveal(dataset, subset, index);
        _look();
    }

    /// @notice Money comes and goes.
    function bank(uint256 seed) public {
        Chance memory dice = Chance(seed);
        address who = _anybody(dice);
        uint256 kind = dice.below(5);
        if (kind == 0) {
            uint256 before = who.balance;
            if (_act(who, abi.encodeCall(_market.withdraw, (payable(who))))) paidOutWei += who.balance - before;
            _pay(who, 1 ether);
        } else if (kind == 1) {
            _act(who, abi.encodeCall(_market.bond, (dice.below(1_000))));
        } else if (kind == 2) {
            _act(who, abi.encodeCall(_market.unbond, (dice.below(1_000))));
        } else if (kind == 3) {
            _act(who, abi.encodeCall(_market.releaseBond, ()));
        } else {
            _pay(who, dice.below(1_000));
        }
    }

    /// @notice Somebody without any part in a job tries everything.
    function intrude(uint256 seed) public {
        Chance memory dice = Chance(seed);
        uint256 job = _some(dice, _market.jobs());
        (uint256 slot, uint256 index, bytes32 word) = (dice.below(3), dice.below(4), bytes32(dice.next()));
        bytes[9] memory calls = [
            abi.encodeCall(_market.sealResult, (job, slot, index, word)),
            abi.encodeCall(_market.revealResult, (job, slot, index, word, word)),
            abi.encodeCall(_market.aggregate, (job, word, true)),
            abi.encodeCall(_market.approve, (job, slot)),
            abi.encodeCall(_market.cancel, (job, slot)),
            abi.encodeCall(_market.judge, (job, slot, index, true)),
            abi.encodeCall(_market.sealVote, (job, index, word)),
            abi.encodeCall(_market.revealVote, (job, index, 1, _weights(1), word)),
            abi.encodeCall(_market.listModel, (job, 1, true))
        ];
        if (_act(MALLORY, calls[dice.below(9)])) ++intrusions;
        _look();
    }

    /// @notice Time passes; now and then so much that a draw is missed, or a bond comes back.
    function wait(uint256 seed) public {
        Chance memory dice = Chance(seed);
        _pass(
            dice.oneIn(12)
                ? 8 days
                : dice.oneIn(3)
                    ? 5 hours
                    : dice.below(1 hours)
        );
        if (dice.oneIn(10)) VM.roll(VM.getBlockNumber() + 300);
    }

    // -------------------------------------------------------------------------------------------------------- what holds

    /// @notice All that the books owe.
    function owedWei() external view returns (uint256 sumWei) {
        address[] memory all = people();
        for (uint256 i = 0; i < all.length; ++i) sumWei += _worth(all[i]);
        for (uint256 job = 1; job <= _market.jobs(); ++job) sumWei += _market.jobOf(job).escrowWei;
    }

    /// @notice Everybody who can own anything.
    function people() public pure returns (address[] memory all) {
        all = new address[](5 + 3 + JURORS);
        (all[0], all[1], all[2], all[3], all[4]) = (OWNER, BUYER, MALLORY, WATCHER, BURNED);
        for (uint256 i = 0; i < 3; ++i) all[5 + i] = computer(i);
        for (uint256 i = 0; i < JURORS; ++i) all[8 + i] = validator(i);
    }

    /// @notice What somebody's bond answers for, added up from what it does now: each bond is locked once, and ends once.
    function answersForWei(address who) external view returns (uint256 sumWei) {
        for (uint256 dataset = 1; dataset <= _market.datasets(); ++dataset) {
            Dataset memory d = _market.datasetOf(dataset);
            if (d.owner == who && d.phase != DatasetPhase.Retired && !d.isFaulty) sumWei += d.ownerBondWei;
            if (_market.spotCheckOf(dataset).deadline > 0 && _market.spotCheckOf(dataset).challenger == who)
                sumWei += d.checkBondWei;
            for (uint256 i = 0; i < uint256(d.subsets) * d.replicas; ++i) {
                Replica memory r = _market.replicaOf(dataset, i / d.replicas, i % d.replicas);
                bool isLive = r.phase >= ReplicaPhase.Joined && r.phase <= ReplicaPhase.Verified;
                if (r.holder == who && isLive) sumWei += d.replicaBondWei;
            }
        }
        for (uint256 job = 1; job <= _market.jobs(); ++job) sumWei += _lockedIn(job, who);
    }

    function _lockedIn(uint256 job, address who) private view returns (uint256 sumWei) {
        Job memory j = _market.jobOf(job);
        JobTerms memory t = _market.termsOf(job);
        Dispute memory d = _market.disputeOf(job);
        if (j.stage == Stage.Aggregated || j.stage == Stage.Disputed) {
            if (d.aggregator == who) sumWei += t.challengeBondWei;
            if (d.challenger == who) sumWei += t.challengeBondWei;
        }
        if (j.phase != JobPhase.Validating) return sumWei;
        bool isSitting = j.stage == Stage.Committing || j.stage == Stage.Revealing;
        if (j.isAppealed || isSitting || j.stage == Stage.Decided)
            sumWei += _sits(_market.juryOf(job, false), who) * t.voteBondWei;
        if (j.isAppealed && isSitting) sumWei += _sits(_market.juryOf(job, true), who) * t.voteBondWei;
        if (j.isAppealed && who == WATCHER) sumWei += _market.appealCostOf(job);
    }

    function _sits(address[] memory jury, address who) private pure returns (uint256) {
        for (uint256 i = 0; i < jury.length; ++i) if (jury[i] == who) return 1;
        return 0;
    }

    // --------------------------------------------------------------------------------------------------------- private

    function _ask(Chance memory dice) private {
        if (_market.jobs() >= MOST_JOBS && !dice.oneIn(4)) return;
        JobTerms memory t = _jobTerms();
        t.validators = uint8(dice.below(4));
        t.rounds = uint16(1 + dice.below(3));
        t.budgetWei = uint96(10_000 + dice.below(100_000));
        uint256 dataset = _some(dice, _market.datasets());
        t.custody = _market.datasetOf(dataset).custody;
        if (t.custody == Custody.Sharded) t.subsetsPerRound = uint8(1 + dice.below(2));
        uint256 fundWei = dice.oneIn(3) ? t.budgetWei / 3 : 1 ether;
        Subject memory subject = Subject(SCHEMA, 0, MODEL);
        _act(BUYER, abi.encodeCall(_market.request, (t, subject, _one(dataset), fundWei)));
    }

    function _move(uint256 job, Chance memory dice) private {
        Job memory j = _market.jobOf(job);
        ++reached[j.phase];
        ++staged[j.stage];
        if (j.phase < JobPhase.Running) {
            if (dice.oneIn(20)) _act(BUYER, abi.encodeCall(_market.cancel, (job, 0)));
            else if (dice.oneIn(2)) _act(OWNER, abi.encodeCall(_market.approve, (job, 0)));
            else if (dice.oneIn(2)) _act(WATCHER, abi.encodeCall(_market.fund, (job, 1 + dice.below(100_000))));
            else _advance(job);
        } else if (j.stage == Stage.Armed) {
            if (VM.getBlockNumber() <= j.drawBlock) VM.roll(uint256(j.drawBlock) + 1);
            _advance(job);
        } else if (j.stage == Stage.Aggregated && dice.oneIn(3)) {
            _act(WATCHER, abi.encodeCall(_market.challenge, (job, keccak256("another"))));
        } else if (j.stage == Stage.Decided && dice.oneIn(3)) {
            _act(WATCHER, abi.encodeCall(_market.appeal, (job)));
        } else if (j.phase == JobPhase.Running && j.stage != Stage.Aggregated) {
            _moveRound(job, j, dice);
        } else if (j.phase == JobPhase.Validating && j.stage != Stage.Decided) {
            _moveJury(job, j, dice);
        } else {
            if (dice.oneIn(2)) _pass(4 hours);
            int64 score = dice.oneIn(8) ? int64(1) : int64(700_000);
            if (!_act(WATCHER, abi.encodeCall(_market.settle, (job, score, _weights(1))))) _advance(job);
        }
    }

    function _moveRound(uint256 job, Job memory j, Chance memory dice) private {
        if (j.stage == Stage.Agreed) {
            if (dice.oneIn(6)) _pass(2 hours);
            if (!_act(BUYER, abi.encodeCall(_market.aggregate, (job, keccak256("model"), dice.oneIn(3)))))
                _advance(job);
            return;
        }
        bool isQuiet = true;
        for (uint256 slot = 0; slot < j.drawn; ++slot) {
            SubsetRound memory s = _market.subsetRoundOf(job, slot);
            for (uint256 index = 0; index < 3; ++index) {
                if ((s.assigned >> index) & 1 == 0 || dice.oneIn(6)) continue;
                address who = _holder(job, slot, index);
                // The same each time it is asked of the same seat.
                bool isHonest = uint256(keccak256(abi.encode(job, j.round, j.attempt, who))) % 5 > 0;
                bytes32 digest = isHonest ? _update(job, slot) : keccak256(abi.encode(who));
                bytes memory call_;
                if (j.stage == Stage.Disputed) call_ = abi.encodeCall(_market.judge, (job, slot, index, dice.oneIn(2)));
                else if (j.stage == Stage.Committing && (s.sealed_ >> index) & 1 == 0)
                    call_ = abi.encodeCall(_market.sealResult, (job, slot, index, _resultSeal(job, slot, who, digest)));
                else call_ = abi.encodeCall(_market.revealResult, (job, slot, index, digest, _salt(who)));
                if (_act(who, call_)) isQuiet = false;
                if (_market.jobOf(job).stage != j.stage) return;
            }
        }
        if (isQuiet) _pass(1 hours);
        _advance(job);
    }

    function _moveJury(uint256 job, Job memory j, Chance memory dice) private {
        address[] memory jury = _market.juryOf(job, j.isAppealed);
        bool isQuiet = true;
        for (uint256 seat = 0; seat < jury.length; ++seat) {
            if (dice.oneIn(8)) continue;
            bool isHonest = uint256(keccak256(abi.encode(job, j.attempt, jury[seat]))) % 5 > 0;
            int64 score = isHonest ? int64(700_000) : int64(900_000);
            bytes memory call_ = abi.encodeCall(_market.revealVote, (job, seat, score, _weights(1), _salt(jury[seat])));
            if (j.stage == Stage.Committing && _market.voteOf(job, j.isAppealed, seat) == 0)
                call_ = abi.encodeCall(_market.sealVote, (job, seat, _voteSeal(job, jury[seat], score, _weights(1))));
            if (_act(jury[seat], call_)) isQuiet = false;
            if (_market.jobOf(job).stage != j.stage) return;
        }
        if (isQuiet) _pass(4 hours);
        _advance(job);
    }

    function _joinOrReveal(uint256 dataset, uint256 subset, uint256 index) private {
        address who = computer(index);
        if (_market.replicaOf(dataset, subset, index).phase == ReplicaPhase.Offered)
            _act(who, abi.encodeCall(_market.join, (dataset, subset, index, _joinSeal(dataset, subset, who))));
        else
            _act(
                who,
                abi.encodeCall(_market.revealReplica, (dataset, subset, index, _shard(dataset, subset), _salt(who)))
            );
    }

    function _advance(uint256 job) private {
        _act(WATCHER, abi.encodeCall(_market.advance, (job)));
    }

    function _act(address who, bytes memory call_) private returns (bool succeeded) {
        (succeeded, ) = _try(who, 0, call_);
        if (!succeeded) ++refusals;
    }

    function _enter(address who, uint8 roles) private {
        _register(who, roles);
        paidInWei += RICH;
    }

    function _pay(address who, uint256 amountWei) private {
        (bool succeeded, ) = _try(who, amountWei, abi.encodeCall(_market.deposit, ()));
        if (succeeded) paidInWei += amountWei;
    }

    /// @notice No phase goes back, and what has ended stays as it is.
    function _look() private {
        for (uint256 job = 1; job <= _market.jobs(); ++job) {
            Job memory j = _market.jobOf(job);
            if (j.phase < _last[job] || (_last[job] >= JobPhase.Closed && j.phase != _last[job])) hasGoneBack = true;
            if (j.phase >= JobPhase.Closed && j.escrowWei > 0) hasGoneBack = true;
            if (j.phase != _last[job]) ++reached[j.phase];
            _last[job] = j.phase;
        }
    }

    /// @notice One of so many, the last ones more often; 0 for none.
    function _some(Chance memory dice, uint256 count) private pure returns (uint256) {
        if (count == 0) return 0;
        return dice.oneIn(3) ? 1 + dice.below(count) : count - dice.below(count < 3 ? count : 3);
    }

    function _anybody(Chance memory dice) private pure returns (address) {
        address[] memory all = people();
        address who = all[dice.below(all.length)];
        return who == BURNED ? OWNER : who;
    }
}
