// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";
import {Hashes} from "@openzeppelin/contracts/utils/cryptography/Hashes.sol";
import {Claim, IBatch} from "../../../interfaces/IBatch.sol";
import {ICollaboration} from "../../../interfaces/ICollaboration.sol";
import {Contribution, IDataHandler, Status} from "../../../interfaces/IDataHandler.sol";
import {ISelfAssessment} from "../../../interfaces/ISelfAssessment.sol";
import {StakePriceReference} from "../../../contracts/testing/references/StakePriceReference.sol";
import {Check} from "./Check.sol";
import {CollaborationHandler} from "./CollaborationHandler.sol";
import {VM} from "./Vm.sol";

/// @title Batches and sponsored contributions in the same story
/// @notice This contract is the collaboration's sponsorship. Which contributions of a batch taught is found by trying all combinations until the tree's root comes out.
contract BatchHandler is CollaborationHandler {
    uint256 private constant BATCHED = uint256(Status.Batched);

    mapping(uint256 id => address) public payees;
    mapping(uint256 id => uint256) private _firstOf;
    mapping(uint256 first => uint256) private _countOf;
    uint256 public batches;
    uint256 public sponsored;

    /// @notice One to four samples, some malformed; sometimes too little value, sometimes too much.
    function contributeMany(uint256 who, uint256 choice, uint256 value, bool strict) external credits {
        address author = actorAt(who >> 8);
        bytes[] memory samples = new bytes[](1 + (who % 4));
        uint16[] memory labels = new uint16[](samples.length);
        uint256 accepted = 0;
        for (uint256 i = 0; i < samples.length; ++i) {
            uint256 feature = uint8(choice >> (32 * i)) % FEATURES;
            labels[i] = uint16((choice >> (32 * i + 8)) % 2);
            if ((choice >> (32 * i + 16)) % 5 > 0)
                (samples[i], accepted) = (abi.encodePacked(uint16(feature)), accepted + 1);
        }
        (uint256[] memory stakes, uint256 sum, uint256 excess) = _stakes(accepted);
        uint256 sent = value % 4 == 0 ? sum + ((value >> 8) % 1 ether) : sum;
        bytes4 wanted;
        if (value % 8 == 1 && sum > 0) (sent, wanted) = (sum - 1, ISelfAssessment.StakeTooLow.selector);
        if (strict && accepted < samples.length) wanted = IBatch.BatchRefused.selector;
        VM.deal(author, sent);
        if (!_act(author, sent, abi.encodeCall(IBatch.contributeMany, (samples, labels, strict)), wanted)) return;
        if (accepted > 0) (_excessWei, _lastTime) = (excess, block.timestamp);
        owedWei[author] += sent - sum;
        paidInWei += sent;
        _recordMany(author, samples, labels, stakes);
    }

    /// @notice The sponsorship contributes in somebody's name, for another payee or the same.
    function sponsor(uint256 who, uint256 choice) external credits {
        (address author, address payee) = (actorAt(who), actorAt(who >> 8));
        bytes memory sample = abi.encodePacked(uint16(choice % FEATURES));
        uint256 stake = _price();
        uint256 id = _contributions.length;
        VM.deal(address(this), stake + 3);
        bytes memory call_ = abi.encodeCall(ICollaboration.contributeFor, (author, payee, sample, (choice >> 8) % 2));
        if (!_act(address(this), stake + 3, call_, 0)) return;
        Contribution memory c = Contribution(
            author,
            uint16((choice >> 8) % 2),
            false,
            uint96(stake),
            uint40(block.timestamp)
        );
        bytes32 wanted = bytes32((COLLABORATION.recordOf(id) >> 8) << 8);
        if (_masked(keccak256(abi.encode(c, keccak256(sample), payee))) != wanted) c.taught = true;
        Check.isTrue(_masked(keccak256(abi.encode(c, keccak256(sample), payee))) == wanted, "not what was sponsored");
        _push(c, sample);
        (payees[id], isForBatchesOnly[id]) = (payee, true);
        ++sponsored;
        owedWei[payee] += 3;
        paidInWei += stake + 3;
        (_excessWei, _lastTime) = (
            StakePriceReference.raised(stake, terms().floorWei, terms().growthBps),
            block.timestamp
        );
    }

    /// @notice One to three claims, the same one twice now and then.
    function claimMany(uint256 kind, uint256 which, uint256 who, bool strict) public credits {
        uint256 size = _contributions.length;
        if (size == 0) return;
        Status ending = Status(uint256(Status.Refunded) + (kind % 3));
        uint256[] memory ids = new uint256[](1 + ((kind >> 8) % 3));
        for (uint256 i = 0; i < ids.length; ++i) {
            ids[i] = (which >> (32 * i)) % size;
            for (uint256 step = 0; step < size && which % 4 > 0 && !_canEnd(ids[i], ending); ++step) {
                ids[i] = (ids[i] + 1) % size;
            }
        }
        address caller = _contributions[ids[0]].author;
        if (who % 4 == 0 && payees[ids[0]] != address(0)) caller = payees[ids[0]];
        if (who % 8 == 1 || ending == Status.Swept) caller = actorAt(who >> 8);
        if (ending == Status.Forfeited) caller = _reporter(who, caller);
        _claimThese(ending, ids, caller, strict);
    }

    /// @notice Sweeps one contribution of any kind, if its time has come.
    function sweepOne(uint256 which) external {
        uint256[] memory ids = new uint256[](1);
        ids[0] = which % _contributions.length;
        _claimThese(Status.Swept, ids, actorAt(which), false);
    }

    function _claimThese(Status ending, uint256[] memory ids, address caller, bool strict) private {
        Claim[] memory claims = new Claim[](ids.length);
        bytes4[] memory refusals_ = new bytes4[](ids.length);
        bytes4 wanted;
        for (uint256 i = 0; i < ids.length; ++i) {
            claims[i] = claimOf(ids[i]);
            refusals_[i] = _refusal(ending, ids[i], caller);
            for (uint256 j = 0; j < i; ++j) {
                if (ids[j] == ids[i] && refusals_[j] == 0) refusals_[i] = IDataHandler.NotOpen.selector;
            }
            if (strict && refusals_[i] != 0) wanted = IBatch.BatchRefused.selector;
        }
        bytes4 selector = IBatch.sweepMany.selector;
        if (ending != Status.Swept) {
            selector = ending == Status.Refunded ? IBatch.refundMany.selector : IBatch.reportMany.selector;
            if (block.timestamp == _lastTime) wanted = ISelfAssessment.ModelJustMoved.selector;
        }
        if (!_act(caller, 0, abi.encodeWithSelector(selector, claims, strict), wanted)) return;
        for (uint256 i = 0; i < ids.length; ++i) {
            if (refusals_[i] == 0) _settle(ending, ids[i], caller);
            else ++refusals;
        }
        ++batches;
    }

    /// @notice A contribution as a batch claims it, with its proof.
    function claimOf(uint256 id) public view returns (Claim memory claim) {
        claim.id = id;
        (claim.contribution, claim.sample, claim.payee) = (_contributions[id], _samples[id], payees[id]);
        claim.batch = id;
        if (_countOf[_firstOf[id]] < 2 || !isForBatchesOnly[id] || payees[id] != address(0)) return claim;
        claim.batch = _firstOf[id];
        bytes32[] memory leaves = _leaves(claim.batch, _countOf[claim.batch]);
        claim.proof = _path(leaves, id - claim.batch);
        Check.isTrue(
            _masked(MerkleProof.processProof(claim.proof, leaves[id - claim.batch])) ==
                bytes32((COLLABORATION.recordOf(claim.batch) >> 8) << 8),
            "a path does not lead to the root"
        );
    }

    function _settle(Status ending, uint256 id, address caller) private {
        Contribution memory c = _contributions[id];
        _end(id, ending);
        if (ending == Status.Refunded) {
            owedWei[payees[id] == address(0) ? c.author : payees[id]] += c.stakeWei;
            if (c.taught) provenGwei[c.author] += c.stakeWei / 1 gwei;
        } else if (ending == Status.Forfeited) {
            uint256 bounty = _reportersPart(c);
            _share(c.stakeWei - bounty, c.author);
            owedWei[caller] += bounty;
        } else {
            owedWei[terms().beneficiary] += c.stakeWei;
        }
    }

    /// @notice Which error a true claim must meet; 0 for none.
    function _refusal(Status ending, uint256 id, address caller) private view returns (bytes4) {
        Contribution memory c = _contributions[id];
        if (statuses[id] != Status.Open) return IDataHandler.NotOpen.selector;
        bool isOwn = caller == c.author || caller == payees[id];
        if (ending == Status.Swept)
            return block.timestamp < c.contributedAt + 4 * DAY ? ISelfAssessment.TooEarly.selector : bytes4(0);
        bool agrees = COLLABORATION.predict(_samples[id]) == c.label;
        if (ending == Status.Refunded) {
            if (!isOwn) return ISelfAssessment.NotAuthor.selector;
            if (block.timestamp < c.contributedAt + DAY) return ISelfAssessment.TooEarly.selector;
            return agrees ? bytes4(0) : ISelfAssessment.ModelDisagrees.selector;
        }
        if (isOwn) return ISelfAssessment.OwnContribution.selector;
        if (provenGwei[caller] == 0) return ISelfAssessment.NotProven.selector;
        if (block.timestamp < c.contributedAt + 2 * DAY) return ISelfAssessment.TooEarly.selector;
        return agrees ? ISelfAssessment.ModelAgrees.selector : bytes4(0);
    }

    function _stakes(uint256 count) private view returns (uint256[] memory stakes, uint256 sum, uint256 excess) {
        stakes = new uint256[](count);
        uint256 stake = _price();
        for (uint256 i = 0; i < count; ++i) {
            (stakes[i], sum) = (stake, sum + stake);
            excess = StakePriceReference.raised(stake, terms().floorWei, terms().growthBps);
            stake = StakePriceReference.price(terms().floorWei, excess);
        }
    }

    function _recordMany(
        address author,
        bytes[] memory samples,
        uint16[] memory labels,
        uint256[] memory stakes
    ) private {
        uint256 first = _contributions.length;
        uint256 next = 0;
        for (uint256 i = 0; i < samples.length; ++i) {
            if (samples[i].length == 0) continue;
            _push(Contribution(author, labels[i], false, uint96(stakes[next]), uint40(block.timestamp)), samples[i]);
            (_firstOf[first + next], isForBatchesOnly[first + next]) = (first, stakes.length > 1);
            ++next;
        }
        _countOf[first] = next;
        if (next > 0) _findTaught(first, next);
    }

    /// @notice Tries which of a batch taught until its record comes out.
    function _findTaught(uint256 first, uint256 count) private {
        uint256 record = COLLABORATION.recordOf(first);
        for (uint256 guess = 0; guess < 1 << count; ++guess) {
            for (uint256 i = 0; i < count; ++i) {
                _contributions[first + i].taught = (guess >> i) & 1 == 1;
            }
            bytes32 hash =
                count == 1
                    ? bytes32(COLLABORATION.digestOf(_contributions[first], keccak256(_samples[first])))
                    : _root(_leaves(first, count));
            if (uint256(_masked(hash)) | (count == 1 ? uint256(Status.Open) : BATCHED) == record) return;
        }
        Check.isTrue(false, "not what was contributed in a batch");
    }

    function _leaves(uint256 first, uint256 count) private view returns (bytes32[] memory leaves) {
        leaves = new bytes32[](count);
        for (uint256 i = 0; i < count; ++i) {
            leaves[i] = keccak256(abi.encode(first + i, _contributions[first + i], keccak256(_samples[first + i])));
        }
    }

    function _root(bytes32[] memory level) private pure returns (bytes32) {
        while (level.length > 1) level = _above(level);
        return level[0];
    }

    function _path(bytes32[] memory level, uint256 index) private pure returns (bytes32[] memory path) {
        while (level.length > 1) {
            if (index ^ 1 < level.length) {
                bytes32[] memory longer = new bytes32[](path.length + 1);
                for (uint256 i = 0; i < path.length; ++i) longer[i] = path[i];
                longer[path.length] = level[index ^ 1];
                path = longer;
            }
            (level, index) = (_above(level), index / 2);
        }
    }

    function _above(bytes32[] memory level) private pure returns (bytes32[] memory above) {
        above = new bytes32[]((level.length + 1) / 2);
        for (uint256 i = 0; i < above.length; ++i) {
            above[i] =
                2 * i + 1 < level.length ? Hashes.commutativeKeccak256(level[2 * i], level[2 * i + 1]) : level[2 * i];
        }
    }

    function _push(Contribution memory c, bytes memory sample) private {
        _contributions.push(c);
        _samples.push(sample);
        statuses.push(Status.Open);
        endings.push(0);
    }

    function _masked(bytes32 hash) private pure returns (bytes32) {
        return bytes32((uint256(hash) >> 8) << 8);
    }
}
