// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Dataset, DatasetPhase} from "../../../interfaces/training/ICatalogue.sol";
import {Dispute} from "../../../interfaces/training/IDisputes.sol";
import {IJobs, Job, JobPhase, JobTerms, Stage} from "../../../interfaces/training/IJobs.sol";
import {Participant} from "../../../interfaces/training/IParticipants.sol";
import {Replica, ReplicaPhase} from "../../../interfaces/training/IReplicas.sol";
import {TrainingMarket} from "../../../contracts/market/TrainingMarket.sol";
import {TrainingScene} from "./TrainingScene.sol";
import {VM, Vm} from "./Vm.sol";

/// @title Sees all that happens in private training, and keeps books of its own
/// @notice Of each job: what was paid, by role, and what was refunded. Of everybody: what the bond answers for. Of the whole: which events there were, which phases and stages.
contract TrainingWitness is TrainingScene {
    address internal constant WATCHER = address(0x3a7c);
    address internal constant HOSPITAL = address(0x405b);
    uint256 internal constant JURORS = 12;

    uint256 public paidInWei;
    uint256 public paidOutWei;
    uint256 public refusals;
    uint256 public intrusions;
    bool public hasGoneBack;
    mapping(JobPhase phase => uint256) public reached;
    mapping(Stage stage => uint256) public staged;
    /// @notice How often something happened: by an event's signature, or by a name of ours.
    mapping(bytes32 what => uint256) public happened;
    mapping(uint256 job => mapping(uint8 role => uint256)) public paidWei;
    mapping(uint256 job => uint256) public refundedWei;
    mapping(uint256 job => JobPhase) private _last;
    mapping(address who => uint256) private _answersWei;

    function market() external view returns (TrainingMarket) {
        return _market;
    }

    /// @notice Everybody who can own anything.
    function people() public pure returns (address[] memory all) {
        all = new address[](9 + JURORS);
        (all[0], all[1], all[2], all[3], all[4]) = (OWNER, BUYER, MALLORY, WATCHER, BURNED);
        all[5] = HOSPITAL;
        for (uint256 i = 0; i < 3; ++i) all[6 + i] = computer(i);
        for (uint256 i = 0; i < JURORS; ++i) all[9 + i] = validator(i);
    }

    /// @notice Nothing when the books agree with the market's, else what does not.
    function complaint() external returns (string memory) {
        address[] memory all = people();
        uint256 owedWei = 0;
        for (uint256 i = 0; i < all.length; ++i) {
            owedWei += _worth(all[i]);
            _answersWei[all[i]] = 0;
        }
        _addDatasets();
        for (uint256 job = 1; job <= _market.jobs(); ++job) {
            Job memory j = _market.jobOf(job);
            owedWei += j.escrowWei;
            if (_isOverpaid(job, j)) return "a job paid more than a part, or other than it had";
            _addJob(job, j);
        }
        if (address(_market).balance != owedWei) return "ether held is not ether owed";
        if (address(_market).balance != paidInWei - paidOutWei) return "ether held is not what came and went";
        if (intrusions > 0) return "a stranger changed something";
        if (hasGoneBack) return "a phase went back";
        for (uint256 i = 0; i < all.length; ++i) {
            Participant memory p = _market.participantOf(all[i]);
            if (p.lockedWei != _answersWei[all[i]]) return "a bond is locked for nothing, or ended twice";
            if (uint256(p.lockedWei) + p.leavingWei > p.bondWei) return "more is locked than there is";
        }
        return "";
    }

    // ------------------------------------------------------------------------------------------------------- watching

    function _act(address who, bytes memory call_) internal returns (bool succeeded) {
        VM.recordLogs();
        (succeeded, ) = _try(who, 0, call_);
        Vm.Log[] memory logs = VM.getRecordedLogs();
        // Logs of what was undone are recorded too.
        if (succeeded) _read(logs);
        else ++refusals;
    }

    function _read(Vm.Log[] memory logs) private {
        for (uint256 i = 0; i < logs.length; ++i) {
            bytes32 kind = logs[i].topics[0];
            ++happened[kind];
            if (kind == IJobs.Paid.selector) {
                (uint8 role, uint256 amountWei) = abi.decode(logs[i].data, (uint8, uint256));
                paidWei[uint256(logs[i].topics[1])][role] += amountWei;
            } else if (kind == IJobs.SponsorRefunded.selector) {
                refundedWei[uint256(logs[i].topics[1])] += abi.decode(logs[i].data, (uint256));
            }
        }
    }

    /// @notice No phase goes back, and what has ended stays as it is.
    function _look() internal {
        for (uint256 job = 1; job <= _market.jobs(); ++job) {
            if (_last[job] >= JobPhase.Closed && job + 10 < _market.jobs()) continue;
            Job memory j = _market.jobOf(job);
            if (j.phase < _last[job] || (_last[job] >= JobPhase.Closed && j.phase != _last[job])) hasGoneBack = true;
            if (j.phase >= JobPhase.Closed && j.escrowWei > 0) hasGoneBack = true;
            if (j.phase != _last[job]) ++reached[j.phase];
            if (j.phase == JobPhase.Closed && j.isUnscored && _last[job] != j.phase) ++happened["closed unscored"];
            if (j.phase == JobPhase.Closed && !j.isUnscored && _last[job] != j.phase) ++happened["closed scored"];
            _last[job] = j.phase;
        }
    }

    function _notePaidIn(uint256 amountWei) internal {
        paidInWei += amountWei;
    }

    function _notePaidOut(uint256 amountWei) internal {
        paidOutWei += amountWei;
    }

    // ---------------------------------------------------------------------------------------------------------- books

    function _isOverpaid(uint256 job, Job memory j) private view returns (bool) {
        (uint256 dataWei, uint256 computeWei, uint256 validationWei, uint256 aggregationWei) = _market.partsOf(job);
        if (paidWei[job][1] > dataWei || paidWei[job][2] > computeWei) return true;
        if (paidWei[job][8] > validationWei || paidWei[job][16] > aggregationWei) return true;
        uint256 sumWei = paidWei[job][0] + paidWei[job][1] + paidWei[job][2] + paidWei[job][8] + paidWei[job][16];
        return sumWei + refundedWei[job] + j.escrowWei != j.fundedWei;
    }

    function _addDatasets() private {
        for (uint256 dataset = 1; dataset <= _market.datasets(); ++dataset) {
            Dataset memory d = _market.datasetOf(dataset);
            if (d.phase != DatasetPhase.Retired && !d.isFaulty) _answersWei[d.owner] += d.ownerBondWei;
            if (_market.spotCheckOf(dataset).deadline > 0)
                _answersWei[_market.spotCheckOf(dataset).challenger] += d.checkBondWei;
            for (uint256 i = 0; i < uint256(d.subsets) * d.replicas; ++i) {
                Replica memory r = _market.replicaOf(dataset, i / d.replicas, i % d.replicas);
                if (r.phase >= ReplicaPhase.Joined && r.phase <= ReplicaPhase.Verified)
                    _answersWei[r.holder] += d.replicaBondWei;
            }
        }
    }

    function _addJob(uint256 job, Job memory j) private {
        JobTerms memory t = _market.termsOf(job);
        if (j.stage == Stage.Aggregated || j.stage == Stage.Disputed) {
            Dispute memory d = _market.disputeOf(job);
            _answersWei[d.aggregator] += t.challengeBondWei;
            if (j.stage == Stage.Disputed) _answersWei[d.challenger] += t.challengeBondWei;
        }
        if (j.phase != JobPhase.Validating) return;
        bool isSitting = j.stage == Stage.Committing || j.stage == Stage.Revealing;
        if (j.isAppealed || isSitting || j.stage == Stage.Decided) _addJury(job, false, t.voteBondWei);
        if (j.isAppealed && isSitting) _addJury(job, true, t.voteBondWei);
        if (j.isAppealed) _answersWei[WATCHER] += _market.appealCostOf(job);
    }

    function _addJury(uint256 job, bool isAppeal, uint256 bondWei) private {
        address[] memory jury = _market.juryOf(job, isAppeal);
        for (uint256 i = 0; i < jury.length; ++i) _answersWei[jury[i]] += bondWei;
    }
}
