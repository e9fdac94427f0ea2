// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IPointsFactory} from "../../interfaces/IPointsFactory.sol";
import {PointsTerms} from "../../interfaces/IPoints.sol";
import {FactoryBase} from "./FactoryBase.sol";
import {PointsCollaboration} from "./PointsCollaboration.sol";
import {PointsTermsLibrary} from "./PointsTerms.sol";

/// @title Makes collaborations whose contributors give one another points
contract PointsFactory is IPointsFactory, FactoryBase {
    /// @inheritdoc IPointsFactory
    mapping(address collaboration => uint256 number) public numberOf;
    /// @inheritdoc IPointsFactory
    mapping(uint256 number => address collaboration) public collaborationOf;

    uint256 private _made;

    /// @param sponsorship Who may contribute in authors' names in all its collaborations; zero for nobody.
    constructor(address sponsorship) FactoryBase(address(new PointsCollaboration(address(this), sponsorship))) {}

    /// @inheritdoc IPointsFactory
    function create(
        address modelImplementation,
        uint256 configuration,
        PointsTerms calldata terms,
        address curator,
        bytes calldata words,
        bytes calldata metadata
    ) external returns (address collaboration) {
        bytes memory arguments = PointsTermsLibrary.encode(terms, _creationRecord(curator, metadata));
        collaboration = _make(modelImplementation, configuration, arguments, words, metadata);
        uint256 number = ++_made;
        numberOf[collaboration] = number;
        collaborationOf[number] = collaboration;
    }

    /// @inheritdoc IPointsFactory
    function badges() external view returns (address) {
        return PointsCollaboration(implementation).badges();
    }
}
