// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ICollaboration} from "../../interfaces/ICollaboration.sol";
import {IMarketFactory} from "../../interfaces/IMarketFactory.sol";
import {MarketTerms} from "../../interfaces/IMarket.sol";
import {IReplay} from "../../interfaces/IReplay.sol";
import {FactoryBase} from "./FactoryBase.sol";
import {MarketCollaboration} from "./MarketCollaboration.sol";
import {MarketSettlement} from "./MarketSettlement.sol";
import {MarketTermsLibrary} from "./MarketTerms.sol";

/// @title Makes collaborations under a prediction market
contract MarketFactory is IMarketFactory, FactoryBase {
    /// @param sponsorship Who may contribute in authors' names in all its collaborations; zero for nobody.
    constructor(
        address sponsorship
    ) FactoryBase(address(new MarketCollaboration(address(this), sponsorship, address(new MarketSettlement())))) {}

    /// @inheritdoc IMarketFactory
    function create(
        address modelImplementation,
        uint256 configuration,
        MarketTerms calldata terms,
        address engine,
        bytes calldata words,
        bytes calldata metadata
    ) external returns (address collaboration) {
        bytes memory arguments = MarketTermsLibrary.encode(terms, engine, _creationRecord(address(0), metadata));
        collaboration = _make(modelImplementation, configuration, arguments, words, metadata);
        string memory kind = ICollaboration(collaboration).model().kind();
        if (engine.code.length == 0 || !IReplay(engine).canReplay(kind, configuration)) revert EngineUnsuitable(engine);
    }
}
