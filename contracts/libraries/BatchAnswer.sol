// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @title What a model answers for many samples, read where it lies
library BatchAnswer {
    /// @notice Decodes an answer; reverts where it is malformed. The numbers are not copied if nothing was refused.
    /// @dev Equivalent to: `abi.decode(answer, (uint256[], bytes[]))`, but the numbers may be a part of the answer.
    function read(bytes memory answer) internal pure returns (uint256[] memory numbers, bytes[] memory reasons) {
        bool isPlain;
        assembly ("memory-safe") {
            // two offsets, a length and so many numbers, and the length of an empty list at the end
            let size := mload(answer)
            let tail := sub(size, 0x20)
            isPlain := and(eq(mload(add(answer, 0x20)), 0x40), eq(mload(add(answer, 0x40)), tail))
            isPlain := and(isPlain, iszero(mload(add(answer, size))))
            isPlain := and(isPlain, eq(mload(add(answer, 0x60)), shr(5, sub(size, 0x80))))
            isPlain := and(isPlain, gt(size, 0x7f))
            if isPlain {
                numbers := add(answer, 0x60)
            }
        }
        if (!isPlain) return abi.decode(answer, (uint256[], bytes[]));
    }
}
