// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ReplayState, ReplayTerms} from "../../../interfaces/IReplay.sol";
import {LinearReplay} from "./LinearReplay.sol";

/// @title A faulty engine: its outcome holds a wei more than it should
contract MintingReplay is LinearReplay {
    /// @inheritdoc LinearReplay
    function closeRound(
        ReplayTerms calldata terms,
        ReplayState calldata state,
        ReplayState calldata initial
    ) public pure override returns (ReplayState memory s) {
        s = super.closeRound(terms, state, initial);
        if (s.isFinal) s.participants[0] += 1;
    }

    /// @notice A right outcome, as this engine gives it.
    function minted(ReplayState calldata state) external pure returns (ReplayState memory s) {
        s = state;
        s.participants[0] += 1;
    }
}
