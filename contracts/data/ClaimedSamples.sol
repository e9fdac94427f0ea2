// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Claim} from "../../interfaces/IBatch.sol";
import {IModel} from "../../interfaces/IModel.sol";

/// @title What a model predicts for the samples of claims
library ClaimedSamples {
    /// @notice Asks a model for its predictions; each sample is copied once, from the claims into the call.
    /// @dev Equivalent to, undecoded: `bytes[] memory samples = (claim.sample for each claim); answer = model.predictMany(samples)`. That there is code at the address is left to the caller.
    function ask(address model, Claim[] calldata claims) internal view returns (bytes memory answer) {
        bytes4 selector = IModel.predictMany.selector;
        uint256 start; // of the call's data
        assembly ("memory-safe") {
            start := mload(0x40)
            mstore(start, selector)
            mstore(add(start, 0x04), 0x20)
            mstore(add(start, 0x24), claims.length)
            mstore(0x40, add(add(start, 0x44), shl(5, claims.length)))
        }
        for (uint256 i = 0; i < claims.length; ++i) {
            bytes calldata sample = claims[i].sample;
            assembly ("memory-safe") {
                let heads := add(start, 0x44)
                let p := mload(0x40)
                mstore(add(heads, shl(5, i)), sub(p, heads))
                mstore(p, sample.length)
                p := add(p, 0x20)
                calldatacopy(p, sample.offset, sample.length)
                mstore(add(p, sample.length), 0) // padding
                mstore(0x40, add(p, and(add(sample.length, 0x1f), not(0x1f))))
            }
        }
        assembly ("memory-safe") {
            let done := staticcall(gas(), model, start, sub(mload(0x40), start), 0, 0)
            answer := start // the call's data are no longer needed
            start := add(start, 0x20)
            returndatacopy(start, 0, returndatasize())
            if iszero(done) {
                revert(start, returndatasize())
            }
            mstore(answer, returndatasize())
            mstore(0x40, and(add(add(start, returndatasize()), 0x1f), not(0x1f)))
        }
    }
}
