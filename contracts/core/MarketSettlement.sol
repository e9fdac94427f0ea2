// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ReplayInput} from "../../interfaces/IReplay.sol";
import {MarketSettling} from "../incentives/MarketSettling.sol";
import {MarketBase} from "./MarketBase.sol";

/// @title The second half of a market's code: settlement, dispute, training
/// @dev Run by {MarketCollaboration} through `delegatecall`, as both together exceed what one contract may hold. Called directly it does nothing: it has no market.
contract MarketSettlement is MarketBase, MarketSettling {
    function _requireInputs(
        uint256 first,
        ReplayInput[] calldata inputs,
        uint256[] calldata origins
    ) internal view override {
        _requireRecorded(first, inputs, origins);
    }

    function _learned(uint256 first, bytes memory learned) internal override {
        _markLearned(first, learned);
    }
}
