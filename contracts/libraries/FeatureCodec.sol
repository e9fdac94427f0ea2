// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ModelConfiguration, ModelConfigurationLibrary} from "../types/ModelConfiguration.sol";

/// @title Strict decoding of samples
/// @notice Packed bytes in, one *entry* a feature out: what a model needs to find the feature's lane in its words and to use it.
/// Every malformed sample has its own error; `docs/ref-models.md` gives the order of the checks.
/// @dev An entry, from the least significant bit: value 16 (two's complement) | position in bits from the start of the vector. So bits 16…23 are the lane's offset in its word and
/// the bits above are the number of the word. Behind the last entry stands one with the number of no word (bit 255), so that loops over the entries of a word need no second bound.
library FeatureCodec {
    /// @notice Thrown when a sparse sample has no feature.
    error EmptySample();
    /// @notice Thrown when a sparse sample is not a whole number of features.
    error SampleLength(uint256 length, uint256 unit);
    /// @notice Thrown when a dense sample does not have every feature exactly once.
    error SampleDimension(uint256 length, uint256 wanted);
    /// @notice Thrown when a feature does not exist.
    error IndexOutOfRange(uint256 index, uint256 dimension);
    /// @notice Thrown when indices are not strictly increasing: unsorted or duplicate.
    error IndexNotIncreasing(uint256 previous, uint256 index);
    /// @notice Thrown for a value that the encoding or the model refuses.
    error ValueOutOfRange(int256 value);

    /// @notice Decodes and checks a sample.
    /// @param sample Encoded features.
    /// @param configuration Tells encoding and dimension.
    /// @param stride Distance in bits between the lanes of neighbouring features.
    /// @param shift 1: an entry at position 0 with the value `constantValue` goes first and all others move up by one stride (a model's constant feature). 0: no such entry.
    /// @return entries In the order of the sample; so each word is met once.
    function decode(
        bytes calldata sample,
        ModelConfiguration configuration,
        uint256 stride,
        uint256 shift,
        uint256 constantValue
    ) internal pure returns (uint256[] memory entries) {
        uint256 encoding = configuration.encoding();
        uint256 dimension = configuration.dimension();
        uint256 unit = encoding == ModelConfigurationLibrary.SPARSE ? 4 : 2;
        uint256 count;
        unchecked {
            // The rest is what is looked for: a sample that is no whole number of features.
            // slither-disable-next-line divide-before-multiply
            count = sample.length / unit;
            // dimension ≤ 2^16, and calldata is shorter than 2^64
            if (encoding == ModelConfigurationLibrary.DENSE) {
                if (sample.length != 2 * dimension) revert SampleDimension(sample.length, 2 * dimension);
            } else {
                if (count * unit != sample.length) revert SampleLength(sample.length, unit);
                if (count == 0) revert EmptySample();
            }
            count += shift;
        }
        // The first entry of the sample goes here in memory. The quick loops only tell that something is wrong; the readable one says what.
        uint256 cursor;
        assembly ("memory-safe") {
            entries := mload(0x40)
            cursor := add(entries, 0x20)
            let end := add(cursor, shl(5, count))
            mstore(entries, count)
            mstore(cursor, constantValue) // a sample's first entry, if shift is 0, is written over it
            mstore(end, shl(255, 1))
            mstore(0x40, add(end, 0x20))
            cursor := add(cursor, shl(5, shift))
        }
        bool wellFormed;
        if (encoding == ModelConfigurationLibrary.PRESENCE)
            wellFormed = _presence(sample, dimension, stride, shift, cursor);
        else if (encoding == ModelConfigurationLibrary.SPARSE)
            wellFormed = _sparse(sample, dimension, stride, shift, cursor);
        else wellFormed = _dense(sample, stride, shift, cursor);
        if (!wellFormed) _explain(sample, encoding, dimension, unit);
    }

    /// @dev Equivalent to: `entries[k + shift] = (index + shift) * stride << 16 | 1` for each `index = uint16(bytes2(sample[2 * k:]))`.
    function _presence(
        bytes calldata sample,
        uint256 dimension,
        uint256 stride,
        uint256 shift,
        uint256 cursor
    ) private pure returns (bool wellFormed) {
        assembly ("memory-safe") {
            let step := shl(16, stride)
            let base := or(mul(step, shift), 1)
            let previous := sub(base, 1)
            let bad := 0
            let end := add(sample.offset, sample.length)
            for {
                let head := sample.offset
            } lt(head, end) {
                head := add(head, 2)
            } {
                let entry := add(mul(shr(240, calldataload(head)), step), base)
                bad := or(bad, iszero(gt(entry, previous)))
                previous := entry
                mstore(cursor, entry)
                cursor := add(cursor, 0x20)
            }
            // the last index is the greatest, if they increase
            wellFormed := lt(bad, lt(previous, add(mul(dimension, step), base)))
        }
    }

    /// @dev Equivalent to: `entries[k + shift] = (index + shift) * stride << 16 | uint16(value)`, `index` and `value` being the halves of `bytes4(sample[4 * k:])`.
    function _sparse(
        bytes calldata sample,
        uint256 dimension,
        uint256 stride,
        uint256 shift,
        uint256 cursor
    ) private pure returns (bool wellFormed) {
        assembly ("memory-safe") {
            let step := shl(16, stride)
            let base := mul(step, shift)
            let last := sub(dimension, 1)
            let bound := 0
            let bad := 0
            let end := add(sample.offset, sample.length)
            for {
                let head := sample.offset
            } lt(head, end) {
                head := add(head, 4)
            } {
                let pair := shr(224, calldataload(head))
                let index := shr(16, pair)
                bad := or(bad, or(lt(index, bound), gt(index, last)))
                bad := or(bad, iszero(and(pair, 0x7fff))) // 0 and -32,768 are the two values whose lower 15 bits are zero
                bound := add(index, 1)
                mstore(cursor, add(add(mul(index, step), base), and(pair, 0xffff)))
                cursor := add(cursor, 0x20)
            }
            wellFormed := iszero(bad)
        }
    }

    /// @dev Equivalent to: `entries[k + shift] = (k + shift) * stride << 16 | uint16(bytes2(sample[2 * k:]))`.
    function _dense(
        bytes calldata sample,
        uint256 stride,
        uint256 shift,
        uint256 cursor
    ) private pure returns (bool wellFormed) {
        assembly ("memory-safe") {
            let step := shl(16, stride)
            let base := mul(step, shift)
            let bad := 0
            let end := add(sample.offset, sample.length)
            for {
                let head := sample.offset
            } lt(head, end) {
                head := add(head, 2)
            } {
                let value := shr(240, calldataload(head))
                bad := or(bad, eq(value, 0x8000))
                mstore(cursor, or(base, value))
                base := add(base, step)
                cursor := add(cursor, 0x20)
            }
            wellFormed := iszero(bad)
        }
    }

    /// @notice Reverts with the first fault of a malformed sample.
    function _explain(bytes calldata sample, uint256 encoding, uint256 dimension, uint256 unit) private pure {
        unchecked {
            uint256 bound = 0;
            for (uint256 head = 0; head < sample.length; head += unit) {
                if (encoding != ModelConfigurationLibrary.DENSE) {
                    uint256 index = _number(sample, head);
                    if (index >= dimension) revert IndexOutOfRange(index, dimension);
                    if (index < bound) revert IndexNotIncreasing(bound - 1, index);
                    bound = index + 1;
                }
                if (encoding != ModelConfigurationLibrary.PRESENCE) {
                    int256 value = int16(uint16(_number(sample, head + unit - 2)));
                    bool refused = encoding == ModelConfigurationLibrary.SPARSE && value == 0;
                    if (refused || value == type(int16).min) revert ValueOutOfRange(value);
                }
            }
        }
        assert(false); // the quick loops refuse nothing else
    }

    /// @notice Two bytes of a sample. Requirement: it has them.
    function _number(bytes calldata sample, uint256 head) private pure returns (uint256 value) {
        assembly ("memory-safe") {
            value := shr(240, calldataload(add(sample.offset, head)))
        }
    }
}
