// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Custody, DatasetPhase, Description, ICatalogue} from "../../../interfaces/training/ICatalogue.sol";
import {IParticipants, Participant} from "../../../interfaces/training/IParticipants.sol";
import {IReplicas, ReplicaPhase} from "../../../interfaces/training/IReplicas.sol";
import {ISpotChecks} from "../../../interfaces/training/ISpotChecks.sol";
import {ITrainingMarket} from "../../../interfaces/training/ITrainingMarket.sol";
import {TrainingRounds} from "../../../contracts/market/TrainingRounds.sol";
import {TrainingMarket} from "../../../contracts/market/TrainingMarket.sol";
import {MerkleTree} from "../../../contracts/libraries/MerkleTree.sol";
import {Check} from "../support/Check.sol";
import {TrainingScene} from "../support/TrainingScene.sol";
import {VM} from "../support/Vm.sol";

/// @notice Participants, datasets, replicas, spot checks (requirements J-01, J-09, J-10, J-11).
contract TrainingReplicasTest is TrainingScene {
    uint256 private constant KEY = 0xa11ce;

    bool private _isRefusing;
    bool private _hasReentered;

    function setUp() public {
        _register(OWNER, 1);
        _register(MALLORY, 31);
        for (uint256 i = 0; i < 3; ++i) {
            _register(computer(i), 2);
            _do(computer(i), abi.encodeCall(_market.offerCompute, (1, 4, 60, ENVIRONMENT)));
        }
    }

    /// @dev Called when ether comes: takes again, sends more, or refuses.
    receive() external payable {
        if (_isRefusing) revert();
        (bool taken, ) = address(_market).call(abi.encodeCall(_market.withdraw, (payable(address(this)))));
        bytes[] memory calls = new bytes[](1);
        calls[0] = abi.encodeCall(_market.deposit, ());
        (bool sent, ) = address(_market).call{value: 3}(abi.encodeCall(_market.multicall, (calls)));
        _hasReentered = !taken && sent;
    }

    // ---------------------------------------------------------------------------------------------------------- money

    function test_aRecipientThatCallsBackGainsNothing() public {
        VM.deal(address(this), 10);
        _market.deposit{value: 10}();
        _isRefusing = true;
        (bool done, bytes memory answer) = address(_market).call(
            abi.encodeCall(_market.withdraw, (payable(address(this))))
        );
        Check.isTrue(!done && bytes4(answer) == IParticipants.PaymentRefused.selector, "not refused");
        Check.equal(_credit(address(this)), 10, "nothing is lost");
        _isRefusing = false;
        _market.withdraw(payable(address(this)));
        Check.isTrue(_hasReentered, "did not call back");
        Check.equal(_credit(address(this)), 3, "what was sent back");
        Check.equal(address(this).balance, 7, "the rest");
    }

    function test_aBatchCreditsItsValueOnceAndPaysNothingOut() public {
        bytes[] memory inner = new bytes[](1);
        inner[0] = abi.encodeCall(_market.deposit, ());
        bytes[] memory calls = new bytes[](3);
        calls[0] = abi.encodeCall(_market.deposit, ());
        calls[1] = abi.encodeCall(_market.multicall, (inner));
        calls[2] = abi.encodeCall(_market.bond, (4));
        uint256 before = _worth(OWNER);
        (bool done, ) = _try(OWNER, 9, abi.encodeCall(_market.multicall, (calls)));
        Check.isTrue(done && _worth(OWNER) == before + 9, "credited once");
        inner[0] = abi.encodeCall(_market.withdraw, (payable(OWNER)));
        _refuse(OWNER, abi.encodeCall(_market.multicall, (inner)), IParticipants.NotWithinMulticall.selector);
    }

    function test_bondsComeBackWithADelay() public {
        _do(OWNER, abi.encodeCall(_market.bond, (100)));
        _refuse(OWNER, abi.encodeCall(_market.unbond, (101)), IParticipants.BondTooLow.selector);
        _do(OWNER, abi.encodeCall(_market.unbond, (60)));
        _refuse(OWNER, abi.encodeCall(_market.releaseBond, ()), IParticipants.BondNotYetFree.selector);
        _refuse(OWNER, abi.encodeCall(_market.unbond, (41)), IParticipants.BondTooLow.selector);
        _pass(7 days);
        uint256 before = _credit(OWNER);
        _do(OWNER, abi.encodeCall(_market.releaseBond, ()));
        Check.equal(_credit(OWNER), before + 60, "released");
        _refuse(OWNER, abi.encodeCall(_market.releaseBond, ()), IParticipants.NothingToPay.selector);
    }

    function test_lockedBondsDoNotLeave() public {
        _listLocal(OWNER);
        Check.equal(_market.participantOf(OWNER).lockedWei, OWNER_BOND + REPLICA_BOND, "locked");
        _refuse(OWNER, abi.encodeCall(_market.unbond, (1)), IParticipants.BondTooLow.selector);
    }

    function test_whatIsNotCoveredIsRefused() public {
        address poor = address(0x9001);
        _refuse(poor, abi.encodeCall(_market.withdraw, (payable(poor))), IParticipants.NothingToPay.selector);
        _refuse(poor, abi.encodeCall(_market.bond, (1)), IParticipants.CreditTooLow.selector);
        _refuse(poor, abi.encodeCall(_market.register, (0, 0)), IParticipants.UnknownRoles.selector);
        _refuse(poor, abi.encodeCall(_market.register, (32, 0)), IParticipants.UnknownRoles.selector);
        _refuse(poor, abi.encodeCall(_market.offerCompute, (1, 1, 1, 0)), IParticipants.RoleMissing.selector);
        _refuse(poor, abi.encodeCall(_market.enrol, (TEST_SET, 1, 1, 1)), IParticipants.RoleMissing.selector);
    }

    function test_partsDoNothingByThemselves() public {
        TrainingRounds part = new TrainingRounds();
        VM.deal(address(this), 5);
        (bool done, bytes memory answer) = address(part).call{value: 5}(abi.encodeCall(part.advance, (1)));
        Check.isTrue(!done && bytes4(answer) == ITrainingMarket.OnlyDelegated.selector, "not refused");
        try new TrainingMarket(address(part), address(1), address(part)) {
            Check.isTrue(false, "a part without code");
        } catch (bytes memory reason) {
            Check.isTrue(bytes4(reason) == ITrainingMarket.PartMissing.selector, "refused with something else");
        }
    }

    // ------------------------------------------------------------------------------------------------------- catalogue

    function test_anOwnersSignatureListsOnce() public {
        Description memory d = _description(Custody.Local, 1);
        d.owner = VM.addr(KEY);
        _register(d.owner, 1);
        bytes memory signature = _signed(_market.descriptionDigest(d, _roots(1), new address[](0)));
        bytes memory call_ = abi.encodeCall(_market.list, (d, _roots(1), new address[](0), signature));
        _do(MALLORY, call_);
        Check.isTrue(_market.datasetOf(1).owner == d.owner, "owner");
        _refuse(MALLORY, call_, ICatalogue.WrongSignature.selector); // the nonce is used
        signature = _signed(_market.descriptionDigest(d, _roots(2), new address[](0)));
        call_ = abi.encodeCall(_market.list, (d, _roots(1), new address[](0), signature));
        _refuse(MALLORY, call_, ICatalogue.WrongSignature.selector);
    }

    function test_descriptionsThatCannotWorkAreRefused() public {
        Description memory d = _description(Custody.Sharded, 17);
        _refuseListing(d, 1, ICatalogue.WrongDescription.selector);
        d.replicas = 0;
        _refuseListing(d, 1, ICatalogue.WrongDescription.selector);
        d.replicas = 2;
        _refuseListing(d, 0, ICatalogue.WrongDescription.selector);
        _refuseListing(d, 257, ICatalogue.WrongDescription.selector);
        d.quality = 1_000_001;
        _refuseListing(d, 1, ICatalogue.WrongDescription.selector);
        d = _description(Custody.Local, 2);
        _refuseListing(d, 1, ICatalogue.WrongDescription.selector);
        address[] memory holders = new address[](3);
        d = _description(Custody.Sharded, 2);
        bytes memory call_ = abi.encodeCall(_market.list, (d, _roots(1), holders, ""));
        _refuse(OWNER, call_, ICatalogue.WrongHolders.selector);
        holders = new address[](2);
        (holders[0], holders[1]) = (computer(0), computer(0));
        call_ = abi.encodeCall(_market.list, (d, _roots(1), holders, ""));
        _refuse(OWNER, call_, ICatalogue.HolderTwice.selector);
        _refuse(OWNER, abi.encodeCall(_market.retire, (99)), ICatalogue.UnknownDataset.selector);
    }

    // -------------------------------------------------------------------------------------------------------- replicas

    function test_aCopiedSealOfAShardCannotBeRevealed() public {
        uint256 dataset = _listSharded(1, 3, ReplicaPhase.Offered);
        bytes32 stolen = _joinSeal(dataset, 0, computer(0));
        _moveReplica(dataset, 0, 0, ReplicaPhase.Joined);
        _do(computer(1), abi.encodeCall(_market.join, (dataset, 0, 1, stolen)));
        bytes memory early = abi.encodeCall(
            _market.revealReplica,
            (dataset, 0, 0, _shard(dataset, 0), _salt(computer(0)))
        );
        _refuse(computer(0), early, IReplicas.TooSoon.selector); // the third could copy
        _moveReplica(dataset, 0, 2, ReplicaPhase.Joined);
        _do(computer(0), early);
        bytes memory copied = abi.encodeCall(
            _market.revealReplica,
            (dataset, 0, 1, _shard(dataset, 0), _salt(computer(0)))
        );
        _refuse(computer(1), copied, IReplicas.SealMismatch.selector);
        // Who sealed and does not reveal is slashed, half to who says so.
        _refuse(MALLORY, abi.encodeCall(_market.dismiss, (dataset, 0, 1)), IReplicas.TooSoon.selector);
        _pass(2 hours);
        (uint256 guilty, uint256 mallory) = (_worth(computer(1)), _worth(MALLORY));
        _do(MALLORY, abi.encodeCall(_market.dismiss, (dataset, 0, 1)));
        Check.equal(_worth(computer(1)), guilty - REPLICA_BOND, "slashed");
        Check.equal(_worth(MALLORY), mallory + REPLICA_BOND / 2, "half");
        _refuse(MALLORY, abi.encodeCall(_market.dismiss, (dataset, 0, 1)), IReplicas.WrongReplicaPhase.selector);
    }

    function test_whatTheOwnerRejectsIsFreeAndOfferedAgain() public {
        uint256 dataset = _listSharded(1, 2, ReplicaPhase.Revealed);
        _do(OWNER, abi.encodeCall(_market.verify, (dataset, 0, 0, true)));
        _do(OWNER, abi.encodeCall(_market.verify, (dataset, 0, 1, false)));
        Check.equal(_market.participantOf(computer(1)).lockedWei, 0, "free");
        _refuse(OWNER, abi.encodeCall(_market.openEarly, (dataset)), IReplicas.TooSoon.selector);
        _do(OWNER, abi.encodeCall(_market.reofferSeat, (dataset, 0, 1, computer(2))));
        _moveReplica(dataset, 0, 1, ReplicaPhase.Joined);
        _moveReplica(dataset, 0, 1, ReplicaPhase.Revealed);
        _moveReplica(dataset, 0, 1, ReplicaPhase.Verified);
        Check.equal(uint256(_market.datasetOf(dataset).phase), uint256(DatasetPhase.Ready), "ready");
        _refuse(MALLORY, abi.encodeCall(_market.vacate, (dataset, 0, 1)), IReplicas.NotHolder.selector);
        _do(computer(2), abi.encodeCall(_market.vacate, (dataset, 0, 1)));
        Check.equal(_market.participantOf(computer(2)).lockedWei, 0, "free");
        _refuse(computer(2), abi.encodeCall(_market.vacate, (dataset, 0, 1)), IReplicas.WrongReplicaPhase.selector);
    }

    function test_anOwnerOpensEarlyWithWhatItHas() public {
        uint256 dataset = _listSharded(2, 2, ReplicaPhase.Joined);
        _moveReplica(dataset, 0, 0, ReplicaPhase.Revealed);
        _moveReplica(dataset, 0, 0, ReplicaPhase.Verified);
        _pass(2 hours);
        _refuse(OWNER, abi.encodeCall(_market.openEarly, (dataset)), ICatalogue.WrongHolders.selector);
        dataset = _listSharded(2, 2, ReplicaPhase.Joined);
        for (uint256 subset = 0; subset < 2; ++subset) {
            _moveReplica(dataset, subset, 0, ReplicaPhase.Revealed);
            _moveReplica(dataset, subset, 0, ReplicaPhase.Verified);
        }
        _pass(2 hours);
        _do(OWNER, abi.encodeCall(_market.openEarly, (dataset)));
        Check.equal(uint256(_market.datasetOf(dataset).phase), uint256(DatasetPhase.Ready), "ready");
    }

    function test_capacityBoundsTheSeatsOfOneHolder() public {
        uint256 dataset = _listSharded(5, 1, ReplicaPhase.Offered);
        for (uint256 i = 0; i < 4; ++i) _moveReplica(dataset, i, 0, ReplicaPhase.Joined);
        bytes memory fifth = abi.encodeCall(_market.join, (dataset, 4, 0, _joinSeal(dataset, 4, computer(0))));
        _refuse(computer(0), fifth, IReplicas.CapacityReached.selector);
        _pass(1 hours);
        _do(computer(0), abi.encodeCall(_market.offerCompute, (1, 9, 60, ENVIRONMENT)));
        _refuse(computer(0), fifth, IReplicas.TooLate.selector);
    }

    // ----------------------------------------------------------------------------------------------------- spot checks

    function test_oneRowAtMostIsDisclosedAndTheChallengerPaysForIt() public {
        bytes32[] memory leaves = new bytes32[](2);
        leaves[0] = keccak256(abi.encode(uint256(0), keccak256("salt 0"), keccak256("row 0")));
        leaves[1] = keccak256(abi.encode(uint256(1), keccak256("salt 1"), keccak256("row 1")));
        bytes32[] memory proof = new bytes32[](1);
        proof[0] = leaves[0];
        bytes32[] memory roots = new bytes32[](1);
        roots[0] = MerkleTree.root(leaves);
        (uint256 dataset, address holder) = (_listWith(roots), computer(0));
        bytes memory ask = abi.encodeCall(_market.askRow, (dataset, 0, 1, 0));
        _refuse(MALLORY, ask, ISpotChecks.NotParty.selector);
        _refuse(OWNER, ask, ISpotChecks.NotParty.selector);
        _refuse(holder, abi.encodeCall(_market.askRow, (dataset, 0, 100, 0)), ISpotChecks.NoSuchRow.selector);
        _do(holder, ask);
        _refuse(OWNER, abi.encodeCall(_market.retire, (dataset)), ICatalogue.DatasetInUse.selector);
        _refuse(OWNER, _answer(dataset, roots, "row 2", proof), ISpotChecks.WrongRow.selector);
        _refuse(OWNER, _answer(dataset, _roots(1), "row 1", proof), ISpotChecks.WrongRow.selector);
        uint256 before = _worth(OWNER);
        _do(OWNER, _answer(dataset, roots, "row 1", proof));
        Check.equal(_worth(OWNER), before + CHECK_BOND, "the challenger pays");
        _refuse(holder, ask, ISpotChecks.NoSpotCheck.selector); // one row is all
        _refuse(OWNER, _answer(dataset, roots, "row 1", proof), ISpotChecks.NothingAsked.selector);
        _do(OWNER, abi.encodeCall(_market.retire, (dataset)));
    }

    function test_anOwnerWhoCannotShowARowLosesItsBond() public {
        uint256 dataset = _listSharded(1, 1, ReplicaPhase.Joined);
        _do(computer(0), abi.encodeCall(_market.askRow, (dataset, 0, 1, 0)));
        _refuse(MALLORY, abi.encodeCall(_market.failRow, (dataset)), IReplicas.TooSoon.selector);
        _pass(3 days);
        (uint256 owner, uint256 holder) = (_worth(OWNER), _worth(computer(0)));
        _do(MALLORY, abi.encodeCall(_market.failRow, (dataset)));
        Check.equal(_worth(OWNER), owner - OWNER_BOND, "slashed");
        Check.equal(_worth(computer(0)), holder + OWNER_BOND / 2, "half");
        _refuse(MALLORY, abi.encodeCall(_market.failRow, (dataset)), ISpotChecks.NothingAsked.selector);
        Participant memory p = _market.participantOf(OWNER);
        _do(OWNER, abi.encodeCall(_market.retire, (dataset)));
        Check.equal(_market.participantOf(OWNER).lockedWei, p.lockedWei, "a bond ends once");
        _do(computer(0), abi.encodeCall(_market.vacate, (dataset, 0, 0)));
        Check.equal(_market.participantOf(computer(0)).lockedWei, 0, "all is free");
    }

    function _listWith(bytes32[] memory roots) private returns (uint256 dataset) {
        address[] memory holders = new address[](1);
        holders[0] = computer(0);
        dataset = _list(OWNER, _description(Custody.Sharded, 1), roots, holders);
        _moveReplica(dataset, 0, 0, ReplicaPhase.Joined);
    }

    function _answer(
        uint256 dataset,
        bytes32[] memory roots,
        bytes memory row,
        bytes32[] memory proof
    ) private view returns (bytes memory) {
        return abi.encodeCall(_market.answerRow, (dataset, roots, row, keccak256("salt 1"), proof));
    }

    function _refuseListing(Description memory d, uint256 subsets, bytes4 selector) private {
        _refuse(OWNER, abi.encodeCall(_market.list, (d, _roots(subsets), new address[](0), "")), selector);
    }

    function _signed(bytes32 digest) private pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = VM.sign(KEY, digest);
        return abi.encodePacked(r, s, v);
    }
}
