// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Check} from "./Check.sol";

/// @title Accounts of an attack: what it brought, and what it cost others
/// @notice `python -m scripts.assurance.attacks` reads the events out of forge's log into `reports/attacks.json`.
library Attack {
    /// @notice One scenario.
    /// @param profitWei What all accounts of the attacker hold at the end less what they held at the beginning, gas not counted.
    /// @param attackGas What the attacker's transactions burn.
    /// @param honestLossWei What all honest accounts lost against the same story without the attack.
    /// @param limit Why a profit is possible; empty if it must not be.
    event Scenario(string name, int256 profitWei, uint256 attackGas, int256 honestLossWei, string limit);

    /// @notice Records an attack that must not pay.
    function mustNotPay(string memory name, int256 profitWei, uint256 attackGas, int256 honestLossWei) internal {
        emit Scenario(name, profitWei, attackGas, honestLossWei, "");
        Check.isTrue(profitWei <= 0, string.concat(name, " pays"));
    }

    /// @notice Records an attack that pays, and is a limit of the mechanism that its page names.
    function isALimit(
        string memory name,
        int256 profitWei,
        uint256 attackGas,
        int256 honestLossWei,
        string memory limit
    ) internal {
        emit Scenario(name, profitWei, attackGas, honestLossWei, limit);
        Check.isTrue(profitWei > 0, string.concat(name, " does not pay any more: record it as such"));
    }
}
