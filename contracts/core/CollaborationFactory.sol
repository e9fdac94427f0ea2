// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ICollaborationFactory} from "../../interfaces/ICollaborationFactory.sol";
import {Terms} from "../../interfaces/ISelfAssessment.sol";
import {Collaboration} from "./Collaboration.sol";
import {FactoryBase} from "./FactoryBase.sol";
import {SelfAssessmentTermsLibrary} from "./SelfAssessmentTerms.sol";

/// @title Makes collaborations under self-assessment
contract CollaborationFactory is ICollaborationFactory, FactoryBase {
    /// @param sponsorship Who may contribute in authors' names in all its collaborations; zero for nobody.
    constructor(address sponsorship) FactoryBase(address(new Collaboration(address(this), sponsorship))) {}

    /// @inheritdoc ICollaborationFactory
    function create(
        address modelImplementation,
        uint256 configuration,
        Terms calldata terms,
        address curator,
        bytes calldata words,
        bytes calldata metadata
    ) external returns (address collaboration) {
        _requireNotice(configuration, curator, terms.reportWaitSeconds);
        bytes memory arguments = SelfAssessmentTermsLibrary.encode(terms, _creationRecord(curator, metadata));
        return _make(modelImplementation, configuration, arguments, words, metadata);
    }
}
