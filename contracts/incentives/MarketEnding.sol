// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Ending, IMarket, Phase} from "../../interfaces/IMarket.sol";
import {MarketBook} from "./MarketBook.sol";

/// @title How a market ends that cannot go on
abstract contract MarketEnding is IMarket, MarketBook {
    /// @dev Of the bond of a provider at fault, for whoever ends the market: more than the gas it takes, yet the provider who calls it loses nearly everything.
    uint256 private constant CALLERS_PART = 20;

    /// @inheritdoc IMarket
    function end() external nonReentrant {
        (Phase phase, uint256 deadline) = _phase();
        bool isLate = deadline != 0 && block.timestamp > deadline;
        if (phase == Phase.Drawing && block.number > _market.drawBlock + 256) return _fault(Ending.DrawMissed);
        if (phase == Phase.Proving && isLate) return _fault(Ending.NotProven);
        if (phase == Phase.Revealing && _market.contributions == 0) return _giveBack();
        if (phase == Phase.Revealing && isLate) return _fault(Ending.NotRevealed);
        if (phase == Phase.Preparing && isLate) return _fault(Ending.NotPrepared);
        if (phase == Phase.Settling && isLate) return _unsettled();
        if (phase == Phase.Training && isLate && _market.credited == _market.participants)
            return _close(Ending.NotTrained);
        revert NothingToEnd(phase, deadline);
    }

    /// @notice The bond is burned rather than shared: whatever it is shared by, the provider's puppets would get it.
    function _fault(Ending ending) private {
        uint256 bondWei = _terms().bondWei;
        uint256 rewardWei = bondWei / CALLERS_PART;
        uint256 bountyWei = _market.bountyWei;
        uint256 count = _market.contributions;
        uint256 perContributionWei = count == 0 ? 0 : bountyWei / count;
        uint256 restWei = count == 0 ? 0 : bountyWei % count;
        _credit(msg.sender, rewardWei);
        _credit(BURNED, bondWei - rewardWei + restWei);
        if (count == 0) _credit(_market.provider, bountyWei);
        _void(ending, perContributionWei);
    }

    /// @notice Nobody is at fault who could be known.
    function _unsettled() private {
        uint256 postBondWei = _terms().postBondWei;
        if (_post.poster != address(0)) _credit(_post.poster, postBondWei);
        if (_post.challenger != address(0)) _credit(_post.challenger, postBondWei);
        delete _post;
        _credit(_market.provider, _market.bountyWei + _terms().bondWei);
        _void(Ending.NotSettled, 0);
    }

    /// @notice Nobody took part.
    function _giveBack() private {
        _credit(_market.provider, _market.bountyWei + _terms().bondWei);
        _market.bountyWei = 0;
        _close(Ending.Empty);
    }

    function _void(Ending ending, uint256 perContributionWei) private {
        Past storage past = _past[_market.number];
        past.isVoid = true;
        past.perContributionWei = uint96(perContributionWei); // a part of the bounty, which fits
        (_market.bountyWei, _market.stakesWei) = (0, 0);
        _returnPurse();
        emit Ended(_market.number, ending, perContributionWei);
        _enter(Phase.Void, 0);
    }
}
