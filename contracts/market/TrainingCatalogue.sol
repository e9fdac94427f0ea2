// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {JobRequests} from "./JobRequests.sol";
import {Replicas} from "./Replicas.sol";
import {SpotChecks} from "./SpotChecks.sol";

/// @title Part of private training: replicas, spot checks, requests
// Runs by delegatecall only, and refuses anything else: the ether is the market's, which pays it out.
// slither-disable-next-line locked-ether
contract TrainingCatalogue is Replicas, SpotChecks, JobRequests {}
