// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Chance} from "./Chance.sol";

/// @title Samples, well-formed and not
library Samples {
    uint256 internal constant PRESENCE = 0;
    uint256 internal constant SPARSE = 1;
    uint256 internal constant DENSE = 2;

    /// @notice A sample that follows the rules three times in four.
    function any(
        Chance memory chance,
        uint256 encoding,
        uint256 dimension,
        bool allowNegative
    ) internal pure returns (bytes memory) {
        bytes memory sample = wellFormed(chance, encoding, dimension, allowNegative);
        return chance.oneIn(4) ? spoiled(chance, sample, encoding, dimension) : sample;
    }

    /// @notice A sample that follows all rules.
    function wellFormed(
        Chance memory chance,
        uint256 encoding,
        uint256 dimension,
        bool allowNegative
    ) internal pure returns (bytes memory sample) {
        uint256 density = chance.between(1, 8); // one feature in so many
        uint256 size = chance.sized(32_767); // of the values of this sample
        uint256 forced = chance.below(dimension); // at least one feature
        uint256 length = 0;
        sample = new bytes(4 * dimension);
        for (uint256 index = 0; index < dimension; ++index) {
            bool isPresent = index == forced || chance.oneIn(density);
            uint256 value = _value(chance, size, allowNegative);
            if (encoding == DENSE) {
                length = _put(sample, length, isPresent ? value : 0);
            } else if (isPresent) {
                length = _put(sample, length, index);
                if (encoding == SPARSE) length = _put(sample, length, value == 0 ? 1 : value);
            }
        }
        _cut(sample, length);
    }

    /// @notice A well-formed sample with one or two faults (which may by chance leave it well-formed).
    function spoiled(
        Chance memory chance,
        bytes memory sample,
        uint256 encoding,
        uint256 dimension
    ) internal pure returns (bytes memory) {
        uint256 unit = encoding == SPARSE ? 4 : 2;
        uint256 faults = chance.between(1, 2);
        for (uint256 i = 0; i < faults; ++i) {
            if (sample.length < unit) return sample;
            uint256 position = chance.below(sample.length / unit) * unit;
            uint256 fault = chance.below(8);
            if (fault == 0) {
                _cut(sample, chance.below(sample.length)); // missing bytes, perhaps all
            } else if (fault == 1) {
                sample = bytes.concat(sample, chance.oneIn(2) ? bytes(hex"00") : bytes(hex"0001")); // trailing bytes
            } else if (fault == 2) {
                _put(sample, position, dimension + chance.sized(65_535 - (dimension % 65_536))); // out of range, or a great value
            } else if (fault == 3) {
                _copy(sample, position, chance.below(sample.length / unit) * unit, unit); // duplicate, or out of order
            } else if (fault == 4) {
                _put(sample, position + unit - 2, 0x8000);
            } else if (fault == 5) {
                _put(sample, position + unit - 2, 0);
            } else if (fault == 6) {
                _put(sample, position + unit - 2, 65_536 - chance.between(1, 32_768)); // negative
            } else {
                _put(sample, position, chance.below(65_536));
            }
        }
        return sample;
    }

    function _value(Chance memory chance, uint256 size, bool allowNegative) private pure returns (uint256) {
        uint256 value = chance.oneIn(4) ? size : chance.below(size + 1);
        return allowNegative && value > 0 && chance.oneIn(2) ? 65_536 - value : value;
    }

    function _put(bytes memory data, uint256 position, uint256 number) private pure returns (uint256 end) {
        data[position] = bytes1(uint8(number >> 8));
        data[position + 1] = bytes1(uint8(number));
        return position + 2;
    }

    function _copy(bytes memory data, uint256 from, uint256 to, uint256 count) private pure {
        for (uint256 i = 0; i < count; ++i) {
            data[to + i] = data[from + i];
        }
    }

    function _cut(bytes memory data, uint256 length) private pure {
        require(length <= data.length, "Samples: cut beyond the end");
        assembly ("memory-safe") {
            mstore(data, length)
        }
    }
}
