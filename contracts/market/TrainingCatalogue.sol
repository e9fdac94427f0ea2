// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {JobRequests} from "./JobRequests.sol";
import {Replicas} from "./Replicas.sol";
import {SpotChecks} from "./SpotChecks.sol";

/// @title Part of private training: replicas, spot checks, requests
contract TrainingCatalogue is Replicas, SpotChecks, JobRequests {}
