// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Disputes} from "./Disputes.sol";

/// @title Part of private training: rounds and disputes
contract TrainingRounds is Disputes {}
