// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Log2} from "../../libraries/Log2.sol";

/// @title {Log2} as a contract
contract Log2Harness {
    /// @notice The logarithm of each value.
    function log2(uint256[] calldata values) external pure returns (uint256[] memory logarithms) {
        logarithms = new uint256[](values.length);
        for (uint256 i = 0; i < values.length; ++i) {
            logarithms[i] = Log2.log2(values[i]);
        }
    }
}
