// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {ISponsorship} from "../../interfaces/ISponsorship.sol";

/// @title What each account has in the sponsorship contract
/// @notice Prepaid stakes, what relayers sent too much, and repaid gas are one balance an account.
abstract contract Balances is ISponsorship, ReentrancyGuardTransient {
    /// @inheritdoc ISponsorship
    mapping(address account => uint256 amountWei) public balanceOf;

    /// @inheritdoc ISponsorship
    function depositFor(address account) external payable {
        _requireEther();
        balanceOf[account] += msg.value;
        emit Deposited(account, msg.sender, msg.value);
    }

    /// @inheritdoc ISponsorship
    function withdraw(address payable to) external nonReentrant returns (uint256 amountWei) {
        amountWei = balanceOf[msg.sender];
        if (amountWei == 0) revert NothingOwed(msg.sender);
        balanceOf[msg.sender] = 0;
        emit Withdrawn(msg.sender, to, amountWei);
        (bool sent, ) = to.call{value: amountWei}("");
        if (!sent) revert WithdrawalFailed(to, amountWei);
    }

    /// @notice Adds ether that is here, and nobody's, to a balance.
    function _credit(address account, uint256 amountWei) internal {
        // Only adds to a balance after the call, and whatever else lowers one is guarded against re-entering.
        // slither-disable-next-line reentrancy-eth
        if (amountWei > 0) balanceOf[account] += amountWei;
    }

    /// @notice Takes a stake out of a balance.
    function _debit(address account, uint256 stakeWei) internal {
        uint256 availableWei = balanceOf[account];
        if (availableWei < stakeWei) revert NotPaid(account, availableWei, stakeWei);
        balanceOf[account] = availableWei - stakeWei;
    }

    /// @notice Reverts when no ether came along.
    // Called by payable functions of contracts that inherit this one.
    // slither-disable-next-line msg-value-in-nonpayable
    function _requireEther() internal view {
        if (msg.value == 0) revert NothingSent();
    }
}
