// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @notice The fixed parameters of a model in one word; `docs/ref-models.md` gives the meaning and range of each field.
/// @dev Layout from the most significant bit:
///   encoding 8 | weightBits 8 | classes 16 | dimension 32 | step 16 | interceptValue 16 | margin 64 | smoothing 32 | noticeSeconds 32 | unused 32
type ModelConfiguration is uint256;

using ModelConfigurationLibrary for ModelConfiguration global;

/// @title Getters of {ModelConfiguration}
library ModelConfigurationLibrary {
    uint256 internal constant PRESENCE = 0;
    uint256 internal constant SPARSE = 1;
    uint256 internal constant DENSE = 2;

    function encoding(ModelConfiguration self) internal pure returns (uint256) {
        return ModelConfiguration.unwrap(self) >> 248;
    }

    function weightBits(ModelConfiguration self) internal pure returns (uint256) {
        return uint8(ModelConfiguration.unwrap(self) >> 240);
    }

    function classes(ModelConfiguration self) internal pure returns (uint256) {
        return uint16(ModelConfiguration.unwrap(self) >> 224);
    }

    function dimension(ModelConfiguration self) internal pure returns (uint256) {
        return uint32(ModelConfiguration.unwrap(self) >> 192);
    }

    function step(ModelConfiguration self) internal pure returns (uint256) {
        return uint16(ModelConfiguration.unwrap(self) >> 176);
    }

    function interceptValue(ModelConfiguration self) internal pure returns (uint256) {
        return uint16(ModelConfiguration.unwrap(self) >> 160);
    }

    function margin(ModelConfiguration self) internal pure returns (uint256) {
        return uint64(ModelConfiguration.unwrap(self) >> 96);
    }

    function smoothing(ModelConfiguration self) internal pure returns (uint256) {
        return uint32(ModelConfiguration.unwrap(self) >> 64);
    }

    function noticeSeconds(ModelConfiguration self) internal pure returns (uint256) {
        return uint32(ModelConfiguration.unwrap(self) >> 32);
    }

    /// @notice Number of words that hold so many lanes.
    function wordsFor(ModelConfiguration self, uint256 lanes) internal pure returns (uint256) {
        return (lanes * weightBits(self) + 255) / 256;
    }

    /// @notice Whether the fields that every model uses are in range and the unused ones zero.
    function isValid(ModelConfiguration self) internal pure returns (bool) {
        uint256 bits = weightBits(self);
        uint256 count = classes(self);
        uint256 features = dimension(self);
        return
            encoding(self) <= DENSE &&
            (bits == 4 || bits == 8 || bits == 16 || bits == 32) &&
            count >= 2 &&
            count <= 256 &&
            features >= 1 &&
            features <= 65_536 &&
            uint32(ModelConfiguration.unwrap(self)) == 0;
    }
}
