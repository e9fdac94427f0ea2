// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @title An account that refuses ether
contract RefusingRecipient {
    /// @notice Thrown on every payment.
    error EtherRefused(uint256 amountWei);

    receive() external payable {
        revert EtherRefused(msg.value);
    }
}
