// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Terms} from "../../../interfaces/ISelfAssessment.sol";
import {CentroidHeader} from "../../types/CentroidHeader.sol";
import {ClassTotals} from "../../types/ClassTotals.sol";
import {CreationRecord, CreationRecordLibrary} from "../../core/CreationRecord.sol";
import {SelfAssessmentTermsLibrary} from "../../core/SelfAssessmentTerms.sol";
import {LedgerState, LedgerStateLibrary} from "../../types/LedgerState.sol";
import {ClaimTerms} from "../../types/ClaimTerms.sol";
import {Holding, HoldingLibrary} from "../../types/Holding.sol";
import {ModelConfiguration} from "../../types/ModelConfiguration.sol";
import {UploadState} from "../../types/UploadState.sol";

/// @title The packed types as a contract: each taken apart, and changed
contract TypesHarness {
    /// @notice All fields of a configuration, and whether the common ones are in range.
    function configuration(uint256 word) external pure returns (uint256[9] memory fields, bool isValid) {
        ModelConfiguration c = ModelConfiguration.wrap(word);
        fields = [
            c.encoding(),
            c.weightBits(),
            c.classes(),
            c.dimension(),
            c.step(),
            c.interceptValue(),
            c.margin(),
            c.smoothing(),
            c.noticeSeconds()
        ];
        isValid = c.isValid(0);
    }

    /// @notice How many words hold so many lanes.
    function wordsFor(uint256 word, uint256 lanes) external pure returns (uint256) {
        return ModelConfiguration.wrap(word).wordsFor(lanes);
    }

    /// @notice Fields of a centroid's header.
    function centroidHeader(uint256 word) external pure returns (uint256 activeAt, uint256 count, uint256 norm) {
        CentroidHeader h = CentroidHeader.wrap(word);
        return (h.activeAt(), h.count(), h.norm());
    }

    /// @notice A centroid's header with another time.
    function withActiveAt(uint256 word, uint256 time) external pure returns (uint256) {
        return CentroidHeader.unwrap(CentroidHeader.wrap(word).withActiveAt(time));
    }

    /// @notice A centroid's header after one more sample.
    function withSample(uint256 word, int256 normChange) external pure returns (uint256) {
        return CentroidHeader.unwrap(CentroidHeader.wrap(word).withSample(normChange));
    }

    /// @notice A naive Bayes class's totals, taken apart.
    function classTotals(uint128 half) external pure returns (uint256 documents, uint256 total) {
        return (ClassTotals.wrap(half).documents(), ClassTotals.wrap(half).total());
    }

    /// @notice A naive Bayes class's totals after one more sample.
    function withDocument(uint128 half, uint256 grown) external pure returns (uint128) {
        return ClassTotals.unwrap(ClassTotals.wrap(half).withDocument(grown));
    }

    /// @notice A ledger's word, put together.
    function packLedger(
        uint256 count,
        uint256 lastTime,
        uint256 excessWei,
        uint256 lockedWei
    ) external pure returns (uint256) {
        return LedgerState.unwrap(LedgerStateLibrary.pack(count, lastTime, excessWei, lockedWei));
    }

    /// @notice A ledger's word, taken apart.
    function ledger(
        uint256 word
    ) external pure returns (uint256 count, uint256 lastTime, uint256 excessWei, uint256 lockedWei) {
        LedgerState state = LedgerState.wrap(word);
        return (state.count(), state.lastTime(), state.excessWei(), state.lockedWei());
    }

    /// @notice What is fixed about a collaboration, as its clone's arguments.
    function encodeCreation(Terms calldata terms, CreationRecord calldata record) external pure returns (bytes memory) {
        return SelfAssessmentTermsLibrary.encode(terms, record);
    }

    /// @notice The clone's arguments, taken apart.
    function decodeCreation(
        uint256[4] calldata words
    ) external pure returns (Terms memory terms, CreationRecord memory record, uint256[3] memory priceTerms) {
        terms = SelfAssessmentTermsLibrary.terms(words[0], words[1], words[2]);
        record = CreationRecordLibrary.creation(words[1], words[2], words[3]);
        (priceTerms[0], priceTerms[1], priceTerms[2]) = SelfAssessmentTermsLibrary.priceTerms(words[0], words[1]);
    }

    /// @notice The terms that claims need, taken out of the clone's arguments.
    function claimTerms(uint256[4] calldata words) external pure returns (uint256[4] memory fields) {
        ClaimTerms t = SelfAssessmentTermsLibrary.claimTerms(words[1], words[2]);
        return [t.reporterBps(), t.refundWaitSeconds(), t.reportWaitSeconds(), t.sweepWaitSeconds()];
    }

    /// @notice A holding, put together and taken apart.
    function holding(
        uint256 provenGwei,
        uint256 perGwei,
        uint256 amountWei
    ) external pure returns (uint256, uint256, uint256) {
        Holding h = HoldingLibrary.pack(provenGwei, perGwei, amountWei);
        return (h.provenGwei(), h.perGwei(), h.amountWei());
    }

    /// @notice How far an upload is, taken apart.
    function upload(uint256 word) external pure returns (uint256 uploaded, uint256 classCount, bool isSealed) {
        UploadState u = UploadState.wrap(word);
        return (u.uploaded(), u.classCount(), u.isSealed());
    }

    /// @notice How far an upload is with other numbers of words and classes.
    function withWords(uint256 word, uint256 words, uint256 classes) external pure returns (uint256) {
        return UploadState.unwrap(UploadState.wrap(word).withWords(words, classes));
    }

    /// @notice An upload that is sealed.
    function withSeal(uint256 word) external pure returns (uint256) {
        return UploadState.unwrap(UploadState.wrap(word).withSeal());
    }
}
