// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @title Labelled samples one behind another
/// @dev Each is its label (2 bytes), the length of its sample (4 bytes) and the sample.
library TestSet {
    uint256 private constant HEAD = 6;

    /// @notice Puts labelled samples behind some bytes.
    /// @param prefix What goes first; may be empty.
    function pack(
        bytes memory prefix,
        bytes[] calldata samples,
        uint16[] calldata labels
    ) internal pure returns (bytes memory packed) {
        uint256 size = prefix.length;
        for (uint256 i = 0; i < samples.length; ++i) {
            size += HEAD + samples[i].length;
        }
        packed = new bytes(size);
        for (uint256 i = 0; i < prefix.length; ++i) {
            packed[i] = prefix[i];
        }
        uint256 cursor = prefix.length;
        for (uint256 i = 0; i < samples.length; ++i) {
            cursor = _put(packed, cursor, labels[i], samples[i]);
        }
    }

    /// @notice Reads one.
    /// @dev Equivalent to: `label = packed[cursor:cursor + 2]; length = packed[cursor + 2:cursor + 6]; end = cursor + 6 + length; sample = packed[cursor + 6:end]`. Nothing is checked: who reads, knows by its hash that this is
    /// what {pack} made.
    /// @param cursor Where it begins.
    /// @return label Its label.
    /// @return sample Its sample.
    /// @return end Where the next begins.
    function read(
        bytes calldata packed,
        uint256 cursor
    ) internal pure returns (uint256 label, bytes calldata sample, uint256 end) {
        assembly ("memory-safe") {
            let head := calldataload(add(packed.offset, cursor))
            label := shr(240, head)
            sample.offset := add(packed.offset, add(cursor, HEAD))
            // Offset and length are the two halves of one calldata slice.
            // slither-disable-next-line write-after-write
            sample.length := and(shr(208, head), 0xffffffff)
            end := add(cursor, add(HEAD, sample.length))
        }
    }

    /// @notice How many there are, and the length of the longest sample.
    function measure(bytes calldata packed) internal pure returns (uint256 count, uint256 longest) {
        uint256 cursor = 0;
        while (cursor < packed.length) {
            bytes calldata sample;
            (, sample, cursor) = read(packed, cursor);
            if (sample.length > longest) longest = sample.length;
            ++count;
        }
    }

    /// @dev Equivalent to: `packed[cursor:] = label (2 bytes) ‖ sample.length (4 bytes) ‖ sample`. What the first store writes beyond the head, the copy and the next ones write again,
    /// or it is zero as before: memory is allocated in whole words.
    function _put(
        bytes memory packed,
        uint256 cursor,
        uint256 label,
        bytes calldata sample
    ) private pure returns (uint256 end) {
        assembly ("memory-safe") {
            let target := add(add(packed, 0x20), cursor)
            let head := or(shl(240, label), shl(208, sample.length))
            mstore(target, or(head, shr(48, shl(48, mload(target)))))
            calldatacopy(add(target, HEAD), sample.offset, sample.length)
            end := add(cursor, add(HEAD, sample.length))
        }
    }
}
