// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @title A view of this contract, asked in a call of its own, whose refusal is data
library OwnAnswer {
    /// @notice Calls `check(bytes,uint256)`, or a function of the first parameter alone: a decoder ignores head words that it does not know.
    /// @dev Equivalent to: `try this.f(sample, label) returns (uint256 word) { (isFine, answer) = (true, word); } catch (bytes memory thrown) { reason = thrown; }`.
    /// @return isFine Whether it returned.
    /// @return answer The word that it returned; anything if it returned none.
    /// @return reason What it threw.
    function ask(
        bytes4 selector,
        bytes calldata sample,
        uint256 label
    ) internal view returns (bool isFine, uint256 answer, bytes memory reason) {
        assembly ("memory-safe") {
            let free := mload(0x40)
            mstore(free, selector)
            mstore(add(free, 0x04), 0x40)
            mstore(add(free, 0x24), label)
            mstore(add(free, 0x44), sample.length)
            calldatacopy(add(free, 0x64), sample.offset, sample.length)
            isFine := staticcall(gas(), address(), free, add(0x64, sample.length), 0x00, 0x20)
            answer := mload(0x00) // scratch space
            if iszero(isFine) {
                reason := free
                mstore(reason, returndatasize())
                returndatacopy(add(reason, 0x20), 0x00, returndatasize())
                mstore(0x40, and(add(add(reason, returndatasize()), 0x3f), not(0x1f)))
            }
        }
    }
}
