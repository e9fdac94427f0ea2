// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ITrainingMarket} from "../../interfaces/training/ITrainingMarket.sol";
import {TrainingBooks} from "./TrainingBooks.sol";

/// @title A part of the code of private training
/// @dev Functions are payable because the call that delegates to them may carry ether, which {TrainingMarket} has credited by then; none of them reads the value. Called by its own address a part does nothing, so that no ether is lost in it.
abstract contract TrainingPart is TrainingBooks {
    address private immutable SELF = address(this);

    modifier delegated() {
        if (address(this) == SELF) revert ITrainingMarket.OnlyDelegated();
        _;
    }
}
