// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {TrainingCatalogue} from "../../../contracts/market/TrainingCatalogue.sol";
import {TrainingMarket} from "../../../contracts/market/TrainingMarket.sol";
import {TrainingRounds} from "../../../contracts/market/TrainingRounds.sol";
import {TrainingSettlement} from "../../../contracts/market/TrainingSettlement.sol";
import {Custody, Description} from "../../../interfaces/training/ICatalogue.sol";
import {
    Job,
    JobPhase,
    JobTerms,
    KeyHolder,
    Metric,
    Privacy,
    Stage,
    Subject
} from "../../../interfaces/training/IJobs.sol";
import {Participant} from "../../../interfaces/training/IParticipants.sol";
import {SubsetRound} from "../../../interfaces/training/IRounds.sol";
import {ReplicaPhase} from "../../../interfaces/training/IReplicas.sol";
import {Check} from "./Check.sol";
import {VM} from "./Vm.sol";

/// @title Private training and its people, and what each does when it does its part
contract TrainingScene {
    address internal constant OWNER = address(0x0a11ce);
    address internal constant BUYER = address(0xb0b);
    address internal constant MALLORY = address(0x3a1102);
    address internal constant BURNED = 0x000000000000000000000000000000000000dEaD;
    bytes32 internal constant SCHEMA = keccak256("schema");
    bytes32 internal constant ENVIRONMENT = keccak256("environment");
    bytes32 internal constant TEST_SET = keccak256("test set");
    bytes32 internal constant MODEL = keccak256("first model");
    uint96 internal constant OWNER_BOND = 500;
    uint96 internal constant REPLICA_BOND = 301;
    uint96 internal constant CHECK_BOND = 77;
    uint256 internal constant RICH = 1 ether;

    TrainingMarket internal _market;
    uint256 internal _transactions;

    constructor() {
        VM.warp(1_800_000_000);
        VM.roll(1_000);
        address[3] memory parts = [
            address(new TrainingCatalogue()),
            address(new TrainingRounds()),
            address(new TrainingSettlement())
        ];
        _market = new TrainingMarket(parts[0], parts[1], parts[2]);
    }

    // --------------------------------------------------------------------------------------------------------- people

    function computer(uint256 number) internal pure returns (address) {
        return address(uint160(0xc000 + number));
    }

    function validator(uint256 number) internal pure returns (address) {
        return address(uint160(0xd000 + number));
    }

    /// @notice Somebody does something that must succeed.
    function _do(address who, bytes memory call_) internal returns (bytes memory answer) {
        bool succeeded;
        (succeeded, answer) = _try(who, 0, call_);
        if (!succeeded) {
            assembly ("memory-safe") {
                revert(add(answer, 0x20), mload(answer))
            }
        }
    }

    /// @notice Somebody does something that must be refused with an error.
    function _refuse(address who, bytes memory call_, bytes4 selector) internal {
        (bool succeeded, bytes memory answer) = _try(who, 0, call_);
        Check.isTrue(!succeeded, "not refused");
        if (bytes4(answer) != selector)
            Check.equal(abi.encodePacked(bytes4(answer)), abi.encodePacked(selector), "refused with");
    }

    function _try(address who, uint256 value, bytes memory call_) internal returns (bool, bytes memory) {
        ++_transactions;
        if (value > 0) VM.deal(who, who.balance + value);
        VM.prank(who);
        return address(_market).call{value: value}(call_);
    }

    function _register(address who, uint8 roles) internal {
        (bool succeeded, ) = _try(who, RICH, abi.encodeCall(_market.register, (roles, bytes32(uint256(1)))));
        Check.isTrue(succeeded, "cannot register");
    }

    function _credit(address who) internal view returns (uint256) {
        return _market.participantOf(who).creditWei;
    }

    function _worth(address who) internal view returns (uint256) {
        Participant memory p = _market.participantOf(who);
        return uint256(p.creditWei) + p.bondWei;
    }

    /// @notice Time and blocks pass. (`block.timestamp` is read once a function by the optimizer, which knows nothing of warps.)
    function _pass(uint256 seconds_) internal {
        VM.warp(VM.getBlockTimestamp() + seconds_);
        VM.roll(VM.getBlockNumber() + 1);
    }

    // --------------------------------------------------------------------------------------------------------- things

    function _description(Custody custody, uint8 replicas) internal pure returns (Description memory) {
        return
            Description({
                owner: OWNER,
                schema: SCHEMA,
                template: keccak256("template"),
                quality: 800_000,
                rows: 100,
                priceWei: 100,
                custody: custody,
                replicas: replicas,
                joinSeconds: 1 hours,
                ownerBondWei: OWNER_BOND,
                replicaBondWei: REPLICA_BOND,
                checkBondWei: CHECK_BOND
            });
    }

    function _roots(uint256 subsets) internal pure virtual returns (bytes32[] memory roots) {
        roots = new bytes32[](subsets);
        for (uint256 i = 0; i < subsets; ++i) {
            roots[i] = keccak256(abi.encode("root", i));
        }
    }

    function _listLocal(address owner) internal returns (uint256 dataset) {
        Description memory d = _description(Custody.Local, 1);
        d.owner = owner;
        return _list(owner, d, _roots(1), new address[](0));
    }

    function _list(
        address who,
        Description memory d,
        bytes32[] memory roots,
        address[] memory holders
    ) internal returns (uint256) {
        return abi.decode(_do(who, abi.encodeCall(_market.list, (d, roots, holders, ""))), (uint256));
    }

    /// @notice A dataset whose seats compute owners 0 to n-1 hold in each subset, up to `until`: Offered, Joined, Revealed or Verified.
    function _listSharded(uint256 subsets, uint8 replicas, ReplicaPhase until) internal returns (uint256 dataset) {
        address[] memory holders = new address[](subsets * replicas);
        for (uint256 i = 0; i < holders.length; ++i) {
            holders[i] = computer(i % replicas);
        }
        dataset = _list(OWNER, _description(Custody.Sharded, replicas), _roots(subsets), holders);
        for (uint256 phase = uint256(ReplicaPhase.Joined); phase <= uint256(until); ++phase) {
            for (uint256 i = 0; i < holders.length; ++i) {
                _moveReplica(dataset, i / replicas, i % replicas, ReplicaPhase(phase));
            }
        }
    }

    function _moveReplica(uint256 dataset, uint256 subset, uint256 index, ReplicaPhase to) internal {
        address holder = _market.replicaOf(dataset, subset, index).holder;
        if (to == ReplicaPhase.Joined) {
            _do(holder, abi.encodeCall(_market.join, (dataset, subset, index, _joinSeal(dataset, subset, holder))));
        } else if (to == ReplicaPhase.Revealed) {
            bytes32 digest = _shard(dataset, subset);
            _do(holder, abi.encodeCall(_market.revealReplica, (dataset, subset, index, digest, _salt(holder))));
        } else {
            _do(OWNER, abi.encodeCall(_market.verify, (dataset, subset, index, true)));
        }
    }

    function _joinSeal(uint256 dataset, uint256 subset, address holder) internal view returns (bytes32) {
        return _market.sealOf(dataset, type(uint256).max, subset, holder, _shard(dataset, subset), _salt(holder));
    }

    function _shard(uint256 dataset, uint256 subset) internal pure returns (bytes32) {
        return keccak256(abi.encode("shard", dataset, subset));
    }

    function _salt(address who) internal pure returns (bytes32) {
        return keccak256(abi.encode("salt", who));
    }

    function _jobTerms() internal pure returns (JobTerms memory) {
        return
            JobTerms({
                aggregator: address(0),
                budgetWei: 100_003,
                voteBondWei: 211,
                challengeBondWei: 401,
                bountyWei: 7,
                baseline: 500_000,
                target: 900_000,
                minQuality: 500_000,
                dataBps: 5_000,
                computeBps: 2_000,
                validationBps: 2_000,
                aggregationBps: 1_000,
                rounds: 2,
                subsetsPerRound: 1,
                minSubsets: 1,
                validators: 3,
                drawDelay: 2,
                custody: Custody.Sharded,
                privacy: Privacy.Plain,
                keyHolder: KeyHolder.Buyer,
                metric: Metric.Accuracy,
                approveSeconds: 1 days,
                trainSeconds: 1 hours,
                revealSeconds: 30 minutes,
                aggregateSeconds: 2 hours,
                challengeSeconds: 3 hours,
                voteSeconds: 4 hours,
                environment: ENVIRONMENT,
                testSet: TEST_SET
            });
    }

    // ----------------------------------------------------------------------------------------------------------- jobs

    function _one(uint256 number) internal pure returns (uint256[] memory list) {
        list = new uint256[](1);
        list[0] = number;
    }

    /// @notice A funded job, not yet approved.
    function _request(JobTerms memory t, uint256[] memory datasets) internal returns (uint256 job) {
        Subject memory subject = Subject(SCHEMA, keccak256("program"), MODEL);
        job = abi.decode(
            _do(BUYER, abi.encodeCall(_market.request, (t, subject, datasets, _market.fundingOf(t)))),
            (uint256)
        );
    }

    /// @notice A job that runs; its owner is OWNER alone.
    function _run(JobTerms memory t, uint256[] memory datasets) internal returns (uint256 job) {
        job = _request(t, datasets);
        for (uint256 i = 0; i < datasets.length; ++i) {
            _do(_market.datasetOf(datasets[i]).owner, abi.encodeCall(_market.approve, (job, i)));
        }
    }

    /// @notice The block that draws passes, and somebody draws.
    function _draw(uint256 job) internal {
        VM.roll(uint256(_market.jobOf(job).drawBlock) + 1);
        _do(MALLORY, abi.encodeCall(_market.advance, (job)));
    }

    function _update(uint256 job, uint256 slot) internal view returns (bytes32) {
        return keccak256(abi.encode("update", job, _market.jobOf(job).round, slot));
    }

    function _holder(uint256 job, uint256 slot, uint256 index) internal view returns (address) {
        SubsetRound memory s = _market.subsetRoundOf(job, slot);
        return _market.replicaOf(s.dataset, s.subset, index).holder;
    }

    function _resultSeal(uint256 job, uint256 slot, address who, bytes32 digest) internal view returns (bytes32) {
        Job memory j = _market.jobOf(job);
        return _market.sealOf(job, j.round, uint8(j.positions[slot]), who, digest, _salt(who));
    }

    function _sealResult(uint256 job, uint256 slot, uint256 index, bytes32 digest) internal {
        address who = _holder(job, slot, index);
        _do(who, abi.encodeCall(_market.sealResult, (job, slot, index, _resultSeal(job, slot, who, digest))));
    }

    function _revealResult(uint256 job, uint256 slot, uint256 index, bytes32 digest) internal {
        address who = _holder(job, slot, index);
        _do(who, abi.encodeCall(_market.revealResult, (job, slot, index, digest, _salt(who))));
    }

    /// @notice All assigned seats of a drawn round do their part.
    function _train(uint256 job) internal {
        uint256 drawn = _market.jobOf(job).drawn;
        for (uint256 part = 0; part < 2; ++part) {
            for (uint256 slot = 0; slot < drawn; ++slot) {
                uint256 assigned = _market.subsetRoundOf(job, slot).assigned;
                for (uint256 index = 0; index < 16; ++index) {
                    if ((assigned >> index) & 1 == 0) continue;
                    if (part == 0) _sealResult(job, slot, index, _update(job, slot));
                    else _revealResult(job, slot, index, _update(job, slot));
                }
            }
        }
    }

    function _aggregate(uint256 job, bool isLast) internal {
        bytes32 model = keccak256(abi.encode("model", job, _market.jobOf(job).round));
        _do(BUYER, abi.encodeCall(_market.aggregate, (job, model, isLast)));
    }

    /// @notice The challenge's time passes, and somebody moves the job on.
    function _makeFinal(uint256 job) internal {
        _pass(_market.termsOf(job).challengeSeconds);
        _do(MALLORY, abi.encodeCall(_market.advance, (job)));
    }

    /// @notice One round, and the jury is armed.
    function _trainOnce(uint256 job) internal {
        _draw(job);
        _train(job);
        _aggregate(job, true);
        _makeFinal(job);
    }

    function _enrolValidators(uint256 count) internal {
        for (uint256 i = 0; i < count; ++i) {
            _register(validator(i), 8);
            _do(validator(i), abi.encodeCall(_market.bond, (1_000)));
            _do(validator(i), abi.encodeCall(_market.enrol, (TEST_SET, 1, 1_000, 60)));
        }
        _pass(1);
    }

    function _weights(uint256 count) internal pure returns (uint64[] memory weights) {
        weights = new uint64[](count);
        for (uint256 i = 0; i < count; ++i) {
            weights[i] = uint64(i + 1);
        }
    }

    function _voteSeal(uint256 job, address who, int64 score, uint64[] memory weights) internal view returns (bytes32) {
        Job memory j = _market.jobOf(job);
        bytes32 digest = keccak256(abi.encode(score, keccak256(abi.encode(job, weights))));
        uint256 sitting = 2 * uint256(j.attempt) + (j.isAppealed ? 1 : 0);
        return _market.sealOf(job, type(uint256).max - 1, sitting, who, digest, _salt(who));
    }

    function _sealVote(uint256 job, uint256 seat, int64 score) internal {
        Job memory j = _market.jobOf(job);
        address who = _market.juryOf(job, j.isAppealed)[seat];
        _do(who, abi.encodeCall(_market.sealVote, (job, seat, _voteSeal(job, who, score, _weights(j.datasets)))));
    }

    function _revealVote(uint256 job, uint256 seat, int64 score) internal {
        Job memory j = _market.jobOf(job);
        address who = _market.juryOf(job, j.isAppealed)[seat];
        _do(who, abi.encodeCall(_market.revealVote, (job, seat, score, _weights(j.datasets), _salt(who))));
    }

    /// @notice A whole jury votes; the scores of its places.
    function _vote(uint256 job, int64[] memory scores) internal {
        for (uint256 seat = 0; seat < scores.length; ++seat) {
            _sealVote(job, seat, scores[seat]);
        }
        for (uint256 seat = 0; seat < scores.length; ++seat) {
            _revealVote(job, seat, scores[seat]);
        }
    }

    function _scores(uint256 count, int64 score) internal pure returns (int64[] memory scores) {
        scores = new int64[](count);
        for (uint256 i = 0; i < count; ++i) {
            scores[i] = score;
        }
    }

    function _settle(uint256 job, int64 score) internal {
        _do(MALLORY, abi.encodeCall(_market.settle, (job, score, _weights(_market.jobOf(job).datasets))));
    }

    // --------------------------------------------------------------------------------------------------------- checks

    function _requirePhase(uint256 job, JobPhase phase, Stage stage) internal view {
        Job memory j = _market.jobOf(job);
        Check.equal(uint256(j.phase), uint256(phase), "phase");
        Check.equal(uint256(j.stage), uint256(stage), "stage");
    }

    /// @notice Ether held is ether owed, and no bond is locked beyond what is said.
    function _requireBalanced(uint256 computers, uint256 validators) internal view {
        uint256 owedWei = _worth(OWNER) + _worth(BUYER) + _worth(MALLORY) + _worth(BURNED);
        for (uint256 i = 0; i < computers; ++i) owedWei += _worth(computer(i));
        for (uint256 i = 0; i < validators; ++i) owedWei += _worth(validator(i));
        for (uint256 job = 1; job <= _market.jobs(); ++job) owedWei += _market.jobOf(job).escrowWei;
        Check.equal(address(_market).balance, owedWei, "ether held");
    }
}
