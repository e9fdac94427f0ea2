// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @notice What is fixed about a collaboration besides its terms.
struct CreationRecord {
    address creator;
    address curator;
    uint32 createdAtBlock;
    bytes32 metadataHash;
}

/// @title All that is fixed about a collaboration, as the immutable arguments of its clone
/// @dev Four words, from the most significant bit; `own` bits are the incentive's:
///   0: own 256
///   1: creator 160 | createdAtBlock 32 | own 64
///   2: curator 160 | own 96
///   3: metadataHash 256
library CreationRecordLibrary {
    function encode(
        CreationRecord memory r,
        uint256 own0,
        uint64 own1,
        uint96 own2
    ) internal pure returns (bytes memory) {
        return abi.encodePacked(own0, r.creator, r.createdAtBlock, own1, r.curator, own2, r.metadataHash);
    }

    /// @notice What is not the incentive's, from words 1, 2 and 3.
    function creation(uint256 word1, uint256 word2, uint256 word3) internal pure returns (CreationRecord memory r) {
        r.creator = address(uint160(word1 >> 96));
        r.curator = address(uint160(word2 >> 96));
        r.createdAtBlock = uint32(word1 >> 64);
        r.metadataHash = bytes32(word3);
    }
}
