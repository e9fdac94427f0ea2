// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Claim, IBatch} from "../../interfaces/IBatch.sol";
import {ICollaboration} from "../../interfaces/ICollaboration.sol";
import {Contribution, IDataHandler, Status} from "../../interfaces/IDataHandler.sol";
import {IModel} from "../../interfaces/IModel.sol";
import {ISelfAssessment, Terms} from "../../interfaces/ISelfAssessment.sol";
import {BatchAnswer} from "../libraries/BatchAnswer.sol";
import {BatchItems} from "../libraries/BatchItems.sol";
import {CloneArguments} from "../libraries/CloneArguments.sol";
import {Forwarding} from "../libraries/Forwarding.sol";
import {BatchProof} from "../libraries/SharedPaths.sol";
import {ClaimedSamples} from "../data/ClaimedSamples.sol";
import {DataHandler} from "../data/DataHandler.sol";
import {BatchAssessment} from "../incentives/BatchAssessment.sol";
import {ClaimTerms} from "../types/ClaimTerms.sol";
import {LedgerStateLibrary} from "../types/LedgerState.sol";
import {CollaborationBase} from "./CollaborationBase.sol";
import {SelfAssessmentTermsLibrary} from "./SelfAssessmentTerms.sol";

/// @title A public model whose contributors stake on their data and assess one another
/// @dev Data and incentive are compiled in and share one storage word: three separate contracts would cost each contribution about 16,000 gas more.
contract Collaboration is CollaborationBase, DataHandler, BatchAssessment {
    constructor(address factory, address sponsorship_) CollaborationBase(factory, sponsorship_) {}

    /// @inheritdoc ICollaboration
    /// @dev Needs no guard: the call to the model comes before anything is read or written here, and nothing is called after it.
    function contribute(bytes calldata sample, uint256 label) external payable returns (uint256 id) {
        return _contribute(msg.sender, msg.sender, sample, label);
    }

    /// @inheritdoc ICollaboration
    function contributeFor(
        address author,
        address payee,
        bytes calldata sample,
        uint256 label
    ) external payable returns (uint256 id) {
        _onlySponsorship();
        id = _contribute(author, payee, sample, label);
        emit Sponsored(id, payee);
    }

    /// @inheritdoc IBatch
    /// @dev Needs no guard, as {contribute}.
    function contributeMany(
        bytes[] calldata samples,
        uint16[] calldata labels,
        bool strict
    ) external payable returns (uint256 first, uint256 accepted) {
        if (samples.length != labels.length) revert BatchLength(samples.length, labels.length);
        if (samples.length == 0) revert EmptyBatch();
        (uint256[] memory outcomes, bytes[] memory reasons) = BatchAnswer.read(
            Forwarding.toOther(address(model()), IModel.trainMany.selector)
        );
        if (outcomes.length != samples.length) revert BatchLength(samples.length, outcomes.length);
        accepted = _announceRefused(outcomes, reasons, strict);
        uint256[] memory stakesWei;
        (first, stakesWei) = _lockMany(accepted);
        bytes32[] memory leaves = new bytes32[](accepted);
        Contribution memory given = _contribution(msg.sender, 0, false, 0);
        uint256 next = 0;
        unchecked {
            for (uint256 i = 0; i < samples.length; ++i) {
                uint256 outcome = BatchItems.at(outcomes, i);
                if (outcome == REFUSED) continue;
                given.label = BatchItems.at(labels, i);
                (given.taught, given.stakeWei) = (outcome == 1, uint96(BatchItems.at(stakesWei, next)));
                bytes calldata sample = BatchItems.at(samples, i);
                if (accepted == 1) _record(first, given, sample, address(0));
                else BatchItems.set(leaves, next, _logBatched(first + next, given, sample));
                ++next;
            }
        }
        if (accepted > 1) _recordBatch(first, leaves);
    }

    /// @inheritdoc ICollaboration
    function incentive() external pure returns (string memory) {
        return "self-assessment/1";
    }

    /// @inheritdoc ICollaboration
    function stakeNow() external view returns (uint256 stakeWei) {
        return _stakeNow();
    }

    /// @inheritdoc ICollaboration
    function isOpen() public view override returns (bool) {
        return _ledger.lastTime() != 0;
    }

    /// @inheritdoc IDataHandler
    function contributions() public view override(CollaborationBase, DataHandler) returns (uint256) {
        return _ledger.count();
    }

    /// @inheritdoc ISelfAssessment
    function terms() public view override returns (Terms memory) {
        (uint256 word0, uint256 word1) = CloneArguments.pair(0);
        // The other words are read elsewhere.
        // slither-disable-next-line unused-return
        (uint256 word2, ) = CloneArguments.pair(64);
        return SelfAssessmentTermsLibrary.terms(word0, word1, word2);
    }

    /// @dev Whether somebody else pays is asked when it runs, as in {SelfAssessment-_ending}. A payee of zero is nobody: then the stake is the author's.
    function _contribute(
        address author,
        address payee,
        bytes calldata sample,
        uint256 label
    ) private returns (uint256 id) {
        bool taught = model().train(sample, label);
        uint96 stakeWei;
        (id, stakeWei) = _lock(payee);
        if (msg.sig == this.contribute.selector) payee = address(0);
        _record(id, _contribution(author, label, taught, stakeWei), sample, payee);
    }

    /// @dev Time fits 40 bits for 34,000 years; stakes were checked to be below 2^81.
    function _contribution(
        address author,
        uint256 label,
        bool taught,
        uint256 stakeWei
    ) private view returns (Contribution memory) {
        return Contribution(author, SafeCast.toUint16(label), taught, uint96(stakeWei), uint40(block.timestamp));
    }

    function _requireValidTerms() internal view override {
        _requireValid(terms());
    }

    function _opened() internal override {
        _ledger = LedgerStateLibrary.pack(0, block.timestamp, 0, 0);
    }

    function _priceTerms() internal view override returns (uint256, uint256, uint256) {
        (uint256 word0, uint256 word1) = CloneArguments.pair(0);
        return SelfAssessmentTermsLibrary.priceTerms(word0, word1);
    }

    function _claimTerms() internal view override returns (ClaimTerms) {
        (uint256 word1, uint256 word2) = CloneArguments.pair(32);
        return SelfAssessmentTermsLibrary.claimTerms(word1, word2);
    }

    function _beneficiary() internal view override returns (address) {
        // The other words are read elsewhere.
        // slither-disable-next-line unused-return
        (uint256 word0, ) = CloneArguments.pair(0);
        return SelfAssessmentTermsLibrary.beneficiary(word0);
    }

    function _readRecorded(
        uint256 id,
        Contribution calldata contribution,
        bytes32 sampleHash,
        Contribution memory given
    ) internal view override {
        _readOpen(id, contribution, sampleHash, given);
    }

    function _closeRecord(uint256 id, bool isBatched, Status status) internal override {
        _close(id, isBatched, status);
    }

    function _recordRefusal(
        Claim calldata claim,
        Contribution memory given,
        BatchProof memory proof
    ) internal view override(DataHandler, BatchAssessment) returns (bytes memory reason, bool isBatched) {
        return DataHandler._recordRefusal(claim, given, proof);
    }

    function _predictedClasses(
        Claim[] calldata claims
    ) internal view override returns (uint256[] memory predicted, bytes[] memory reasons) {
        return BatchAnswer.read(ClaimedSamples.ask(address(model()), claims));
    }

    /// @notice Says of each refused sample why, or throws the first one's reason.
    /// @return accepted How many were not refused.
    function _announceRefused(
        uint256[] memory outcomes,
        bytes[] memory reasons,
        bool strict
    ) private returns (uint256 accepted) {
        uint256 refused = 0;
        unchecked {
            for (uint256 i = 0; i < outcomes.length; ++i) {
                if (BatchItems.at(outcomes, i) != REFUSED) continue;
                bytes memory reason = refused < reasons.length ? reasons[refused] : bytes("");
                if (strict) revert BatchRefused(i, reason);
                emit SampleRefused(i, reason);
                ++refused;
            }
            return outcomes.length - refused;
        }
    }

    function _predictedClass(bytes calldata sample) internal view override returns (uint256) {
        return model().predict(sample);
    }
}
