// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Clones} from "@openzeppelin/contracts/proxy/Clones.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IFactory} from "../../interfaces/IFactory.sol";
import {ModelConfiguration} from "../types/ModelConfiguration.sol";
import {CollaborationBase} from "./CollaborationBase.sol";
import {CreationRecord} from "./CreationRecord.sol";

/// @title What all factories share: cloning one implementation
abstract contract FactoryBase is IFactory {
    /// @inheritdoc IFactory
    address public immutable implementation;

    constructor(address implementation_) {
        implementation = implementation_;
    }

    /// @notice What is fixed about the collaboration being made besides its terms.
    function _creationRecord(address curator, bytes calldata metadata) internal view returns (CreationRecord memory) {
        return CreationRecord(msg.sender, curator, SafeCast.toUint32(block.number), keccak256(metadata));
    }

    /// @notice Reverts when a class could be added sooner than earlier contributors can bring in their harvest.
    function _requireNotice(uint256 configuration, address curator, uint256 neededSeconds) internal pure {
        uint256 notice = ModelConfiguration.wrap(configuration).noticeSeconds();
        if (curator != address(0) && notice < neededSeconds) revert NoticeTooShort(notice, neededSeconds);
    }

    /// @notice Makes and sets up a clone.
    function _make(
        address modelImplementation,
        uint256 configuration,
        bytes memory arguments,
        bytes calldata words,
        bytes calldata metadata
    ) internal returns (address collaboration) {
        if (modelImplementation.code.length == 0) revert NoImplementation(modelImplementation);
        collaboration = Clones.cloneWithImmutableArgs(implementation, arguments);
        address model = CollaborationBase(collaboration).initialize(
            modelImplementation,
            configuration,
            words,
            metadata
        );
        emit Created(collaboration, modelImplementation, msg.sender, model);
    }
}
