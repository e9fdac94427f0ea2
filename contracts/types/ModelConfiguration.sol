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

    uint256 internal constant STEP = uint256(type(uint16).max) << 176;
    uint256 internal constant INTERCEPT_VALUE = uint256(type(uint16).max) << 160;
    uint256 internal constant MARGIN = uint256(type(uint64).max) << 96;
    uint256 internal constant SMOOTHING = uint256(type(uint32).max) << 64;
    uint256 internal constant NOTICE_SECONDS = uint256(type(uint32).max) << 32;

    /// @dev Bit `w` is set for a lane of `w` bits: 4, 8, 16 or 32.
    uint256 private constant WIDTHS = (1 << 4) | (1 << 8) | (1 << 16) | (1 << 32);
    uint256 private constant MOST_CLASSES = 256;
    uint256 private constant MOST_FEATURES = 65_536;

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
        unchecked {
            return (lanes * weightBits(self) + 255) / 256; // below 2^48 lanes of below 2^8 bits
        }
    }

    /// @notice Whether the fields that every model uses are in range, and those that this one does not use zero.
    /// @param unused Their bits: a sum of the constants above, or bits of a field beyond its range.
    function isValid(ModelConfiguration self, uint256 unused) internal pure returns (bool) {
        unchecked {
            // Each term is zero where its field is right; 0 less 1 or 2 wraps to a great number.
            uint256 wrong = encoding(self) / (DENSE + 1);
            wrong |= ~(WIDTHS >> weightBits(self)) & 1;
            wrong |= (classes(self) - 2) / (MOST_CLASSES - 1);
            wrong |= (dimension(self) - 1) / MOST_FEATURES;
            return wrong | (ModelConfiguration.unwrap(self) & (unused | type(uint32).max)) == 0;
        }
    }
}
