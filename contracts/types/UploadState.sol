// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @notice How far a model's upload is, in one word.
/// @dev Layout from the least significant bit: uploaded 32 | classCount 16 | isSealed 8. `classCount` is counted here only because nearest-centroid classes can be added.
type UploadState is uint256;

using UploadStateLibrary for UploadState global;

/// @title Getters and changes of {UploadState}
library UploadStateLibrary {
    uint256 private constant SEALED = 1 << 48;

    /// @notice Number of words uploaded.
    function uploaded(UploadState self) internal pure returns (uint256) {
        return uint32(UploadState.unwrap(self));
    }

    /// @notice Number of classes.
    function classCount(UploadState self) internal pure returns (uint256) {
        return uint16(UploadState.unwrap(self) >> 32);
    }

    /// @notice Whether the first words are fixed.
    function isSealed(UploadState self) internal pure returns (bool) {
        return UploadState.unwrap(self) & SEALED != 0;
    }

    /// @notice Other numbers of words and classes. Requirement: they fit their fields.
    function withWords(UploadState self, uint256 words, uint256 classes) internal pure returns (UploadState) {
        return UploadState.wrap((UploadState.unwrap(self) & SEALED) | (classes << 32) | words);
    }

    function withSeal(UploadState self) internal pure returns (UploadState) {
        return UploadState.wrap(UploadState.unwrap(self) | SEALED);
    }
}
