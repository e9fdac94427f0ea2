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
    /// @param cursor Where it begins.
    /// @return label Its label.
    /// @return sample Its sample.
    /// @return end Where the next begins.
    function read(
        bytes calldata packed,
        uint256 cursor
    ) internal pure returns (uint256 label, bytes calldata sample, uint256 end) {
        label = uint16(bytes2(packed[cursor:cursor + 2]));
        end = cursor + HEAD + uint32(bytes4(packed[cursor + 2:cursor + HEAD]));
        sample = packed[cursor + HEAD:end];
    }

    /// @notice How many there are.
    function count(bytes calldata packed) internal pure returns (uint256 number) {
        for (uint256 cursor = 0; cursor < packed.length; ++number) {
            cursor += HEAD + uint32(bytes4(packed[cursor + 2:cursor + HEAD]));
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
