// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Settlement} from "./Settlement.sol";

/// @title Part of private training: juries, votes, settlement
// Runs by delegatecall only, and refuses anything else: the ether is the market's, which pays it out.
// slither-disable-next-line locked-ether
contract TrainingSettlement is Settlement {}
