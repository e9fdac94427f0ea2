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
        return _settled(self.accounts[who], self.sums).amountWei();
    }

    /// @notice Credits money, and stake proven by it, to an account.
    /// @param gained Both, with no running sum.
    function credit(Pool storage self, address who, Holding gained) internal {
        Holding sums = self.sums;
        Holding account = _settled(self.accounts[who], sums);
        uint256 provenGwei = gained.provenGwei();
        if (provenGwei > 0) {
            // The sum stops at its end rather than bar refunds; no account's part can exceed it.
            uint256 room = HoldingLibrary.MOST_PROVEN - sums.provenGwei();
            if (provenGwei > room) provenGwei = room;
            self.sums = Holding.wrap(Holding.unwrap(sums) + provenGwei);
        }
        self.accounts[who] = HoldingLibrary.pack(
            account.provenGwei() + provenGwei,
            account.perGwei(),
            account.amountWei() + gained.amountWei()
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
            finish(self, shares);
            (shares.except, shares.account) = (except, _settled(self.accounts[except], sums));
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
        Holding sums = shares.sums;
        // As in {share}.
        // slither-disable-next-line incorrect-equality
        if (Holding.unwrap(sums) == 0) return;
        self.sums = sums;
        Holding account = shares.account;
        uint256 provenGwei = account.provenGwei();
        // What is not proven has no share to see.
        if (provenGwei > 0)
            self.accounts[shares.except] = HoldingLibrary.pack(provenGwei, sums.perGwei(), account.amountWei());
    }

    /// @notice Empties an account's credit.
    function take(Pool storage self, address who) internal returns (uint256 amountWei) {
        Holding account = _settled(self.accounts[who], self.sums);
        amountWei = account.amountWei();
        self.accounts[who] = HoldingLibrary.pack(account.provenGwei(), account.perGwei(), 0);
    }

    /// @notice An account with all its shares in its credit.
    /// @dev Shares cannot exceed the ether there is, which is far below 2^96 wei; packing checks it.
    function _settled(Holding account, Holding sums) private pure returns (Holding) {
        uint256 provenGwei = account.provenGwei();
        return
            HoldingLibrary.pack(
                provenGwei,
                sums.perGwei(),
                account.amountWei() + provenGwei * (sums.perGwei() - account.perGwei())
            );
    }
}
