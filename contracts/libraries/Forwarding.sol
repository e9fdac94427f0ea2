// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @title A call's own arguments, passed on
library Forwarding {
    /// @notice Calls a function of another contract with this call's own arguments, copied at once: its parameters are the first ones of the function that runs, which may have more.
    /// @dev Offsets in calldata count from behind the selector, so they stay right, and a decoder ignores head words that it does not know.
    /// Equivalent to: `other.f(...)`, undecoded; that there is code at the address is left to the caller.
    /// @return answer What was returned.
    function toOther(address other, bytes4 selector) internal returns (bytes memory answer) {
        assembly ("memory-safe") {
            answer := mload(0x40)
            calldatacopy(answer, 0, calldatasize())
            mstore(answer, or(selector, shr(32, shl(32, mload(answer)))))
            let done := call(gas(), other, 0, answer, calldatasize(), 0, 0)
            let start := add(answer, 0x20)
            returndatacopy(start, 0, returndatasize())
            if iszero(done) {
                revert(start, returndatasize())
            }
            mstore(answer, returndatasize())
            mstore(0x40, and(add(add(start, returndatasize()), 0x1f), not(0x1f)))
        }
    }
}
