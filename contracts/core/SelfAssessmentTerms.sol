// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Terms} from "../../interfaces/ISelfAssessment.sol";
import {ClaimTerms} from "../types/ClaimTerms.sol";
import {CreationRecord, CreationRecordLibrary} from "./CreationRecord.sol";

/// @title The terms of self-assessment in the words of a {CreationRecord}
/// @dev Its own bits:
///   0: beneficiary 160 | floorWei 96
///   1: halfLifeSeconds 32 | growthBps 16 | reporterBps 16
///   2: refundWaitSeconds 32 | reportWaitSeconds 32 | sweepWaitSeconds 32
library SelfAssessmentTermsLibrary {
    function encode(Terms memory t, CreationRecord memory r) internal pure returns (bytes memory) {
        return
            CreationRecordLibrary.encode(
                r,
                (uint256(uint160(t.beneficiary)) << 96) | t.floorWei,
                (uint64(t.halfLifeSeconds) << 32) | (uint64(t.growthBps) << 16) | t.reporterBps,
                (uint96(t.refundWaitSeconds) << 64) | (uint96(t.reportWaitSeconds) << 32) | t.sweepWaitSeconds
            );
    }

    /// @notice The terms from words 0, 1 and 2.
    function terms(uint256 word0, uint256 word1, uint256 word2) internal pure returns (Terms memory t) {
        t.beneficiary = beneficiary(word0);
        t.reporterBps = uint16(word1);
        t.refundWaitSeconds = uint32(word2 >> 64);
        t.reportWaitSeconds = uint32(word2 >> 32);
        t.sweepWaitSeconds = uint32(word2);
        (uint256 floorWei, uint256 growthBps, uint256 halfLifeSeconds) = priceTerms(word0, word1);
        (t.floorWei, t.growthBps, t.halfLifeSeconds) = (uint96(floorWei), uint16(growthBps), uint32(halfLifeSeconds));
    }

    /// @notice Who gets what nobody claimed, from word 0.
    function beneficiary(uint256 word0) internal pure returns (address) {
        return address(uint160(word0 >> 96));
    }

    /// @notice Only the terms that claims need, from words 1 and 2.
    function claimTerms(uint256 word1, uint256 word2) internal pure returns (ClaimTerms) {
        return ClaimTerms.wrap((uint256(uint16(word1)) << 96) | uint96(word2));
    }

    /// @notice Only the terms that set the stake, from words 0 and 1: all that a contribution needs.
    function priceTerms(
        uint256 word0,
        uint256 word1
    ) internal pure returns (uint256 floorWei, uint256 growthBps, uint256 halfLifeSeconds) {
        return (uint96(word0), uint16(word1 >> 16), uint32(word1 >> 32));
    }
}
