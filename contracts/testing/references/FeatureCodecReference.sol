// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {FeatureCodec} from "../../libraries/FeatureCodec.sol";

/// @title Decoding of samples as `docs/ref-models.md` words it
/// @notice One check after another, feature by feature; no packed entries and no assembly. {FeatureCodec} is fuzzed against this.
library FeatureCodecReference {
    uint256 internal constant PRESENCE = 0;
    uint256 internal constant SPARSE = 1;
    uint256 internal constant DENSE = 2;

    /// @notice Numbers and values of a sample's features, in its order.
    function decode(
        bytes memory sample,
        uint256 encoding,
        uint256 dimension
    ) internal pure returns (uint256[] memory indices, int256[] memory values) {
        uint256 unit = encoding == SPARSE ? 4 : 2;
        if (encoding == DENSE) {
            if (sample.length != dimension * 2) revert FeatureCodec.SampleDimension(sample.length, dimension * 2);
        } else {
            if (sample.length % unit != 0) revert FeatureCodec.SampleLength(sample.length, unit);
            if (sample.length == 0) revert FeatureCodec.EmptySample();
        }

        uint256 count = sample.length / unit;
        indices = new uint256[](count);
        values = new int256[](count);
        for (uint256 k = 0; k < count; ++k) {
            uint256 start = k * unit;
            if (encoding == PRESENCE) {
                indices[k] = unsigned(sample, start);
                values[k] = 1;
            } else if (encoding == SPARSE) {
                indices[k] = unsigned(sample, start);
                values[k] = signed(sample, start + 2);
            } else {
                indices[k] = k;
                values[k] = signed(sample, start);
            }

            if (indices[k] >= dimension) revert FeatureCodec.IndexOutOfRange(indices[k], dimension);
            if (k > 0 && indices[k] <= indices[k - 1]) {
                revert FeatureCodec.IndexNotIncreasing(indices[k - 1], indices[k]);
            }
            if (values[k] == -32_768) revert FeatureCodec.ValueOutOfRange(values[k]);
            if (encoding == SPARSE && values[k] == 0) revert FeatureCodec.ValueOutOfRange(0);
        }
    }

    /// @notice Two bytes, the greater first, as a number from 0.
    function unsigned(bytes memory data, uint256 position) internal pure returns (uint256) {
        return uint256(uint8(data[position])) * 256 + uint8(data[position + 1]);
    }

    /// @notice Two bytes in two's complement.
    function signed(bytes memory data, uint256 position) internal pure returns (int256) {
        int256 value = int256(unsigned(data, position));
        return value < 32_768 ? value : value - 65_536;
    }
}
