// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ProvenPool} from "../../libraries/ProvenPool.sol";

/// @title {ProvenPool} as a contract
contract ProvenPoolHarness {
    using ProvenPool for ProvenPool.Pool;

    ProvenPool.Pool private _pool;

    /// @notice {ProvenPool-credit}.
    function credit(address who, uint256 amountWei, uint256 newlyProvenGwei) external {
        _pool.credit(who, amountWei, newlyProvenGwei);
    }

    /// @notice {ProvenPool-share}.
    function share(uint256 amountWei, address except) external returns (uint256 perGwei) {
        return _pool.share(amountWei, except);
    }

    /// @notice {ProvenPool-take}.
    function take(address who) external returns (uint256 amountWei) {
        return _pool.take(who);
    }

    /// @notice {ProvenPool-owed}.
    function owed(address who) external view returns (uint256) {
        return _pool.owed(who);
    }

    /// @notice What an account has proven.
    function proven(address who) external view returns (uint256) {
        return _pool.accounts[who].provenGwei;
    }

    /// @notice The pool's own numbers.
    function totals() external view returns (uint256 totalGwei, uint256 perGwei, uint256 carryWei) {
        return (_pool.totalGwei, _pool.perGwei, _pool.carryWei);
    }
}
