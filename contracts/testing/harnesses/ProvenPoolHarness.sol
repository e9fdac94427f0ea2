// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {HoldingLibrary} from "../../types/Holding.sol";
import {ProvenPool} from "../../libraries/ProvenPool.sol";

/// @title {ProvenPool} as a contract
contract ProvenPoolHarness {
    using ProvenPool for ProvenPool.Pool;

    ProvenPool.Pool private _pool;

    /// @notice {ProvenPool-credit}.
    function credit(address who, uint256 amountWei, uint256 newlyProvenGwei) external {
        _pool.credit(who, HoldingLibrary.pack(newlyProvenGwei, 0, amountWei));
    }

    /// @notice {ProvenPool-share} for each, then {ProvenPool-finish}.
    function share(uint256[] calldata amountsWei, address[] calldata excepts) external {
        // Begins at zero, as Solidity sets it.
        // slither-disable-next-line uninitialized-local
        ProvenPool.Shares memory shares;
        for (uint256 i = 0; i < amountsWei.length; ++i) {
            // Only whether it is stored right matters here.
            // slither-disable-next-line unused-return
            _pool.share(shares, amountsWei[i], excepts[i]);
        }
        _pool.finish(shares);
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
        return _pool.accounts[who].provenGwei();
    }

    /// @notice The pool's own numbers.
    function totals() external view returns (uint256 totalGwei, uint256 perGwei, uint256 carryWei) {
        return (_pool.sums.provenGwei(), _pool.sums.perGwei(), _pool.sums.amountWei());
    }
}
