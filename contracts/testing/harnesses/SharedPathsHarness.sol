// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {SharedPaths} from "../../libraries/SharedPaths.sol";

/// @title {SharedPaths} as a contract
contract SharedPathsHarness {
    using SharedPaths for uint256[];

    /// @notice Shows leaves of one tree after another: which are found to lie in it.
    function leads(
        uint256 root,
        bytes32[] calldata leaves,
        bytes32[][] calldata paths
    ) external pure returns (bool[] memory found) {
        uint256[] memory waiting = SharedPaths.create();
        waiting.open(root);
        found = new bool[](leaves.length);
        for (uint256 i = 0; i < leaves.length; ++i) {
            found[i] = waiting.leads(leaves[i], paths[i]);
        }
    }
}
