// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Ending, IMarket, Market, MarketTerms, Phase} from "../../interfaces/IMarket.sol";
import {Post} from "../../interfaces/IMarketDispute.sol";
import {IModel} from "../../interfaces/IModel.sol";

/// @title The books of a market: what is stored, and the few ways in which money moves in it
/// @dev Knows neither data nor model: whoever inherits joins them by the functions at the end.
abstract contract MarketBook is ReentrancyGuardTransient {
    using SafeCast for uint256;

    /// @notice One account, one slot. A stake is in the market of its number; when that one is void, it is owed.
    struct Account {
        uint96 creditWei;
        uint96 stakeWei;
        uint24 market;
        uint16 participant;
        uint16 contributions;
        bool isPunished;
    }

    /// @notice What is kept of each market for ever.
    struct Past {
        uint48 first;
        bool isVoid;
        uint96 perContributionWei;
    }

    /// @notice Where burned ether stays.
    address internal constant BURNED = 0x000000000000000000000000000000000000dEaD;
    /// @notice After so long without settlement, or training, a market can be ended. Long: settling is paid, and who would lose by it must not be able to wait for this.
    uint256 internal constant SETTLE_SECONDS = 90 days;

    Market internal _market;
    Post internal _post;
    // A mapping or array needs no first value; it is filled where the other half of the market writes it.
    // slither-disable-next-line uninitialized-state
    mapping(address => Account) internal _accounts;
    // A mapping or array needs no first value; it is filled where the other half of the market writes it.
    // slither-disable-next-line uninitialized-state
    mapping(uint256 number => Past) internal _past;

    /// @notice Reverts unless the market is in a phase.
    function _requirePhase(Phase wanted) internal view returns (uint256 deadline) {
        Phase phase;
        (phase, deadline) = _phase();
        if (phase != wanted) revert IMarket.WrongPhase(phase);
    }

    /// @notice Phase and deadline now: participation ends by itself.
    function _phase() internal view returns (Phase phase, uint256 deadline) {
        (phase, deadline) = (_market.phase, _market.deadline);
        if (phase == Phase.Participating && block.timestamp >= deadline)
            return (Phase.Revealing, deadline + _terms().revealSeconds);
    }

    /// @notice Changes the phase.
    /// @param deadline When it ends; 0 for never by time.
    function _enter(Phase phase, uint256 deadline) internal {
        (_market.phase, _market.deadline) = (phase, deadline.toUint40());
        emit IMarket.PhaseChanged(_market.number, phase, deadline);
    }

    /// @notice Owes an account more.
    function _credit(address who, uint256 amountWei) internal {
        if (amountWei > 0) _accounts[who].creditWei = (_accounts[who].creditWei + amountWei).toUint96();
    }

    /// @notice Pays the caller out of the purse; less when it is empty, which a right engine cannot bring about.
    function _payFees(uint256 count) internal {
        uint256 feeWei = count * _terms().stepFeeWei;
        uint256 purseWei = _market.purseWei;
        if (feeWei > purseWei) feeWei = purseWei;
        _market.purseWei = (purseWei - feeWei).toUint96();
        _credit(msg.sender, feeWei);
    }

    /// @notice The rest of the purse goes back to the provider.
    function _returnPurse() internal {
        uint256 purseWei = _market.purseWei;
        _market.purseWei = 0;
        _credit(_market.provider, purseWei);
    }

    /// @notice Ends a market of which nothing is left but the purse.
    function _close(Ending ending) internal {
        _returnPurse();
        emit IMarket.Ended(_market.number, ending, 0);
        _enter(Phase.Closed, 0);
    }

    /// @notice An account, with a stake that came back because its market is void in the credit.
    function _folded(address who) internal view returns (Account memory account) {
        account = _accounts[who];
        Past memory past = _past[account.market];
        if (past.isVoid && account.stakeWei > 0) {
            uint256 backWei = account.stakeWei + uint256(account.contributions) * past.perContributionWei;
            account.creditWei = (account.creditWei + backWei).toUint96();
            account.stakeWei = 0;
        }
    }

    /// @notice In which market a contribution was made.
    /// @dev The last one that began at or before it: of several that begin at one number, only the last has contributions.
    function _marketOf(uint256 id) internal view returns (uint256 number) {
        uint256 high = uint256(_market.number) + 1; // the first that begins behind it, so far as known
        while (high - number > 1) {
            uint256 middle = (number + high) / 2;
            if (_past[middle].first <= id) number = middle;
            else high = middle;
        }
    }

    /// @notice The rules; see {IMarket-terms}.
    function _terms() internal view virtual returns (MarketTerms memory);

    /// @notice The replay engine.
    function _engine() internal view virtual returns (address);

    /// @notice The model.
    function _learner() internal view virtual returns (IModel);
}
