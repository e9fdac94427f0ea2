// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Clones} from "@openzeppelin/contracts/proxy/Clones.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {ICollaborationFactory} from "../../interfaces/ICollaborationFactory.sol";
import {Terms} from "../../interfaces/ISelfAssessment.sol";
import {CreationRecord, CreationRecordLibrary} from "./CreationRecord.sol";
import {ModelConfiguration} from "../types/ModelConfiguration.sol";
import {Collaboration} from "./Collaboration.sol";

/// @title Makes collaborations out of minimal clones
contract CollaborationFactory is ICollaborationFactory {
    /// @inheritdoc ICollaborationFactory
    address public immutable implementation;

    constructor() {
        implementation = address(new Collaboration(address(this)));
    }

    /// @inheritdoc ICollaborationFactory
    function create(
        address modelImplementation,
        uint256 configuration,
        Terms calldata terms,
        address curator,
        bytes calldata words,
        bytes calldata metadata
    ) external returns (address collaboration) {
        if (modelImplementation.code.length == 0) revert NoImplementation(modelImplementation);
        uint256 notice = ModelConfiguration.wrap(configuration).noticeSeconds();
        if (curator != address(0) && notice < terms.reportWaitSeconds)
            revert NoticeTooShort(notice, terms.reportWaitSeconds);
        CreationRecord memory record = CreationRecord(
            msg.sender,
            curator,
            SafeCast.toUint32(block.number),
            keccak256(metadata)
        );
        collaboration = Clones.cloneWithImmutableArgs(implementation, CreationRecordLibrary.encode(terms, record));
        address model = Collaboration(collaboration).initialize(modelImplementation, configuration, words, metadata);
        emit Created(collaboration, modelImplementation, msg.sender, model);
    }
}
