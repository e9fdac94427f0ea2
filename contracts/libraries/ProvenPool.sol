// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

/// @title Shares of forfeited stakes, and credits
/// @notice One addition shares a forfeit among all proven accounts: a running sum of wei for each proven gwei. Each account remembers the sum that it has been credited up to. Shares are whole wei for each proven
/// gwei, and the rest is carried into the next forfeit, so that the books balance to the wei. Twin: `commonlearn.incentives.self_assessment`.
library ProvenPool {
    /// @notice One account, one slot.
    struct Account {
        uint64 provenGwei; // stake proven by data that taught
        uint96 seenPerGwei; // the pool's running sum up to which shares are in the credit
        uint96 creditWei; // owed, shares since `seenPerGwei` not included
    }

    /// @notice All accounts, one slot and the accounts.
    struct Pool {
        uint64 totalGwei; // sum of provenGwei
        uint96 perGwei; // running sum of wei for each proven gwei
        uint96 carryWei; // rest, less than one wei for each proven gwei
        mapping(address => Account) accounts;
    }

    /// @notice Shares that wait to be stored; begins as zeros.
    struct Shares {
        uint256 totalGwei; // the pool's
        uint96 perGwei; // the pool's, by now
        uint256 carryWei; // the pool's, by now
        address except; // who had no part in the last
        Account account; // what is stored of it but for `seenPerGwei`, which is `perGwei` in the end
    }

    /// @notice What an account is owed, shares included.
    function owed(Pool storage self, address who) internal view returns (uint256) {
        Account memory account = self.accounts[who];
        return account.creditWei + uint256(account.provenGwei) * (self.perGwei - account.seenPerGwei);
    }

    /// @notice Credits money, and stake proven by it, to an account.
    function credit(Pool storage self, address who, uint256 amountWei, uint256 newlyProvenGwei) internal {
        Account memory account = _settled(self, who, self.perGwei);
        account.creditWei = SafeCast.toUint96(account.creditWei + amountWei);
        if (newlyProvenGwei > 0) {
            // The sum stops at its end rather than bar refunds; no account's part can exceed it.
            uint64 room = type(uint64).max - self.totalGwei;
            uint64 counted = newlyProvenGwei > room ? room : uint64(newlyProvenGwei);
            account.provenGwei += counted;
            self.totalGwei += counted;
        }
        self.accounts[who] = account;
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
        // Before the first share, when somebody is proven, this alone is zero.
        // slither-disable-next-line incorrect-equality
        if (shares.totalGwei == 0) {
            (shares.totalGwei, shares.perGwei, shares.carryWei) = (self.totalGwei, self.perGwei, self.carryWei);
            (shares.except, shares.account) = (except, _settled(self, except, self.perGwei));
        } else if (except != shares.except) {
            _finishAccount(self, shares);
            (shares.except, shares.account) = (except, _settled(self, except, shares.perGwei));
        }
        uint256 base = shares.totalGwei - shares.account.provenGwei;
        uint256 pot = amountWei + shares.carryWei;
        // Shares are whole wei for each gwei; what the division leaves is carried.
        // slither-disable-next-line divide-before-multiply
        perGwei = pot / base;
        shares.perGwei = SafeCast.toUint96(shares.perGwei + perGwei);
        shares.carryWei = pot - perGwei * base;
    }

    /// @notice Stores what was shared, if anything.
    function finish(Pool storage self, Shares memory shares) internal {
        // As in {share}.
        // slither-disable-next-line incorrect-equality
        if (shares.totalGwei == 0) return;
        (self.perGwei, self.carryWei) = (shares.perGwei, SafeCast.toUint96(shares.carryWei));
        _finishAccount(self, shares);
    }

    /// @notice Empties an account's credit.
    function take(Pool storage self, address who) internal returns (uint256 amountWei) {
        Account memory account = _settled(self, who, self.perGwei);
        amountWei = account.creditWei;
        account.creditWei = 0;
        self.accounts[who] = account;
    }

    /// @dev What is not proven has no share to see.
    function _finishAccount(Pool storage self, Shares memory shares) private {
        if (shares.account.provenGwei == 0) return;
        shares.account.seenPerGwei = shares.perGwei;
        self.accounts[shares.except] = shares.account;
    }

    /// @dev Shares cannot exceed the ether there is, which is far below 2^96 wei; the cast says so.
    /// @param perGwei The pool's running sum.
    function _settled(Pool storage self, address who, uint96 perGwei) private view returns (Account memory account) {
        account = self.accounts[who];
        if (account.seenPerGwei != perGwei) {
            account.creditWei = SafeCast.toUint96(
                account.creditWei + uint256(account.provenGwei) * (perGwei - account.seenPerGwei)
            );
            account.seenPerGwei = perGwei;
        }
    }
}
