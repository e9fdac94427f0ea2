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

    /// @notice What an account is owed, shares included.
    function owed(Pool storage self, address who) internal view returns (uint256) {
        Account memory account = self.accounts[who];
        return account.creditWei + uint256(account.provenGwei) * (self.perGwei - account.seenPerGwei);
    }

    /// @notice Credits money, and stake proven by it, to an account.
    function credit(Pool storage self, address who, uint256 amountWei, uint256 newlyProvenGwei) internal {
        Account memory account = _settled(self, who);
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

    /// @notice Shares money among all proven accounts but one.
    /// @dev Requirement: someone else is proven.
    /// @return perGwei What each proven gwei got.
    function share(Pool storage self, uint256 amountWei, address except) internal returns (uint256 perGwei) {
        Account memory account = _settled(self, except);
        uint96 sum = self.perGwei;
        uint256 base = self.totalGwei - account.provenGwei;
        uint256 pot = amountWei + self.carryWei;
        // Shares are whole wei for each gwei; what the division leaves is carried.
        // slither-disable-next-line divide-before-multiply
        perGwei = pot / base;
        sum = SafeCast.toUint96(sum + perGwei);
        (self.perGwei, self.carryWei) = (sum, SafeCast.toUint96(pot - perGwei * base));
        if (account.provenGwei > 0) {
            account.seenPerGwei = sum;
            self.accounts[except] = account;
        }
    }

    /// @notice Empties an account's credit.
    function take(Pool storage self, address who) internal returns (uint256 amountWei) {
        Account memory account = _settled(self, who);
        amountWei = account.creditWei;
        account.creditWei = 0;
        self.accounts[who] = account;
    }

    /// @dev Shares cannot exceed the ether there is, which is far below 2^96 wei; the cast says so.
    function _settled(Pool storage self, address who) private view returns (Account memory account) {
        account = self.accounts[who];
        uint96 perGwei = self.perGwei;
        if (account.seenPerGwei != perGwei) {
            account.creditWei = SafeCast.toUint96(
                account.creditWei + uint256(account.provenGwei) * (perGwei - account.seenPerGwei)
            );
            account.seenPerGwei = perGwei;
        }
    }
}
