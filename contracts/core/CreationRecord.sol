// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Terms} from "../../interfaces/ISelfAssessment.sol";

/// @notice What is fixed about a collaboration besides its terms.
struct CreationRecord {
    address creator;
    address curator;
    uint32 createdAtBlock;
    bytes32 metadataHash;
}

/// @title All that is fixed about a collaboration, as the immutable arguments of its clone
/// @dev Four words, from the most significant bit:
///   0: beneficiary 160 | floorWei 96
///   1: creator 160 | createdAtBlock 32 | halfLifeSeconds 32 | growthBps 16 | reporterBps 16
///   2: curator 160 | refundWaitSeconds 32 | reportWaitSeconds 32 | sweepWaitSeconds 32
///   3: metadataHash 256
library CreationRecordLibrary {
    function encode(Terms memory t, CreationRecord memory r) internal pure returns (bytes memory) {
        return
            bytes.concat(
                abi.encodePacked(t.beneficiary, t.floorWei),
                abi.encodePacked(r.creator, r.createdAtBlock, t.halfLifeSeconds, t.growthBps, t.reporterBps),
                abi.encodePacked(r.curator, t.refundWaitSeconds, t.reportWaitSeconds, t.sweepWaitSeconds),
                r.metadataHash
            );
    }

    /// @notice The terms from words 0, 1 and 2.
    function terms(uint256 word0, uint256 word1, uint256 word2) internal pure returns (Terms memory t) {
        t.beneficiary = address(uint160(word0 >> 96));
        t.reporterBps = uint16(word1);
        t.refundWaitSeconds = uint32(word2 >> 64);
        t.reportWaitSeconds = uint32(word2 >> 32);
        t.sweepWaitSeconds = uint32(word2);
        (uint256 floorWei, uint256 growthBps, uint256 halfLifeSeconds) = priceTerms(word0, word1);
        (t.floorWei, t.growthBps, t.halfLifeSeconds) = (uint96(floorWei), uint16(growthBps), uint32(halfLifeSeconds));
    }

    /// @notice Only the terms that set the stake, from words 0 and 1: all that a contribution needs.
    function priceTerms(
        uint256 word0,
        uint256 word1
    ) internal pure returns (uint256 floorWei, uint256 growthBps, uint256 halfLifeSeconds) {
        return (uint96(word0), uint16(word1 >> 16), uint32(word1 >> 32));
    }

    /// @notice The rest, from words 1, 2 and 3.
    function creation(uint256 word1, uint256 word2, uint256 word3) internal pure returns (CreationRecord memory r) {
        r.creator = address(uint160(word1 >> 96));
        r.curator = address(uint160(word2 >> 96));
        r.createdAtBlock = uint32(word1 >> 64);
        r.metadataHash = bytes32(word3);
    }
}
