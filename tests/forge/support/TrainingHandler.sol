// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Custody, Dataset, DatasetPhase, Description} from "../../../interfaces/training/ICatalogue.sol";
import {Job, JobPhase, JobTerms, Stage, Subject} from "../../../interfaces/training/IJobs.sol";
import {ReplicaPhase} from "../../../interfaces/training/IReplicas.sol";
import {SubsetRound} from "../../../interfaces/training/IRounds.sol";
import {Chance} from "./Chance.sol";
import {TrainingWitness} from "./TrainingWitness.sol";
import {VM} from "./Vm.sol";

/// @title People in private training: they do what a job waits for, or something else, and time passes
/// @notice Compute owners post garbage or stay silent now and then, jurors lie, aggregators stall, challengers challenge rightly and wrongly, owners lose rows; MALLORY, who has no part in any job, tries everything.
contract TrainingHandler is TrainingWitness {
    uint256 private constant MOST_DATASETS = 150;
    bytes32 private constant ROW_SALT = keccak256("salt of row 0");

    constructor() {
        address[5] memory all = [OWNER, HOSPITAL, BUYER, MALLORY, WATCHER];
        for (uint256 i = 0; i < 5; ++i) _enter(all[i], 31);
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
        _listLocal(HOSPITAL);
    }

    // --------------------------------------------------------------------------------------------------------- actions

    /// @notice What some of the jobs wait for.
    function goOn(uint256 seed) public {
        Chance memory dice = Chance(seed);
        for (uint256 i = 0; i <= dice.below(6); ++i) {
            uint256 job = _some(dice, _market.jobs());
            if (job == 0 || dice.oneIn(40)) _ask(dice);
            else _move(job, dice);
            _look();
        }
    }

    /// @notice Owners list, tend and retire their datasets; compute owners take seats and leave them.
    function distribute(uint256 seed) public {
        Chance memory dice = Chance(seed);
        uint256 dataset = _some(dice, _market.datasets());
        Dataset memory d = _market.datasetOf(dataset);
        (uint256 subset, uint256 index) = (dice.below(d.subsets), dice.below(d.replicas));
        uint256 kind = dice.below(8);
        if (kind == 0) _list(dice);
        else if (kind == 1 && dice.oneIn(12))
            _act(computer(index), abi.encodeCall(_market.vacate, (dataset, subset, index)));
        else if (kind == 2 && dice.oneIn(12)) _act(d.owner, abi.encodeCall(_market.vacate, (dataset, subset, index)));
        else if (kind == 3) _act(WATCHER, abi.encodeCall(_market.dismiss, (dataset, subset, index)));
        else if (kind == 4 && dice.oneIn(12)) _act(d.owner, abi.encodeCall(_market.retire, (dataset)));
        else if (kind == 5) _act(d.owner, abi.encodeCall(_market.openEarly, (dataset)));
        else _tend(dataset, d, dice);
        _look();
    }

    /// @notice Somebody asks for a row; row 0 can be shown, the others are lost.
    function check(uint256 seed) public {
        Chance memory dice = Chance(seed);
        uint256 dataset = _some(dice, _market.datasets());
        Dataset memory d = _market.datasetOf(dataset);
        uint256 kind = dice.below(3);
        if (kind == 0) {
            bool isBuyers = dice.oneIn(2);
            bytes memory ask = abi.encodeCall(
                _market.askRow,
                (dataset, dice.below(d.subsets), dice.below(2), isBuyers ? _some(dice, _market.jobs()) : 0)
            );
            _act(isBuyers ? BUYER : computer(dice.below(3)), ask);
        } else if (kind == 1) {
            bytes32[] memory none = new bytes32[](0);
            _act(d.owner, abi.encodeCall(_market.answerRow, (dataset, _roots(d.subsets), "row 0", ROW_SALT, none)));
        } else {
            if (_market.spotCheckOf(dataset).deadline > 0 && dice.oneIn(6)) _pass(3 days);
            _act(WATCHER, abi.encodeCall(_market.failRow, (dataset)));
        }
    }

    /// @notice Money comes and goes.
    function bank(uint256 seed) public {
        Chance memory dice = Chance(seed);
        address who = _anybody(dice);
        uint256 kind = dice.below(5);
        if (kind == 0) {
            uint256 before = who.balance;
            if (_act(who, abi.encodeCall(_market.withdraw, (payable(who))))) _notePaidOut(who.balance - before);
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

    /// @notice Somebody without any part in a job or dataset tries everything.
    function intrude(uint256 seed) public {
        Chance memory dice = Chance(seed);
        uint256 job = _some(dice, _market.jobs());
        uint256 dataset = _some(dice, _market.datasets());
        (uint256 slot, uint256 index, bytes32 word) = (dice.below(3), dice.below(4), bytes32(dice.next()));
        // Now and then places that do not exist, but could be taken for others.
        if (dice.oneIn(4)) slot = dice.below(8) << 24;
        if (dice.oneIn(4)) index += dice.below(3) << 8;
        bytes[16] memory calls = [
            abi.encodeCall(_market.sealResult, (job, slot, index, word)),
            abi.encodeCall(_market.revealResult, (job, slot, index, word, word)),
            abi.encodeCall(_market.aggregate, (job, word, true)),
            abi.encodeCall(_market.approve, (job, slot)),
            abi.encodeCall(_market.cancel, (job, slot)),
            abi.encodeCall(_market.judge, (job, slot, index, word)),
            abi.encodeCall(_market.sealVote, (job, index, word)),
            abi.encodeCall(_market.revealVote, (job, index, 1, _weights(1), word)),
            abi.encodeCall(_market.listModel, (job, 1, true)),
            abi.encodeCall(_market.join, (dataset, slot, index, word)),
            abi.encodeCall(_market.revealReplica, (dataset, slot, index, word, word)),
            abi.encodeCall(_market.verify, (dataset, slot, index, true)),
            abi.encodeCall(_market.vacate, (dataset, slot, index)),
            abi.encodeCall(_market.reofferSeat, (dataset, slot, index, MALLORY)),
            abi.encodeCall(_market.askRow, (dataset, slot, index, job)),
            abi.encodeCall(_market.retire, (dataset))
        ];
        if (_act(MALLORY, calls[dice.below(16)])) ++intrusions;
        _look();
    }

    /// @notice Time passes; now and then so much that a draw is missed, or a bond comes back.
    function wait(uint256 seed) public {
        Chance memory dice = Chance(seed);
        uint256 seconds_ = dice.below(1 hours);
        if (dice.oneIn(3)) seconds_ = 5 hours;
        if (dice.oneIn(12)) seconds_ = 8 days;
        _pass(seconds_);
        if (dice.oneIn(4)) VM.roll(VM.getBlockNumber() + 300);
    }

    // ------------------------------------------------------------------------------------------------------- datasets

    /// @dev Each subset has one row, so that a tree is its leaf.
    function _roots(uint256 subsets) internal pure override returns (bytes32[] memory roots) {
        roots = new bytes32[](subsets);
        for (uint256 i = 0; i < subsets; ++i)
            roots[i] = keccak256(abi.encode(uint256(0), ROW_SALT, keccak256(bytes("row 0"))));
    }

    function _list(Chance memory dice) private {
        if (_market.datasets() >= MOST_DATASETS) return;
        if (dice.oneIn(2)) _listSharded(2, 3, ReplicaPhase(1 + dice.below(4)));
        else _listLocal(dice.oneIn(2) ? OWNER : HOSPITAL);
    }

    /// @notice Each seat goes on by what it waits for, now and then not.
    function _tend(uint256 dataset, Dataset memory d, Chance memory dice) private {
        for (uint256 i = 0; i < uint256(d.subsets) * d.replicas; ++i) {
            (uint256 subset, uint256 index) = (i / d.replicas, i % d.replicas);
            ReplicaPhase phase = _market.replicaOf(dataset, subset, index).phase;
            address who = computer(index);
            if (dice.oneIn(8)) continue;
            if (phase == ReplicaPhase.Offered)
                _act(who, abi.encodeCall(_market.join, (dataset, subset, index, _joinSeal(dataset, subset, who))));
            else if (phase == ReplicaPhase.Joined)
                _act(
                    who,
                    abi.encodeCall(_market.revealReplica, (dataset, subset, index, _shard(dataset, subset), _salt(who)))
                );
            else if (phase == ReplicaPhase.Revealed)
                _act(d.owner, abi.encodeCall(_market.verify, (dataset, subset, index, !dice.oneIn(6))));
            else if (phase > ReplicaPhase.Verified)
                _act(d.owner, abi.encodeCall(_market.reofferSeat, (dataset, subset, index, who)));
        }
    }

    // ------------------------------------------------------------------------------------------------------------ jobs

    function _ask(Chance memory dice) private {
        uint256 dataset = _some(dice, _market.datasets());
        Dataset memory d = _market.datasetOf(dataset);
        for (uint256 i = 0; i < 8 && (d.phase != DatasetPhase.Ready || d.isFaulty); ++i) {
            dataset = 1 + dice.below(_market.datasets());
            d = _market.datasetOf(dataset);
        }
        JobTerms memory t = _jobTerms();
        t.validators = uint8(dice.below(4));
        t.rounds = uint16(1 + dice.below(3));
        t.budgetWei = uint96(10_000 + dice.below(100_000));
        t.custody = d.custody;
        if (t.custody == Custody.Sharded) t.subsetsPerRound = uint8(1 + dice.below(2));
        if (dice.oneIn(3)) t.aggregator = WATCHER;
        uint256[] memory ids = _one(dataset);
        uint256 other = 1 + dice.below(_market.datasets());
        if (t.custody == Custody.Local && other > dataset && dice.oneIn(2)) {
            ids = new uint256[](2);
            (ids[0], ids[1]) = (dataset, other);
        }
        uint256 fundWei = dice.oneIn(3) ? t.budgetWei / 3 : 1 ether;
        _act(BUYER, abi.encodeCall(_market.request, (t, Subject(SCHEMA, 0, MODEL), ids, fundWei)));
    }

    function _move(uint256 job, Chance memory dice) private {
        Job memory j = _market.jobOf(job);
        ++staged[j.stage];
        if (j.phase < JobPhase.Running) {
            _moveRequest(job, dice);
        } else if (j.stage == Stage.Armed) {
            if (VM.getBlockNumber() <= j.drawBlock) VM.roll(uint256(j.drawBlock) + 1);
            _advance(job);
        } else if (j.stage == Stage.Aggregated && dice.oneIn(3)) {
            bytes32 claimed = keccak256(dice.oneIn(3) ? bytes("another") : bytes("right"));
            _act(WATCHER, abi.encodeCall(_market.challenge, (job, claimed)));
        } else if (j.stage == Stage.Decided && dice.oneIn(3)) {
            _act(WATCHER, abi.encodeCall(_market.appeal, (job)));
        } else if (j.phase == JobPhase.Running && j.stage != Stage.Aggregated) {
            _moveRound(job, j, dice);
        } else if (j.phase == JobPhase.Validating && j.stage != Stage.Decided) {
            _moveJury(job, j, dice);
        } else if (j.phase == JobPhase.Closed) {
            _act(BUYER, abi.encodeCall(_market.listModel, (job, 1, dice.oneIn(2))));
        } else {
            if (dice.oneIn(2)) _pass(4 hours);
            int64 score = dice.oneIn(8) ? int64(1) : int64(700_000);
            bytes memory settle = abi.encodeCall(_market.settle, (job, score, _weights(j.datasets)));
            if (!dice.oneIn(3) && _act(WATCHER, settle)) ++happened["settled"];
            else if (_advance(job) && j.phase == JobPhase.Validating) ++happened["shares never shown"];
        }
    }

    function _moveRequest(uint256 job, Chance memory dice) private {
        uint256 index = dice.below(_market.datasetsOf(job).length);
        address owner = _market.datasetOf(_market.datasetsOf(job)[index]).owner;
        if (dice.oneIn(20)) _act(dice.oneIn(2) ? BUYER : owner, abi.encodeCall(_market.cancel, (job, index)));
        else if (dice.oneIn(2)) _act(owner, abi.encodeCall(_market.approve, (job, index)));
        else if (dice.oneIn(2)) _act(WATCHER, abi.encodeCall(_market.fund, (job, 1 + dice.below(100_000))));
        else _advance(job);
    }

    function _moveRound(uint256 job, Job memory j, Chance memory dice) private {
        if (j.stage == Stage.Agreed) {
            if (dice.oneIn(12)) _pass(2 hours);
            bytes32 average = keccak256(dice.oneIn(3) ? bytes("wrong") : bytes("right"));
            address who = _market.termsOf(job).aggregator == WATCHER && dice.oneIn(2) ? WATCHER : BUYER;
            if (!_act(who, abi.encodeCall(_market.aggregate, (job, average, dice.oneIn(3))))) _advance(job);
            return;
        }
        bool isQuiet = true;
        for (uint256 slot = 0; slot < j.drawn; ++slot) {
            SubsetRound memory s = _market.subsetRoundOf(job, slot);
            for (uint256 index = 0; index < 3; ++index) {
                if ((s.assigned >> index) & 1 == 0 || dice.oneIn(16)) continue;
                address who = _holder(job, slot, index);
                bytes memory call_;
                if (j.stage == Stage.Disputed) {
                    bytes32 found = dice.oneIn(8) ? _market.disputeOf(job).posted : keccak256("right");
                    call_ = abi.encodeCall(_market.judge, (job, slot, index, found));
                } else {
                    call_ = _trainCall(job, j, s, slot, index);
                }
                if (_act(who, call_)) isQuiet = false;
                if (_market.jobOf(job).stage != j.stage) return;
            }
        }
        if (isQuiet && dice.oneIn(4)) _pass(1 hours); // other jobs' time as well
        _advance(job);
    }

    /// @notice The same digest each time it is asked of the same seat.
    function _trainCall(
        uint256 job,
        Job memory j,
        SubsetRound memory s,
        uint256 slot,
        uint256 index
    ) private view returns (bytes memory) {
        address who = _holder(job, slot, index);
        bool isHonest = uint256(keccak256(abi.encode(job, j.round, j.attempt, who))) % 16 > 0;
        bytes32 digest = isHonest ? _update(job, slot) : keccak256(abi.encode(who));
        if (j.stage == Stage.Committing && (s.sealed_ >> index) & 1 == 0)
            return abi.encodeCall(_market.sealResult, (job, slot, index, _resultSeal(job, slot, who, digest)));
        return abi.encodeCall(_market.revealResult, (job, slot, index, digest, _salt(who)));
    }

    function _moveJury(uint256 job, Job memory j, Chance memory dice) private {
        address[] memory jury = _market.juryOf(job, j.isAppealed);
        uint64[] memory weights = _weights(j.datasets);
        bool isQuiet = true;
        for (uint256 seat = 0; seat < jury.length; ++seat) {
            if (dice.oneIn(32)) continue;
            // Of some first juries the most are bribed.
            uint256 character = uint256(keccak256(abi.encode(job, j.attempt, j.isAppealed, jury[seat]))) % 16;
            bool isHonest = !j.isAppealed && job % 4 == 0 ? character == 0 : character > 0;
            int64 score = isHonest ? int64(700_000) : int64(900_000);
            bytes memory call_ = abi.encodeCall(_market.revealVote, (job, seat, score, weights, _salt(jury[seat])));
            if (j.stage == Stage.Committing && _market.voteOf(job, j.isAppealed, seat) == 0)
                call_ = abi.encodeCall(_market.sealVote, (job, seat, _voteSeal(job, jury[seat], score, weights)));
            if (_act(jury[seat], call_)) isQuiet = false;
            if (_market.jobOf(job).stage != j.stage) return;
        }
        if (isQuiet && dice.oneIn(4)) _pass(4 hours);
        _advance(job);
    }

    function _advance(uint256 job) private returns (bool) {
        return _act(WATCHER, abi.encodeCall(_market.advance, (job)));
    }

    // --------------------------------------------------------------------------------------------------------- private

    function _enter(address who, uint8 roles) private {
        _register(who, roles);
        _notePaidIn(RICH);
    }

    function _pay(address who, uint256 amountWei) private {
        (bool succeeded, ) = _try(who, amountWei, abi.encodeCall(_market.deposit, ()));
        if (succeeded) _notePaidIn(amountWei);
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
