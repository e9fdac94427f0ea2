// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Holding, HoldingLibrary} from "../types/Holding.sol";

/// @title Shares of forfeited stakes, and credits
/// @notice One addition shares a forfeit among all proven accounts: a running sum of wei for each proven gwei. Each account remembers the sum that it has been credited up to. Shares are whole wei for each proven
/// gwei, and the rest is carried into the next forfeit, so that the books balance to the wei. Twin: `commonlearn.incentives.self_assessment`.
library ProvenPool {
    /// @notice All accounts together, one slot, and each.
    struct Pool {
        Holding sums; // its amount is the rest that is carried
        mapping(address => Holding) accounts;
    }

    /// @notice Shares that wait to be stored; begins as zeros.
    struct Shares {
        Holding sums; // the pool's, by now
        address except; // who had no part in the last
        Holding account; // what is stored of it but for its running sum, which is the pool's in the end
    }

    /// @notice What an account is owed, shares included.
    function owed(Pool storage self, address who) internal view returns (uint256) {
        return _settled(self, who, self.sums).amountWei();
    }

    /// @notice Credits money, and stake proven by it, to an account.
    function credit(Pool storage self, address who, uint256 amountWei, uint256 newlyProvenGwei) internal {
        Holding sums = self.sums;
        Holding account = _settled(self, who, sums);
        if (newlyProvenGwei > 0) {
            // The sum stops at its end rather than bar refunds; no account's part can exceed it.
            uint256 room = HoldingLibrary.MOST_PROVEN - sums.provenGwei();
            if (newlyProvenGwei > room) newlyProvenGwei = room;
            self.sums = HoldingLibrary.pack(sums.provenGwei() + newlyProvenGwei, sums.perGwei(), sums.amountWei());
        }
        self.accounts[who] = HoldingLibrary.pack(
            account.provenGwei() + newlyProvenGwei,
            account.perGwei(),
            account.amountWei() + amountWei
        );
    }

    /// @notice Shares money among all proven accounts but one. Neither the pool nor that account changes before {finish}; no account may be credited in between.
    /// @dev Requirement: someone else is proven.
    /// @param shares What was shared since the last {finish}: nothing at first.
    /// @return perGwei What each proven gwei got.
    function share(
        Pool storage self,
        Shares memory shares,
        uint256 amountWei,
        address except
    ) internal returns (uint256 perGwei) {
        Holding sums = shares.sums;
        // Before the first share this alone is zero, as somebody is proven.
        // slither-disable-next-line incorrect-equality
        bool isFirst = Holding.unwrap(sums) == 0;
        if (isFirst) sums = self.sums;
        if (isFirst || except != shares.except) {
            _finishAccount(self, shares);
            (shares.except, shares.account) = (except, _settled(self, except, sums));
        }
        uint256 base = sums.provenGwei() - shares.account.provenGwei();
        uint256 pot = amountWei + sums.amountWei();
        // Shares are whole wei for each gwei; what the division leaves is carried.
        // slither-disable-next-line divide-before-multiply
        perGwei = pot / base;
        shares.sums = HoldingLibrary.pack(
            sums.provenGwei(),
            SafeCast.toUint96(sums.perGwei() + perGwei),
            pot - perGwei * base
        );
    }

    /// @notice Stores what was shared, if anything.
    function finish(Pool storage self, Shares memory shares) internal {
        // As in {share}.
        // slither-disable-next-line incorrect-equality
        if (Holding.unwrap(shares.sums) == 0) return;
        self.sums = shares.sums;
        _finishAccount(self, shares);
    }

    /// @notice Empties an account's credit.
    function take(Pool storage self, address who) internal returns (uint256 amountWei) {
        Holding account = _settled(self, who, self.sums);
        amountWei = account.amountWei();
        self.accounts[who] = HoldingLibrary.pack(account.provenGwei(), account.perGwei(), 0);
    }

    /// @dev What is not proven has no share to see; nobody is, before the first share.
    function _finishAccount(Pool storage self, Shares memory shares) private {
        Holding account = shares.account;
        if (account.provenGwei() == 0) return;
        self.accounts[shares.except] = HoldingLibrary.pack(
            account.provenGwei(),
            shares.sums.perGwei(),
            account.amountWei()
        );
    }

    /// @notice An account with all its shares in its credit.
    /// @dev Shares cannot exceed the ether there is, which is far below 2^96 wei; packing checks it.
    function _settled(Pool storage self, address who, Holding sums) private view returns (Holding) {
        Holding account = self.accounts[who];
        return
            HoldingLibrary.pack(
                account.provenGwei(),
                sums.perGwei(),
                account.amountWei() + account.provenGwei() * (sums.perGwei() - account.perGwei())
            );
    }
}
