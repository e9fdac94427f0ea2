// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Disputes} from "./Disputes.sol";

/// @title Part of private training: rounds and disputes
// Runs by delegatecall only, and refuses anything else: the ether is the market's, which pays it out.
// slither-disable-next-line locked-ether
contract TrainingRounds is Disputes {}
