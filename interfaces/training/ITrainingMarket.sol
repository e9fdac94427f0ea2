// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ICatalogue} from "./ICatalogue.sol";
import {IDisputes} from "./IDisputes.sol";
import {IJobs} from "./IJobs.sol";
import {IParticipants} from "./IParticipants.sol";
import {IReplicas} from "./IReplicas.sol";
import {IRounds} from "./IRounds.sol";
import {ISettlement} from "./ISettlement.sol";
import {ISpotChecks} from "./ISpotChecks.sol";
import {IValidation} from "./IValidation.sol";

/// @title Private training on one address
/// @notice Everything of the protocol is called here. `docs/explanation-private-training.md` says who can lose what.
/// @dev No owner, no upgrade. The code is in parts, run on this contract's storage by `delegatecall`; their addresses are fixed in its code.
interface ITrainingMarket is
    IParticipants,
    ICatalogue,
    IReplicas,
    ISpotChecks,
    IJobs,
    IRounds,
    IDisputes,
    IValidation,
    ISettlement
{
    /// @notice Thrown when a part of the code is called by its own address.
    error OnlyDelegated();
    /// @notice Thrown at creation when a part has no code.
    error PartMissing(address part);

    /// @notice Makes many calls in one transaction, all or none. What is sent is credited once.
    /// @dev Emits {IParticipants-Deposited}.
    function multicall(bytes[] calldata calls) external payable returns (bytes[] memory results);
}
