// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IMarket, Market, MarketTerms, Phase} from "../../interfaces/IMarket.sol";
import {MarketBook} from "./MarketBook.sol";

/// @title The participants' side of a market: stakes in, money out
abstract contract MarketParticipation is IMarket, MarketBook {
    using SafeCast for uint256;

    /// @inheritdoc IMarket
    function withdraw(address payable to) external nonReentrant returns (uint256 amountWei) {
        Account memory account = _folded(msg.sender);
        amountWei = account.creditWei;
        if (amountWei == 0) revert NothingOwed(msg.sender);
        account.creditWei = 0;
        _accounts[msg.sender] = account;
        emit Withdrawn(msg.sender, to, amountWei);
        (bool sent, ) = to.call{value: amountWei}("");
        if (!sent) revert WithdrawalFailed(to, amountWei);
    }

    /// @inheritdoc IMarket
    function accountOf(
        address who
    ) external view returns (uint256 owedWei, uint256 stakeWei, uint256 participant, uint256 market_, bool isPunished) {
        Account memory account = _folded(who);
        return (account.creditWei, account.stakeWei, account.participant, account.market, account.isPunished);
    }

    /// @notice Takes the whole value as an account's stake.
    /// @return id Number of the contribution.
    /// @return stakeWei What was staked.
    /// @return participant The account's number in this market.
    // Called by payable functions of contracts that inherit this one.
    // slither-disable-next-line msg-value-in-nonpayable
    function _stake(address who) internal returns (uint256 id, uint96 stakeWei, uint256 participant) {
        Market storage m = _market;
        if (m.phase != Phase.Participating || block.timestamp >= m.deadline) {
            (Phase phase, ) = _phase();
            revert WrongPhase(phase);
        }
        MarketTerms memory t = _terms();
        if (msg.value < t.minStakeWei) revert StakeTooLow(msg.value, t.minStakeWei);
        stakeWei = msg.value.toUint96();

        Account memory account = _folded(who);
        if (account.market != m.number) {
            (account.market, account.participant, account.contributions) = (m.number, m.participants, 0);
            account.isPunished = false;
            ++m.participants;
        }
        account.stakeWei += stakeWei;
        ++account.contributions;
        _accounts[who] = account;

        id = m.first + m.contributions;
        ++m.contributions;
        m.stakesWei += stakeWei;
        if (m.contributions == t.mostContributions) _enter(Phase.Revealing, block.timestamp + t.revealSeconds);
        return (id, stakeWei, account.participant);
    }
}
