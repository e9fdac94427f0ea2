// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Settlement} from "./Settlement.sol";

/// @title Part of private training: juries, votes, settlement
contract TrainingSettlement is Settlement {}
