// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IDataHandler, Status} from "../../interfaces/IDataHandler.sol";
import {MarketTerms, Phase} from "../../interfaces/IMarket.sol";
import {IModel} from "../../interfaces/IModel.sol";
import {ChainedDataHandler} from "../data/ChainedDataHandler.sol";
import {MarketBook} from "../incentives/MarketBook.sol";
import {CloneArguments} from "../libraries/CloneArguments.sol";
import {FirstChild} from "../libraries/FirstChild.sol";
import {MarketTermsLibrary} from "./MarketTerms.sol";

/// @title What both halves of a market know: its records, its books, its rules and its model
/// @dev {MarketCollaboration} and {MarketSettlement} run on the same storage. All of it is declared here and above, so that both lay it out alike.
abstract contract MarketBase is ChainedDataHandler, MarketBook {
    /// @notice The rules.
    function _terms() internal view override returns (MarketTerms memory) {
        (uint256 word0, uint256 word1) = CloneArguments.pair(0);
        // The other words are read elsewhere.
        // slither-disable-next-line unused-return
        (uint256 word2, ) = CloneArguments.pair(64);
        (uint256 word4, uint256 word5) = CloneArguments.pair(128);
        return MarketTermsLibrary.terms(word0, word1, word2, word4, word5);
    }

    /// @notice The replay engine.
    function _engine() internal view override returns (address) {
        // The other words are read elsewhere.
        // slither-disable-next-line unused-return
        (uint256 word0, ) = CloneArguments.pair(0);
        return address(uint160(word0));
    }

    /// @notice Number of contributions, in all markets.
    function contributions() public view virtual override returns (uint256) {
        return _market.first + _market.contributions;
    }

    /// @inheritdoc IDataHandler
    /// @dev Here: `Open` until its market has ended; `Refunded` when it was taught to the model, or its market is void; `Forfeited` when it was not taught.
    function statusOf(uint256 id) external view returns (Status) {
        if (id >= contributions()) return Status.None;
        uint256 number = _marketOf(id);
        if (_past[number].isVoid || _isLearned(id)) return Status.Refunded;
        return number == _market.number && _market.phase != Phase.Closed ? Status.Open : Status.Forfeited;
    }

    function _learner() internal view override returns (IModel) {
        return IModel(FirstChild.here());
    }
}
