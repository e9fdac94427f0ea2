// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {FeatureCodecReference} from "./FeatureCodecReference.sol";

/// @title What the plain models share: the configuration field by field, and their words
/// @notice Functions are named and encoded as in `IModel`, so that a test can send both the same call and compare what comes back.
/// @dev Where the page leaves the order open, this follows the contracts: the label is checked before the sample.
abstract contract ModelReference {
    struct Settings {
        uint256 encoding;
        uint256 weightBits;
        uint256 classes;
        uint256 dimension;
        uint256 step;
        uint256 interceptValue;
        uint256 margin;
        uint256 smoothing;
        uint256 noticeSeconds;
    }

    Settings public settings;

    /// @dev As uploaded; kept for the bits that belong to no lane.
    uint256[] internal _words;

    constructor(uint256 configuration, uint256[] memory words_) {
        settings = Settings({
            encoding: field(configuration, 248, 8),
            weightBits: field(configuration, 240, 8),
            classes: field(configuration, 224, 16),
            dimension: field(configuration, 192, 32),
            step: field(configuration, 176, 16),
            interceptValue: field(configuration, 160, 16),
            margin: field(configuration, 96, 64),
            smoothing: field(configuration, 64, 32),
            noticeSeconds: field(configuration, 32, 32)
        });
        _words = words_;
    }

    /// @notice As `IModel`'s.
    function predict(bytes calldata sample) external view virtual returns (uint256 class);

    /// @notice As `IModel`'s.
    function scores(bytes calldata sample) external view virtual returns (int256[] memory values);

    /// @notice As `IModel`'s.
    function train(bytes calldata sample, uint256 label) external virtual returns (bool taught);

    /// @notice All words, as `wordsAt` of `IModel` gives them.
    function words() external view virtual returns (uint256[] memory);

    /// @notice Part of a number: so many bits from bit `low` up.
    function field(uint256 number, uint256 low, uint256 bits) internal pure returns (uint256) {
        return (number / 2 ** low) % 2 ** bits;
    }

    /// @notice A number with one part replaced.
    function withField(uint256 number, uint256 low, uint256 bits, uint256 value) internal pure returns (uint256) {
        return number - field(number, low, bits) * 2 ** low + value * 2 ** low;
    }

    function decode(bytes calldata sample) internal view returns (uint256[] memory, int256[] memory) {
        return FeatureCodecReference.decode(sample, settings.encoding, settings.dimension);
    }

    /// @notice Ends of the range of a signed lane.
    function signedRange() internal view returns (int256 least, int256 most) {
        return (-int256(2 ** (settings.weightBits - 1)), int256(2 ** (settings.weightBits - 1)) - 1);
    }

    /// @notice How many words hold so many lanes.
    function wordsFor(uint256 lanes) internal view returns (uint256) {
        uint256 lanesPerWord = 256 / settings.weightBits;
        return (lanes + lanesPerWord - 1) / lanesPerWord;
    }
}
